from __future__ import annotations

from django import forms
from django.forms.renderers import DjangoTemplates
from django.test.html import parse_html

from sanscouture.ui.renderers import Renderer


class Lists(forms.Form):
    plain = forms.ChoiceField(
        choices=[("", "Tous"), (1, "L’un & l’autre"), ("<2>", "<i>Deux</i>")],
        widget=forms.Select(attrs={"class": "fr-select", "data-x": '"', "required": True, "disabled": False}),
    )
    grouped = forms.MultipleChoiceField(
        choices=[("Fruits", [("a", "Amande"), ("b", "Brugnon")]), ("z", "Zeste")], widget=forms.SelectMultiple
    )


def test_a_list_is_written_as_django_writes_it() -> None:
    data = {"plain": "<2>", "grouped": ["b", "z"]}
    ours, theirs = Lists(data, renderer=Renderer()), Lists(data, renderer=DjangoTemplates())
    for name in ("plain", "grouped"):
        assert parse_html(str(ours[name].as_widget())) == parse_html(str(theirs[name].as_widget()))
    assert "selected" in str(ours["plain"])
    assert "<i>" not in str(ours["plain"])
