from __future__ import annotations

import pytest

from sanscouture.notifications.rules import half_hidden, letter, template_of


def test_the_first_line_is_the_subject_and_empty_lines_part_paragraphs() -> None:
    said = letter("\n Une réponse \n\nLa structure\na répondu.\n\n\nhttps://site.example/x\n")
    assert said.subject == "Une réponse"
    assert said.paragraphs == ("La structure a répondu.", "https://site.example/x")
    assert said.text == "La structure a répondu.\n\nhttps://site.example/x\n"


@pytest.mark.parametrize("text", ["", "Un objet", "Un objet\n\n  \n"])
def test_a_message_without_subject_or_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="subject"):
        letter(text)


def test_a_kind_names_its_template() -> None:
    assert template_of("pathways.referral_received") == "pathways/mail/referral_received.txt"
    for wrong in ("referral", ".x", "x."):
        with pytest.raises(ValueError, match=r"app\.event"):
            template_of(wrong)


def test_an_address_is_half_hidden_from_those_who_do_not_know_it() -> None:
    assert half_hidden("accueil@structure.example") == "ac…@structure.example"
    assert half_hidden("+33639980001") == "+33639…"
