"""The country written in bulk is read back by the site's own rules and selectors, which find what was written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from personas import proved
from sanscouture.access.decorators import actor_of
from sanscouture.access.scope import scope
from sanscouture.accounts.models import User
from sanscouture.audit.models import JournalEntry
from sanscouture.core import clock
from sanscouture.demo.rules.places import MAUBEUGE
from sanscouture.demo.services.nation import build_programme, invent_programmes
from sanscouture.directory.services import generate_offer
from sanscouture.pathways.enums import AppointmentState, NeedState, ReferralState, Side, StepState
from sanscouture.pathways.models import Appointment, Need, Pathway, Referent, Referral, ReferralEvent, Rupture, Step
from sanscouture.pathways.rules import referrals as rules
from sanscouture.pathways.selectors.figures import figures_of
from sanscouture.pathways.selectors.referrals import AHEAD, standing_of
from sanscouture.pathways.selectors.threads import threads_of
from sanscouture.pathways.services import referrals, ruptures
from sanscouture.people.models import Basis, Beneficiary, Involvement
from sanscouture.people.rules import Span, shared_until
from sanscouture.programmes.models import Programme, RoleGrant
from sanscouture.programmes.services import load_starter_programmes
from sanscouture.territories.services import load_starter_set

PEOPLE = 90
FEW, EMPTY_LISTS = 25, 12
"""People of a smaller programme; queries that a page spares when a list and the detail beside it are empty."""
SEAM = ("rule", "referral", "pathway", "since", "due_on", "severity", "responsible", "responsible_organisation")


@pytest.fixture
def built(db: None) -> Iterator[Programme]:
    """A programme that does not exist, in the communes of a real one, with everybody in it."""
    load_starter_set()
    load_starter_programmes()
    model = Programme.objects.get(official_id=MAUBEUGE)
    [programme] = invent_programmes(1, [model])
    generate_offer(100)
    assert build_programme(programme, PEOPLE).people == PEOPLE
    with scope(programmes=[programme.pk], named=[programme.pk]):
        yield programme


def seams(programme: Programme) -> set[Any]:
    rows = Rupture.objects.get_queryset().filter(programme=programme, closed_at=None)
    return set(rows.order_by().values_list(*SEAM))


def test_the_night_finds_nothing_that_was_not_written(built: Programme) -> None:
    before, today = seams(built), clock.today()
    assert before
    assert referrals.expire_unanswered(built.pk, today=today) == 0
    assert referrals.send_due_reminders(built.pk, today=today) == 0
    assert ruptures.evaluate(built.pk, today=today) == 0
    assert seams(built) == before


def test_every_live_referral_has_the_owner_and_the_clock_that_the_rules_give(built: Programme) -> None:
    rows = list(Referral.objects.get_queryset().prefetch_related("events", "appointments").order_by("pk"))
    states = {row.state for row in rows}
    assert states >= {"accepted", "refused"}
    assert {row.delivery for row in rows} >= {"none", "started", "ended"}
    for row in rows:
        held = rules.holder(standing_of(row))
        if held is None or row.state == ReferralState.UNANSWERED:  # a reminder may have moved that clock
            assert (row.clock_on is None) == (held is None)
            continue
        assert row.clock_on == held.until
        owner = row.sender_organisation_id if held.side == Side.SENDER else row.recipient_id
        assert row.owner_organisation_id == owner


def test_times_follow_one_another_and_none_is_to_come(built: Programme) -> None:
    now = clock.now()
    for row in Referral.objects.get_queryset().order_by("pk"):
        times = [row.created_at, row.sent_at, row.received_at, row.decided_at, row.met_at, row.started_at, row.ended_at]
        known = [at for at in times if at is not None]
        assert all(first <= then for first, then in pairwise(known)), known
        assert known[-1] <= now
    events = ReferralEvent.objects.get_queryset()
    assert not events.filter(at__gt=now).exists()
    held = Appointment.objects.get_queryset().filter(state=AppointmentState.HAPPENED, starts_at__gt=now)
    assert not held.exists()
    ahead = Appointment.objects.get_queryset().filter(state__in=AHEAD, referral__met_at__isnull=False)
    assert not ahead.exists()


def test_what_may_be_shared_is_what_people_were_told(built: Programme) -> None:
    today = clock.today()
    people = list(Beneficiary.objects.get_queryset().order_by("pk"))
    bases = list(Basis.objects.get_queryset().order_by("pk"))
    for person in people:
        spans = [Span(one.given_on, one.expires_on) for one in bases if one.beneficiary_id == person.pk]
        holds = shared_until(spans, today=today)
        assert holds is None or person.shared_until == holds
        assert bool(spans) == (person.shared_until is not None)
    untold = [one.pk for one in people if one.shared_until is None]
    assert not Referral.objects.get_queryset().filter(beneficiary__in=untold).exists()


def test_the_figures_and_the_threads_are_those_of_the_rows(built: Programme) -> None:
    today = clock.today()
    figures = figures_of(built.pk, today=today)
    assert figures.accompanied.now == Pathway.objects.get_queryset().count() == PEOPLE
    assert figures.open_needs.now == Need.objects.get_queryset().filter(state=NeedState.OPEN).count()
    coordinator = User.objects.get(email=f"coordination.{built.slug}@demo.example")
    actor = actor_of(coordinator.pk)
    with scope(programmes=actor.programmes, named=actor.named, user=actor.user_id):
        threads = threads_of(list(Beneficiary.objects.get_queryset().order_by("pk")), actor, today=today)
    still = {row[2] for row in seams(built)} | {row[1] for row in seams(built)}
    gaps = sum(gap.end is None for thread in threads.values() for gap in thread.gaps)
    assert gaps == len(still - {None})
    assert all(thread.stitches for person, thread in threads.items() if steps_of(person))


def steps_of(person: Any) -> bool:
    steps = Step.objects.get_queryset().filter(pathway__beneficiary=person)
    return steps.exclude(state=StepState.CANCELLED).exists()


def test_each_row_left_its_line_in_the_journal(built: Programme) -> None:
    told = set()
    for entry in JournalEntry.objects.filter(programme_id=built.pk).order_by("pk"):
        told |= set(entry.object_ids)
    for model in (Beneficiary, Basis, Pathway, Need, Step, Rupture, RoleGrant):
        rows = model._default_manager.filter(programme_id=built.pk).order_by("pk")  # type: ignore[attr-defined]
        assert set(rows.values_list("pk", flat=True)) <= told, model
    sent = Referral.objects.get_queryset().exclude(state=ReferralState.DRAFT).order_by("pk")
    assert set(sent.values_list("pk", flat=True)) <= told
    kinds = set(Involvement.objects.get_queryset().order_by().values_list("kind", flat=True))
    assert kinds >= {"captured", "referent"}
    assert Referent.objects.get_queryset().filter(until=None).count() == PEOPLE


def test_the_same_day_brings_the_same_people_once(built: Programme) -> None:
    assert build_programme(built, PEOPLE).people == 0

    def everybody() -> set[Any]:
        with transaction.atomic():
            [other] = invent_programmes(1, [built])
            assert build_programme(other, 8).people == 8
            with scope(programmes=[other.pk], named=[other.pk]):
                rows = Beneficiary.objects.get_queryset().order_by("pk")
                found = set(rows.values_list("pk", "first_name", "last_name", "address", "created_by__email"))
                found |= set(ReferralEvent.objects.get_queryset().order_by().values_list("pk", "kind", "at"))
            transaction.set_rollback(True)
        return found

    assert everybody() == everybody()


def test_pages_ask_as_much_in_a_large_programme_as_in_a_small_one(built: Programme) -> None:
    [small] = invent_programmes(1, [built])
    assert build_programme(small, FEW).people == FEW
    few, many = (queries_of(programme) for programme in (small, built))
    assert {name: many[name] - few[name] for name in few if many[name] - few[name] > EMPTY_LISTS} == {}


def queries_of(programme: Programme) -> dict[str, int]:
    """How many queries the pages of a coordinator and of the adviser of most people ask."""
    found = {}
    with scope(programmes=[programme.pk], named=[programme.pk]):
        seats = Referent.objects.get_queryset().filter(programme=programme, until=None).order_by("user")
        adviser = Counter(seats.values_list("user", flat=True)).most_common(1)[0][0]
        shared = seats.filter(user=adviser, pathway__beneficiary__shared_until__gte=clock.today())
        person = shared.order_by("pathway__beneficiary").values_list("pathway__beneficiary", flat=True)[0]
    people = f"/programmes/{programme.slug}/personnes/"
    coordinator = User.objects.get(email=f"coordination.{programme.slug}@demo.example")
    for user, pages in (
        (coordinator, ("/", people, f"{people}?tri=etape", f"/personnes/{person}/", "/orientations/envoyees/")),
        (User.objects.get(pk=adviser), ("/", people, "/orientations/recues/")),
    ):
        client = Client()
        client.force_login(user)
        proved(client, user)
        for page in pages:
            client.get(page)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(page).status_code == 200
            found[f"{user.pk == adviser} {pages.index(page)}"] = len(captured)
    return found
