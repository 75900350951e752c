"""Narrowing the offer by data·inclusion's own filters: a service is kept when it has one of the values asked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from sanscouture.directory.rules import vocabulary
from sanscouture.directory.rules.offers import (
    FEES_INDEX,
    MODE_BIT,
    NOT_SAID,
    TYPE_INDEX,
    Bools,
    Ints,
    Offers,
    public_mask,
)


@dataclass(frozen=True, slots=True)
class OfferFilter:
    """What is kept of the offer; an empty value keeps everything. `thematiques` may name categories.

    `communes`: the INSEE codes of an area; None is anywhere, and an empty one is nowhere.
    """

    sources: Collection[str] = ()
    thematiques: Collection[str] = ()
    fees: Collection[str] = ()
    publics: Collection[str] = ()
    modes: Collection[str] = ()
    types: Collection[str] = ()
    quality: float | None = None
    communes: Collection[str] | None = None


def filtered(offers: Offers, asked: OfferFilter) -> Bools:
    """Mark the services that pass every filter.

    Publics: a resident qualifies by belonging to one of them, and a service for everybody takes anyone.
    """
    kept = np.ones(len(offers), dtype=np.bool_)
    if asked.sources:
        kept &= _one_of(offers.source, [offers.sources.get(slug) for slug in asked.sources])
    if asked.thematiques:
        kept &= offers.with_any(vocabulary.expand(asked.thematiques))
    if asked.fees:
        kept &= _one_of(offers.fees, [FEES_INDEX.get(slug) for slug in asked.fees])
    if asked.types:
        kept &= _one_of(offers.type, [TYPE_INDEX.get(slug) for slug in asked.types])
    if asked.modes:
        kept &= (offers.modes & sum(MODE_BIT.get(slug, 0) for slug in set(asked.modes))) != 0
    if asked.publics:
        kept &= (offers.publics == 0) | ((offers.publics & public_mask(list(asked.publics))) != 0)
    if asked.communes is not None:
        inside = np.zeros(len(offers.communes) + 1, dtype=np.bool_)
        inside[[index for code in asked.communes if (index := offers.communes.get(code)) is not None]] = True
        kept &= inside[offers.commune] & (offers.commune != NOT_SAID)
    if asked.quality is not None:
        with np.errstate(invalid="ignore"):
            kept &= offers.quality >= asked.quality
    return kept


def _one_of(column: Ints, values: Collection[int | None]) -> Bools:
    kept = np.zeros(len(column), dtype=np.bool_)
    for value in values:
        if value is not None:
            kept |= column == value
    return kept
