"""Ruptures as people read them: who, the gap in a sentence, who must act by when, and what can be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import DateField, DurationField, ExpressionWrapper, F, QuerySet, Value
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm, Reach
from sanscouture.core import clock
from sanscouture.partners.models import Organisation
from sanscouture.partners.rules import shown_name
from sanscouture.pathways.enums import Proposal, RuptureRule, Side
from sanscouture.pathways.models import Referral, Rupture
from sanscouture.pathways.rules import referrals as referral_rules
from sanscouture.pathways.rules import ruptures as rules
from sanscouture.people.models import Beneficiary
from sanscouture.programmes.models import Programme
from sanscouture.ui.dates import day

RELATED = (
    "programme",
    "beneficiary",
    "pathway",
    "referral__recipient",
    "referral__sender_organisation",
    "responsible",
    "responsible_organisation",
    "closed_by",
)


@dataclass(frozen=True)
class Way:
    """One thing that can be done about a rupture. `post`: a form that does it at once, else the page that asks more."""

    label: str
    href: str
    post: bool = False


@dataclass(frozen=True)
class Line:
    """A rupture on one line. `href`: the person's page, empty when the reader may not see who it is."""

    rupture: Rupture
    who: str
    href: str
    gap: str
    responsible: str
    late: int
    overdue: bool
    ways: Sequence[Way]


def ruptures_of(programme: Programme, actor: Actor) -> QuerySet[Rupture]:
    """The ruptures of a programme that an actor may see, the most urgent first: days late × severity (chapter 10)."""
    late = ExpressionWrapper(Value(clock.today(), DateField()) - F("since"), DurationField())
    found = Rupture.objects.visible_to(actor, Perm.RUPTURE_READ).filter(programme=programme)
    urgent = found.annotate(urgency=ExpressionWrapper(late * F("severity"), DurationField()))
    return urgent.select_related(*RELATED).order_by("-urgency", "-severity", "since", "pk")


def lines(rows: Sequence[Rupture], actor: Actor) -> list[Line]:
    """Word ruptures for a reader, in two queries whatever their number."""
    people = Beneficiary.objects.visible_to(actor, Perm.PERSON_READ)
    known = set(people.filter(pk__in={row.beneficiary_id for row in rows}).order_by("pk").values_list("pk", flat=True))
    referrals = Referral.objects.visible_to(actor, Perm.REFERRAL_READ)
    ids = {row.referral_id for row in rows if row.referral_id}
    readable = set(referrals.filter(pk__in=ids).order_by("pk").values_list("pk", flat=True))
    return [_line(row, actor, known, readable) for row in rows]


def _line(row: Rupture, actor: Actor, known: set[UUID], readable: set[UUID]) -> Line:
    is_known, today = row.beneficiary_id in known, clock.today()
    return Line(
        rupture=row,
        who=str(row.beneficiary) if is_known else _("une personne (identité non partagée)"),
        href=reverse("pathways:person", args=[row.beneficiary_id]) if is_known else "",
        gap=gap(row, actor),
        responsible=_responsible(row, actor),
        late=rules.days_late(row.since, today=today),
        overdue=row.due_on < today,
        ways=() if row.closed_at else ways(row, actor, is_known=is_known, is_readable=row.referral_id in readable),
    )


GAPS: Mapping[RuptureRule, Promise] = {
    RuptureRule.UNANSWERED: gettext_lazy("%(name)s n’a pas répondu à l’orientation, attendue le %(deadline)s."),
    RuptureRule.NO_FIRST_MEETING: gettext_lazy(
        "%(name)s a accepté l’orientation le %(decided)s, sans première rencontre depuis."
    ),
    RuptureRule.MISSED_TWICE: gettext_lazy(
        "Rendez-vous manqués de suite chez %(name)s, et aucun autre n’est fixé depuis le %(since)s."
    ),
    RuptureRule.SERVICE_CLOSED: gettext_lazy(
        "Le service de %(name)s ne reçoit plus, ou son attente est trop longue, depuis le %(since)s."
    ),
    RuptureRule.NO_FUTURE_STEP: gettext_lazy("Rien n’est prévu dans ce parcours depuis le %(since)s."),
    RuptureRule.NO_CONTACT: gettext_lazy("Ni rencontre ni appel : quelqu’un était attendu avant le %(since)s."),
    RuptureRule.STEP_OVERDUE: gettext_lazy("Une étape est encore à faire : elle était attendue avant le %(since)s."),
    RuptureRule.REFERENT_GONE: gettext_lazy("Le référent est parti ou absent depuis le %(since)s."),
    RuptureRule.BASIS_ENDING: gettext_lazy(
        "Le partage de la fiche arrive à sa fin : la personne est à informer depuis le %(since)s."
    ),
    RuptureRule.OVERLOAD: gettext_lazy("Trop de rendez-vous dans une même semaine, depuis le %(since)s."),
    RuptureRule.ASKED_TWICE_OVER: gettext_lazy(
        "Plusieurs structures posent leurs questions dans le même champ, depuis le %(since)s."
    ),
    RuptureRule.SESSIONS_MISSED: gettext_lazy("Séances manquées de suite : la dernière qui a compté est du %(since)s."),
    RuptureRule.PLACE_NOT_TAKEN: gettext_lazy(
        "Une place de cohorte est donnée, et rien n’a commencé : c’était attendu avant le %(since)s."
    ),
}
"""Where the thread is broken, in a sentence."""


def gap(row: Rupture, actor: Actor) -> str:
    """Say in a sentence where the thread is broken."""
    told = {"since": day(row.since)}
    if row.referral is not None:
        told["name"] = _named(row.referral.recipient, row, actor)
        told["deadline"], told["decided"] = day(row.referral.deadline), day(_date(row))
    return str(GAPS[RuptureRule(row.rule)]) % told


def ways(row: Rupture, actor: Actor, *, is_known: bool, is_readable: bool) -> list[Way]:
    """List what the reader may do, the obvious one first.

    Rule: what touches the person's record or the referral's page is offered only to who may open it.
    """
    if not actor.holds_in(Perm.RUPTURE_ACT, row.programme_id):
        return []
    found = [_way(one, row, is_known=is_known, is_readable=is_readable) for one in _offered(row, actor)]
    return [way for way in found if way is not None]


def _offered(row: Rupture, actor: Actor) -> tuple[Proposal, ...]:
    rule = RuptureRule(row.rule)
    if row.referral is None:
        return rules.proposals(rule)
    if Side.SENDER not in _sides(row.referral, actor):
        return tuple(one for one in rules.proposals(rule) if one not in {Proposal.REMIND, Proposal.REROUTE})
    if row.referral.state not in referral_rules.ANSWERABLE:
        return tuple(one for one in rules.proposals(rule) if one != Proposal.REROUTE)
    was_reminded = rule == RuptureRule.UNANSWERED and row.since > row.referral.deadline
    return rules.proposals(rule, Proposal.REROUTE if was_reminded else None)


def _way(one: Proposal, row: Rupture, *, is_known: bool, is_readable: bool) -> Way | None:
    known, readable = row.beneficiary_id if is_known else None, row.referral_id if is_readable else None
    label, name, key, post = {
        Proposal.REMIND: (_("Relancer"), "pathways:rupture_remind", row.pk, True),
        Proposal.REROUTE: (_("Réorienter"), "pathways:referral_reroute", readable, False),
        Proposal.ADD_STEP: (_("Ajouter une étape"), "pathways:step_new", known, False),
        Proposal.SEE_STEPS: (_("Voir les étapes"), "pathways:person", known, False),
        Proposal.HAND_OVER: (_("Changer de référent"), "pathways:referent", known and row.pathway_id, False),
        Proposal.INFORM: (_("Noter l’information donnée"), "pathways:person_information", known, False),
        Proposal.SNOOZE: (_("Remettre à plus tard"), "pathways:rupture_snooze", row.pk, False),
        Proposal.CALL: (_("Noter un appel"), "pathways:rupture_call", known and row.pk, False),
        Proposal.ENTRUST: (_("Confier"), "pathways:rupture_entrust", row.pk, False),
        Proposal.CLOSE: (_("Clore avec un motif"), "pathways:rupture_close", row.pk, False),
    }[one]
    return Way(label, reverse(name, args=[key]), post) if key else None


def _sides(referral: Referral, actor: Actor) -> frozenset[Side]:
    wide = any(
        grant.programme_id == referral.programme_id and reach >= Reach.PROGRAMME
        for grant, reach in actor.with_perm(Perm.REFERRAL_SEND)
    )
    return referral_rules.sides_of(
        actor.organisations(referral.programme_id),
        sender=referral.sender_organisation_id,
        recipient=referral.recipient_id,
        for_the_sender=wide,
    )


def _responsible(row: Rupture, actor: Actor) -> str:
    organisation = _named(row.responsible_organisation, row, actor)
    return f"{row.responsible.full_name}, {organisation}" if row.responsible else organisation


def _named(organisation: Organisation, row: Rupture, actor: Actor) -> str:
    """A sensitive organisation is veiled to whoever is not on that step (chapter 01)."""
    parties = {row.responsible_organisation_id}
    if row.referral is not None:
        parties |= {row.referral.sender_organisation_id, row.referral.recipient_id}
    return str(shown_name(organisation.name, organisation.kind, on_step=bool(parties & actor.organisations())))


def _date(row: Rupture) -> date:
    decided = row.referral.decided_at if row.referral else None
    return decided or row.since
