"""The mender of French touches what is said and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from sanscouture.cli.typography import mend, mend_source


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("L'été n'est pas fini ?", "L’été n’est pas fini\u00a0?"),
        ("aujourd'hui", "aujourd’hui"),
        ("« Oui » : non", "«\u00a0Oui\u00a0»\u00a0: non"),
        ("Attendez...", "Attendez…"),
        ("%(name)s !", "%(name)s\u00a0!"),
        ("à 10:30, voir https://a.example/?b=c", "à 10:30, voir https://a.example/?b=c"),
    ],
)
def test_a_text_is_printed_as_french_is(written: str, printed: str) -> None:
    assert mend(written) == printed
    assert mend(printed) == printed


def test_python_is_mended_in_its_messages_only() -> None:
    text = "a = 'Qui ?'\nb = _('Été : qui ?')\nc = ngettext('Qui ?', 'Tous '\n  'ceux-là ?', 3)\n"
    mended = "a = 'Qui ?'\nb = _('Été\u00a0: qui\u00a0?')\nc = ngettext('Qui\u00a0?', 'Tous '\n  'ceux-là\u00a0?', 3)\n"
    assert mend_source(Path("a.py"), text) == mended


def test_what_a_migration_repeats_is_mended() -> None:
    text = "Field(help_text='Vide : rien.', choices=[('a', 'Qui ?')])\nRunSQL('SELECT a ? b')\n"
    mended = "Field(help_text='Vide\u00a0: rien.', choices=[('a', 'Qui\u00a0?')])\nRunSQL('SELECT a ? b')\n"
    assert mend_source(Path("0001.py"), text) == mended


def test_a_template_is_mended_in_its_messages_only() -> None:
    text = (
        '<a href="?">é</a> a ? b {% translate "Qui ?" %}{{ x|default:_("Non !") }}'
        "{% blocktranslate trimmed %}L'été {{ n }} ?{% endblocktranslate %}"
    )
    assert mend_source(Path("a.html"), text) == (
        '<a href="?">é</a> a ? b {% translate "Qui\u00a0?" %}{{ x|default:_("Non\u00a0!") }}'
        "{% blocktranslate trimmed %}L’été {{ n }}\u00a0?{% endblocktranslate %}"
    )
