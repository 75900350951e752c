"""Sealed files: what leaves the database for a disk is encrypted, in the age format (docs/adr/0015-backups.md).

The key is a file of one line, made once in DATA_DIR/secrets, or the one that BACKUP_KEY_FILE names. A machine that only
writes needs its public half alone (BACKUP_RECIPIENT): who steals that machine opens no backup.
"""

from __future__ import annotations

import io
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import pyrage
from pyrage import x25519

from sanscouture.database.errors import DatabaseUnavailable
from sanscouture.database.secrets import data_dir, write_once

KEY = "backup-key"
BLOCK = 1 << 16


class Broken(DatabaseUnavailable):
    """A sealed file that cannot be opened; the text says why and what to do."""


def key_file() -> Path:
    """Where the key is: BACKUP_KEY_FILE, else in the data folder."""
    named = os.environ.get("BACKUP_KEY_FILE")
    return Path(named) if named else data_dir() / "secrets" / KEY


def recipients() -> list[x25519.Recipient]:
    """Who will be able to open what is sealed now: BACKUP_RECIPIENT's keys, else our own, made at first use."""
    named = os.environ.get("BACKUP_RECIPIENT", "").replace(",", " ").split()
    try:
        found = [x25519.Recipient.from_str(one) for one in named]
    except pyrage.RecipientError:
        raise DatabaseUnavailable(
            "BACKUP_RECIPIENT n’est pas une clé publique age\u00a0: elle commence par « age1 »."
        ) from None
    return found or [identity().to_public()]


def identity(path: Path | None = None, *, make: bool = True) -> x25519.Identity:
    """The key that opens, read in a file; `make`: ours is made at first use.

    Raises:
        Broken: the file is missing, or holds no key.
    """
    place = path or key_file()
    if make and place == data_dir() / "secrets" / KEY:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        text = write_once(place, lambda: f"{x25519.Identity.generate()}\n")
    else:
        try:
            text = place.read_text()
        except (OSError, UnicodeDecodeError):
            raise Broken(
                f"La clé des sauvegardes « {place} » est illisible\u00a0: donnez-la par --key ou BACKUP_KEY_FILE."
            ) from None
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    try:
        return x25519.Identity.from_str(lines[0] if lines else "")
    except pyrage.IdentityError:
        raise Broken(f"« {place} » ne contient pas de clé age (AGE-SECRET-KEY-…).") from None


def seal(source: IO[bytes], target: IO[bytes]) -> None:
    """Encrypt a stream into another. What either stream raises comes out as it was raised."""
    reader, writer = Watched(source), Watched(target)
    try:
        pyrage.encrypt_io(reader, writer, recipients())
    except (OSError, pyrage.EncryptError):
        raise_first(reader, writer)
        raise


def unseal(source: IO[bytes], target: IO[bytes], key: x25519.Identity, name: str) -> None:
    """Decrypt a stream into another; `name` is the file's, for the sentence.

    Raises:
        Broken: another key, another kind of file, or one that was cut or changed.
    """
    reader, writer = Watched(source), Watched(target)
    try:
        pyrage.decrypt_io(reader, writer, [key])
    except pyrage.DecryptError as error:
        raise_first(reader, writer)
        if "No matching keys" in str(error):
            raise Broken(
                f"« {name} » est fermé par une autre clé\u00a0: donnez par --key le fichier de celle du serveur "
                "qui l’a écrit (secrets/backup-key de son dossier de données)."
            ) from None
        if "Header is invalid" in str(error):
            raise Broken(f"« {name} » n’est pas une sauvegarde de Sans couture.") from None
        raise Broken(f"« {name} » est tronqué ou abîmé\u00a0: prenez une autre sauvegarde.") from None
    except OSError:
        raise_first(reader, writer)
        raise Broken(f"« {name} » est tronqué ou abîmé\u00a0: prenez une autre sauvegarde.") from None


class Watched(io.BufferedIOBase):
    """A stream handed to the cipher, which remembers what went wrong on our side of it."""

    def __init__(self, stream: IO[bytes]) -> None:
        """Watch a stream."""
        self.stream = stream
        self.error: BaseException | None = None

    def read(self, size: int | None = -1, /) -> bytes:
        """Read from the stream."""
        try:
            return self.stream.read(-1 if size is None else size)
        except BaseException as error:  # SIGTERM and Ctrl-C too: the cipher would make another error of them
            self.error = error
            raise

    def write(self, data: object, /) -> int:
        """Write to the stream, all of it."""
        try:
            block = memoryview(cast("bytes", data))
            self.stream.write(block)
        except BaseException as error:  # SIGTERM and Ctrl-C too: the cipher would make another error of them
            self.error = error
            raise
        return len(block)

    def flush(self) -> None:
        """Flush the stream."""
        self.stream.flush()


def raise_first(*streams: Watched) -> None:
    """Raise what a stream of ours met, if the fault is there and not in the sealed file."""
    for stream in streams:
        if stream.error:
            raise stream.error


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """Write a private file that exists whole or not at all.

    Raises:
        DatabaseUnavailable: no room, no folder, no right to write; nothing is left behind.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(descriptor)
        draft.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DatabaseUnavailable(f"« {path} » ne peut pas être écrit\u00a0: {said(error, reason)}.") from None
    finally:
        draft.unlink(missing_ok=True)


def said(error: OSError, otherwise: str) -> str:
    """The usual troubles of a disk, in French."""
    return {
        28: "il n’y a plus de place sur le disque",
        2: "ce dossier n’existe pas",
        13: "ce dossier vous est fermé",
        30: "ce disque est en lecture seule",
    }.get(error.errno or 0, otherwise)


def sync_folder(folder: Path) -> None:
    """Make a change of names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
