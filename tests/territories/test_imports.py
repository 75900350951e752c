from __future__ import annotations

from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from sanscouture.core.errors import Refused
from sanscouture.territories.enums import Generation, Passage
from sanscouture.territories.models import Commune, Qpv, QpvPassage, ReferenceImport
from sanscouture.territories.services import Report, import_territories, load_starter_set
from sanscouture.territories.services.imports import FORMER_COMMUNES
from sanscouture.territories.services.passages import PASSAGES
from territories.country import COMMUNES, QPVS, feature, square, write_csv, write_features

pytestmark = pytest.mark.django_db

OUTLINES = "qpv/qpv_2024_anct_janv2026_4dec.geojson.gz"


def reasons(reports: list[Report]) -> list[tuple[int, str]]:
    return [refusal for report in reports for refusal in report.refusals]


def test_the_official_files_give_communes_and_qpv(country: Path) -> None:
    assert reasons(import_territories(country)) == []
    commune = Commune.objects.get(code="01001")
    assert (commune.name, commune.name_key) == ("Saint-Étienne-d’Ici", "saint etienne d ici")
    assert (commune.postcodes, commune.population, commune.former_codes) == (["01000", "01001"], 1200, ["01009"])
    assert (commune.departement.region.name, str(commune.epci)) == ("Hautes-Terres", "CA du Val")
    assert commune.qpv_complete
    qpv = commune.qpvs.get()
    assert (qpv.population, qpv.poverty_rate, qpv.indicative) == (1000, Decimal("45.5"), False)
    assert (qpv.west, qpv.south, qpv.east, qpv.north) == (3.0, 46.0, 3.01, 46.01)
    assert qpv.outline_digest


def test_a_second_import_changes_nothing(country: Path) -> None:
    first = import_territories(country)
    kept = ReferenceImport.objects.count()
    again = import_territories(country)
    assert not any(report.changed for report in again)
    assert [report.unchanged for report in again[:-1]] == [report.created for report in first[:-1]]
    assert ReferenceImport.objects.count() == kept


def test_what_moved_in_the_files_is_updated(country: Path) -> None:
    import_territories(country)
    write_csv(country / "cog/communes_2026.csv.gz", [{**COMMUNES[0], "population": "1300"}, COMMUNES[1]])
    write_features(country / OUTLINES, [feature("QN00101M", "Les Prés", "01002", square(3.2, 46.2))])
    digest = Qpv.objects.get().outline_digest
    assert [report.updated for report in import_territories(country)] == [0, 0, 0, 1, 1, 0]
    qpv = Qpv.objects.get()
    assert [str(commune) for commune in qpv.communes.all()] == ["Là-Haut"]
    assert (qpv.outline_digest != digest, qpv.population) == (True, 1000)


def test_official_rows_replace_indicative_ones_under_the_same_code(country: Path) -> None:
    load_starter_set()
    before = Qpv.objects.get(code="QN05917M")
    write_csv(country / "cog/departements_2026.csv", [{"code": "59", "nom": "Nord", "region": "99"}])
    write_csv(country / "cog/communes_2026.csv.gz", [{**COMMUNES[0], "code": "59392", "dep": "59"}])
    write_features(country / OUTLINES, [feature("QN05917M", "L'Epinette", "59392", square(3.96, 50.28))])
    import_territories(country)
    after = Qpv.objects.get(code="QN05917M")
    assert (before.indicative, after.indicative) == (True, False)
    assert Commune.objects.get(code="59392").epci_id == "200000001"


def test_the_starter_set_never_touches_official_rows(country: Path) -> None:
    import_territories(country)
    load_starter_set()
    assert not any(report.changed for report in import_territories(country))


def test_a_qpv_of_a_former_commune_goes_to_the_one_that_holds_it(country: Path) -> None:
    write_features(country / OUTLINES, [feature("QN00101M", "Les Prés", "01009|01001", square(3, 46))])
    import_territories(country)
    assert [commune.pk for commune in Qpv.objects.get().communes.all()] == ["01001"]


def test_without_the_file_of_former_communes_nobody_has_any(country: Path) -> None:
    (country / FORMER_COMMUNES).unlink()
    import_territories(country)
    assert Commune.objects.exists()
    assert not Commune.objects.exclude(former_codes=[]).exists()


def test_the_list_of_2015_and_the_passage_between_the_two(country: Path) -> None:
    old = {"nom": "Les Prés", "insee_communes": "01009", "dep": "01", "pop_2018": "900.0"}
    write_csv(country / "qpv/qpv_2015.csv", [{"code_qp": "QP001001", **old}, {"code_qp": "QN001002", **old}])
    line = {"code_qp_2024": "QN00101M", "code_qp_2015": "QP001001", "statut": "modifie"}
    bad = [{**line, "code_qp_2015": "QP009999"}, {**line, "code_qp_2015": "", "statut": "perdu"}]
    write_csv(country / PASSAGES, [line, *bad])
    refusals = reasons(import_territories(country))
    assert [(row, "QN001002" in said or "QP009999" in said or "statut" in said) for row, said in refusals] == [
        (3, True),
        (3, True),
        (4, True),
    ]
    former = Qpv.objects.get(generation=Generation.G2015)
    assert ([str(commune.pk) for commune in former.communes.all()], former.population) == (["01001"], 900)
    assert QpvPassage.objects.get().former == former
    write_csv(country / PASSAGES, [{**line, "statut": "inchange"}])
    import_territories(country)
    assert QpvPassage.objects.get().status == Passage.UNCHANGED
    assert not any(report.changed for report in import_territories(country))


def test_each_refused_row_says_its_line_and_its_field_and_the_others_go_on(country: Path) -> None:
    bad = [
        {**COMMUNES[0], "dep": "77"},
        {**COMMUNES[0], "lon": "loin"},
        {**COMMUNES[0], "nom": ""},
        {**COMMUNES[0], "siren_epci": "999999999"},
        {**COMMUNES[0], "lat": "120"},
        COMMUNES[1],
        COMMUNES[1],
    ]
    write_csv(country / "cog/communes_2026.csv.gz", [COMMUNES[0], *bad])
    write_features(
        country / OUTLINES,
        [*QPVS, feature("QN00102M", "Croisé", "01001", {"type": "Point", "coordinates": [3, 46]})],
    )
    refusals = reasons(import_territories(country))
    assert refusals == [
        (3, "le champ «\u00a0dep\u00a0» désigne un code inconnu\u00a0: «\u00a077\u00a0»"),
        (4, "le champ «\u00a0lon\u00a0» n’est pas un nombre\u00a0: «\u00a0loin\u00a0»"),
        (5, "le champ «\u00a0nom\u00a0» est vide"),
        (6, "le champ «\u00a0siren_epci\u00a0» désigne un code inconnu\u00a0: «\u00a0999999999\u00a0»"),
        (7, "le code ou les coordonnées sont impossibles\u00a0: «\u00a001001\u00a0»"),
        (9, "le code «\u00a001002\u00a0» est déjà dans le fichier"),
        (2, "le contour n’est pas une surface valide (Point)"),
    ]
    assert Commune.objects.count() == 2


@pytest.mark.parametrize(
    ("path", "content", "said"),
    [
        ("cog/regions_2026.csv", None, "regions_2026.csv ne peut pas être lu\u00a0: il n’existe pas"),
        ("cog/regions_2026.csv", b"code,titre\n", "il manque la colonne «\u00a0nom\u00a0»"),
        ("cog/communes_2026.csv.gz", b"pas du gzip", "communes_2026.csv.gz ne peut pas être lu"),
        (OUTLINES, b"pas du gzip", "ne peut pas être lu"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(country: Path, path: str, content: bytes | None, said: str) -> None:
    (country / path).unlink()
    if content is not None:
        (country / path).write_bytes(content)
    with pytest.raises(Refused, match=said.replace("(", r"\(")):
        import_territories(country)


def test_the_command_tells_what_it_did(country: Path) -> None:
    out = StringIO()
    call_command("import_territories", country, stdout=out)
    assert "communes" in out.getvalue()
    again = StringIO()
    call_command("import_territories", country, stdout=again)
    assert "Rien n’a changé" in again.getvalue()
    told = StringIO()
    call_command("import_territories", country, "--json", stdout=told)
    assert '"dataset": "qpv"' in told.getvalue()


def test_the_command_fails_with_a_sentence_and_a_code(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="n’existe pas") as failure:
        call_command("import_territories", tmp_path / "nulle-part")
    assert failure.value.returncode == 1
