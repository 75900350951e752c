from __future__ import annotations

import pytest

from sanscouture.partners.enums import PartnerCategory
from sanscouture.programmes.rules import missing_categories, short_address, short_name, spaced


@pytest.mark.parametrize(
    ("official", "said"),
    [
        ("Maubeuge", "Maubeuge"),
        ("CA de la Porte du Hainaut", "Porte du Hainaut"),
        ("CU d'Arras", "Arras"),
        ("CA Pays de Montbéliard Agglomération", "Pays de Montbéliard Agglomération"),
        ("CC Coeur d'Ostrevent (CCCO)", "Cœur d’Ostrevent"),
        ("Marseille Nord (13-14-15-16)", "Marseille Nord"),
        ("Dreux / Chartres / Vernouillet", "Dreux, Chartres, Vernouillet"),
        ("CA Epernay, Coteaux et Plaine de Champagne", "Épernay, Coteaux et Plaine de Champagne"),
        ("Métropole du Grand Nancy", "Grand Nancy"),
        ("Rennes Métropole", "Rennes Métropole"),
        ("Calais", "Calais"),
    ],
)
def test_a_programme_bears_the_name_people_say(official: str, said: str) -> None:
    assert short_name(official) == said


@pytest.mark.parametrize(
    ("name", "taken", "address"),
    [
        ("Cité de l’emploi de Maubeuge", (), "maubeuge"),
        ("Pacte plein emploi du Havre", (), "havre"),
        ("Cœur d’Ostrevent", (), "coeur-d-ostrevent"),
        ("Saint-Louis", {"saint-louis"}, "saint-louis-017"),
        ("Saint-Louis", {"saint-louis", "saint-louis-017"}, "saint-louis-2"),
        ("…", (), "programme"),
    ],
)
def test_an_address_is_short_and_its_own(name: str, taken: set[str], address: str) -> None:
    assert short_address(name, taken, "cde-017") == address


def test_the_categories_without_partner_come_in_the_order_of_the_map() -> None:
    counts = dict.fromkeys(PartnerCategory, 1) | {PartnerCategory.RESIDENTS: 0, PartnerCategory.TRAINING: 0}
    assert missing_categories(counts) == [PartnerCategory.TRAINING, PartnerCategory.RESIDENTS]


def test_a_large_number_is_read_by_thousands() -> None:
    assert (spaced(47510), spaced(999)) == ("47\u202f510", "999")
