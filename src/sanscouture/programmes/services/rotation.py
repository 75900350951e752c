"""Turning the keys of sealed fields: a new one, everything sealed again, the former ones dropped (ADR 0019)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.apps import apps
from django.db import connection, models
from django.utils.translation import gettext as _

from sanscouture.access.resealing import keys_named, reseal, stale_rows
from sanscouture.core import clock, keys
from sanscouture.core.errors import Conflict, Refused
from sanscouture.core.fields import sealed_fields
from sanscouture.programmes.models import Programme

YOUNG = timedelta(days=1)
"""A key younger than this is not turned again, unless one insists."""
NOTICE = 1.0  # seconds: what was sealed just before the new key has reached the database by then
PATIENCE = 120.0  # seconds for the acts under way to end
Tell = Callable[[int, int], None]
"""`tell(done, total)`: for a progress bar."""
HORIZON = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::numeric"
OLDEST = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::numeric"


@dataclass(frozen=True)
class Rotated:
    """What turning the keys did. `key`: the fingerprint of the one that writes; `kept`: former ones still needed."""

    key: str
    is_new: bool
    rows: int
    dropped: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    unreadable: int = 0


def rotate_keys(*, insist: bool = False, tell: Tell = lambda done, total: None) -> Rotated:
    """Make a new key, seal everything again with it, and drop the former ones once no row needs them.

    Rule: batches are transactions of their own and former keys stay until the end, so that a run that is killed is
    taken up by the next, which then makes no key. A key made less than a day ago is not turned; `insist` turns it,
    unless that work is unfinished. A row that cannot be opened is left as it is; a former key that a row still names
    is kept. Raises Conflict when
    somebody else turns the keys, Refused when an act under way lasts too long: all keys stay.
    """
    try:
        with keys.turning():
            return _rotate(insist=insist, tell=tell)
    except keys.KeysBusy:
        raise Conflict(_("Quelqu’un d’autre renouvelle déjà les clés : attendez la fin.")) from None


def sealed_models() -> list[type[models.Model]]:
    """Every model that has a sealed field."""
    return [model for model in apps.get_models() if sealed_fields(model)]


def unknown_keys() -> set[str]:
    """Give the fingerprints of keys that rows name and that are not here."""
    known = {key.id for key in keys.read_keys()}
    return {name for name in _named_by_rows() if name not in known}


def _rotate(*, insist: bool, tell: Tell) -> Rotated:
    found = keys.read_keys() or keys.first_key()
    is_young = clock.now() - found[-1].made_at < YOUNG
    is_new = not is_young or (insist and len(found) == 1)
    if is_new:
        found = [*found, keys.make_key(max(clock.now(), found[-1].made_at + timedelta(microseconds=1)))]
        time.sleep(NOTICE)
    rows = _seal_all(tell)
    if len(found) > 1:
        _await_acts()
        rows += _seal_all(tell)
    needed = _named_by_rows()
    gone = [key for key in found[:-1] if key.id not in needed]
    for key in gone:
        key.path.unlink()
    return Rotated(
        key=found[-1].id,
        is_new=is_new,
        rows=rows,
        dropped=tuple(key.id for key in gone),
        kept=tuple(key.id for key in found[:-1] if key.id in needed),
        unreadable=sum(stale_rows(model, _programmes()) for model in sealed_models()),
    )


def _seal_all(tell: Tell) -> int:
    programmes = _programmes()
    total = sum(stale_rows(model, programmes) for model in sealed_models())
    done = 0

    def step(rows: int) -> None:
        nonlocal done
        done += rows
        tell(done, total)

    return sum(reseal(model, programmes, step=step) for model in sealed_models())


def _named_by_rows() -> set[str]:
    """The fingerprints that rows name beside the newest key's."""
    return {name for model in sealed_models() for name in keys_named(model, _programmes())}


def _programmes() -> list[UUID]:
    return list(Programme.objects.order_by("pk").values_list("pk", flat=True))


def _await_acts() -> None:
    """Wait for every transaction that may hold a text sealed with a former key: those under way at this instant."""
    horizon, until = _number(HORIZON), time.monotonic() + PATIENCE
    while _number(OLDEST) < horizon:
        if time.monotonic() > until:
            raise Refused(_("Un acte en cours dure trop longtemps. Rien n’est perdu, les clés restent : relancez."))
        time.sleep(0.05)


def _number(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])
