from __future__ import annotations

from enum import StrEnum


class Form(StrEnum):
    """The files that a document may become."""

    PDF = "pdf"
    DOCX = "docx"


class Risk(StrEnum):
    """The three feared events of an impact assessment (CNIL)."""

    ACCESS = "access"
    CHANGE = "change"
    LOSS = "loss"
