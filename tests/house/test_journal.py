"""Every act that the journal may hold has its words in French."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from django.apps import apps

from house.project import package
from sanscouture.access.models import NamedModel
from sanscouture.audit.selectors import verb_labels
from sanscouture.pathways.enums import Act, AdmissionState, ClosingAct, NeedState, StepState
from test_addresses import EVERY

VERB = re.compile(r"[a-z_]+\.[a-z_]+")
COMPUTED = {"admission": AdmissionState, "referral": Act, "rupture": ClosingAct, "need": NeedState, "step": StepState}
"""Verbs whose second half is a value of an enumeration."""
NEVER = {"need.open", "step.todo", "referral.reroute", "strength.read", "involvement.read"}
"""What no act records by that way: the states of what begins, an act noted as a withdrawal, what has no page."""


def recorded() -> Iterator[str]:
    """The verbs written in the code: in calls to `record`, and to what ends by recording."""
    for source in package():
        for call in (node for node in ast.walk(source.tree) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Name) and call.func.id in {"record", "_end"}:
                for leaf in (leaf for argument in call.args[1:2] for leaf in ast.walk(argument)):
                    if isinstance(leaf, ast.Constant) and VERB.fullmatch(str(leaf.value)):
                        yield str(leaf.value)


def computed() -> Iterator[str]:
    for subject, values in COMPUTED.items():
        yield from (f"{subject}.{value.value}" for value in values)
    for address in EVERY:
        model = address.requirement.of if address.requirement else None
        if model is not None and issubclass(model, NamedModel):
            yield f"{model._meta.model_name}.read"


def test_every_verb_of_the_journal_has_words() -> None:
    verbs = set(recorded())
    assert len(verbs) > 30, "the search of `record(` finds nothing any more"
    missing = (verbs | (set(computed()) - NEVER)) - set(verb_labels())
    assert not missing, f"say them in journal_verbs of the app: {sorted(missing)}"


def test_no_words_for_what_is_never_recorded() -> None:
    ours = {verb for config in apps.get_app_configs() for verb in getattr(config, "journal_verbs", {})}
    dead = ours - set(recorded()) - (set(computed()) - NEVER)
    assert not dead, f"nothing records them: {sorted(dead)}"
