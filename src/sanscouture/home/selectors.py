"""What each home shows: the coordinator's morning, the adviser's portfolio, and the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm, Reach
from sanscouture.core import clock
from sanscouture.pathways.enums import EventKind, ReferralState, RuptureRule, StepState
from sanscouture.pathways.models import Appointment, Referral, Rupture, Step
from sanscouture.pathways.rules.referrals import ANSWERABLE, AWAITING
from sanscouture.pathways.selectors.boxes import named, received_by, sent_by
from sanscouture.pathways.selectors.catching_up import Line, lines, ruptures_of
from sanscouture.pathways.selectors.figures import Figures, changed_since, figures_of, told
from sanscouture.pathways.selectors.people import PeopleFilters, people_of
from sanscouture.pathways.selectors.referrals import AHEAD
from sanscouture.pathways.selectors.threads import threads_of
from sanscouture.people.models import Beneficiary
from sanscouture.programmes.models import Programme
from sanscouture.ui.dates import hour
from sanscouture.ui.thread import Thread

FIRST = 10
FEW = 3
MINE = 20
RECENT = timedelta(days=3)


@dataclass(frozen=True)
class Due:
    """One line of the day: when, what, with whom, and where it leads."""

    when: str
    what: str
    who: str
    href: str
    late: bool = False


@dataclass(frozen=True)
class Group:
    """Ruptures beyond the first ten, counted."""

    label: str
    count: int
    href: str


@dataclass(frozen=True)
class Morning:
    """The coordinator's morning."""

    figures: Figures
    total: int
    first: Sequence[Line]
    groups: Sequence[Group]
    agenda: Sequence[Due]
    changes: Sequence[str]


@dataclass(frozen=True)
class Portfolio:
    """The adviser's portfolio."""

    to_answer: int
    waiting: int
    appointments: Sequence[Due]
    answers: Sequence[Referral]
    steps: Sequence[Due]
    catching_up: Sequence[Line]
    to_catch_up: int
    people: Sequence[tuple[Beneficiary, Thread]]
    people_total: int
    is_mine: bool


def coordinates(actor: Actor, programme_id: UUID) -> bool:
    """Say whether an account follows every rupture of a programme."""
    return any(
        reach >= Reach.PROGRAMME and grant.programme_id == programme_id
        for grant, reach in actor.with_perm(Perm.RUPTURE_READ)
    )


def programmes_of(actor: Actor) -> list[Programme]:
    """The programmes where an account has a role of its own, by name."""
    ids = {grant.programme_id for grant in actor.grants if grant.programme_id is not None}
    return list(Programme.objects.get_queryset().filter(pk__in=ids).order_by("name", "pk")) if ids else []


def morning(programme: Programme, actor: Actor, *, today: date) -> Morning:
    """Gather the coordinator's morning, in a number of queries that does not depend on the number of rows."""
    open_ones = ruptures_of(programme, actor).filter(closed_at=None)
    first = list(open_ones[:FIRST])
    counts = open_ones.order_by().values_list("rule").annotate(n=Count("pk")).order_by("rule")
    by_rule = dict(counts)
    total = sum(by_rule.values())
    return Morning(
        figures=figures_of(programme.pk, today=today),
        total=total,
        first=lines(first, actor),
        groups=_groups(programme, by_rule) if total > len(first) else (),
        agenda=[*appointments_on(programme, actor, today), *steps_due(programme, actor, today, everyone=True)],
        changes=[_said(key, n) for key, n in told(changed_since(programme.pk, since=today - timedelta(days=1)))],
    )


def _groups(programme: Programme, by_rule: dict[str, int]) -> list[Group]:
    href = reverse("pathways:ruptures", args=[programme.slug])
    return [
        Group(str(rule.label), by_rule[rule], f"{href}?regle={rule.value}") for rule in RuptureRule if rule in by_rule
    ]


def portfolio(programme: Programme, actor: Actor, *, today: date) -> Portfolio:
    """Gather the adviser's portfolio, in a number of queries that does not depend on the number of rows."""
    mine = people_of(programme, actor, PeopleFilters(mine=True))
    total = mine.count()
    shown = mine if total else people_of(programme, actor, PeopleFilters())
    people = list(shown[:MINE])
    threads = threads_of(people, actor, today=today)
    broken = _to_catch_up(programme, actor)
    return Portfolio(
        to_answer=received_by(actor).filter(programme=programme, state__in=ANSWERABLE).count(),
        waiting=sent_by(actor).filter(programme=programme, state__in=AWAITING).count(),
        appointments=appointments_on(programme, actor, today),
        answers=_answers(programme, actor),
        steps=steps_due(programme, actor, today),
        catching_up=lines(list(broken[:FEW]), actor),
        to_catch_up=broken.count(),
        people=[(person, threads[person.pk]) for person in people],
        people_total=total or shown.count(),
        is_mine=bool(total),
    )


def _to_catch_up(programme: Programme, actor: Actor) -> QuerySet[Rupture]:
    own = actor.organisations(programme.pk)
    me = Q(responsible_id=actor.user_id) | Q(responsible=None, responsible_organisation_id__in=own)
    return ruptures_of(programme, actor).filter(me, closed_at=None)


def _answers(programme: Programme, actor: Actor) -> list[Referral]:
    decided = (ReferralState.ACCEPTED, ReferralState.REFUSED)
    recent = sent_by(actor).filter(programme=programme, state__in=decided, decided_at__gte=clock.now() - RECENT)
    return list(recent.select_related("recipient", "beneficiary").order_by("-decided_at", "pk")[:FIRST])


def appointments_on(programme: Programme, actor: Actor, day: date) -> list[Due]:
    """The appointments of a day that an actor may read; a name only for who may read the person's record."""
    found = (
        Appointment.objects.visible_to(actor, Perm.REFERRAL_READ)
        .filter(programme=programme, starts_at__date=day, state__in=AHEAD)
        .select_related("referral__beneficiary", "referral__recipient")
        .order_by("starts_at", "pk")
    )
    rows = list(found)
    known = _known({row.referral.beneficiary_id for row in rows}, actor)
    return [
        Due(
            when=hour(row.starts_at),
            what=_("Rendez-vous, %(place)s") % {"place": _place(row, actor)},
            who=str(row.referral.beneficiary) if row.referral.beneficiary_id in known else "",
            href=reverse("pathways:referral", args=[row.referral_id]),
        )
        for row in rows
    ]


def steps_due(programme: Programme, actor: Actor, day: date, *, everyone: bool = False) -> list[Due]:
    """The steps to do by a day: those that the account carries, or everybody's of that very day."""
    found = Step.objects.visible_to(actor, Perm.PERSON_READ).filter(programme=programme, state=StepState.TODO)
    if everyone:
        found = found.filter(due_on=day)
    else:
        own = actor.organisations(programme.pk)
        me = Q(carrier_id=actor.user_id) | Q(carrier=None, carrier_organisation_id__in=own)
        found = found.filter(me, due_on__lte=day)
    rows = found.select_related("pathway__beneficiary").order_by("due_on", "pk")[:MINE]
    return [
        Due(
            when=_("en retard") if row.due_on < day else _("aujourd’hui"),
            what=row.label,
            who=str(row.pathway.beneficiary),
            href=reverse("pathways:person", args=[row.pathway.beneficiary_id]),
            late=row.due_on < day,
        )
        for row in rows
    ]


def _place(row: Appointment, actor: Actor) -> str:
    """Where an appointment is; a sensitive organisation's place is veiled like its name (chapter 01)."""
    name = named(row.referral.recipient, row.referral, actor)
    return row.place if name == row.referral.recipient.name else name


def _known(ids: set[UUID], actor: Actor) -> set[UUID]:
    people = Beneficiary.objects.visible_to(actor, Perm.PERSON_READ).filter(pk__in=ids)
    return set(people.order_by("pk").values_list("pk", flat=True))


def _said(key: str, n: int) -> str:
    words = {
        "welcomed": ngettext("%(n)d personne accueillie", "%(n)d personnes accueillies", n),
        EventKind.SENT: ngettext("%(n)d orientation envoyée", "%(n)d orientations envoyées", n),
        EventKind.ACCEPTED: ngettext("%(n)d orientation acceptée", "%(n)d orientations acceptées", n),
        EventKind.WAITING_LIST: ngettext("%(n)d mise en liste d’attente", "%(n)d mises en liste d’attente", n),
        EventKind.REFUSED: ngettext("%(n)d orientation refusée", "%(n)d orientations refusées", n),
        EventKind.UNANSWERED: ngettext("%(n)d délai dépassé sans réponse", "%(n)d délais dépassés sans réponse", n),
        EventKind.MET: ngettext("%(n)d première rencontre faite", "%(n)d premières rencontres faites", n),
        EventKind.ENDED: ngettext("%(n)d service terminé", "%(n)d services terminés", n),
        "opened": ngettext("%(n)d nouvelle rupture", "%(n)d nouvelles ruptures", n),
        "caught_up": ngettext("%(n)d rupture rattrapée", "%(n)d ruptures rattrapées", n),
    }
    return words[key] % {"n": n}
