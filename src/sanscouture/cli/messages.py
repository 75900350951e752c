"""The catalogues of messages, kept without gettext's programs (docs/adr/0008).

    python -m sanscouture.cli.messages update    # rewrite the English .po from the sources, keeping translations
    python -m sanscouture.cli.messages compile   # make the .mo files that Django reads

French is the source. Its own .mo, never committed, only teaches the plural of French: « 0 personne ».
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parent.parent
LOCALE = PACKAGE / "locale"
ENGLISH = LOCALE / "en" / "LC_MESSAGES" / "django.po"

KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
UNSTABLE_HEADERS = tuple(
    f'"{name}:'
    for name in ("POT-Creation-Date", "PO-Revision-Date", "Report-Msgid-Bugs-To", "Last-Translator", "Language-Team")
)


@dataclass(frozen=True)
class Message:
    """One French text of the sources, and where it is written."""

    path: Path
    line: int
    singular: str
    plural: str | None = None
    context: str | None = None

    @property
    def id(self) -> str | tuple[str, str]:
        return self.singular if self.plural is None else (self.singular, self.plural)


def messages(package: Path = PACKAGE) -> Iterator[Message]:
    """Every text marked for translation under a folder, in Python and in templates, in the order of the files."""
    for path in sorted(package.rglob("*")):
        if path.suffix == ".py" or (path.suffix in {".html", ".txt"} and "templates" in path.parts):
            yield from messages_of(path, path.read_text(encoding="utf-8"))


def messages_of(path: Path, text: str) -> Iterator[Message]:
    """Every text marked for translation in one file."""
    if path.suffix != ".py":
        # What templatize leaves is calls amid blanked text: indentation there means nothing.
        text = "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).splitlines())
    options = {"encoding": "utf-8"}
    for line, found, _comments, context in extract(
        "python", BytesIO(text.encode()), keywords=KEYWORDS, options=options
    ):
        singular, plural = found if isinstance(found, tuple) else (found, None)
        yield Message(path, line, singular, plural, context)


def update(package: Path = PACKAGE, po: Path = ENGLISH) -> Catalog:
    """Rewrite the English catalogue: new texts empty, texts gone removed, translations kept, order stable."""
    template = Catalog(charset="utf-8")
    for message in messages(package):
        template.add(message.id, context=message.context)
    catalog = read(po)
    catalog.update(template, no_fuzzy_matching=True, update_header_comment=False)
    catalog.obsolete.clear()
    catalog.project, catalog.version, catalog.fuzzy = "Sans couture", "1", False
    catalog.header_comment = "# English catalogue. Made by: python -m sanscouture.cli.messages update"
    written = BytesIO()
    write_po(written, catalog, width=0, no_location=True, sort_output=True, ignore_obsolete=True)
    lines = written.getvalue().decode().splitlines(keepends=True)
    po.parent.mkdir(parents=True, exist_ok=True)
    po.write_text("".join(line for line in lines if not line.startswith(UNSTABLE_HEADERS)), encoding="utf-8")
    return catalog


def read(po: Path = ENGLISH) -> Catalog:
    """The English catalogue as it is; empty where there is none."""
    if not po.exists():
        return Catalog(locale="en", charset="utf-8")
    with po.open("rb") as file:
        return read_po(file, locale="en", charset="utf-8")


def compile_all(package: Path = PACKAGE, locale: Path = LOCALE) -> None:
    """Write the .mo files: English from its catalogue, French for its plurals alone."""
    french = Catalog(locale="fr", charset="utf-8")
    for message in messages(package):
        if message.plural is not None:
            forms = [message.singular] + [message.plural] * (french.num_plurals - 1)
            french.add(message.id, tuple(forms), context=message.context)
    for language, catalog in (("fr", french), ("en", read(locale / "en" / "LC_MESSAGES" / "django.po"))):
        path = locale / language / "LC_MESSAGES" / "django.mo"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_mo(file, catalog)


def forms(string: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    """The forms of a message or of its translation: one, or as many as the language has plurals."""
    return (string or "",) if isinstance(string, str | None) else tuple(string)


def main(arguments: list[str] | None = None) -> int:
    """Run one of the two acts."""
    parser = argparse.ArgumentParser(prog="sanscouture.cli.messages", description=__doc__.split("\n")[0])
    parser.add_argument("act", choices=["update", "compile"])
    if parser.parse_args(arguments).act == "compile":
        compile_all()
        return 0
    catalog = update()
    missing = sum(bool(message.id) and not any(forms(message.string)) for message in catalog)
    sys.stdout.write(f"{ENGLISH}: {len(catalog)} messages, {missing} to translate\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
