"""The Markdown writer, for what `make docs` writes in docs/."""

from __future__ import annotations

from sanscouture.documents.rules.content import Block, Bullets, Document, Paragraph, Table


def to_markdown(document: Document, head: str) -> str:
    """Render a document as Markdown, under a paragraph that says where it comes from."""
    lines = [f"# {document.title}", "", head, "", document.subtitle]
    for section in document.sections:
        lines += ["", f"{'#' * (section.level + 1)} {section.title}"]
        for block in section.blocks:
            lines += ["", *_lines(block)]
    return "\n".join(lines) + "\n"


def _lines(block: Block) -> list[str]:
    match block:
        case Paragraph():
            return [f"**{block.text}**" if block.strong else block.text]
        case Bullets():
            return [f"- {item}" for item in block.items]
        case Table():
            caption = [f"**{block.caption}**", ""] if block.caption else []
            return [*caption, _row(block.head), "|---" * len(block.head) + "|", *map(_row, block.rows)]
        case _:
            return [f"- {room.party}" for room in block.rooms]


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
