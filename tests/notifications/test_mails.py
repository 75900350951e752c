"""Every template of a message, whoever brings it, keeps the same promises."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sanscouture

PACKAGE = Path(sanscouture.__file__).parent
MAILS = sorted(PACKAGE.glob("*/templates/*/mail/*.txt"))
PERSONAL = re.compile(r"\b(beneficiary|person|first_name|last_name|full_name|name|phone|email|birth\w*|message|note)\b")


@pytest.mark.parametrize("path", MAILS, ids=lambda path: f"{path.parts[-3]}.{path.stem}")
def test_a_message_names_nobody(path: Path) -> None:
    for variable in re.findall(r"{{(.*?)}}", path.read_text(encoding="utf-8")):
        found = PERSONAL.search(variable)
        assert not found, f"{path.name} prints « {variable.strip()} »: a message says where to read, never who."


@pytest.mark.parametrize("path", MAILS, ids=lambda path: f"{path.parts[-3]}.{path.stem}")
def test_a_message_starts_with_its_subject_and_can_be_translated(path: Path) -> None:
    source = re.sub(r"{#.*?#}", "", path.read_text(encoding="utf-8"))
    subject, separator, body = source.strip().partition("\n\n")
    assert separator
    assert body
    assert "\n" not in subject.strip()
    assert "translate" in subject
    bare = re.sub(r"{%\s*blocktranslate.*?endblocktranslate\s*%}|{%.*?%}|{{.*?}}", "", subject + body, flags=re.DOTALL)
    assert not re.search(r"[a-zA-ZÀ-ÿ]", bare), f"{path.name} holds words outside of translation: {bare.split()}"
