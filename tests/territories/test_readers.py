from __future__ import annotations

import gzip
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from sanscouture.core.errors import Refused
from sanscouture.territories.services import import_territories, read_programmes
from sanscouture.territories.services.ban import fetch
from territories.country import COMMUNES, EPCI, feature, square, write_csv, write_features

OUTLINES = "qpv/qpv_2024_anct_janv2026_4dec.geojson.gz"
CITE = {
    "id_cite": "cde-001",
    "nom": "Cité d'Ici",
    "annee_label": "2021",
    "departements": "01|02",
    "region": "Hautes-Terres",
    "lon": "3.0",
    "lat": "46.0",
}


def test_programmes_are_read_with_their_communes_and_candidate_qpv(tmp_path: Path) -> None:
    place = tmp_path / "cites_emploi"
    write_csv(
        place / "cites_emploi.csv", [CITE, {**CITE, "id_cite": "cde-002", "annee_label": ""}, {**CITE, "lon": ""}]
    )
    write_csv(
        place / "cites_emploi_communes.csv",
        [{"id_cite": "cde-001", "insee_com": code} for code in ("01001", "01002")],
    )
    write_csv(place / "cites_emploi_qpv_candidats.csv", [{"id_cite": "cde-001", "code_qp_2024": "QN00101M"}])
    refused: list[tuple[int, str]] = []
    first, second = read_programmes(tmp_path, refuse=lambda line, reason: refused.append((line, reason)))
    assert (first.name, first.label_year, first.departements) == ("Cité d’Ici", 2021, ("01", "02"))
    assert (first.commune_codes, first.candidate_qpv_codes) == (("01001", "01002"), ("QN00101M",))
    assert (second.label_year, second.commune_codes) == (None, ())
    assert refused == [(4, "le champ «\u00a0lon\u00a0» est vide")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"taux_pauvrete_60": "101"}, "n’est pas un pourcentage"),
        ({"pop_municipale": "-3"}, "n’est pas un nombre d’habitants"),
    ],
)
def test_impossible_figures_of_a_qpv_are_refused(country: Path, changes: dict[str, str], said: str) -> None:
    figures = {"code_qp": "QN00101M", "pop_municipale": "1000", "taux_pauvrete_60": "45.5", **changes}
    write_csv(country / "qpv_indicateurs/indicateurs_qpv2024.csv", [figures])
    assert said in " ".join(reason for report in import_territories(country) for _, reason in report.refusals)


@pytest.mark.django_db
def test_postcodes_too_long_are_refused(country: Path) -> None:
    write_csv(country / "cog/communes_2026.csv.gz", [{**COMMUNES[0], "codes_postaux": "01000|010001"}])
    said = " ".join(reason for report in import_territories(country) for _, reason in report.refusals)
    assert "«\u00a0codes_postaux\u00a0» est trop long" in said


@pytest.mark.django_db
def test_impossible_rows_of_each_file_are_refused(country: Path) -> None:
    write_csv(country / "cog/epci_2026.csv", [*EPCI, {**EPCI[0], "siren": "2000A"}])
    write_csv(country / "cog/communes_2026.csv.gz", [*COMMUNES, {**COMMUNES[0], "code": "010012"}])
    write_features(
        country / OUTLINES,
        [feature("QP001001", "Ancien", "01001", square(3, 46)), feature("QN00101M", "Nulle part", "", square(3, 46))],
    )
    reports = import_territories(country)
    said = " ".join(reason for report in reports for _, reason in report.refusals)
    assert [
        "neuf chiffres" in said,
        "trop long" in said,
        "code de 2024" in said,
        "«\u00a0insee_communes\u00a0» est vide" in said,
    ] == [True] * 4


@pytest.mark.django_db
def test_a_geojson_that_is_not_a_collection_is_named(country: Path) -> None:
    (country / OUTLINES).write_bytes(gzip.compress(b"[]"))
    with pytest.raises(Refused, match="n’est pas une collection GeoJSON"):
        import_territories(country)


def test_a_service_of_this_machine_is_asked_over_http() -> None:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(self.path.encode())

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.handle_request, daemon=True).start()
        assert fetch(f"http://127.0.0.1:{server.server_port}/search?q=x", 5) == b"/search?q=x"
