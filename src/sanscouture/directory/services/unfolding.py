"""Opening files that may be gzipped, without letting a small archive become an endless one."""

from __future__ import annotations

import gzip
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader, RawIOBase
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.utils.translation import gettext as _

from sanscouture.core.errors import Refused

GZIP_MAGIC = b"\x1f\x8b"
MOST_FOLDED = 100
"""A sheet folds in five to fifteen; past a hundred, the archive is made to harm."""
ALWAYS_UNFOLDED = 64 << 20
"""Bytes that are unfolded whatever the archive's size."""
BUFFER = 1 << 16


class _Unfolded(RawIOBase):
    """What an archive holds, as long as it stays in proportion."""

    def __init__(self, packed: Any, path: Path) -> None:
        self._packed, self._path, self._count = packed, path, 0
        self._most = max(ALWAYS_UNFOLDED, path.stat().st_size * MOST_FOLDED)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        read: int = self._packed.readinto(buffer)
        self._count += read
        if self._count > self._most:
            sentence = _("%(file)s se déplie en bien plus que son poids\u00a0: ce n’est pas une archive honnête.")
            raise Refused(f"{sentence % {'file': self._path.name}} {_('Rien n’a été importé.')}")
        return read


@contextmanager
def opened(path: Path) -> Iterator[BufferedReader[Any]]:
    """Open a file, unfolded if it is gzipped. Raises Refused when it cannot be opened."""
    try:
        with path.open("rb") as raw:
            if raw.peek(2)[:2] != GZIP_MAGIC:
                yield raw
                return
            with gzip.open(raw) as packed, BufferedReader(_Unfolded(packed, path), BUFFER) as unfolded:
                yield unfolded
    except FileNotFoundError as error:
        raise Refused(_("Le fichier %(file)s n’existe pas.") % {"file": path}) from error
    except IsADirectoryError as error:
        raise Refused(_("%(file)s est un dossier\u00a0: donnez un fichier.") % {"file": path}) from error
    except PermissionError as error:
        raise Refused(_("Le fichier %(file)s ne peut pas être lu.") % {"file": path}) from error


@contextmanager
def as_plain_file(path: Path) -> Iterator[Path]:
    """Give a file that can be read several times: itself, or what it holds, unfolded beside for the while."""
    with path.open("rb") as raw:
        packed = raw.read(2) == GZIP_MAGIC
    if not packed:
        yield path
        return
    with TemporaryDirectory() as folder:
        plain = Path(folder) / (path.stem if path.suffix.lower() == ".gz" else path.name)
        try:
            with opened(path) as source, plain.open("wb") as target:
                shutil.copyfileobj(source, target)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            sentence = _("%(file)s est coupé ou abîmé\u00a0: l’archive gzip ne s’ouvre pas jusqu’au bout.")
            raise Refused(f"{sentence % {'file': path.name}} {_('Rien n’a été importé.')}") from error
        yield plain
