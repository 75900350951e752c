from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import call_command

import scoping
from programmes.places import country, facts
from sanscouture.audit.models import JournalEntry
from sanscouture.programmes.models import Perimeter, Programme
from sanscouture.programmes.services import import_programmes, load_programmes, load_starter_programmes
from sanscouture.territories.services import load_starter_set

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def places() -> None:
    country()


def counts(report: object) -> tuple[int, int, int, int]:
    return report.read, report.created, report.updated, report.unchanged  # type: ignore[attr-defined]


def perimeter(name: str = "Val d’Ici") -> dict[str, bool]:
    rows = Perimeter.objects.filter(programme__name=name, until=None)
    return {row.qpv_id: row.candidate for row in rows}


def test_a_programme_is_made_with_its_communes_and_a_perimeter_to_confirm() -> None:
    assert counts(import_programmes([facts()])) == (1, 1, 0, 0)
    made = Programme.objects.get()
    assert (made.slug, made.name, made.label_year, made.official_id) == ("val-d-ici", "Val d’Ici", 2021, "cde-900")
    assert [one.name for one in made.communes.all()] == ["Ici"]
    assert perimeter() == {"QN00101M": True}
    assert made.names_open is False


def test_a_second_run_changes_nothing() -> None:
    import_programmes([facts()])
    entries = JournalEntry.objects.count()
    assert counts(import_programmes([facts()])) == (1, 0, 0, 1)
    assert JournalEntry.objects.count() == entries
    assert Perimeter.objects.count() == 1


def test_what_moved_is_written_and_the_address_stays() -> None:
    import_programmes([facts()])
    later = replace(facts(), name="Là-Haut", commune_codes=("01001", "01002"), candidate_qpv_codes=("QN00102M",))
    assert counts(import_programmes([later])) == (1, 0, 1, 0)
    assert Programme.objects.get().slug == "val-d-ici"
    assert perimeter("Là-Haut") == {"QN00102M": True}


def test_a_quarter_ended_by_hand_does_not_come_back() -> None:
    import_programmes([facts()])
    scoping.widen(Programme.objects.get().pk)
    assert Perimeter.objects.update(until="2026-01-01") == 1
    assert counts(import_programmes([facts()])) == (1, 0, 0, 1)
    assert perimeter() == {}


def test_a_carrier_that_nobody_tells_is_kept() -> None:
    import_programmes([replace(facts(), carrier="Ville d’Ici")])
    assert counts(import_programmes([facts()])) == (1, 0, 0, 1)
    assert Programme.objects.get().carrier == "Ville d’Ici"


def test_a_programme_without_a_known_commune_is_refused_with_its_name() -> None:
    report = import_programmes([replace(facts(), commune_codes=("99999",))])
    assert report.refusals == [(1, "aucune commune connue pour «\u00a0Val d’Ici\u00a0»")]
    assert not Programme.objects.exists()


def test_the_starter_set_gives_confirmed_quarters_and_touches_nothing_twice() -> None:
    load_starter_set()
    first = load_starter_programmes()
    assert first.created == first.read > 20
    assert perimeter("Maubeuge") == {"QN05915M": False, "QN05917M": False, "QN05918M": False}
    assert Programme.objects.get(slug="maubeuge").carrier.startswith("GIP")
    again = load_starter_programmes()
    assert (again.created, again.unchanged) == (0, again.read)


def test_a_folder_without_programmes_loads_none(tmp_path: Path) -> None:
    assert load_programmes(tmp_path) == []


@pytest.mark.reference
def test_the_84_programmes_load_from_the_official_files_once(reference_data: Path) -> None:
    call_command("import_territories", reference_data, verbosity=0)
    assert Programme.objects.count() == 84
    assert {"maubeuge", "saint-omer", "sedan", "les-mureaux"} <= set(Programme.objects.values_list("slug", flat=True))
    confirmed = Perimeter.objects.filter(programme__slug="grenoble", candidate=False).count()
    assert confirmed == 4 < Perimeter.objects.filter(programme__slug="grenoble").count()
    [again] = load_programmes(reference_data)
    assert counts(again) == (84, 0, 0, 84)
