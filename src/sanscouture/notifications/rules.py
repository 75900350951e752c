"""What a message looks like. A mail template is plain text: its first line is the subject, then paragraphs."""

from __future__ import annotations

from dataclasses import dataclass

SUBJECT_LENGTH = 200


@dataclass(frozen=True)
class Letter:
    subject: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n\n".join(self.paragraphs) + "\n"


def letter(rendered: str) -> Letter:
    """Read a rendered template: subject on the first line, paragraphs separated by empty lines.

    Raises `ValueError` when there is no subject or no paragraph.
    """
    subject, _, body = rendered.strip().partition("\n")
    paragraphs = tuple(" ".join(part.split()) for part in body.split("\n\n") if part.strip())
    if not subject.strip() or not paragraphs:
        raise ValueError("A message has a subject and at least one paragraph.")
    return Letter(" ".join(subject.split())[:SUBJECT_LENGTH], paragraphs)


def template_of(kind: str) -> str:
    """Give the template of a kind: `pathways.referral_received` is `pathways/mail/referral_received.txt`."""
    app, _, name = kind.partition(".")
    if not (app and name):
        raise ValueError(f"A kind is named app.event, not {kind!r}.")
    return f"{app}/mail/{name}.txt"


def half_hidden(address: str) -> str:
    """Show an address or a phone to those who know it already: its beginning, and the domain."""
    name, at, domain = address.partition("@")
    return f"{name[:2]}…{at}{domain}" if at else f"{name[:6]}…"
