"""A new list of QPV, or new outlines: the answer of each address is computed again, and the former one is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sanscouture.access.actor import Actor
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.verbs import verb
from sanscouture.people.enums import QpvState
from sanscouture.people.models import Beneficiary, FormerQpvAnswer
from sanscouture.people.rules import QpvChange, qpv_change
from sanscouture.territories.enums import Generation, PlaceKind
from sanscouture.territories.models import Commune
from sanscouture.territories.rules import GeocodedAddress, QpvAnswer
from sanscouture.territories.selectors import qpv_of_places
from sanscouture.territories.services.geocoding import find_addresses

CHANGED = ("qpv", "qpv_state", "qpv_provenance", "commune", "lon", "lat")


@dataclass(slots=True)
class Requalified:
    """What a list changes for the people of one programme. `moves`: (answer before, answer after) → people."""

    generation: Generation
    changes: Counter[QpvChange] = field(default_factory=Counter)
    moves: Counter[tuple[str, str]] = field(default_factory=Counter)

    def as_dict(self) -> dict[str, Any]:
        """Give the figures as a machine reads them; no name is among them."""
        return {
            "generation": self.generation.value,
            "people": self.changes.total(),
            **{change.value: self.changes[change] for change in QpvChange},
            "moves": [
                {"before": before, "after": after, "people": people}
                for (before, after), people in sorted(self.moves.items())
            ],
        }


@verb
def requalify(
    programme_id: UUID, *, generation: Generation = Generation.G2024, actor: Actor | str, trial: bool = False
) -> Requalified:
    """Compute again whether the people of a programme live in a QPV, by a list, and keep each former answer dated.

    Rule: a place is taken as finely as it was known when it was located; one whose fineness was not kept is located
    again from its address, and when nothing is found the answer stays as it is: a doubt never becomes « outside ». What
    does not change writes nothing, so that doing it twice is doing it once. `trial` writes nothing at all. Needs a
    scope that reaches the names of the programme (chapter 02).
    """
    people = list(
        Beneficiary.objects.get_queryset()
        .select_for_update(of=("self",))
        .filter(programme_id=programme_id, merged_into=None)
        .exclude(address="")
        .order_by("pk")
    )
    located = [_place(person) for person in people]
    done = Requalified(generation, Counter({QpvChange.LEFT: located.count(None)}))
    known = [(person, place) for person, place in zip(people, located, strict=True) if place]
    answers = qpv_of_places([place for _person, place in known], generation=generation)
    communes = set(
        Commune.objects.filter(pk__in={place.commune_code for _person, place in known}).values_list("pk", flat=True)
    )
    kept, changed = [], []
    for (person, place), answer in zip(known, answers, strict=True):
        change = qpv_change(person.qpv_provenance, answer.as_json())
        done.changes[change] += 1
        if change is QpvChange.CHANGED:
            done.moves[person.qpv_state, answer.answer.value] += 1
            kept.append(_former(person))
        if change is not QpvChange.SAME:
            changed.append(_answered(person, place, answer, communes))
    if not trial:
        _write(kept, changed, generation, actor)
    return done


def _write(
    kept: Sequence[FormerQpvAnswer], changed: Sequence[Beneficiary], generation: Generation, actor: Actor | str
) -> None:
    FormerQpvAnswer.objects.bulk_create(kept, batch_size=1_000)
    Beneficiary.objects.bulk_update(changed, CHANGED, batch_size=500)
    record(actor, "beneficiary.requalify", changed, note=generation.value)


def _place(person: Beneficiary) -> GeocodedAddress | None:
    """The place as it was located, when what it was known by is kept; else what the geocoder makes of the address."""
    told = person.qpv_provenance
    if person.lon is None or person.lat is None or not told.get("kind") or told.get("score") is None:
        return next(iter(find_addresses(person.address, limit=1)), None)
    return GeocodedAddress(
        label=told["address"],
        lon=person.lon,
        lat=person.lat,
        score=told["score"],
        kind=PlaceKind(told["kind"]),
        commune_code=person.commune_id or "",
        source=told["source"],
    )


def _former(person: Beneficiary) -> FormerQpvAnswer:
    return FormerQpvAnswer(
        programme_id=person.programme_id,
        beneficiary=person,
        state=person.qpv_state,
        qpv_id=person.qpv_id,
        provenance=person.qpv_provenance | {"address": ""} if person.qpv_provenance else {},
        replaced_on=clock.today(),
    )


def _answered(person: Beneficiary, place: GeocodedAddress, answer: QpvAnswer, communes: Collection[str]) -> Beneficiary:
    person.lon, person.lat = place.lon, place.lat
    person.commune_id = place.commune_code if place.commune_code in communes else None
    person.qpv_id = answer.qpv_code or None
    person.qpv_state = QpvState(answer.answer.value)
    person.qpv_provenance = answer.as_json()
    return person
