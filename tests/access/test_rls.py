"""The operations of migrations, forwards and backwards, as statements."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db.migrations.state import ModelState, ProjectState

from sanscouture.access.rls import POLICIES, RowSecurity, SameProgramme
from sanscouture.access.where import Kind


class Recorder:
    """A schema editor that only listens."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def execute(self, statement: str) -> None:
        self.said.append(statement)


@pytest.fixture
def state() -> ProjectState:
    found = ProjectState.from_apps(apps)
    found.models["pathways", "renamed"] = ModelState("pathways", "Renamed", [], {"db_table": "autre_table"})
    return found


def said(operation: Any, state: ProjectState, *, back: bool = False) -> list[str]:
    editor = Recorder()
    act = operation.database_backwards if back else operation.database_forwards
    act("pathways", editor, state, state)
    operation.state_forwards("pathways", state)
    return editor.said


@pytest.mark.parametrize("kind", sorted(POLICIES))
def test_guarding_a_table_forces_it_and_makes_each_policy(kind: Kind, state: ProjectState) -> None:
    first, *policies = said(RowSecurity("Need", kind), state)
    assert first == 'ALTER TABLE "pathways_need" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY'
    assert len(policies) == len(POLICIES[kind])
    undone = said(RowSecurity("Need", kind), state, back=True)
    assert [line.split()[0] for line in undone] == ["DROP"] * len(policies) + ["ALTER"]


def test_a_table_with_another_name_is_found(state: ProjectState) -> None:
    assert '"autre_table"' in said(RowSecurity("Renamed", "named"), state)[0]


def test_a_foreign_key_carries_the_programme_with_it(state: ProjectState) -> None:
    lines = said(SameProgramme("Referral", "need", "parent"), state)
    assert any('"pathways_need" (id, programme_id)' in line for line in lines)
    assert any('("parent_id", programme_id) REFERENCES "pathways_referral"' in line for line in lines)
    assert len(said(SameProgramme("Referral", "need", "parent"), state, back=True)) == 2


def test_operations_say_what_they_do() -> None:
    assert "Need" in RowSecurity("Need", "named").describe()
    assert "parent" in SameProgramme("Referral", "parent").describe()
