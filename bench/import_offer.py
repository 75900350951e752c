"""130,000 generated records with every usual field, against what nobody can do without: the schema and a bare COPY.

Run with `.venv/bin/python bench/import_offer.py [RECORDS]`.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from house import own_database, table

RECORDS = int(sys.argv[1]) if len(sys.argv) > 1 else 130_000
STRUCTURES = RECORDS * 3 // 13
luck = Random(1)  # noqa: S311 an invented offer, not a secret
WORDS = ("atelier", "accueil", "emploi", "permis", "garde", "enfant", "logement", "santé", "budget", "mobilité")


def records() -> Iterator[dict[str, Any]]:
    """Structures, then services, in the shape of data·inclusion v1."""
    from data_inclusion.schema import v1

    themes = [each.value for each in v1.Thematique]
    for number in range(STRUCTURES):
        yield {
            "source": "mesure",
            "id": f"mesure--{number}",
            "nom": f"Maison inventée {number}",
            "date_maj": "2026-01-05",
            "description": " ".join(luck.choices(WORDS, k=30)),
            "site_web": f"https://maison-{number}.example/accueil",
            "lien_source": f"https://source.example/structures/{number}",
            "reseaux_porteurs": ["fcsf"],
            **contact(number),
            **place(),
        }
    for number in range(RECORDS - STRUCTURES):
        carrier = luck.randrange(STRUCTURES)
        yield {
            "source": "mesure",
            "id": f"mesure--s{number}",
            "structure_id": f"mesure--{carrier}",
            "nom": f"Atelier {luck.choice(WORDS)} {number}",
            "description": " ".join(luck.choices(WORDS, k=60)),
            "date_maj": "2026-02-06",
            "thematiques": luck.sample(themes, 2),
            "publics": ["jeunes"],
            "frais": "gratuit",
            "type": "accompagnement",
            "modes_accueil": ["en-presentiel"],
            "zone_eligibilite": ["59"],
            "publics_precisions": " ".join(luck.choices(WORDS, k=12)),
            "conditions_acces": " ".join(luck.choices(WORDS, k=8)),
            "frais_precisions": "Adhésion libre",
            "contact_nom_prenom": "Personne Inventée",
            "modes_mobilisation": ["telephoner", "envoyer-un-courriel"],
            "mobilisable_par": ["professionnels", "usagers"],
            "mobilisation_precisions": "Appeler avant de venir.",
            "lien_mobilisation": f"https://source.example/services/{number}/demande",
            "lien_source": f"https://source.example/services/{number}",
            "volume_horaire_hebdomadaire": 3.5,
            "nombre_semaines": 12,
            **contact(carrier),
            **place(),
        }


def contact(carrier: int) -> dict[str, Any]:
    """How to reach a structure; its services give the same."""
    return {
        "telephone": f"+3363998{carrier % 10_000:04d}",
        "courriel": f"accueil{carrier}@structure-{carrier}.example",
        "horaires_accueil": "Mo-Fr 09:00-12:00,14:00-17:00; PH off",
    }


def place() -> dict[str, Any]:
    return {
        "adresse": f"{luck.randrange(1, 90)} rue Inventée",
        "code_postal": "59600",
        "commune": "Maubeuge",
        "code_insee": "59392",
        "complement_adresse": "Bâtiment B",
        "longitude": round(luck.uniform(3, 4), 5),
        "latitude": round(luck.uniform(50, 51), 5),
    }


def main() -> None:
    from sanscouture.directory.services import import_offer_file
    from sanscouture.territories.services import load_starter_set

    load_starter_set()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "offre.jsonl"
        with path.open("w") as file:
            file.writelines(json.dumps(row) + "\n" for row in records())
        bare = timed(lambda: validate_and_copy(path))
        before = peak()
        first = timed(lambda: import_offer_file(path))
        memory = peak() - before
        again = timed(lambda: import_offer_file(path))
    table(
        f"{RECORDS} records, {STRUCTURES} of them structures",
        [
            ("validation and bare COPY", f"{bare:.1f} s"),
            ("import", f"{first:.1f} s"),
            ("ratio", f"{first / bare:.2f}"),
            ("second run, nothing to change", f"{again:.1f} s"),
            ("peak memory, more than before the import", f"{memory:.0f} MB"),
        ],
    )


def validate_and_copy(path: Path) -> None:
    """What nobody can do without: the schema on each row, and the rows sent to an unindexed table."""
    from data_inclusion.schema import v1
    from django.db import connection

    from sanscouture.database import admin

    name = connection.settings_dict["NAME"]
    with admin.connect(name) as bare:
        bare.execute("CREATE TABLE bare (id text, row jsonb)")
        with path.open() as file, bare.cursor() as cursor, cursor.copy("COPY bare FROM STDIN") as copy:
            for line in file:
                row = json.loads(line)
                (v1.Service if "structure_id" in row else v1.Structure).model_validate(row)
                copy.write_row((row["id"], line))


def timed(act: Any) -> float:
    start = perf_counter()
    act()
    return perf_counter() - start


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    with own_database():
        main()
