"""Files made to hurt an import: a good file, broken at random in the ways that files really break."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from random import Random
from typing import Any


def seed(luck: Random) -> list[dict[str, Any]]:
    """A few good rows."""
    structure = {"source": "essai", "id": "essai--1", "nom": "Maison inventée", "date_maj": "2026-01-05"}
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
        "code_postal": "59600",
        "commune": "Maubeuge",
    }
    return [structure, *(service | {"id": f"essai--s{number}"} for number in range(luck.randrange(1, 6)))]


VALUES: tuple[Any, ...] = (
    *(None, "", " ", 0, -1, 1e308, True, [], {}, [[]], "\x00", "é" * 300, "=1+1", "48,85", "4,885E+01", "n/a"),
    *("0x10", "2026-02-30", "\ud800", {"a": {"b": []}}, ["x"] * 1_000, 10**30, "01/02/2026", "#REF!"),
)


def lines(rows: list[Any]) -> bytes:
    return "\n".join(json.dumps(row) for row in rows).encode()


def _value(rows: list[Any], luck: Random) -> bytes:
    row = luck.choice(rows)
    row[luck.choice([*row, "structure_id", "inconnu"])] = luck.choice(VALUES)
    return luck.choice([lines, lambda told: json.dumps(told).encode()])(rows)


def _swapped(rows: list[Any], luck: Random) -> bytes:
    rows[-1]["longitude"], rows[-1]["latitude"] = luck.choice([(50.27, 3.97), (500, -91), ("3,97", "50,27")])
    return lines(rows)


def _huge(rows: list[Any], luck: Random) -> bytes:
    rows[-1][luck.choice(["description", "nom", "id", "courriel"])] = "é" * luck.choice([10_001, 500_000])
    return lines(rows)


def _deep(rows: list[Any], luck: Random) -> bytes:
    depth = luck.choice([100, 200_000])
    return lines(rows[:1]) + b'\n{"id": ' + b"[" * depth + b"]" * depth + b"}\n" + lines(rows[1:])


def _numbers(rows: list[Any], luck: Random) -> bytes:
    return lines(rows).replace(b"3.97", luck.choice([b"NaN", b"Infinity", b"-Infinity", b"1e999", b"9" * 5_000]))


def _twice(rows: list[Any], luck: Random) -> bytes:
    return lines(rows).replace(b'"nom"', b'"nom": "autre", "nom"') + b"\n" + lines(rows)


def _encoded(rows: list[Any], luck: Random) -> bytes:
    return json.dumps(rows, ensure_ascii=False).encode(
        luck.choice(["cp1252", "utf-16", "utf-16-le", "utf-32", "cp037"])
    )


def _cut(rows: list[Any], luck: Random) -> bytes:
    whole = luck.choice([lines(rows), json.dumps(rows).encode(), gzip.compress(lines(rows))])
    return whole[: luck.randrange(len(whole))]


def _bytes(rows: list[Any], luck: Random) -> bytes:
    whole = bytearray(luck.choice([lines(rows), gzip.compress(lines(rows)), json.dumps({"items": rows}).encode()]))
    for _change in range(luck.randrange(1, 20)):
        whole[luck.randrange(len(whole))] = luck.randrange(256)
    return bytes(whole)


def _bomb(rows: list[Any], luck: Random) -> bytes:
    return gzip.compress(luck.choice([b" ", b"[", b"\n", b"{}\n"]) * 5_000)


def _table(rows: list[Any], luck: Random) -> bytes:
    text = b"source;id;nom;longitude;latitude\r\nessai;essai--1;Maison;3,97;50,27\r\n"
    return luck.choice(
        [text + b'"jamais fini', text * 2, text.replace(b"3,97", b"4E+00"), text + b";;;;;;\r\n", b"PK\x03\x04"]
    )


MUTATIONS: tuple[Callable[[list[Any], Random], bytes], ...] = (
    *(_value, _value, _value, _swapped, _huge, _deep, _numbers, _twice, _encoded, _cut, _bytes, _bytes, _bomb, _table),
)


def hostile_file(number: int) -> tuple[str, bytes]:
    """Give the number-th file: its name and what it holds, always the same."""
    luck = Random(f"hostile/{number}")  # noqa: S311 the same files each time
    mutate = MUTATIONS[number % len(MUTATIONS)]
    return f"{number}{'.csv' if mutate is _table else '.json'}", mutate(seed(luck), luck)
