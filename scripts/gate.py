"""Rules, services and access are covered by tests, each line and each branch, or we say where not.

Rule: chapter 09. What runs only in another process has « # pragma: no cover » and its reason.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def modules() -> list[str]:
    """The modules that are held to it: what scripts/coverage.toml gives to measure, as it is on disk."""
    settings = tomllib.loads((ROOT / "scripts/coverage.toml").read_text())["tool"]["coverage"]["run"]
    found = {path for pattern in settings["include"] for path in ROOT.glob(pattern) if path.suffix == ".py"}
    left_out = {path for pattern in settings["omit"] for path in ROOT.glob(pattern)}
    return sorted(str(path.relative_to(ROOT)) for path in found - left_out if path.stat().st_size)


def gaps(report: dict[str, Any], held: Iterable[str]) -> list[str]:
    """Say in a French sentence what no test went through: one for each module, with its lines."""
    sentences = []
    for module in held:
        measured = report["files"].get(module)
        if measured is None:
            sentences.append(f"{module}\u00a0: aucun test ne l’importe.")
            continue
        places = [str(line) for line in measured["missing_lines"]]
        places += [f"{start} → {end if end > 0 else 'fin'}" for start, end in measured["missing_branches"]]
        if places:
            sentences.append(f"{module}\u00a0: aucun test ne passe par {', '.join(places)}.")
    return sentences


def check(path: Path) -> list[str]:
    """Read coverage's report and give its gaps."""
    return gaps(json.loads(path.read_text()), modules())
