"""data·inclusion rows written as Parquet: one column per field, read a few thousand rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from sanscouture.core.errors import Refused

MAGIC = b"PAR1"
BATCH = 500
NEEDED = ("source", "id", "nom")


def is_parquet(path: Path) -> bool:
    """Say whether a file is Parquet: by its name, or by how it begins."""
    if path.suffix.lower() == ".parquet" or not path.is_file():
        return path.is_file()
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def parquet_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Give each row with its number, from 1; empty cells are left out, as in a table.

    Raises Refused with a French sentence when the file is damaged, or is no table of structures or services.
    """
    import pyarrow as arrow  # noqa: PLC0415 65 MB of memory that only this kind of file needs
    from pyarrow import parquet  # noqa: PLC0415 the same

    number = 0
    try:
        with parquet.ParquetFile(path, memory_map=False, pre_buffer=False) as file:
            names = [str(name) for name in file.schema_arrow.names]
            _must_be_an_offer(path, names)
            for batch in file.iter_batches(BATCH, use_threads=False):
                for row in batch.to_pylist():
                    number += 1
                    yield number, {name: value for name, value in row.items() if value is not None}
    except (arrow.ArrowException, OSError, ValueError, OverflowError, MemoryError) as error:
        sentence = _("%(file)s n’est pas un fichier Parquet lisible, ou il est abîmé après %(count)d lignes.")
        told = sentence % {"file": path.name, "count": number}
        raise Refused(f"{told} {_('Rien n’a été importé.')}") from error


def _must_be_an_offer(path: Path, names: list[str]) -> None:
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise Refused(
            _("%(file)s n’est pas un tableau data·inclusion\u00a0: il manque la colonne «\u00a0%(column)s\u00a0».")
            % {"file": path.name, "column": missing[0]}
        )
