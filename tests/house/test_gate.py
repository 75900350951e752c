"""The gate of coverage: it holds what it must, and says what is missing so that one can go there."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from house.project import ROOT


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import gate  # noqa: PLC0415 — a program's module, found by its folder

    yield gate
    sys.modules.pop("gate")


def test_it_holds_rules_services_and_access_and_nothing_else(gate: Any) -> None:
    held = gate.modules()
    assert "src/sanscouture/access/policy.py" in held
    assert "src/sanscouture/people/rules/records.py" in held
    assert "src/sanscouture/pathways/services/referrals/sending.py" in held
    assert not [module for module in held if "/migrations/" in module or "/views" in module]


def test_it_names_the_module_its_lines_and_its_branches(gate: Any) -> None:
    report = {
        "files": {
            "whole.py": {"missing_lines": [], "missing_branches": []},
            "part.py": {"missing_lines": [12], "missing_branches": [[20, -3], [30, 34]]},
        }
    }
    assert gate.gaps(report, ["whole.py", "part.py", "forgotten.py"]) == [
        "part.py\u00a0: aucun test ne passe par 12, 20 → fin, 30 → 34.",
        "forgotten.py\u00a0: aucun test ne l’importe.",
    ]
