"""What may be ticked in each of the eight fields, and what is never described."""

from __future__ import annotations

from collections.abc import Sequence

from sanscouture.directory.enums import ActionField
from sanscouture.directory.rules import vocabulary
from sanscouture.directory.rules.vocabulary import Term

HEALTH = int(ActionField.HEALTH)
"""The field of health and disability: « yes » and how much it weighs, never a word more (chapter 02)."""

FIELDS = tuple(int(field) for field in ActionField)


def may_tick(field: int) -> tuple[Term, ...]:
    """Give what may be ticked in a field: its situations, then the barriers that cut across and touch it.

    Nothing for health. A restricted barrier (violence at home) waits for restricted records (chapter 02).
    """
    return (*vocabulary.situations_of(field), *cutting_across(field))


def cutting_across(field: int) -> tuple[Term, ...]:
    """Give the barriers that cut across the fields and touch this one; none restricted, none for health."""
    if field == HEALTH:
        return ()
    return tuple(
        term
        for term in vocabulary.cross_cutting()
        if not term.restricted and field in vocabulary.action_fields_of(term.thematiques)
    )


def labels(slugs: Sequence[str]) -> list[str]:
    """Say what was ticked, in words."""
    return [vocabulary.term(slug).label for slug in slugs]


def suggested_theme(field: int, slugs: Sequence[str]) -> str:
    """Give the thématique that most of what was ticked calls for, in its field; empty when nothing was ticked."""
    known = [slug for slug in slugs if slug]
    if not known:
        return ""
    inside = set(vocabulary.thematiques_of_field(field))
    return next((theme for theme in vocabulary.thematiques_for(known) if theme in inside), "")
