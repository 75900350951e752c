from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanscouture.directory.enums import Capacity, Criterion, FrenchLevel, ResidenceRule, Verdict
from sanscouture.directory.rules import vocabulary
from sanscouture.directory.rules.eligibility import overall, states
from sanscouture.directory.rules.facts import PersonFacts, Wanted
from sanscouture.directory.rules.matching import around, distance_km, match, rank, rank_each
from sanscouture.directory.rules.offers import OfferRow, Offers
from sanscouture.directory.rules.wording import conditions

TODAY = date(2026, 11, 22)
LICENCE = "mobilite--preparer-un-permis"
VEHICLE = "mobilite--acceder-a-un-vehicule"
HERE = {"lon": 3.97, "lat": 50.27}
SOMEBODY = PersonFacts(
    age=24, commune="59392", epci="200043396", qpv="inside", french_level="A2", job_seeker=True, **HERE
)


def offer(number: int = 1, **conditions_of_service: object) -> OfferRow:
    given_values = {"thematiques": [LICENCE], "action_fields": [5], "source_updated_on": TODAY, **HERE}
    return OfferRow(id=UUID(int=number), **{**given_values, **conditions_of_service})


def verdict_of(row: OfferRow, person: PersonFacts) -> Verdict:
    return match([row], person, Wanted(), today=TODAY)[0].verdict


@pytest.mark.parametrize(
    ("row", "person", "verdict"),
    [
        (offer(), PersonFacts(), Verdict.ELIGIBLE),
        (offer(age_min=18, age_max=25), SOMEBODY, Verdict.ELIGIBLE),
        (offer(age_min=25), SOMEBODY, Verdict.NOT_ELIGIBLE),
        (offer(age_max=23), SOMEBODY, Verdict.NOT_ELIGIBLE),
        (offer(age_min=18), PersonFacts(), Verdict.TO_CHECK),
        (offer(french_level_min="B1"), SOMEBODY, Verdict.NOT_ELIGIBLE),
        (offer(french_level_min="A2"), SOMEBODY, Verdict.ELIGIBLE),
        (offer(french_level_min="A0"), PersonFacts(), Verdict.ELIGIBLE),
        (offer(french_level_min="A1"), PersonFacts(), Verdict.TO_CHECK),
        (offer(job_seeker_required=True), SOMEBODY, Verdict.ELIGIBLE),
        (offer(job_seeker_required=True), replace(SOMEBODY, job_seeker=False), Verdict.NOT_ELIGIBLE),
        (offer(job_seeker_required=False), replace(SOMEBODY, job_seeker=False), Verdict.ELIGIBLE),
        (offer(residence_rule=ResidenceRule.QPV), SOMEBODY, Verdict.ELIGIBLE),
        (offer(residence_rule=ResidenceRule.QPV), replace(SOMEBODY, qpv="outside"), Verdict.NOT_ELIGIBLE),
        (offer(residence_rule=ResidenceRule.QPV), replace(SOMEBODY, qpv="undetermined"), Verdict.TO_CHECK),
        (offer(publics=["jeunes", "femmes"]), SOMEBODY, Verdict.ELIGIBLE),
        (offer(publics=["seniors"]), SOMEBODY, Verdict.NOT_ELIGIBLE),
        (offer(publics=["femmes"]), SOMEBODY, Verdict.TO_CHECK),
        (offer(publics=["femmes"]), replace(SOMEBODY, publics=frozenset({"femmes"})), Verdict.ELIGIBLE),
        (offer(publics=["femmes"]), replace(SOMEBODY, other_publics=frozenset({"femmes"})), Verdict.NOT_ELIGIBLE),
        (offer(publics=["tous-publics"]), PersonFacts(), Verdict.ELIGIBLE),
        (offer(publics=["jeunes"]), PersonFacts(age=27), Verdict.TO_CHECK),
    ],
)
def test_a_condition_is_met_unmet_or_unknown(row: OfferRow, person: PersonFacts, verdict: Verdict) -> None:
    assert verdict_of(row, person) == verdict


@pytest.mark.parametrize(
    ("zone", "commune", "epci", "verdict"),
    [
        (["59392"], "59392", None, Verdict.ELIGIBLE),
        (["59"], "59392", None, Verdict.ELIGIBLE),
        (["62"], "59392", None, Verdict.NOT_ELIGIBLE),
        (["200043396"], "59392", "200043396", Verdict.ELIGIBLE),
        (["200043396"], "59392", "200000000", Verdict.NOT_ELIGIBLE),
        (["200043396"], "59392", None, Verdict.TO_CHECK),
        (["france"], "59392", None, Verdict.ELIGIBLE),
        (["75056"], "75118", None, Verdict.ELIGIBLE),
        (["75118"], "75056", None, Verdict.TO_CHECK),
        (["974"], "97411", None, Verdict.ELIGIBLE),
        (["62"], None, None, Verdict.TO_CHECK),
        (["france"], None, None, Verdict.ELIGIBLE),
    ],
)
def test_a_zone_covers_a_commune_by_any_of_its_codes(
    zone: list[str], commune: str | None, epci: str | None, verdict: Verdict
) -> None:
    row = offer(residence_rule=ResidenceRule.ZONE, eligibility_zone=zone)
    assert verdict_of(row, PersonFacts(commune=commune, epci=epci)) == verdict


def test_each_reason_and_each_missing_fact_is_told() -> None:
    row = offer(age_min=18, age_max=25, french_level_min="B1", residence_rule=ResidenceRule.QPV)
    found = match([row], PersonFacts(age=40), Wanted(), today=TODAY)[0]
    assert found.verdict == Verdict.NOT_ELIGIBLE
    assert found.missing == (Criterion.RESIDENCE, Criterion.FRENCH)
    assert [str(reason) for reason in found.reasons] == [
        "de 18 à 25 ans",
        "lieu de résidence à préciser (réservé aux habitants d’un quartier prioritaire)",
        "niveau de français à préciser (niveau de français B1 au moins)",
    ]


def order_of(*rows: OfferRow, person: PersonFacts = SOMEBODY, wanted: Wanted | None = None) -> list[int]:
    wanted = wanted or Wanted(frozenset({LICENCE}), 5)
    return [found.offer.id.int for found in match(rows, person, wanted, today=TODAY)]


def test_remote_comes_after_on_site_within_10_km_and_before_those_farther_than_25() -> None:
    remote = offer(1, reception_modes=["a-distance"], lon=None, lat=None)
    near = offer(2, lat=50.27 + 0.08)
    far = offer(3, lat=50.27 + 0.30)
    unknown = offer(4, lon=None, lat=None)
    assert order_of(unknown, far, remote, near) == [2, 1, 3, 4]


def test_a_service_received_both_ways_says_its_kilometres_only_where_one_may_go() -> None:
    both = {"reception_modes": ["a-distance", "en-presentiel"]}
    rows = [offer(1, lat=50.27 + 0.08, **both), offer(2, lat=43.3, lon=5.4, **both), offer(3, lat=50.27 + 0.08)]
    near, there, far = match(rows, SOMEBODY, Wanted(frozenset({LICENCE}), 5), today=TODAY)
    said = {one.offer.id.int: (one.distance_km is not None, str(one.explanation)) for one in (near, there, far)}
    assert said[1][0]
    assert "km ou à distance" in said[1][1]
    assert "km" in said[3][1]
    assert "à distance" not in said[3][1]
    assert not said[2][0]
    assert ", à distance," in said[2][1]
    assert "km" not in said[2][1]


def test_the_order_is_verdict_then_closed_then_fit_then_distance_then_capacity() -> None:
    excluded = offer(1, age_min=60)
    closed = offer(2, capacity=Capacity.CLOSED)
    in_field = offer(3, thematiques=[VEHICLE])
    waiting = offer(4, capacity=Capacity.WAITING)
    free = offer(5, capacity=Capacity.OPEN, lat=50.28)
    to_check = offer(6, publics=["femmes"])
    assert order_of(excluded, closed, in_field, waiting, free, to_check) == [5, 4, 3, 2, 6, 1]


def test_what_helps_elsewhere_is_left_out_and_a_mode_is_kept() -> None:
    other = offer(1, thematiques=["famille--garde-denfants"], action_fields=[4])
    phone = offer(2, reception_modes=["a-distance"])
    both = offer(3, reception_modes=["a-distance", "en-presentiel"])
    assert order_of(other, phone, both) == [3, 2]
    assert order_of(other, phone, both, wanted=Wanted(mode=vocabulary.ON_SITE)) == [1, 3]
    assert order_of(phone, offer(4), wanted=Wanted(mode=vocabulary.REMOTE)) == [2]


def test_without_a_place_on_site_comes_before_remote() -> None:
    assert order_of(offer(1, reception_modes=["a-distance"]), offer(2), person=PersonFacts()) == [2, 1]


def test_the_rank_is_explained_in_one_sentence() -> None:
    row = offer(capacity=Capacity.OPEN, lat=50.30, source_updated_on=date(2026, 8, 3))
    found = match([row], SOMEBODY, Wanted(frozenset({LICENCE})), today=TODAY)[0]
    assert str(found.explanation) == (
        "Répond à ce qui est demandé, à 3,3 km, places disponibles, fiche mise à jour il y a 3 mois."
    )
    assert found.distance_km == pytest.approx(3.34, abs=0.01)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (offer(lat=50.2745), "à 500 m"),
        (offer(lat=50.47), "à 22 km"),
        (offer(lon=None, lat=None), "lieu à préciser"),
        (offer(lon=None, lat=None, reception_modes=["a-distance"]), "à distance"),
        (offer(source_updated_on=None), "fiche sans date, à confirmer"),
        (offer(source_updated_on=date(2025, 9, 1)), "fiche de plus d’1 an, à confirmer"),
        (offer(source_updated_on=date(2023, 9, 1)), "fiche de plus de 3 ans, à confirmer"),
        (offer(capacity=Capacity.WAITING), "liste d’attente"),
    ],
)
def test_the_sentence_says_how_far_and_how_fresh(row: OfferRow, said: str) -> None:
    assert said in str(match([row], SOMEBODY, Wanted(), today=TODAY)[0].explanation)


def test_conditions_are_said_in_words_and_silence_asks_nothing() -> None:
    assert conditions(offer(publics=["tous-publics"], eligibility_zone=["france"])) == []
    row = offer(
        age_max=25, publics=["jeunes"], job_seeker_required=True, residence_rule="zone", eligibility_zone=["59"]
    )
    assert [str(said) for said in conditions(row)] == [
        "jusqu’à 25 ans",
        "réservé aux habitants de la zone du service",
        "réservé aux demandeurs d’emploi",
        "réservé à ce public\u00a0: jeunes",
    ]


def test_an_empty_offer_is_a_valid_one() -> None:
    assert match([], SOMEBODY, Wanted(), today=TODAY) == []


def test_a_theme_that_the_vocabulary_does_not_have_changes_nothing() -> None:
    row = offer(thematiques=[LICENCE, "theme--inconnu"])
    known, other = (match([each], SOMEBODY, Wanted(), today=TODAY)[0] for each in (offer(), row))
    assert (other.verdict, other.explanation) == (known.verdict, known.explanation)


def test_a_distance_is_that_of_the_globe() -> None:
    assert distance_km(2.35, 48.85, 5.37, 43.30) == pytest.approx(661, abs=3)


AGES = st.none() | st.integers(0, 110)
PERSONS = st.builds(
    PersonFacts,
    age=AGES,
    commune=st.none() | st.sampled_from(["59392", "75118", "75056", "97411"]),
    epci=st.none() | st.sampled_from(["200043396", "200054781"]),
    qpv=st.none() | st.sampled_from(["inside", "outside", "undetermined"]),
    french_level=st.none() | st.sampled_from(FrenchLevel.values),
    job_seeker=st.none() | st.booleans(),
    publics=st.none() | st.frozensets(st.sampled_from(["femmes", "familles", "etudiants"])),
    other_publics=st.frozensets(st.sampled_from(["personnes-exilees", "actifs"])),
)
ROWS = st.builds(
    offer,
    age_min=st.none() | st.integers(16, 40),
    age_max=st.none() | st.integers(40, 70),
    french_level_min=st.sampled_from(["", *FrenchLevel.values]),
    job_seeker_required=st.none() | st.booleans(),
    residence_rule=st.sampled_from(ResidenceRule.values),
    eligibility_zone=st.lists(st.sampled_from(["59", "59392", "200043396", "75118", "75056", "france"]), max_size=3),
    publics=st.lists(st.sampled_from([slug for slug, _label in vocabulary.PUBLICS]), max_size=3),
)
FACTS = ["age", "commune", "epci", "qpv", "french_level", "job_seeker", "publics"]


@given(st.lists(ROWS, max_size=12))
def test_unknown_never_excludes(rows: list[OfferRow]) -> None:
    assert all(found.verdict != Verdict.NOT_ELIGIBLE for found in match(rows, PersonFacts(), Wanted(), today=TODAY))


@given(st.lists(ROWS, min_size=1, max_size=12), PERSONS, st.sampled_from(FACTS))
def test_learning_a_fact_settles_doubts_and_never_overturns_what_was_settled(
    rows: list[OfferRow], person: PersonFacts, fact: str
) -> None:
    offers = Offers.of(rows)
    before = overall(states(offers, replace(person, **{fact: None})))
    after = overall(states(offers, person))
    assert ((before == 0) | (before == after)).all()


@given(st.lists(ROWS, max_size=8), PERSONS)
def test_a_verdict_does_not_depend_on_the_other_services(rows: list[OfferRow], person: PersonFacts) -> None:
    rows = [replace(row, id=UUID(int=number)) for number, row in enumerate(rows)]
    together = {found.offer.id: found.verdict for found in match(rows, person, Wanted(), today=TODAY)}
    assert together == {row.id: verdict_of(row, person) for row in rows}


NEEDS = st.builds(
    Wanted,
    thematiques=st.frozensets(st.sampled_from([LICENCE, "famille--garde-denfants"]), max_size=1),
    action_field=st.none() | st.integers(1, 8),
    mode=st.none() | st.sampled_from(["en-presentiel", "a-distance"]),
)
PLACED = st.builds(replace, ROWS, lat=st.floats(49, 52), capacity=st.sampled_from(Capacity.values))


@given(st.lists(PLACED, max_size=12), st.lists(st.tuples(PERSONS, NEEDS), max_size=4), st.integers(1, 13))
def test_the_first_ones_of_each_are_those_of_the_whole_order_of_one(
    rows: list[OfferRow], asked: list[tuple[PersonFacts, Wanted]], limit: int
) -> None:
    offers = Offers.of([replace(row, id=UUID(int=number)) for number, row in enumerate(rows)])
    asked = [(replace(person, lon=3.973, lat=50.278), wanted) for person, wanted in asked]
    together = rank_each(offers, asked, today=TODAY, limit=limit, radius_km=60.0)
    near = offers.take(np.flatnonzero(around(offers, 3.973, 50.278, 60.0)))
    for found, (person, wanted) in zip(together, asked, strict=True):
        whole = rank(near, person, wanted, today=TODAY)
        assert (found.ids(), found.possible) == (whole.ids(limit), whole.possible)
        assert len(whole.ids()) == len(whole.verdict)
