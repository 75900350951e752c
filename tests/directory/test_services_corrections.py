"""What is corrected here stays, and the newest word of its source is kept beside."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from directory.test_services_importing import service, structure
from sanscouture.audit.models import JournalEntry
from sanscouture.audit.selectors import note_words
from sanscouture.core import clock
from sanscouture.core.errors import Conflict
from sanscouture.directory.models import Correction, Service
from sanscouture.directory.selectors.corrections import corrections_of
from sanscouture.directory.services import import_offer_files
from sanscouture.directory.services.corrections import correct_sheet, restore_source
from sanscouture.partners.models import Organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def imported(tmp_path: Path) -> Any:
    def run(*rows: dict[str, Any], **options: Any) -> Any:
        path = tmp_path / "offre.json"
        path.write_text(json.dumps(rows))
        return import_offer_files([path], **options)[0]

    run(structure(courriel="source@exemple.example"), service(frais="gratuit"))
    return run


def told(sheet: Any) -> list[tuple[str, str, str]]:
    return [(each.label, each.here, each.there) for each in corrections_of(sheet)]


def test_an_import_keeps_a_correction_and_the_newest_word_of_the_source(imported: Any, coordinator: Any) -> None:
    found = Service.objects.get()
    changed = correct_sheet(found, {"name": "Permis pour tous", "fees": "payant"}, actor=coordinator.actor)
    assert changed == ["name", "fees"]
    assert "permis pour tous" in Service.objects.get().keywords
    assert told(found) == [("frais", "Payant", "Gratuit"), ("nom", "Permis pour tous", "Permis pour l’emploi 1")]
    report = imported(service(frais=None, nom="Permis solidaire", description="Une autre aide."))
    found = Service.objects.get()
    assert (found.name, found.fees, found.description) == ("Permis pour tous", "payant", "Une autre aide.")
    assert "permis pour tous" in found.keywords
    assert "solidaire" not in found.keywords
    assert told(found) == [("frais", "Payant", ""), ("nom", "Permis pour tous", "Permis solidaire")]
    assert (report.updated, report.unchanged) == (1, 0)


def test_giving_up_puts_back_what_the_source_says_now(imported: Any, coordinator: Any) -> None:
    correct_sheet(Service.objects.get(), {"name": "Permis pour tous"}, actor=coordinator.actor)
    imported(service(nom="Permis solidaire"))
    correction = Correction.objects.get()
    restore_source(correction, actor=coordinator.actor)
    assert Service.objects.get().name == "Permis solidaire"
    assert not Correction.objects.exists()
    with pytest.raises(Conflict, match="déjà"):
        restore_source(correction, actor=coordinator.actor)


def test_writing_the_words_of_the_source_again_ends_the_correction(imported: Any, coordinator: Any) -> None:
    found = Service.objects.get()
    correct_sheet(found, {"fees": "payant", "age_min": 18}, actor=coordinator.actor)
    correct_sheet(found, {"fees": "gratuit", "age_min": None}, actor=coordinator.actor)
    assert not Correction.objects.exists()


def test_what_no_source_tells_is_ours_alone(imported: Any, coordinator: Any) -> None:
    found = Service.objects.get()
    until = date(2026, 12, 31)
    correct_sheet(found, {"capacity": "closed", "capacity_until": until}, actor=coordinator.actor)
    imported(service(nom="Permis solidaire"))
    found = Service.objects.get()
    assert (found.capacity, found.capacity_until, found.capacity_updated_on) == ("closed", until, clock.today())
    assert told(found) == [("places", "Fermé", ""), ("jusqu’au", "31 décembre 2026", "")]
    restore_source(Correction.objects.get(field="capacity"), actor=coordinator.actor)
    assert Service.objects.get().capacity == "unknown"


def test_the_address_for_referrals_and_the_kind_of_a_structure_are_kept(imported: Any, coordinator: Any) -> None:
    house = Organisation.objects.get()
    values = {"email": "orientations@exemple.example", "kind": "plie", "name": "Maison d’ici", "address": "3 rue Vraie"}
    correct_sheet(house, values, actor=coordinator.actor)
    found = Service.objects.get()
    assert "maison d ici" in found.keywords
    assert found.address == "3 rue Vraie", "received where its structure is"
    imported(structure(courriel="neuve@exemple.example", nom="Maison de là"), service())
    house = Organisation.objects.get()
    assert (house.email, house.kind, house.category) == ("orientations@exemple.example", "plie", "employment")
    assert ("adresse électronique pour les orientations", house.email, "neuve@exemple.example") in told(found)
    assert "maison d ici" in Service.objects.get().keywords


def test_a_service_corrected_to_its_own_address_leaves_that_of_its_structure(imported: Any, coordinator: Any) -> None:
    correct_sheet(Service.objects.get(), {"address": "8 rue à elle"}, actor=coordinator.actor)
    imported(structure(adresse="2 rue Neuve"), service(nom="Permis solidaire"))
    found = Service.objects.get()
    assert (found.address, found.at_carrier, found.name) == ("8 rue à elle", False, "Permis solidaire")


def test_a_sheet_entered_here_has_no_source_to_keep(imported: Any, coordinator: Any) -> None:
    ours = Organisation.objects.create(name="D’ici")
    assert correct_sheet(ours, {"name": "D’ici"}, actor=coordinator.actor) == []
    assert correct_sheet(ours, {"name": "D’ici même", "source": "ailleurs"}, actor=coordinator.actor) == ["name"]
    ours.refresh_from_db()
    assert (ours.name, ours.source) == ("D’ici même", "sans-couture")
    assert not Correction.objects.exists()


def test_what_the_database_refuses_is_said(imported: Any, coordinator: Any) -> None:
    with pytest.raises(Conflict, match="âge minimum"):
        correct_sheet(Service.objects.get(), {"age_min": 40, "age_max": 20}, actor=coordinator.actor)
    assert not Correction.objects.exists()


def test_both_acts_are_in_the_journal_without_any_value(imported: Any, coordinator: Any) -> None:
    values = {name: f"{name}@exemple.example" for name in ("email", "phone", "contact_name")}
    correct_sheet(Service.objects.get(), values, actor=coordinator.actor)
    restore_source(Correction.objects.get(field="email"), actor=coordinator.actor)
    entries = JournalEntry.objects.filter(verb__startswith="offer.").order_by("pk")
    notes = [entry.note for entry in entries]
    assert notes == ["contact_name phone email", "email"]
    assert note_words()["offer.correct"](notes[0]) == "contact, téléphone, adresse électronique"
    whole = {name: f"un {name}" for name in ("publics_details", "access_conditions", "documents", "fees_details")}
    whole |= {name: f"un {name}" for name in ("mobilisation_details", "opening_hours", "address", "address_extra")}
    whole |= {
        "name": "Autre nom",
        "description": "Autre texte",
        "city": "Lille",
        "postcode": "59000",
        "kind": "specific",
    }
    whole |= {"french_level_min": "A1", "job_seeker_required": True, "residence_rule": "anywhere", "age_min": 18}
    correct_sheet(Service.objects.get(), whole, actor=coordinator.actor)
    assert len(JournalEntry.objects.filter(verb="offer.correct").order_by("-pk")[0].note) <= 200
