"""Files made to hurt an import: a good file, broken at random in the ways that files really break."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable
from io import BytesIO, StringIO
from random import Random
from typing import Any

import pyarrow as arrow
from pyarrow import parquet

Rows = list[Any]


def seed(luck: Random) -> Rows:
    """A few good rows."""
    structure = {
        "source": "essai",
        "id": "essai--1",
        "nom": "Maison inventée",
        "date_maj": "2026-01-05",
        "siret": "13000548100015",
        "site_web": "https://maison.example",
        "reseaux_porteurs": ["mission-locale"],
    }
    service = {
        "source": "essai",
        "id": "essai--s1",
        "structure_id": "essai--1",
        "nom": "Atelier inventé",
        "description": "Un atelier.",
        "date_maj": "2026-02-06",
        "thematiques": ["numerique"],
        "longitude": 3.97,
        "latitude": 50.27,
        "publics": ["jeunes"],
        "frais": "gratuit",
        "modes_accueil": ["en-presentiel"],
        "code_postal": "59600",
        "code_insee": "59392",
        "commune": "Maubeuge",
        "courriel": "accueil@maison.example",
        "telephone": "+33639980001",
        "zone_eligibilite": ["59"],
        "nombre_semaines": 3,
        "score_qualite": 0.5,
    }
    return [structure, *(service | {"id": f"essai--s{number}"} for number in range(luck.randrange(1, 6)))]


VALUES: tuple[Any, ...] = (
    *(None, "", " ", 0, -1, 1e308, True, [], {}, [[]], "\x00", "é" * 300, "=1+1", "48,85", "4,885E+01", "n/a"),
    *("0x10", "2026-02-30", "\ud800", {"a": {"b": []}}, ["x"] * 1_000, 10**30, "01/02/2026", "#REF!", "null"),
    *(
        ["null"],
        ['"', "\\"],
        ["a-" * 80 + "a"],
        "a" * 61,
        "\u202e",
        "e\u0301",
        ["59", "59"],
        "59392 ",
        59392,
        -0.0,
        32_768,
    ),
    *("0001-01-01", "9999-12-31", "http://", "a@b", "١٢٣٤٥", "\\N", "\t", "\r\n", {"items": []}, 1e-320, "NaN"),
)


def lines(rows: Rows) -> bytes:
    return "\n".join(json.dumps(row) for row in rows).encode()


def wrapped(rows: Rows, luck: Random) -> bytes:
    """One of the ways in which JSON rows travel."""
    whole = luck.choice([lines(rows), json.dumps(rows).encode(), json.dumps({"items": rows}).encode()])
    return gzip.compress(whole) if luck.random() < 0.2 else whole


def table(rows: Rows, luck: Random, separator: str | None = None) -> str:
    """The same rows as a table."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = StringIO()
    writer = csv.DictWriter(text, columns, delimiter=separator or luck.choice(",;\t"), extrasaction="ignore")
    writer.writeheader()
    for row in rows:
        cells = {name: "|".join(map(str, value)) if isinstance(value, list) else value for name, value in row.items()}
        writer.writerow({name: str(value).replace("\ud800", "?") for name, value in cells.items()})
    return text.getvalue()


def _value(rows: Rows, luck: Random) -> bytes:
    for _change in range(luck.choice([1, 1, 1, 4])):
        row = luck.choice(rows)
        row[luck.choice([*row, "structure_id", "inconnu"])] = luck.choice(VALUES)
    return wrapped(rows, luck)


def _lost(rows: Rows, luck: Random) -> bytes:
    row = luck.choice(rows)
    row.pop(luck.choice(list(row)))
    rows.insert(luck.randrange(len(rows)), luck.choice([None, [], "texte", 3, {}, {"id": ""}, {"id": "essai--1"}]))
    luck.shuffle(rows)
    return wrapped(rows, luck)


def _swapped(rows: Rows, luck: Random) -> bytes:
    rows[-1]["longitude"], rows[-1]["latitude"] = luck.choice(
        [(50.27, 3.97), (500, -91), ("3,97", "50,27"), (3.97, None)]
    )
    return wrapped(rows, luck)


def _huge(rows: Rows, luck: Random) -> bytes:
    size = 10_000_001 if luck.random() < 0.03 else luck.choice([10_001, 500_000])
    rows[-1][luck.choice(["description", "nom", "id", "courriel", "source", "inconnu"])] = "é" * size
    return wrapped(rows, luck)


def _deep(rows: Rows, luck: Random) -> bytes:
    depth = luck.choice([100, 200_000])
    deep = b'{"id": ' + b"[" * depth + b"]" * depth + b"}"
    if luck.random() < 0.3:
        return b"[" + json.dumps(rows[0]).encode() + b"," + deep + b"]"
    return lines(rows[:1]) + b"\n" + deep + b"\n" + lines(rows[1:])


def _numbers(rows: Rows, luck: Random) -> bytes:
    wrong = luck.choice([b"NaN", b"Infinity", b"-Infinity", b"1e999", b"9" * 5_000, b"-0", b"0x1F", b"1_000", b"3,97"])
    return luck.choice([lines(rows), json.dumps(rows).encode()]).replace(b"3.97", wrong)


def _twice(rows: Rows, luck: Random) -> bytes:
    return lines(rows).replace(b'"nom"', b'"nom": "autre", "nom"') + b"\n" + lines(rows)


def _encoded(rows: Rows, luck: Random) -> bytes:
    codec = luck.choice(["cp1252", "utf-16", "utf-16-le", "utf-32", "cp037", "utf-8-sig", "utf-7"])
    return luck.choice([json.dumps(rows, ensure_ascii=False), lines(rows).decode()]).encode(codec)


def _cut(rows: Rows, luck: Random) -> bytes:
    whole = luck.choice([lines(rows), json.dumps(rows).encode(), gzip.compress(lines(rows))])
    return whole[: luck.randrange(len(whole))]


def flipped(whole: bytes, luck: Random) -> bytes:
    """Some bytes changed for others."""
    changed = bytearray(whole)
    for _change in range(luck.randrange(1, 20)):
        changed[luck.randrange(len(changed))] = luck.randrange(256)
    return bytes(changed)


def _bytes(rows: Rows, luck: Random) -> bytes:
    return flipped(wrapped(rows, luck), luck)


def _bomb(rows: Rows, luck: Random) -> bytes:
    return gzip.compress(luck.choice([b" ", b"[", b"\n", b"{}\n", b'{"a":', b"[{},"]) * 5_000)


def _table(rows: Rows, luck: Random) -> bytes:
    text = table(rows, luck).encode()
    head = text.split(b"\r\n")[0]
    return luck.choice(
        [
            *(text + b'"jamais fini', text * 2, text + b";;;;;;\r\n" * 3, b"PK\x03\x04" + text, b"sep=;\r\n" + text),
            *(head, head + b"\r\n", text.replace(b"source", b"source;source", 1), text.replace(b"\r\n", b"\r")),
            *(text[: luck.randrange(len(text))], flipped(text, luck), b"\xff\xfe" + text, text.replace(b"e", b"\x00")),
            *(text.decode().encode("utf-16"), text + b"," * 5_000, gzip.compress(text)[:-8], gzip.compress(text * 9)),
        ]
    )


def _excel(rows: Rows, luck: Random) -> bytes:
    """What a spreadsheet does to codes, dates and numbers."""
    spoilt = {
        "siret": "1,30005E+13",
        "code_insee": "1004",
        "code_postal": "1000",
        "date_maj": "46062",
        "longitude": "3,97",
    }
    spoilt |= {
        "latitude": "5,027E+01",
        "telephone": "3,364E+10",
        "frais": "VRAI",
        "nombre_semaines": "3,0",
        "nom": "#NOM?",
    }
    for row in rows:
        row |= {name: value for name, value in spoilt.items() if luck.random() < 0.4}
    rows[-1]["description"] = luck.choice(["=CMD|'/C calc'!A0", "ligne\nligne", 'dit "oui"', "x" * 40_000])
    return table(rows, luck, ";").encode(luck.choice(["cp1252", "utf-8", "utf-8-sig"]), "replace")


def _parquet(rows: Rows, luck: Random) -> bytes:
    names = list(dict.fromkeys(name for row in rows for name in row))
    spoilt = luck.choice(names)
    columns: dict[str, Any] = {name: [row.get(name) for row in rows] for name in names}
    columns[spoilt] = luck.choice(
        [[1] * len(rows), [None] * len(rows), [b"\xff"] * len(rows), [1.5] * len(rows), [[{"a": 1}]] * len(rows)]
    )
    packed = BytesIO()
    parquet.write_table(arrow.table(columns), packed)
    whole = packed.getvalue()
    return luck.choice([whole, whole, whole[: luck.randrange(len(whole))], flipped(whole, luck), flipped(whole, luck)])


MUTATIONS: tuple[Callable[[Rows, Random], bytes], ...] = (
    *(_value, _value, _value, _value, _swapped, _huge, _deep, _numbers, _twice, _encoded, _cut, _bytes, _bytes, _bomb),
    *(_table, _table, _excel, _parquet, _parquet, _lost),
)
SUFFIXES = {_table: ".csv", _excel: ".csv", _parquet: ".parquet"}


def hostile_file(number: int, salt: int = 1) -> tuple[str, bytes]:
    """Give the number-th file: its name and what it holds, always the same."""
    luck = Random(f"hostile/{salt}/{number}")  # noqa: S311 the same files each time
    mutate = MUTATIONS[number % len(MUTATIONS)]
    return f"{number}{SUFFIXES.get(mutate, '.json')}", mutate(seed(luck), luck)
