"""A new list of QPV: answers are computed again, and each former one is kept with its date."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from procrastinate.contrib.django.models import ProcrastinateJob

from factories import BeneficiaryFactory
from personas import Persona
from sanscouture.access.scope import scope
from sanscouture.audit.models import JournalEntry
from sanscouture.core import clock
from sanscouture.people.enums import QpvState
from sanscouture.people.models import Beneficiary, FormerQpvAnswer
from sanscouture.people.rules import QpvChange, qpv_change
from sanscouture.people.services import generations, requalify, set_place
from sanscouture.people.tasks import requalify_programme
from sanscouture.programmes.models import Programme
from sanscouture.territories.enums import Generation, PlaceKind
from sanscouture.territories.models import Departement, Qpv, Region
from sanscouture.territories.rules import GeocodedAddress, draw_indicative

pytestmark = pytest.mark.django_db

HOUSE = GeocodedAddress("1 rue Inventée", 3.97, 50.28, 0.97, PlaceKind.HOUSENUMBER, source="ban")
FOUND = {"answer": "inside", "qpv_code": "QN05901M", "generation": "2024", "border_m": 300, "indicative": False}


def quarter(code: str, generation: Generation, lon: float = 3.97) -> Qpv:
    region = Region.objects.get_or_create(code="32", defaults={"name": "Région inventée"})[0]
    Departement.objects.get_or_create(code="59", defaults={"name": "Département inventé", "region": region})
    outline = draw_indicative(lon, 50.28, 600)
    return Qpv.objects.create(
        code=code, name=f"Quartier {code}", departement_id="59", outline=outline, generation=generation
    )


@pytest.fixture
def lina(programme: Programme, adviser: Persona) -> Beneficiary:
    quarter("QP059001", Generation.G2015)
    person = BeneficiaryFactory(programme=programme)
    set_place(person, address=HOUSE.label, place=HOUSE, actor=adviser.actor)
    requalify(programme.pk, generation=Generation.G2015, actor="test")
    FormerQpvAnswer.objects.get_queryset().delete()
    person.refresh_from_db()
    assert (person.qpv_state, person.qpv_id) == (QpvState.INSIDE, "QP059001")
    return person


def test_a_new_list_changes_the_answer_and_keeps_the_former_one_dated(programme: Programme, lina: Beneficiary) -> None:
    quarter("QN05901M", Generation.G2024)
    done = requalify(programme.pk, actor="test")
    assert done.as_dict() == {
        "generation": "2024",
        "people": 1,
        "same": 0,
        "refined": 0,
        "changed": 1,
        "left": 0,
        "moves": [{"before": "inside", "after": "inside", "people": 1}],
    }
    lina.refresh_from_db()
    assert (lina.qpv_id, lina.qpv_provenance["generation"]) == ("QN05901M", "2024")
    former = FormerQpvAnswer.objects.get_queryset().get(beneficiary=lina)
    assert (former.state, former.qpv_id, former.replaced_on) == (QpvState.INSIDE, "QP059001", clock.today())
    assert (former.provenance["generation"], former.provenance["address"]) == ("2015", "")
    assert str(former) == "dans un quartier prioritaire"
    entry = JournalEntry.objects.filter(verb="beneficiary.requalify").latest("created_at")
    assert (entry.object_ids, entry.note) == ([lina.pk], "2024")


def test_doing_it_twice_is_doing_it_once_and_a_trial_writes_nothing(programme: Programme, lina: Beneficiary) -> None:
    quarter("QN05901M", Generation.G2024, lon=4.2)
    tried = requalify(programme.pk, actor="test", trial=True)
    lina.refresh_from_db()
    assert (lina.qpv_id, FormerQpvAnswer.objects.get_queryset().count()) == ("QP059001", 0)
    assert requalify(programme.pk, actor="test") == tried
    journal = JournalEntry.objects.count()
    again = requalify(programme.pk, actor="test")
    assert (again.changes[QpvChange.SAME], again.moves) == (1, {})
    assert (FormerQpvAnswer.objects.get_queryset().count(), JournalEntry.objects.count()) == (1, journal)


def test_a_place_known_only_by_its_street_does_not_become_outside(
    programme: Programme, lina: Beneficiary, adviser: Persona
) -> None:
    street = GeocodedAddress(HOUSE.label, 3.97, 50.2875, 0.97, PlaceKind.STREET, source="ban")
    set_place(lina, address=HOUSE.label, place=street, actor=adviser.actor)
    quarter("QN05901M", Generation.G2024)
    requalify(programme.pk, actor="test")
    lina.refresh_from_db()
    assert lina.qpv_state == QpvState.UNDETERMINED


def test_a_place_kept_without_its_fineness_is_located_again_or_left(
    programme: Programme, lina: Beneficiary, monkeypatch: pytest.MonkeyPatch
) -> None:
    quarter("QN05901M", Generation.G2024)
    old = {name: value for name, value in lina.qpv_provenance.items() if name != "kind"}
    Beneficiary.objects.get_queryset().filter(pk=lina.pk).update(qpv_provenance=old)
    monkeypatch.setattr(generations, "find_addresses", lambda text, limit: [])
    assert requalify(programme.pk, actor="test").changes == {QpvChange.LEFT: 1}
    lina.refresh_from_db()
    assert (lina.qpv_id, lina.qpv_provenance) == ("QP059001", old)
    monkeypatch.setattr(generations, "find_addresses", lambda text, limit: [HOUSE])
    assert requalify(programme.pk, actor="test").changes[QpvChange.CHANGED] == 1


@pytest.mark.parametrize(
    ("kept", "change"),
    [
        ({**FOUND, "decided_on": "2020-01-01", "reason": "autrement dit"}, QpvChange.SAME),
        ({**FOUND, "border_m": 12}, QpvChange.REFINED),
        ({**FOUND, "generation": ""}, QpvChange.REFINED),
        ({**FOUND, "generation": "2015"}, QpvChange.CHANGED),
        ({**FOUND, "answer": "outside"}, QpvChange.CHANGED),
        ({**FOUND, "qpv_code": "QN05902M"}, QpvChange.CHANGED),
        ({}, QpvChange.CHANGED),
    ],
)
def test_what_changes_in_an_answer(kept: dict[str, Any], change: QpvChange) -> None:
    assert qpv_change(kept, {**FOUND, "decided_on": "2026-11-25", "reason": "dit"}) is change


def test_the_command_tells_now_or_leaves_it_for_later(programme: Programme, lina: Beneficiary) -> None:
    quarter("QN05901M", Generation.G2024)
    person, machine = StringIO(), StringIO()
    call_command("requalify", "--trial", stdout=person)
    assert "1 réponses changées" in person.getvalue()
    assert "dans un quartier prioritaire → dans un quartier prioritaire\u00a0: 1" in person.getvalue()
    call_command("requalify", "--later", "--programme", programme.slug, "--json", stdout=StringIO())
    job = ProcrastinateJob.objects.get(task_name=requalify_programme.name)
    assert job.args == {"programme_id": str(programme.pk), "generation": "2024"}
    requalify_programme.func(**job.args)
    call_command("requalify", "--json", stdout=machine)
    assert json.loads(machine.getvalue())[0]["same"] == 1
    with pytest.raises(CommandError, match="Aucun programme"):
        call_command("requalify", "--programme", "nulle-part")


def test_the_page_of_the_person_says_what_was_answered_before(
    programme: Programme, lina: Beneficiary, coordinator: Persona
) -> None:
    quarter("QN05901M", Generation.G2024)
    requalify(programme.pk, actor="test")
    page = coordinator.client.get(f"/personnes/{lina.pk}/").content.decode()
    assert "Liste des QPV de 2024" in page
    assert "(liste de 2015) – Quartier QP059001 (QP059001)" in page


def test_the_former_answers_of_another_programme_are_out_of_reach(
    programme: Programme, other_programme: Programme, lina: Beneficiary
) -> None:
    quarter("QN05901M", Generation.G2024)
    requalify(programme.pk, actor="test")
    with scope(programmes=[other_programme.pk], named=[other_programme.pk]):
        assert not FormerQpvAnswer.objects.get_queryset().exists()
        assert requalify(programme.pk, actor="test").as_dict()["people"] == 0
