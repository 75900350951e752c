"""Which rules a programme has switched on, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sanscouture.pathways.enums import RuptureRule
from sanscouture.pathways.models import RuptureSetting
from sanscouture.pathways.rules import ruptures as rules


@dataclass(frozen=True)
class Setting:
    """One rule in one programme. `chosen`: whether the programme decided, or the usual value holds."""

    rule: RuptureRule
    is_on: bool
    threshold: int
    escalate_days: int
    chosen: bool = False


def settings_of(programme_id: UUID) -> dict[RuptureRule, Setting]:
    """What holds for each rule in a programme, in one query."""
    rows = {row.rule: row for row in RuptureSetting.objects.get_queryset().filter(programme_id=programme_id)}
    return {rule: _setting(rule, rows.get(rule)) for rule in rules.RULES}


def switched_on(settings: Mapping[RuptureRule, Setting]) -> rules.Settings:
    """The rules that are on, with their thresholds: what `rules.ruptures.look` asks."""
    return {rule: one.threshold for rule, one in settings.items() if one.is_on}


def rules_of(programme_id: UUID) -> rules.Settings:
    """The rules that are on in a programme, in one query."""
    return switched_on(settings_of(programme_id))


def _setting(rule: RuptureRule, row: RuptureSetting | None) -> Setting:
    if row is None:
        one = rules.RULES[rule]
        return Setting(rule, one.starts_on, one.threshold.usual, rules.ESCALATE_DAYS)
    return Setting(rule, row.is_on, row.threshold, row.escalate_days, chosen=True)
