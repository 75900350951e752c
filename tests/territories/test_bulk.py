from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from sanscouture.core.errors import Refused
from sanscouture.territories.enums import Generation
from sanscouture.territories.models import Qpv, QpvPassage
from sanscouture.territories.services import BulkReport, Columns, answer_file, import_territories
from sanscouture.territories.services.points import Unreadable, read_point, read_points
from territories.country import square

pytestmark = pytest.mark.django_db

POINTS = Columns(lat="lat", lon="lon")


@pytest.fixture
def loaded(country: Path) -> Path:
    import_territories(country)
    return country


def run(folder: Path, content: str | bytes, **options: Any) -> tuple[BulkReport, list[dict[str, str]]]:
    source, target = folder / "lu.csv", folder / "écrit.csv"
    source.write_bytes(content.encode() if isinstance(content, str) else content)
    report = answer_file(source, target, **{"columns": POINTS, "overwrite": True, **options})
    text = target.read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(StringIO(text), delimiter=report.layout.separator))
    assert report.rows == len(rows) == sum(report.answers.values())
    return report, rows


def test_every_row_comes_back_in_order_with_its_answer(loaded: Path) -> None:
    report, rows = run(loaded, "nom,lat,lon\nA,46.005,3.005\nB,46.1,3.1\nC,46.01,3.005\nD,,\n")
    assert [row["nom"] for row in rows] == list("ABCD")
    assert [row["answer"] for row in rows] == ["inside", "outside", "undetermined", "undetermined"]
    assert (rows[0]["qpv_code"], rows[0]["qpv_name"], rows[0]["distance_m"]) == ("QN00101M", "Les Prés", "386")
    assert all(row["reason"] for row in rows)
    assert report.as_dict()["unreadable"] == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_usual_encoding_and_separator_is_read(loaded: Path, encoding: str, separator: str) -> None:
    lines = [["prénom", "lat", "lon"], ["Zoé’", "46.005", "3.005"]]
    _report, rows = run(loaded, "\r\n".join(separator.join(line) for line in lines).encode(encoding))
    assert (rows[0]["prénom"], rows[0]["answer"]) == ("Zoé’", "inside")


@pytest.mark.parametrize(
    ("lat", "lon", "answer", "said"),
    [
        ("46,005", "3,005", "inside", "Les Prés"),
        (" 46.005 ", "\u00a03.005", "inside", "Les Prés"),
        ("'46.005", "3.005", "inside", "Les Prés"),
        ("4,6005E+01", "3.005e0", "inside", "Les Prés"),
        ("3.005", "46.005", "undetermined", "échangées"),
        ("46005", "3005", "undetermined", "virgule"),
        ("46.005.1", "3.005", "undetermined", "pas un nombre"),
        ("juin-46", "3.005", "undetermined", "pas un nombre"),
        ("nan", "3.005", "undetermined", "pas un nombre"),
        ("1e999", "3.005", "undetermined", "virgule"),
        ("=1+1", "3.005", "undetermined", "pas un nombre"),
        ("0", "0", "undetermined", "pas en France"),
        ("", "3.005", "undetermined", "vide"),
    ],
)
def test_what_spreadsheets_do_to_numbers_is_read_or_told(
    loaded: Path, lat: str, lon: str, answer: str, said: str
) -> None:
    _report, rows = run(loaded, f"lat;lon\n{lat};{lon}\n")
    assert rows[0]["answer"] == answer
    assert said in rows[0]["reason"]


def test_rows_too_short_or_too_long_lose_nothing(loaded: Path) -> None:
    source, target = loaded / "lu.csv", loaded / "sortie.csv"
    source.write_text('sep=;\nLAT;lon;"no;m"\n46.005\n46.005;3.005;"a\n;""b";de trop\n')
    answer_file(source, target, columns=POINTS)
    header, short, long = csv.reader(StringIO(target.read_text()), delimiter=";")
    assert header[:4] == ["LAT", "lon", "no;m", "qpv_code"]
    assert "trop courte" in short[6]
    assert (long[2], long[5], long[-1]) == ('a\n;"b', "inside", "de trop")


def test_addresses_are_located_and_told_when_they_are_not(loaded: Path) -> None:
    columns = Columns(address="rue", postcode="cp", city="ville")
    content = "rue;cp;ville\n1 rue d’Ici;01000;Saint-Étienne-d’Ici\n;01002;Là-Haut\n;;\nrue introuvable;;\n"
    _report, rows = run(loaded, content, columns=columns)
    assert [row["answer"] for row in rows] == ["undetermined", "outside", "undetermined", "undetermined"]
    assert "numéro et la rue" in rows[0]["reason"]
    assert "aucun QPV" in rows[1]["reason"]
    assert "vide" in rows[2]["reason"]
    assert "pas été trouvée" in rows[3]["reason"]


def test_the_list_of_2015_answers_where_it_is_drawn_and_tells_the_passage(loaded: Path) -> None:
    told = {"departement_id": "01", "source": "test", "vintage": "2018", "generation": Generation.G2015}
    former = Qpv.objects.create(code="QP001001", name="Les Anciens Prés", outline=square(3.0, 46.0), **told)
    QpvPassage.objects.create(qpv_id="QN00101M", former=former, status="modified")
    content = "lat;lon\n46.005;3.005\n46.1;3.1\n"
    _report, rows = run(loaded, content, generation=Generation.G2015)
    assert [row["answer"] for row in rows] == ["inside", "undetermined"]
    assert (rows[0]["qpv_code"], rows[0]["passage"]) == ("QP001001", "QN00101M")
    assert "pas chargés" in rows[1]["reason"]
    assert run(loaded, content)[1][0]["passage"] == "QP001001"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "vide"),
        (b"PK\x03\x04rien", "classeur"),
        (bytes(range(256)) * 8 + b"\x00" * 500, "pas un texte"),
        (b"lat;longitude\n1;2\n", "longitude"),
        (b"lat;lon;lat\n1;2;3\n", "en double"),
        (b"\xff\xfel\x00a\x00t\x00;", "illisible|introuvable"),
    ],
)
def test_a_file_that_cannot_be_read_says_so_and_nothing_is_written(loaded: Path, content: bytes, said: str) -> None:
    with pytest.raises(Refused, match=said):
        run(loaded, content)
    assert {path.name for path in loaded.glob("*crit*")} == set()


def test_a_quote_never_closed_is_told(loaded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sanscouture.core.tables.LONGEST_CELL", 1_000)
    with pytest.raises(Refused, match="guillemet"):
        run(loaded, 'lat;lon\n"46;3\n' + "46;3\n" * 1_000)


def test_nothing_is_replaced_unless_asked(loaded: Path) -> None:
    source, target = loaded / "lu.csv", loaded / "sortie.csv"
    source.write_text("lat;lon\n46;3\n")
    target.write_text("précieux")
    with pytest.raises(Refused, match="--force"):
        answer_file(source, target, columns=POINTS)
    with pytest.raises(Refused, match="existe déjà"):
        answer_file(source, source, columns=POINTS, overwrite=True)
    assert target.read_text() == "précieux"
    with pytest.raises(Refused, match="ne peut pas être écrit"):
        answer_file(source, loaded / "absent" / "sortie.csv", columns=POINTS)


def test_the_command_tells_a_person_and_a_machine(loaded: Path) -> None:
    source, target = loaded / "lu.csv", loaded / "sortie.csv"
    source.write_text("lat;lon\n46.005;3.005\n")
    files = ("--csv", str(source), str(target))
    machine, person = StringIO(), StringIO()
    call_command("qpv", *files, "--lat", "lat", "--lon", "lon", "--json", stdout=machine)
    assert json.loads(machine.getvalue())["inside"] == 1
    call_command("qpv", *files, "--lat", "lat", "--lon", "lon", "--force", stdout=person)
    assert "1 lignes" in person.getvalue()
    with pytest.raises(CommandError, match="--force") as refused:
        call_command("qpv", *files, "--lat", "lat", "--lon", "lon")
    assert refused.value.returncode == 1
    with pytest.raises(CommandError, match="--address-column") as misused:
        call_command("qpv", *files)
    assert misused.value.returncode == 2


def test_queries_do_not_grow_with_rows(loaded: Path, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(6):
        run(loaded, "lat;lon\n" + "46.005;3.005\n" * 300)


WRITTEN = [
    "46.005",
    "46,005",
    " 3.005",
    "\u00a03.005",
    "3.0\u202f05",
    "4_6",
    "nan",
    "inf",
    "1e999",
    "",
    "x",
    "-200",
    "٤٦",
]
CELLS = st.sampled_from(WRITTEN) | st.text(max_size=6)


def alone(cells: list[str]) -> tuple[float, float] | str:
    try:
        return read_point(cells, 0, 1)
    except Unreadable as error:
        return str(error)


@given(st.lists(st.lists(CELLS, max_size=3), max_size=12))
def test_points_read_together_are_those_read_one_by_one(rows: list[list[str]]) -> None:
    lons, lats, problems = read_points(rows, 0, 1)
    together = [problems.get(row, (lons[row], lats[row])) for row in range(len(rows))]
    assert together == [alone(cells) for cells in rows]
    assert np.isnan(lons[list(problems)]).all()
