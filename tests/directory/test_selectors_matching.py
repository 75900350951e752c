from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from factories import ServiceFactory
from sanscouture.directory.enums import Verdict
from sanscouture.directory.models import OfferChange
from sanscouture.directory.rules.facts import PersonFacts, Wanted
from sanscouture.directory.selectors import matching_services, matching_services_by, matching_services_of, offers
from sanscouture.directory.selectors.offers import current_offer
from sanscouture.directory.services import forget_offer_changes
from sanscouture.directory.tasks import forget_offer_changes as forget_offer_changes_nightly
from sanscouture.partners.models import Organisation

pytestmark = pytest.mark.django_db

MAUBEUGE = {"lon": 3.973, "lat": 50.278}
LICENCE = Wanted(frozenset({"mobilite--preparer-un-permis"}), 5)


def test_the_nearest_of_the_best_come_first_and_the_far_ones_stay_out() -> None:
    near = ServiceFactory(**MAUBEUGE)
    phone = ServiceFactory(reception_modes=["a-distance"])
    lille = ServiceFactory(lon=3.06, lat=50.63)
    found = matching_services(LICENCE, PersonFacts(**MAUBEUGE), limit=5)
    assert [each.service for each in found.best] == [near, phone]
    assert lille not in [each.service for each in found.best]


def test_the_total_counts_those_that_the_person_may_enter() -> None:
    for age_min in (None, 18, 60):
        ServiceFactory(**MAUBEUGE, age_min=age_min)
    found = matching_services(LICENCE, PersonFacts(age=30, **MAUBEUGE), limit=1)
    assert (found.total, len(found.best)) == (2, 1)
    assert found.best[0].match.verdict == Verdict.ELIGIBLE


def test_closed_organisations_and_what_was_tried_are_left_out() -> None:
    tried = ServiceFactory()
    ServiceFactory(organisation__is_active=False)
    ServiceFactory(is_active=False)
    kept = ServiceFactory()
    found = matching_services(LICENCE, PersonFacts(), excluding=frozenset({tried.pk}))
    assert [each.service for each in found.best] == [kept]


def test_a_cohort_costs_two_queries_and_each_gets_what_they_would_alone(django_assert_num_queries: Any) -> None:
    ServiceFactory.create_batch(4, **MAUBEUGE, age_min=18)
    ServiceFactory(lon=3.06, lat=50.63)
    ServiceFactory(thematiques=["famille--garde-denfants"], **MAUBEUGE)
    asked = {
        number: (PersonFacts(age=age, **place), wanted)
        for number, (age, place, wanted) in enumerate(
            [(17, MAUBEUGE, LICENCE), (30, MAUBEUGE, LICENCE), (30, {}, LICENCE), (30, MAUBEUGE, Wanted())]
        )
    }
    alone = {key: matching_services(wanted, person) for key, (person, wanted) in asked.items()}
    with django_assert_num_queries(2):
        assert matching_services_of(asked) == alone
    assert [each.total for each in alone.values()] == [0, 4, 5, 5]


def test_eight_fields_cost_two_queries(django_assert_num_queries: Any) -> None:
    ServiceFactory.create_batch(4, **MAUBEUGE)
    ServiceFactory(thematiques=["famille--garde-denfants"], **MAUBEUGE)
    wanted = {field: Wanted(action_field=field) for field in range(1, 9)}
    assert current_offer().offers  # read once, then kept while it does not change
    with django_assert_num_queries(2):
        found = matching_services_by(wanted, PersonFacts(**MAUBEUGE))
    assert {field: matches.total for field, matches in found.items()} == {
        **dict.fromkeys(range(1, 9), 0),
        5: 4,
        4: 1,
    }


def test_nothing_wanted_finds_everything_and_no_offer_finds_nothing() -> None:
    assert matching_services(LICENCE, PersonFacts()).best == ()
    ServiceFactory()
    assert matching_services(Wanted(), PersonFacts()).total == 1
    assert matching_services_by({}, PersonFacts()) == {}


def test_the_offer_in_memory_follows_the_database() -> None:
    service = ServiceFactory(**MAUBEUGE)
    first = current_offer()
    assert current_offer() is first
    service.capacity = "closed"
    service.save()
    second = current_offer()
    assert second.offers.capacity[second.position[service.pk]] == 3
    Organisation.objects.filter(pk=service.organisation_id).update(is_active=False)
    assert service.pk not in current_offer().position


def test_a_large_offer_is_read_again_beside_the_requests(monkeypatch: Any) -> None:
    service = ServiceFactory(**MAUBEUGE)
    before, beside = current_offer(), []
    monkeypatch.setattr(offers, "LARGE", 0)
    monkeypatch.setattr(offers, "_read_beside", lambda: beside.append(True))
    service.delete()
    assert current_offer() is before
    for _ in range(50):
        if beside:
            break
        time.sleep(0.02)
    assert beside


def test_few_traces_of_changes_are_kept_and_the_version_stays_a_new_one() -> None:
    ServiceFactory.create_batch(2)
    before = offers.offer_version()
    OfferChange.objects.update(at=timezone.now() - timedelta(days=2))
    forget_offer_changes_nightly.func()
    after = offers.offer_version()
    assert (after[0], after[1]) == (1, before[1])
    assert after != before
    assert forget_offer_changes() == 0
