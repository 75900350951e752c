"""Pure rules of merging: which records are close, and which of two values is proposed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Generic, TypeVar

from sanscouture.people.rules.facts import UNTOLD
from sanscouture.people.rules.records import Identity, closeness, is_close

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Pair(Generic[K]):
    """Two records that may be one person, and how close they are, from 0 to 1."""

    one: K
    other: K
    score: float


def close_pairs(people: Iterable[tuple[K, str, Identity]], *, distinct: Collection[frozenset[K]] = ()) -> list[Pair[K]]:
    """Find the close pairs among (record, phonetic key, identity), the closest first.

    Rule: only records of one key are compared, then scored (chapter 02); those of which somebody said that they are two
    people are left out.
    """
    blocks: defaultdict[str, list[tuple[K, Identity]]] = defaultdict(list)
    for record, key, identity in people:
        blocks[key].append((record, identity))
    found = [
        Pair(one, other, closeness(mine, theirs))
        for block in blocks.values()
        for (one, mine), (other, theirs) in combinations(block, 2)
        if frozenset((one, other)) not in distinct and is_close(mine, theirs)
    ]
    return sorted(found, key=lambda pair: -pair.score)


def proposed(kept: object, merged: object) -> bool:
    """Say whether the merged record's value is proposed: only where the kept one says nothing."""
    return _says_nothing(kept) and not _says_nothing(merged)


def _says_nothing(value: object) -> bool:
    return value is None or value in ("", []) or (isinstance(value, str) and value in UNTOLD)
