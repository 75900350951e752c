"""The one way to turn a document into a file: `render(document, edition, form)`."""

from __future__ import annotations

from dataclasses import dataclass

from sanscouture.documents.enums import Form
from sanscouture.documents.rules.content import Document, Edition
from sanscouture.documents.services.docx import to_docx
from sanscouture.documents.services.pdf import to_pdf


@dataclass(frozen=True)
class File:
    """The bytes of a file and what they are."""

    content: bytes
    media_type: str


def render(document: Document, edition: Edition, form: Form) -> File:
    """Give a document as a file: PDF to sign (tagged, PDF/UA-1), DOCX to amend. Both say the same words."""
    if form is Form.PDF:
        return File(to_pdf(document, edition), "application/pdf")
    media_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    return File(to_docx(document, edition), media_type)
