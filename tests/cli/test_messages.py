"""Messages are found in Python and in templates, and the catalogue keeps what was translated."""

from __future__ import annotations

import gettext
from pathlib import Path

import pytest

from sanscouture.cli.messages import compile_all, forms, messages, messages_of, read, update


def _found(name: str, text: str) -> list[tuple[object, str | None]]:
    return [(message.id, message.context) for message in messages_of(Path(name), text)]


def test_python_gives_its_messages() -> None:
    text = "_('Une ' 'personne')\nngettext('%(n)s personne', '%(n)s personnes', n)\npgettext_lazy('mois', 'mars')\nf(x)"
    assert _found("a.py", text) == [
        ("Une personne", None),
        (("%(n)s personne", "%(n)s personnes"), None),
        ("mars", "mois"),
    ]


def test_a_template_gives_its_messages() -> None:
    text = """
        <p>
          {% translate "Un" %} {{ x|default:_("Deux") }} {% ui "badge" label=_("Trois") %}
            {% blocktranslate trimmed count n=n %}
              {{ n }} jour
            {% plural %}
              {{ n }} jours
            {% endblocktranslate %}
        </p>
        {% translate "mars" context "mois" %}
    """
    assert _found("a.html", text) == [
        ("Un", None),
        ("Deux", None),
        ("Trois", None),
        (("%(n)s jour", "%(n)s jours"), None),
        ("mars", "mois"),
    ]


@pytest.fixture
def package(tmp_path: Path) -> Path:
    (tmp_path / "a.py").write_text("_('Un')\n_('Deux')\nngettext('%(n)s jour', '%(n)s jours', 2)\n")
    return tmp_path


def test_the_catalogue_keeps_translations_and_forgets_what_is_gone(package: Path) -> None:
    po = package / "locale" / "en" / "LC_MESSAGES" / "django.po"
    update(package, po)
    po.write_text(po.read_text().replace('msgid "Un"\nmsgstr ""', 'msgid "Un"\nmsgstr "One"'))
    (package / "a.py").write_text("_('Un')\n_('Trois')\n")
    update(package, po)
    catalog = read(po)
    assert catalog["Un"].string == "One"
    assert "Deux" not in catalog
    assert "Trois" in catalog
    assert not catalog.obsolete


def test_writing_the_catalogue_again_changes_nothing(package: Path) -> None:
    po = package / "django.po"
    update(package, po)
    before = po.read_bytes()
    update(package, po)
    assert po.read_bytes() == before
    assert b"Date" not in before


def test_french_counts_nothing_in_the_singular(package: Path) -> None:
    update(package, package / "locale" / "en" / "LC_MESSAGES" / "django.po")
    compile_all(package, package / "locale")
    french = gettext.translation("django", package / "locale", ["fr"])
    assert [french.ngettext("%(n)s jour", "%(n)s jours", n) for n in (0, 1, 2)] == [
        "%(n)s jour",
        "%(n)s jour",
        "%(n)s jours",
    ]


def test_messages_are_read_from_files(package: Path) -> None:
    assert [message.singular for message in messages(package)] == ["Un", "Deux", "%(n)s jour"]


@pytest.mark.parametrize(("string", "expected"), [(None, ("",)), ("a", ("a",)), (["a", "b"], ("a", "b"))])
def test_a_message_has_one_form_or_several(string: str | list[str] | None, expected: tuple[str, ...]) -> None:
    assert forms(string) == expected
