from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from sanscouture.partners.enums import OrganisationKind, PartnerCategory
from sanscouture.partners.rules import (
    KINDS_BY_CATEGORY,
    category_of,
    clean_siret,
    is_sensitive,
    kind_of_networks,
    shown_name,
    validate_siret,
)


def test_every_kind_falls_under_exactly_one_category() -> None:
    listed = [kind for kinds in KINDS_BY_CATEGORY.values() for kind in kinds]
    assert sorted(listed) == sorted(OrganisationKind)
    assert set(KINDS_BY_CATEGORY) == set(PartnerCategory)


@pytest.mark.parametrize(
    ("kind", "category"),
    [
        (OrganisationKind.MISSION_LOCALE, PartnerCategory.EMPLOYMENT),
        (OrganisationKind.PREFECTURE, PartnerCategory.STATE),
        (OrganisationKind.SOCIAL_LANDLORD, PartnerCategory.SOCIAL),
        (OrganisationKind.CITIZEN_COUNCIL, PartnerCategory.RESIDENTS),
    ],
)
def test_a_kind_gives_its_category(kind: str, category: str) -> None:
    assert category_of(kind) == category


def test_the_eight_sensitive_kinds_are_veiled_to_whoever_is_not_on_the_step() -> None:
    veiled = {kind for kind in OrganisationKind if shown_name("Chez Solène", kind, on_step=False) != "Chez Solène"}
    assert len(veiled) == 8
    assert veiled == {kind for kind in OrganisationKind if is_sensitive(kind)}
    assert str(shown_name("Chez Solène", OrganisationKind.CSAPA, on_step=False)) == "structure d’accompagnement"


def test_a_sensitive_organisation_is_named_to_whoever_is_on_the_step() -> None:
    assert shown_name("Chez Solène", OrganisationKind.SPIP, on_step=True) == "Chez Solène"


@pytest.mark.parametrize(
    ("networks", "kind"),
    [
        (["mission-locale"], OrganisationKind.MISSION_LOCALE),
        (["aci", "ei"], OrganisationKind.SIAE),
        (["simplon"], OrganisationKind.OTHER),
        ([], OrganisationKind.OTHER),
        (["ccas-cias", "csapa"], OrganisationKind.CSAPA),
    ],
)
def test_networks_tell_the_kind_and_a_sensitive_one_wins(networks: list[str], kind: str) -> None:
    assert kind_of_networks(networks) == kind


@pytest.mark.parametrize("value", ["13003013300016", "130 030 133 00016", "130\u202f030\u202f133\u202f00016"])
def test_a_siret_is_read_whatever_its_spaces(value: str) -> None:
    assert clean_siret(value) == "13003013300016"


@pytest.mark.parametrize("value", ["", "1300301330001", "13003013300017", "1300301330001A"])
def test_a_wrong_siret_is_refused_in_french(value: str) -> None:
    with pytest.raises(ValidationError, match="SIRET"):
        validate_siret(value)
