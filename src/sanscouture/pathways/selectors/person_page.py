"""Everything that the page of a person shows, gathered once, as far as the reader may see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm
from sanscouture.access.policy import can
from sanscouture.directory.enums import ActionField
from sanscouture.pathways.enums import Delivery, NeedState, ReferralState, StepState
from sanscouture.pathways.models import Barrier, Need, Pathway, Referent, Referral, ReferralEvent, Step, Strength
from sanscouture.pathways.selectors.health import HealthReader
from sanscouture.pathways.selectors.people import author_name, involvements_of, next_of, recipient_name, veiled
from sanscouture.pathways.selectors.referrals import local_day
from sanscouture.pathways.selectors.situation import SituationSeen, situation_seen
from sanscouture.pathways.selectors.threads import threads_of
from sanscouture.people.models import Basis, Beneficiary, FormerQpvAnswer, Restriction
from sanscouture.people.rules import Sharing, age_on, may_call, may_share, said_phone, sharing, way_words
from sanscouture.people.selectors import restriction_of, safe_way
from sanscouture.territories.rules import QpvAnswer
from sanscouture.ui.thread import Thread

HEALTH = ActionField.HEALTH


@dataclass(frozen=True)
class FieldBar:
    """One of the eight fields: how much it weighs (0 to 3), and its needs."""

    number: int
    name: str
    severity: int
    word: str
    open_needs: int
    closed_needs: int
    priority: bool = False


@dataclass(frozen=True)
class NeedLine:
    """A need with where it stands. `label` is empty when the reader may only know that it exists (health).

    `stands`: where its last referral is: the answer, then the service, then what became of the need.
    """

    need: Need
    label: str
    field: str
    referral: Referral | None
    recipient: str
    stands: str
    readable: bool


@dataclass(frozen=True)
class Happened:
    """One line of the timeline."""

    at: date | datetime
    title: str
    kind: str
    text: str = ""
    who: str = ""
    href: str = ""
    icon: str = ""


@dataclass(frozen=True)
class PersonPage:
    person: Beneficiary
    age: int | None
    phone: str
    may_call: bool
    way: Sequence[str]
    qpv: QpvAnswer | None
    former_qpv: Sequence[FormerQpvAnswer]
    restriction: Restriction | None
    situation: SituationSeen
    sharing: Sharing
    basis: Basis | None
    pathway: Pathway | None
    referent: Referent | None
    steps: Sequence[Step]
    next: Mapping[str, Any]
    thread: Thread
    fields: Sequence[FieldBar]
    needs: Sequence[NeedLine]
    strengths: Sequence[Strength]
    may_edit: bool
    may_refer: bool

    @property
    def need_href(self) -> str:
        """Where a need is written down."""
        return f"/personnes/{self.person.pk}/besoins/nouveau/"

    @property
    def diagnosis_href(self) -> str:
        """Where the eight fields are filled in."""
        return f"/personnes/{self.person.pk}/diagnostic/"


def person_page(person: Beneficiary, actor: Actor, *, today: date) -> PersonPage:
    """Gather the page of a person for a reader."""
    mine = actor.organisations(person.programme_id)
    way = safe_way(person.pk)
    pathways = Pathway.objects.get_queryset().filter(beneficiary=person, closed_on=None)
    pathway = pathways.first()
    live = Referent.objects.get_queryset().filter(pathway__in=pathways, until=None)
    todo = Step.objects.get_queryset().filter(pathway__in=pathways, state=StepState.TODO)
    bases = Basis.objects.get_queryset().filter(beneficiary=person, ended_on=None, expires_on__gte=today)
    health = HealthReader(person, actor)
    needs = _needs(person, actor, mine, health)
    return PersonPage(
        person=person,
        age=age_on(person.birth_date, today) if person.birth_date else None,
        phone=said_phone(person.phone),
        may_call=may_call(way),
        way=way_words(way),
        qpv=QpvAnswer.from_json(person.qpv_provenance) if person.qpv_provenance else None,
        former_qpv=list(FormerQpvAnswer.objects.get_queryset().filter(beneficiary=person)),
        restriction=restriction_of(person.pk),
        situation=situation_seen(person),
        sharing=sharing(person.shared_until, today=today),
        basis=bases.order_by("-expires_on", "-pk").first(),
        pathway=pathway,
        referent=live.select_related("user", "organisation").first(),
        steps=list(todo.select_related("carrier", "carrier_organisation").order_by("due_on", "pk")),
        next=next_of(person),
        thread=threads_of([person], actor, today=today)[person.pk],
        fields=_fields(person, needs, health),
        needs=needs,
        strengths=list(Strength.objects.get_queryset().filter(beneficiary=person)),
        may_edit=can(actor, Perm.PERSON_EDIT, person),
        may_refer=actor.holds_in(Perm.REFERRAL_SEND, person.programme_id),
    )


def _needs(person: Beneficiary, actor: Actor, mine: frozenset[UUID], health: HealthReader) -> list[NeedLine]:
    sent = Referral.objects.visible_to(actor, Perm.REFERRAL_READ).exclude(state=ReferralState.DRAFT)
    ordered = sent.select_related("recipient", "service").order_by("-created_at", "-pk")
    rows = Need.objects.get_queryset().filter(beneficiary=person).select_related("owner").order_by("created_at", "pk")
    lines = [
        _need_line(need, health.reads(need), mine)
        for need in rows.prefetch_related(Prefetch("referrals", queryset=ordered))
    ]
    return sorted(lines, key=lambda line: line.need.state != NeedState.OPEN)


def _need_line(need: Need, readable: bool, mine: frozenset[UUID]) -> NeedLine:
    last = next(iter(need.referrals.all()), None)
    return NeedLine(
        need=need,
        label=need.label if readable else "",
        field=str(ActionField(need.field).label),
        referral=last if readable else None,
        recipient=recipient_name(last, mine) if last and readable else "",
        stands=_stands(last) if last and readable else "",
        readable=readable,
    )


def _stands(referral: Referral) -> str:
    if referral.delivery == Delivery.ENDED:
        return str(referral.get_outcome_display())
    said = referral.get_state_display() if referral.delivery == Delivery.NONE else referral.get_delivery_display()
    return str(said)


def _fields(person: Beneficiary, needs: Sequence[NeedLine], health: HealthReader) -> list[FieldBar]:
    """The eight fields. Health weighs for nobody but those on its step (chapter 02)."""
    barriers = {row.field: row for row in Barrier.objects.get_queryset().filter(beneficiary=person)}
    hidden = not health.weighs(barriers.get(HEALTH), [line.need for line in needs])
    bars = []
    for field in ActionField:
        barrier = None if field == HEALTH and hidden else barriers.get(field)
        of_field = [line for line in needs if line.need.field == field and line.readable]
        still = sum(line.need.state == NeedState.OPEN for line in of_field)
        bars.append(
            FieldBar(
                number=field.value,
                name=str(field.label),
                severity=barrier.severity if barrier else 0,
                word=barrier.get_severity_display() if barrier else _("pas renseigné"),
                open_needs=still,
                closed_needs=len(of_field) - still,
                priority=bool(barrier and barrier.priority),
            )
        )
    return bars


def timeline(page: PersonPage, actor: Actor, *, only: str = "") -> list[Happened]:
    """What happened to a person, the newest first, as far as the reader may see. `only` keeps one kind."""
    mine = actor.organisations(page.person.programme_id)
    rows = [
        *_of_record(page.person),
        *_of_bases(page.person),
        *_of_referents(page.person, mine),
        *_of_needs(page.needs),
        *_of_steps(page.person, mine),
        *_of_referrals(page.person, actor),
    ]
    kept = [row for row in rows if not only or row.kind == only]
    return sorted(kept, key=lambda row: _instant(row.at))[::-1]


def _instant(at: date | datetime) -> datetime:
    """When to place a fact: one whose hour nobody wrote comes last in its day."""
    return at if isinstance(at, datetime) else timezone.make_aware(datetime.combine(at, time.max))


def _of_record(person: Beneficiary) -> Iterator[Happened]:
    yield Happened(person.created_at, _("Fiche créée"), "information", icon="fr-icon-user-add-line")


def _of_bases(person: Beneficiary) -> Iterator[Happened]:
    for basis in Basis.objects.get_queryset().filter(beneficiary=person).select_related("recorded_by"):
        who = basis.recorded_by.full_name
        yield Happened(
            basis.created_at if local_day(basis.created_at) == basis.given_on else basis.given_on,
            _("Personne informée"),
            "information",
            text=f"{basis.get_ground_display()}, {basis.get_informed_by_display()}",
            who=who,
            icon="fr-icon-shield-line",
        )
        if basis.ended_on:
            yield Happened(basis.ended_on, _("Accord retiré"), "information", icon="fr-icon-shield-line")


def _of_referents(person: Beneficiary, mine: frozenset[UUID]) -> Iterator[Happened]:
    rows = Referent.objects.get_queryset().filter(pathway__beneficiary=person).select_related("user", "organisation")
    for row in rows:
        title = _("%(name)s devient référent·e") % {"name": row.user.full_name}
        yield Happened(row.since, title, "etapes", text=veiled(row.organisation, mine), icon="fr-icon-user-star-line")


def _of_needs(needs: Sequence[NeedLine]) -> Iterator[Happened]:
    for line in needs:
        words = line.label or line.field
        yield Happened(
            line.need.created_at,
            _("Besoin noté"),
            "besoins",
            words,
            line.need.owner.full_name,
            icon="fr-icon-draft-line",
        )
        if line.need.closed_at:
            title = _("Besoin %(state)s") % {"state": line.need.get_state_display()}
            yield Happened(line.need.closed_at, title, "besoins", words, icon="fr-icon-checkbox-line")


def _of_steps(person: Beneficiary, mine: frozenset[UUID]) -> Iterator[Happened]:
    rows = Step.objects.get_queryset().filter(pathway__beneficiary=person).select_related("carrier_organisation")
    for step in rows.exclude(state=StepState.TODO):
        done = step.state == StepState.DONE
        title = _("Étape faite") if done else _("Étape abandonnée")
        yield Happened(
            step.done_on or step.due_on,
            title,
            "etapes",
            step.label,
            veiled(step.carrier_organisation, mine),
            icon="fr-icon-flag-line",
        )


def _of_referrals(person: Beneficiary, actor: Actor) -> Iterator[Happened]:
    """The facts of the referrals that the reader may read: of its two organisations, or programme-wide."""
    mine = actor.organisations(person.programme_id)
    events = ReferralEvent.objects.visible_to(actor, Perm.REFERRAL_READ).filter(referral__beneficiary=person)
    for event in (
        events.exclude(kind="drafted")
        .select_related("referral__recipient", "referral__sender_organisation")
        .order_by("at", "pk")
    ):
        title = pgettext("timeline", "Orientation\u00a0: %(kind)s") % {"kind": event.get_kind_display()}
        yield Happened(
            event.at,
            title,
            "orientations",
            text=recipient_name(event.referral, mine),
            who=author_name(event.by_label, event.referral, mine),
            href=f"/orientations/{event.referral_id}/",
            icon="fr-icon-send-plane-line",
        )


@dataclass(frozen=True)
class Watcher:
    """An organisation that takes part: how it is named to this reader, at which title, since when."""

    name: str
    kind: str
    since: date
    until: date | None
    sees: bool


def watchers(person: Beneficiary, actor: Actor, *, today: date) -> list[Watcher]:
    """Who sees what: each organisation that takes part, a sensitive one veiled to whoever is not on that step."""
    mine = actor.organisations(person.programme_id)
    shared = may_share(person.shared_until, today=today)
    found = []
    for one in involvements_of(person):
        sees = one.until is None and (shared or one.organisation_id == person.captured_by_id)
        found.append(Watcher(veiled(one.organisation, mine), one.get_kind_display(), one.since, one.until, sees))
    return found
