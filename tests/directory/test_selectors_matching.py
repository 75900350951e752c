from __future__ import annotations

from typing import Any

import pytest

from factories import ServiceFactory
from sanscouture.directory.enums import Verdict
from sanscouture.directory.rules.facts import PersonFacts, Wanted
from sanscouture.directory.selectors import matching_services, matching_services_by

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
    found = matching_services(LICENCE, PersonFacts(), excluding=frozenset({tried.external_id}))
    assert [each.service for each in found.best] == [kept]


def test_eight_fields_cost_two_queries(django_assert_num_queries: Any) -> None:
    ServiceFactory.create_batch(4, **MAUBEUGE)
    ServiceFactory(thematiques=["famille--garde-denfants"], **MAUBEUGE)
    wanted = {field: Wanted(action_field=field) for field in range(1, 9)}
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
