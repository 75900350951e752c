"""The documents say what the configuration and the code say, and leave in blank what they do not know."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import product

import pytest

from documents.test_register import badly_printed
from sanscouture.access.matrix import MATRIX
from sanscouture.core.errors import Conflict
from sanscouture.documents.enums import Risk
from sanscouture.documents.rules.content import BLANK, Document, Signatures, plain
from sanscouture.documents.rules.sights import who_sees_what
from sanscouture.documents.selectors import holdings
from sanscouture.programmes.enums import VersionState
from sanscouture.programmes.rules import configuration as rules
from sanscouture.programmes.rules.agreement import Code, agreement
from sanscouture.programmes.rules.assessment import STUDIES, assessment
from sanscouture.programmes.rules.configuration import Configuration, Party
from sanscouture.programmes.rules.versions import MOVES, must_move

EMPTY = Configuration("Cité inventée")
FULL = Configuration(
    "Cité inventée",
    "cité de l’emploi",
    "Ville inventée",
    ("Ici", "Là"),
    ("Les Prés",),
    (
        Party("1", "Mission locale", "emploi", "accueil", "deux conseillères", "Awa Fictif", "2026-03-01"),
        Party("2", "Préfecture", steers=True),
    ),
    "Préfecture",
    "droits@prefecture.example",
    "Ondine Inventée",
    "dpo@prefecture.example",
    "Avis favorable.",
    "2026-11-02",
    "Éditeur inventé",
    "Hébergeur inventé, en France",
)


@pytest.fixture(scope="module")
def code() -> Code:
    return Code(holdings(), who_sees_what(MATRIX))


def words(document: Document) -> str:
    return json.dumps(plain(document), ensure_ascii=False)


def test_the_agreement_says_parties_people_rights_and_rooms_to_sign(code: Code) -> None:
    said = agreement(FULL, code)
    text = words(said)
    for expected in (
        "Mission locale (emploi)",
        "accueil – deux conseillères",
        "Awa Fictif",
        "1er mars 2026",
        "Préfecture, droits@prefecture.example",
        "Ondine Inventée, dpo@prefecture.example",
        "Hébergeur inventé, en France",
        "date de naissance",
        "les personnes que sa structure accompagne ou reçoit",
        "72 heures",
    ):
        assert expected in text, expected
    rooms = next(block for section in said.sections for block in section.blocks if isinstance(block, Signatures))
    assert [room.party for room in rooms.rooms] == ["Préfecture", "Mission locale"], "those who steer sign first"


def test_the_assessment_follows_the_plan_of_the_cnil(code: Code) -> None:
    said = assessment(FULL, code)
    titles = [section.title for section in said.sections if section.level == 1]
    assert [title[:2] for title in titles] == ["1.", "2.", "3.", "4.", "5.", "6.", "7."]
    assert set(STUDIES) == set(Risk)
    text = words(said)
    for expected in (
        "Accès illégitime",
        "Modification non désirée",
        "Disparition",
        "2 novembre 2026",
        "Avis favorable.",
    ):
        assert expected in text, expected
    assert "structure porteuse" in words(assessment(EMPTY, code)), "without a co-pilot the carrier validates"


@pytest.mark.parametrize("make", [agreement, assessment])
def test_what_nobody_wrote_is_a_blank_and_nothing_else_is(make, code: Code) -> None:
    empty, full = BLANK.findall(words(make(EMPTY, code))), BLANK.findall(words(make(FULL, code)))
    assert len(empty) > len(full)
    assert not [one for one in full if "contact" in one or "éditeur" in one or "communes" in one]


@pytest.mark.parametrize("make", [agreement, assessment])
def test_documents_are_well_printed(make, code: Code) -> None:
    assert badly_printed(make(FULL, code)) == badly_printed(make(EMPTY, code)) == []


def test_a_configuration_survives_its_passage_through_json() -> None:
    kept = json.loads(json.dumps(rules.kept(FULL)))
    assert rules.read(kept) == FULL
    assert rules.read({**kept, "gone": 1, "parties": [{**kept["parties"][0], "gone": 1}]}).parties == FULL.parties[:1]


def test_what_is_missing_is_said_what_is_required_first() -> None:
    lacks = rules.missing(EMPTY, coordinators=0)
    assert [one.required for one in lacks[:3]] == [True, True, False]
    assert len(lacks) == 9
    assert rules.missing(FULL, coordinators=1) == []
    assert rules.against_preparing([one for one in lacks if not one.required]) == ""


def test_what_changed_since_the_signature() -> None:
    def said(**changes: object) -> list[tuple[str, bool]]:
        return [(one.text, one.amends) for one in rules.differences(FULL, replace(FULL, **changes))]

    first, second = FULL.parties
    assert said() == []
    assert said(parties=(first,)) == [("Préfecture n’est plus partenaire.", True)]
    assert said(parties=(*FULL.parties, Party("3", "Régie"))) == [("Régie est partenaire depuis.", True)]
    assert said(parties=(first, replace(second, steers=False)))[0][1]
    assert not said(parties=(replace(first, referent="Malik Fictif"), second))[0][1]
    assert said(hosting="Ailleurs")[0][1]
    assert said(rights_contact="autre@a.example")[0][1]
    assert not said(officer_name="Autre")[0][1]


PARTIES = {"1": "Mission locale", "2": "Préfecture", "3": "Régie"}


@pytest.mark.parametrize(
    ("signing", "reaching", "against"),
    [
        (["1", "2"], [], ""),
        (["1", "2"], ["1", "9"], ""),
        (["1"], [], "Au moins deux"),
        (["1", "1"], [], "Au moins deux"),
        (["1", "9"], [], "n’est pas partie à cette version"),
        (["1", "2"], ["3"], "Régie"),
    ],
)
def test_who_must_have_signed(signing: list[str], reaching: list[str], against: str) -> None:
    said = rules.against_signing(PARTIES, signing, reaching)
    assert against in said
    assert bool(said) is bool(against)


@pytest.mark.parametrize(("now", "to"), list(product(VersionState, repeat=2)))
def test_a_version_moves_as_the_table_says(now: VersionState, to: VersionState) -> None:
    assert set(MOVES) == set(VersionState)
    if to in MOVES[now]:
        must_move(now, to)
    else:
        with pytest.raises(Conflict, match=str(now.label)):
            must_move(now, to)
