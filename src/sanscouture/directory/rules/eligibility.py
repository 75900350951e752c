"""Who may enter a service: three-valued logic over arrays. Unknown never excludes (chapter 03)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from sanscouture.directory.enums import Criterion, Verdict
from sanscouture.directory.rules.facts import (
    CITIES,
    FRENCH_RANK,
    PersonFacts,
    known_publics,
    undecided,
    zones_of,
)
from sanscouture.directory.rules.offers import NO_MAXIMUM, NO_MINIMUM, Bools, Ints, Offers, public_mask
from sanscouture.territories.enums import Answer

States = npt.NDArray[np.int8]
NO, UNKNOWN, YES = -1, 0, 1
VERDICT_OF_STATE = {YES: Verdict.ELIGIBLE, UNKNOWN: Verdict.TO_CHECK, NO: Verdict.NOT_ELIGIBLE}


def states(offers: Offers, person: PersonFacts) -> Mapping[Criterion, States]:
    """Give, for each criterion, whether each service's condition is met (1), unmet (-1) or unknown (0)."""
    return {
        Criterion.AGE: _age(offers, person),
        Criterion.RESIDENCE: _residence(offers, person),
        Criterion.FRENCH: _french(offers, person),
        Criterion.JOB_SEEKER: _job_seeker(offers, person),
        Criterion.PUBLIC: _public(offers, person),
    }


def overall(found: Mapping[Criterion, States]) -> States:
    """Combine criteria: one unmet condition excludes; else one unknown is to check; else eligible."""
    combined: States = np.minimum.reduce(list(found.values()))
    return combined


def _conclude(required: Bools, met: Bools | bool | None) -> States:
    """State of a condition: met where nothing is required, unknown where the fact is (`met` is None)."""
    if met is None:
        return np.where(required, UNKNOWN, YES).astype(np.int8)
    return np.where(~required | met, YES, NO).astype(np.int8)


def _age(offers: Offers, person: PersonFacts) -> States:
    required = (offers.age_min > NO_MINIMUM) | (offers.age_max < NO_MAXIMUM)
    if person.age is None:
        return _conclude(required, None)
    return _conclude(required, (offers.age_min <= person.age) & (person.age <= offers.age_max))


def _french(offers: Offers, person: PersonFacts) -> States:
    required = offers.french_min > FRENCH_RANK["A0"]
    rank = FRENCH_RANK.get(person.french_level or "")
    return _conclude(required, None if rank is None else offers.french_min <= rank)


def _job_seeker(offers: Offers, person: PersonFacts) -> States:
    return _conclude(offers.job_seekers_only, person.job_seeker)


def _public(offers: Offers, person: PersonFacts) -> States:
    inside, outside = known_publics(person)
    required = offers.publics != 0
    belongs = (offers.publics & public_mask(inside)) != 0
    foreign = (offers.publics & ~public_mask(outside)) == 0
    return np.where(~required | belongs, YES, np.where(foreign, NO, UNKNOWN)).astype(np.int8)


def _residence(offers: Offers, person: PersonFacts) -> States:
    in_qpv = {Answer.INSIDE: True, Answer.OUTSIDE: False}.get(Answer(person.qpv)) if person.qpv else None
    return np.minimum(_conclude(offers.qpv_only, in_qpv), zone_states(offers, person))


def zone_states(offers: Offers, person: PersonFacts, kept: Ints | None = None) -> States:
    """Give whether the eligibility zone of each service, or of those kept, covers the person's commune.

    `kept`: positions in ascending order.
    """
    size = len(offers) if kept is None else len(kept)
    owner, zone = (offers.zone_owner, offers.zone_code) if kept is None else offers.zones_of(kept)
    bounded = np.zeros(size, dtype=np.bool_)
    bounded[owner] = True
    if person.commune is None:
        return _conclude(bounded, None)
    best = np.where(bounded, NO, YES).astype(np.int8)
    for state, codes in ((UNKNOWN, _doubtful(offers, person)), (YES, zones_of(person.commune, person.epci))):
        chosen = np.zeros(len(offers.zone_codes) + 1, dtype=np.bool_)
        chosen[[index for code in codes if (index := offers.zone_codes.get(code)) is not None]] = True
        best[owner[chosen[zone]]] = state
    return best


def _doubtful(offers: Offers, person: PersonFacts) -> list[str]:
    """The zones that may cover the person's commune without our knowing; few communes have any."""
    if person.commune is None or (person.epci is not None and person.commune not in CITIES):
        return []
    return [code for code in offers.zone_codes if undecided(code, person.commune, person.epci)]
