from __future__ import annotations

import csv
import gzip
import json
import os
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from data_inclusion.schema import v1
from data_inclusion.schema.v1 import score_qualite
from django.core.management import CommandError, call_command
from django.db import connection

from sanscouture.core.errors import Conflict, Refused
from sanscouture.database import admin
from sanscouture.directory.models import Service
from sanscouture.directory.services import import_offer_file, import_offer_files, importing, sheets
from sanscouture.directory.services.validation import quality_of
from sanscouture.partners.enums import OrganisationKind
from sanscouture.partners.models import Organisation
from sanscouture.territories.models import Commune, Departement
from sanscouture.territories.services import load_starter_set

pytestmark = pytest.mark.django_db


def structure(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "source": "essai",
        "id": f"essai--{number}",
        "nom": f"Maison inventée {number}",
        "date_maj": "2026-01-05",
        "commune": "Maubeuge",
        "code_postal": "59600",
        "code_insee": "59392",
        "adresse": "1 rue Inventée",
        "longitude": 3.97,
        "latitude": 50.27,
        "reseaux_porteurs": ["mission-locale"],
        **changes,
    }


def service(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "source": "essai",
        "id": f"essai--service-{number}",
        "structure_id": "essai--1",
        "nom": f"Permis pour l’emploi {number}",
        "description": "Aide à la préparation du permis de conduire.",
        "date_maj": "2026-02-06",
        "thematiques": ["mobilite--preparer-un-permis"],
        "publics": ["jeunes"],
        "modes_accueil": ["en-presentiel"],
        "zone_eligibilite": ["59"],
        **changes,
    }


@pytest.fixture
def written(tmp_path: Path) -> Any:
    def write(content: Any, name: str = "offre.json") -> Path:
        path = tmp_path / name
        text = content if isinstance(content, str | bytes) else json.dumps(content)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write


def test_structures_then_services_are_imported_in_our_words(written: Any) -> None:
    load_starter_set()
    report = import_offer_file(written([structure(), service()]))
    assert (report.read, report.imported, report.structures, report.services, report.refused) == (2, 2, 1, 1, 0)
    found = Service.objects.get()
    assert found.organisation.kind == OrganisationKind.MISSION_LOCALE
    assert found.organisation.commune_id == "59392"
    assert (found.action_fields, found.residence_rule, found.eligibility_zone) == ([5], "zone", ["59"])
    assert (found.address, found.lon, found.commune_id) == ("1 rue Inventée", 3.97, "59392")


def test_a_second_import_changes_nothing(written: Any) -> None:
    load_starter_set()
    path = written([structure(), service()])
    import_offer_file(path)
    report = import_offer_file(path)
    assert (report.created, report.updated, report.unchanged) == (0, 0, 2)


def test_a_changed_row_is_refreshed_alone(written: Any) -> None:
    import_offer_file(written([structure(1), structure(2)]))
    report = import_offer_file(written([structure(1), structure(2, nom="Maison renommée")]))
    assert (report.created, report.updated, report.unchanged) == (0, 1, 1)
    assert Organisation.objects.get(external_id="essai--2").name_key == "maison renommee"


@pytest.mark.parametrize("wrapping", ["array", "lines", "page", "gzip", "bom", "gzip-lines"])
def test_every_wrapping_is_read(written: Any, wrapping: str) -> None:
    rows = [structure(1), structure(2), service()]
    lines = "\n".join(json.dumps(row) for row in rows)
    content = {
        "array": json.dumps(rows, indent=1),
        "lines": f"\n{lines}\n\n",
        "page": json.dumps({"items": rows, "total": 3}),
        "gzip": gzip.compress(json.dumps(rows).encode()),
        "bom": b"\xef\xbb\xbf" + json.dumps(rows).encode(),
        "gzip-lines": gzip.compress(lines.encode()),
    }[wrapping]
    assert import_offer_file(written(content)).imported == 3


def test_a_service_may_come_before_its_structure(written: Any) -> None:
    assert import_offer_file(written([service(), structure()])).imported == 2


@pytest.mark.parametrize(
    ("row", "field", "said"),
    [
        (structure(nom=None), "nom", "un texte est attendu"),
        ({"source": "essai", "id": "essai--9", "date_maj": "2026-01-01"}, "nom", "obligatoire"),
        (service(thematiques=["Mobilité !"]), "thematiques", "vocabulaire"),
        (service(publics=["tous-publics", "femmes"]), "publics", "tous-publics"),
        (structure(date_maj="hier"), "date_maj", "AAAA-MM-JJ"),
        (structure(nom="a"), "nom", "trop courte"),
        (structure(nom="a" * 151), "nom", "au plus 150"),
        (structure(id="e" * 300), "id", "au plus 200"),
        (service(thematiques="mobilite"), "thematiques", "liste"),
        (service(volume_horaire_hebdomadaire=-1), "volume_horaire_hebdomadaire", "nombre"),
        (structure(site_web="pas une adresse"), "site_web", "adresse web"),
        (structure(code_postal="59"), "code_postal", "au moins 5"),
        (structure(courriel="pas une adresse"), "courriel", "adresse électronique"),
        (service(structure_id="essai--inconnue"), "structure_id", "inconnue"),
        ("un texte", "", "objet JSON"),
        (None, "", "objet JSON"),
        ([], "", "objet JSON"),
    ],
)
def test_a_wrong_row_is_refused_with_its_sentence_and_the_others_pass(
    written: Any, row: Any, field: str, said: str
) -> None:
    report = import_offer_file(written([structure(7), row]))
    assert (report.read, report.imported, report.refused) == (2, 1, 1)
    line = next(line for line in report.lines if not line.kept)
    assert (line.row, line.field) == (2, field)
    assert said in line.sentence


def test_a_twin_in_the_same_file_is_refused(written: Any) -> None:
    report = import_offer_file(written([structure(), structure(nom="Autre maison")]))
    assert (report.imported, report.refused) == (1, 1)
    assert "ligne 1" in next(line.sentence for line in report.lines if not line.kept)
    assert Organisation.objects.get().name == "Maison inventée 1"


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"siret": "13003013300017"}, "siret", "faux"),
        ({"code_insee": "59999", "code_postal": "99999"}, "commune", "inconnue"),
        ({"longitude": 500}, "longitude", "impossible"),
        ({"latitude": None}, "longitude", "impossible"),
        ({"adresse": "a" * 300}, "adresse", "coupé"),
    ],
)
def test_a_doubtful_value_is_left_out_and_said(written: Any, changes: dict[str, Any], field: str, said: str) -> None:
    load_starter_set()
    report = import_offer_file(written([structure(**changes)]))
    assert (report.imported, report.refused, report.flagged) == (1, 0, 1)
    assert [(line.field, said in line.sentence) for line in report.lines] == [(field, True)]


def test_a_commune_without_its_code_is_found_by_postcode_and_name(written: Any) -> None:
    load_starter_set()
    import_offer_file(written([structure(code_insee=None, commune="MAUBEUGE")]))
    assert Organisation.objects.get().commune_id == "59392"


def test_a_commune_that_merged_is_found_by_its_former_code(written: Any) -> None:
    load_starter_set()
    Commune.objects.filter(code="59392").update(former_codes=["59998"])
    import_offer_file(written([structure(code_insee="59998", code_postal=None, commune=None)]))
    assert Organisation.objects.get().commune_id == "59392"


def test_impossible_characters_are_left_out(written: Any) -> None:
    import_offer_file(written('[{"source":"essai","id":"e--1","nom":"Maison\\u0000 vide","date_maj":"2026-01-01"}]'))
    assert Organisation.objects.get().name == "Maison vide"


def test_a_bad_line_among_lines_is_refused_alone(written: Any) -> None:
    lines = [json.dumps(structure(1)), "{pas du json", json.dumps(structure(2)).replace("50.27", "NaN")]
    report = import_offer_file(written("\n".join(lines)))
    assert (report.read, report.imported, report.refused) == (3, 1, 2)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (gzip.compress(json.dumps([structure(n) for n in range(500)]).encode())[:-40], "coupé"),
        (json.dumps([structure(1), structure(2)])[:-30], "coupé"),
        ("id;nom\n1;Maison", "data·inclusion"),
        ('"texte"', "data·inclusion"),
        ("[{]", "JSON"),
        (json.dumps([structure(1), structure(2, latitude=float("nan"))]), "NaN"),
        ("", "vide"),
        ("  \n", "vide"),
        (b'[{"nom": "\xe9"}]', "JSON"),
        (b'{"nom": "\xe9"}\n', "UTF-8"),
    ],
)
def test_an_unreadable_file_says_so_and_writes_nothing(written: Any, content: Any, said: str) -> None:
    with pytest.raises(Refused, match=said):
        import_offer_file(written(content))
    assert not Organisation.objects.exists()


def test_a_file_that_may_not_be_read_says_so(written: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written([])

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "open", refuse)  # root reads whatever the file's mode says
    with pytest.raises(Refused, match="ne peut pas être lu"):
        import_offer_file(path)


def test_a_service_with_its_own_address_keeps_it(written: Any) -> None:
    import_offer_file(written([structure(), service(adresse="9 rue d’Ailleurs", commune="Maubeuge")]))
    assert Service.objects.get().address == "9 rue d’Ailleurs"


def test_the_quality_given_by_the_source_is_kept(written: Any) -> None:
    import_offer_file(written([structure(), service(1, score_qualite=0.25), service(2, score_qualite=7)]))
    given, computed = (each.quality for each in Service.objects.order_by("external_id"))
    assert given == pytest.approx(0.25)
    assert computed is not None
    assert 0 <= computed <= 1


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="n’existe pas"):
        import_offer_file(tmp_path / "absent.json")
    with pytest.raises(Refused, match="dossier"):
        import_offer_file(tmp_path)


def test_the_command_tells_a_person_and_a_machine(written: Any) -> None:
    path = str(written([structure(), {}]))
    told = StringIO()
    call_command("import_offer", path, stdout=told)
    assert "2 lignes lues, 1 importées" in told.getvalue()
    assert "ligne 2 (refusée)" in told.getvalue()
    machine = StringIO()
    call_command("import_offer", path, "--json", stdout=machine)
    said = json.loads(machine.getvalue())
    assert said["error"] is None
    assert said["files"][0]["read"] == said["files"][0]["imported"] + said["files"][0]["refused"] == 2


def test_the_command_fails_with_the_sentence(written: Any) -> None:
    machine = StringIO()
    with pytest.raises(CommandError, match="vide"):
        call_command("import_offer", str(written("")), "--json", stdout=machine)
    assert "vide" in json.loads(machine.getvalue())["error"]


def test_progress_counts_every_row(written: Any) -> None:
    steps: list[int] = []
    import_offer_file(written([structure(n) for n in range(2_100)]), advance=steps.append)
    assert steps == [1_000, 1_000, 100]


def test_a_file_cut_while_its_rows_are_being_sent_leaves_none(written: Any) -> None:
    with pytest.raises(Refused, match="coupé"):
        import_offer_file(written(json.dumps([structure(n) for n in range(1_200)])[:-2]))
    assert not Organisation.objects.exists()


@pytest.mark.reference
def test_the_real_structures_load_twice() -> None:
    path = Path(os.environ["REFERENCE_DATA"]) / "data_inclusion" / "structures_v1_reelles.json.gz"
    first, second = import_offer_file(path), import_offer_file(path)
    assert (first.read, first.imported, first.refused, first.created) == (7_657, 7_657, 0, 7_657)
    assert second.unchanged == 7_657


def test_files_may_come_in_any_order(written: Any) -> None:
    services, structures = written([service()], "services.json"), written([structure()], "structures.json")
    first, second = import_offer_files([services, structures])
    assert (first.file, first.imported, second.imported) == ("services.json", 1, 1)


def test_a_file_that_breaks_takes_the_others_with_it(written: Any) -> None:
    with pytest.raises(Refused, match="vide"):
        import_offer_files([written([structure()], "a.json"), written("", "b.json")])
    assert not Organisation.objects.exists()


def test_what_disappeared_from_its_source_is_inactive_until_it_comes_back(written: Any) -> None:
    whole = written([structure(1), structure(2), structure(3), service()], "tout.json")
    import_offer_file(whole)
    Organisation.objects.create(name="D’ici", source="sans-couture")
    import_offer_files([written([structure(1), structure(2, nom="x")])])
    assert Organisation.objects.filter(is_active=True).count() == 4
    (report,) = import_offer_files([written([structure(1), structure(2, nom="x")])], deactivate_missing=True)
    assert (report.deactivated, report.refused) == (1, 1)
    assert not Organisation.objects.get(external_id="essai--3").is_active
    assert Service.objects.get().is_active
    import_offer_files([whole], deactivate_missing=True)
    assert Organisation.objects.get(external_id="essai--3").is_active


def test_nothing_is_set_inactive_when_rows_could_not_be_read(written: Any) -> None:
    import_offer_file(written([structure(1), structure(2)]))
    (report,) = import_offer_files([written(f"{json.dumps(structure(1))}\n{{coupé\n")], deactivate_missing=True)
    assert (report.deactivated, report.refused) == (0, 1)
    assert "rien n’a été désactivé" in report.lines[-1].sentence
    assert Organisation.objects.filter(is_active=True).count() == 2


def test_codes_of_a_newer_vocabulary_are_kept_and_said(written: Any) -> None:
    load_starter_set()
    row = service(thematiques=["mobilite--voler", "mobilite--preparer-un-permis"], frais="pass-culture")
    report = import_offer_file(written([structure(reseaux_porteurs=["reseau-neuf"]), row]))
    assert (report.imported, report.refused, report.flagged) == (2, 0, 2)
    assert {line.field for line in report.lines} == {"thematiques", "frais", "reseaux_porteurs"}
    found = Service.objects.get()
    assert found.thematiques == ["mobilite--preparer-un-permis", "mobilite--voler"]
    assert (found.fees, found.action_fields, found.organisation.networks) == ("pass-culture", [5], ["reseau-neuf"])


@pytest.mark.parametrize(("encoding", "separator"), [("utf-8", ","), ("utf-8-sig", ";"), ("cp1252", ";")])
def test_a_table_is_read_as_rows(written: Any, encoding: str, separator: str) -> None:
    rows = [structure(), service(1, thematiques=["numerique", "mobilite"]), service(2, longitude=3.5, latitude=50.5)]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = StringIO()
    writer = csv.DictWriter(text, columns, delimiter=separator, extrasaction="ignore")
    writer.writeheader()
    for row in rows:
        cells = {name: "|".join(value) if isinstance(value, list) else str(value) for name, value in row.items()}
        cells["longitude"] = cells.get("longitude", "").replace(".", ",")
        writer.writerow(cells)
    report = import_offer_file(written(text.getvalue().encode(encoding), "offre.csv"))
    assert (report.imported, report.refused) == (3, 0)
    assert Organisation.objects.get().lon == pytest.approx(3.97)
    assert Service.objects.get(external_id="essai--service-1").thematiques == ["mobilite", "numerique"]


def test_a_table_of_something_else_says_which_column_is_missing(written: Any) -> None:
    with pytest.raises(Refused, match="source"):
        import_offer_file(written("id;nom\n1;Maison", "autre.csv"))
    wide = import_offer_file(written("source;id;nom\nessai;essai--1;Maison;trop\n", "large.csv"))
    assert "plus de cellules" in wide.lines[0].sentence


def test_a_row_that_says_the_same_is_not_read_again(written: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    load_starter_set()
    import_offer_file(written([structure(1), structure(2), structure(3, siret="13003013300017"), service()]))
    read: list[str] = []
    reading = sheets.STRUCTURES.read

    def noting(row: dict[str, Any]) -> Any:
        read.append(row["id"])
        return reading(row)

    monkeypatch.setattr(importing, "STRUCTURES", replace(sheets.STRUCTURES, read=noting))
    turned = dict(reversed(structure(1).items()))
    report = import_offer_file(written([turned, structure(2, nom="b" * 5), structure(3, siret="13003013300017")]))
    assert read == ["essai--2", "essai--3"], "what changed, and what is kept with a reserve to say again"
    assert (report.updated, report.unchanged, report.flagged) == (1, 2, 1)


def test_the_same_said_otherwise_changes_nothing_and_is_known_next_time(written: Any) -> None:
    load_starter_set()
    import_offer_file(written([structure()]))
    before = Organisation.objects.get().source_fingerprint
    report = import_offer_file(written([structure(telephone=None)]))
    assert (report.updated, report.unchanged) == (0, 1)
    assert Organisation.objects.get().source_fingerprint not in {None, before}


def test_services_follow_a_structure_that_moves(written: Any) -> None:
    load_starter_set()
    there = service(2, adresse="9 rue d’Ailleurs", longitude=3.9, latitude=50.2, commune="Maubeuge", code_insee="59392")
    import_offer_file(written([structure(), service(1), there]))
    import_offer_file(written([structure(nom="Maison renommée", adresse="2 rue Neuve")]))
    first, second = Service.objects.order_by("external_id")
    assert (first.address, second.address) == ("2 rue Neuve", "9 rue d’Ailleurs")
    assert all("maison renommee" in each.keywords for each in (first, second))


def test_a_service_in_another_commune_than_its_structure_stays_there(written: Any) -> None:
    load_starter_set()
    other = Commune.objects.exclude(code="59392").order_by("code")[0]
    report = import_offer_file(written([structure(), service(code_insee=other.code)]))
    found = Service.objects.get()
    assert (found.commune_id, found.address, found.lon, found.at_carrier) == (other.code, "", None, False)
    assert "introuvable par la distance" in report.lines[0].sentence


def test_two_imports_take_turns(written: Any) -> None:
    path = written([structure()])
    with psycopg.connect(admin.app_dsn(connection.settings_dict["NAME"])) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [importing.LOCK])
        with pytest.raises(Conflict, match="en cours"):
            import_offer_file(path)
    assert import_offer_file(path).created == 1


@pytest.mark.parametrize(
    ("field", "code", "column"),
    [
        ("publics", "dragons", "publics"),
        ("frais", "au-poids", "fees"),
        ("type", "vol", "type"),
        ("modes_accueil", "en-ballon", "reception_modes"),
        ("modes_mobilisation", "pigeon", "mobilisation_modes"),
        ("mobilisable_par", "voisins", "mobilised_by"),
        ("thematiques", "voler--haut", "thematiques"),
    ],
)
def test_each_vocabulary_of_a_service_may_be_newer(written: Any, field: str, code: str, column: str) -> None:
    load_starter_set()
    several = field not in {"frais", "type"}
    report = import_offer_file(written([structure(), service(**{field: [code] if several else code})]))
    assert (report.imported, [line.field for line in report.lines]) == (2, [field])
    assert getattr(Service.objects.get(), column) == ([code] if several else code)
    long = import_offer_file(written([service(2, **{field: [code * 30] if several else code * 30})]))
    assert (long.refused, "trop long" in long.lines[0].sentence) == (1, True)


def test_a_field_of_a_newer_schema_is_said_once(written: Any) -> None:
    load_starter_set()
    report = import_offer_file(written([structure(1, aura=3), structure(2, aura=4)]))
    assert (report.imported, report.flagged, report.lines[0].field) == (2, 1, "aura")


def test_a_service_without_structure_is_not_taken_for_one(written: Any) -> None:
    orphan = {name: value for name, value in service().items() if name != "structure_id"}
    report = import_offer_file(written([structure(), orphan]))
    assert (report.structures, report.refused, report.lines[-1].field) == (1, 1, "structure_id")


@pytest.mark.parametrize(
    ("place", "commune", "kept", "said"),
    [
        ({"code_insee": "59998", "code_postal": None, "commune": None}, "59392", "59998", "n’existe plus"),
        ({"code_insee": "59997"}, "59392", "59997", "par son nom"),
        ({"code_insee": "59997", "code_postal": None, "commune": None}, None, "59997", "laissée vide"),
        ({"code_insee": "59392"}, "59392", "", ""),
    ],
)
def test_a_commune_that_is_no_more_gives_that_of_today(
    written: Any, place: dict[str, Any], commune: str | None, kept: str, said: str
) -> None:
    load_starter_set()
    Commune.objects.filter(code="59392").update(former_codes=["59998"])
    report = import_offer_file(written([structure(**place)]))
    found = Organisation.objects.get()
    assert (report.imported, found.commune_id, found.source_commune) == (1, commune, kept)
    assert [said in line.sentence for line in report.lines] == ([True] if said else [])


@pytest.mark.reference
def test_the_communes_of_the_past_are_those_of_today(written: Any) -> None:
    """Every delegated commune of the official file leads to the commune that holds it."""
    load_starter_set()
    with (Path(os.environ["REFERENCE_DATA"]) / "cog" / "communes_deleguees_2026.csv").open() as file:
        told = {row["code"]: row["commune_chef_lieu"] for row in csv.DictReader(file)}
    formers: dict[str, list[str]] = {}
    for former, now in told.items():
        formers.setdefault(now, []).extend([former] if former != now else [])
    any_departement = Departement.objects.order_by("pk")[0]
    Commune.objects.bulk_create(
        [
            Commune(code=code, name=code, lon=3, lat=46, departement=any_departement, former_codes=former)
            for code, former in formers.items()
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["former_codes"],
    )
    rows = [structure(n, code_insee=code, code_postal=None, commune=None) for n, code in enumerate(sorted(told))]
    report = import_offer_file(written(rows))
    assert (report.read, report.imported) == (len(told), len(told))
    found = Organisation.objects.order_by("pk").values_list("commune_id", "source_commune")
    assert {kept or now: now for now, kept in found} == told


def test_the_score_is_that_of_the_library() -> None:
    for changes in ({}, {"frais": "payant", "date_maj": "2024-01-01"}, {"modes_mobilisation": ["telephoner"]}):
        found = v1.Service.model_validate(service(**changes))
        assert quality_of(found) == pytest.approx(score_qualite.score(found)[0])
