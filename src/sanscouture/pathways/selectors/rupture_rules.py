"""The rules of a programme as their page shows them: what each says, how it is set, what it would find today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.functional import Promise

from sanscouture.pathways.enums import RuptureRule
from sanscouture.pathways.rules import ruptures as rules
from sanscouture.pathways.selectors.rupture_settings import Setting, settings_of, switched_on
from sanscouture.pathways.selectors.ruptures import Seen, seen


@dataclass(frozen=True)
class RuleLine:
    """One rule. `found`: how many it finds today, or would find if it were on."""

    rule: RuptureRule
    sentence: Promise
    counts: Promise
    setting: Setting
    found: int


def rule_lines(programme_id: UUID, *, today: date) -> Sequence[RuleLine]:
    """Each rule with what it would find today; the facts are read once for all, and nothing is written."""
    settings = settings_of(programme_id)
    facts = seen(programme_id, on=rules.EVERY)
    on = switched_on(settings)
    return [
        RuleLine(rule, one.sentence, one.threshold.counts, settings[rule], _found(facts, on, settings[rule], today))
        for rule, one in sorted(rules.RULES.items(), key=lambda pair: not settings[pair[0]].is_on)
    ]


def would_find(programme_id: UUID, setting: Setting, *, today: date) -> int:
    """How many ruptures one rule would find today if it were on with this threshold."""
    on = switched_on(settings_of(programme_id))
    return _found(seen(programme_id, on=[*on, setting.rule]), on, setting, today)


def _found(facts: Seen, on: rules.Settings, setting: Setting, today: date) -> int:
    with_it = {**on, setting.rule: setting.threshold}
    return sum(one.rule == setting.rule for one in facts.found(with_it, today))
