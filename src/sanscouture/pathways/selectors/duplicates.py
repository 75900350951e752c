"""Close records of a programme, two of them side by side, and the merges that can be undone (chapter 02)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm
from sanscouture.pathways.models import Pathway, Referent
from sanscouture.pathways.selectors.people import veiled
from sanscouture.pathways.selectors.situation import label_of, said_fact
from sanscouture.people.models import Beneficiary, Distinct, Merge, Restriction
from sanscouture.people.rules import Facts, Identity, close_pairs, differences, proposed, said_phone
from sanscouture.people.selectors import references
from sanscouture.programmes.models import Programme

PAIRS = 50
"""The closest first; when they are settled, the next ones come."""
MERGES = 20


@dataclass(frozen=True)
class Side:
    """One of two close records, as a line tells it."""

    person: Beneficiary
    captured_by: str


@dataclass(frozen=True)
class Choice:
    """A fact on which two records differ. `theirs`: the merged record's value is proposed."""

    name: str
    label: str
    kept: str
    merged: str
    theirs: bool


@dataclass(frozen=True)
class Comparison:
    """Two records side by side. `moving`: what goes from the merged one to the kept one, in words."""

    kept: Side
    merged: Side
    choices: Sequence[Choice]
    moving: Sequence[str]
    referents: tuple[str, str] | None
    """Who answers for each pathway, when both are open."""


def mergeable(programme: Programme, actor: Actor) -> QuerySet[Beneficiary]:
    """The records that an actor may merge: those they complete, but for the restricted ones, even to their readers."""
    kept_apart = Restriction.objects.get_queryset().filter(lifted_at=None).order_by().values("beneficiary_id")
    found = Beneficiary.objects.visible_to(actor, Perm.PERSON_EDIT).filter(programme=programme)
    return found.exclude(pk__in=kept_apart)


def pairs_of(programme: Programme, actor: Actor) -> list[tuple[Side, Side]]:
    """The close pairs of a programme both of whose records an actor may complete, the closest first."""
    found = mergeable(programme, actor)
    several = found.order_by().values("phonetic_key").annotate(n=Count("pk")).filter(n__gt=1)
    rows = found.filter(phonetic_key__in=several.values("phonetic_key")).select_related("captured_by").order_by("pk")
    people = {person.pk: person for person in rows}
    known = ((person.pk, person.phonetic_key, _identity(person)) for person in people.values())
    mine = actor.organisations(programme.pk)
    pairs = close_pairs(known, distinct=_told_apart(programme))
    return [(_side(people[pair.one], mine), _side(people[pair.other], mine)) for pair in pairs[:PAIRS]]


def merges_of(programme: Programme, actor: Actor) -> QuerySet[Merge]:
    """The merges that an actor may undo, the newest first."""
    live = Merge.objects.visible_to(actor, Perm.PERSON_EDIT).filter(programme=programme, undone_at=None)
    return live.select_related("kept_record", "merged_record", "merged_by").order_by("-created_at", "-pk")[:MERGES]


def comparison(kept: Beneficiary, merged: Beneficiary, actor: Actor) -> Comparison:
    """Lay two records side by side, with what would move."""
    mine = actor.organisations(kept.programme_id)
    names = list(Facts.__annotations__)
    found = differences({name: getattr(kept, name) for name in names}, {name: getattr(merged, name) for name in names})
    return Comparison(
        kept=_side(kept, mine),
        merged=_side(merged, mine),
        choices=[
            Choice(
                name=one.field,
                label=label_of(one.field),
                kept=_words(one.field, one.saved),
                merged=_words(one.field, one.mine),
                theirs=proposed(one.saved, one.mine),
            )
            for one in found
        ],
        moving=_moving(merged),
        referents=_referents(kept, merged),
    )


def _told_apart(programme: Programme) -> set[frozenset[UUID]]:
    """The pairs of which somebody said that they are two people; a record that was merged stands for its successor."""
    rows = Beneficiary.objects.get_queryset().filter(programme=programme, merged_into__isnull=False)
    into = dict(rows.order_by().values_list("pk", "merged_into_id"))
    said = Distinct.objects.get_queryset().filter(programme=programme).order_by()

    def last(pk: UUID) -> UUID:
        while pk in into:
            pk = into[pk]
        return pk

    return {frozenset((last(one), last(other))) for one, other in said.values_list("one_id", "other_id")}


def _identity(person: Beneficiary) -> Identity:
    return Identity(person.first_name, person.last_name, person.birth_date, person.phone)


def _side(person: Beneficiary, mine: frozenset[UUID]) -> Side:
    return Side(person, veiled(person.captured_by, mine))


def _words(name: str, value: Any) -> str:
    if name == "phone" and value:
        return said_phone(value)
    return said_fact(name, value.isoformat() if isinstance(value, date) else value)


def _moving(merged: Beneficiary) -> list[str]:
    """What hangs on a record, table by table: « 2 besoins »."""
    found = []
    for model, name in references():
        if n := model._base_manager.filter(**{name: merged}).count():
            named = model._meta.verbose_name if n == 1 else model._meta.verbose_name_plural
            found.append(f"{n} {named}")
    return found


def _referents(kept: Beneficiary, merged: Beneficiary) -> tuple[str, str] | None:
    live = Pathway.objects.get_queryset().filter(beneficiary__in=(kept, merged), closed_on=None)
    rows = Referent.objects.get_queryset().filter(pathway__in=live, until=None).select_related("user", "pathway")
    names = {row.pathway.beneficiary_id: row.user.full_name for row in rows.order_by("pk")}
    return (names[kept.pk], names[merged.pk]) if len(names) == 2 else None
