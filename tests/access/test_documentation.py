from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from sanscouture.access.documentation import permissions_page

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_page_of_permissions_is_the_matrix() -> None:
    assert (DOCS / "permissions.md").read_text(encoding="utf-8") == permissions_page(), "Run: make docs"


def test_the_command_writes_that_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "docs").mkdir()
    monkeypatch.chdir(tmp_path)
    call_command("write_docs", stdout=StringIO())
    assert (tmp_path / "docs" / "permissions.md").read_text(encoding="utf-8") == permissions_page()
