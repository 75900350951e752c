"""A form in error says so in a summary that leads to each field, and beside each field."""

from __future__ import annotations

import re
from datetime import date, time

from django import forms
from django.template.loader import render_to_string

from sanscouture.ui.gallery import SampleForm


def render(form: forms.BaseForm) -> str:
    return render_to_string("ui/components/form.html", {"form": form})


def test_every_control_has_its_label() -> None:
    html = render(SampleForm())
    controls = re.findall(r"<(?:input|select|textarea)[^>]*?\sid=\"([^\"]+)\"", html)
    labels = re.findall(r"<label[^>]*?\sfor=\"([^\"]+)\"", html)
    assert sorted(controls) == sorted(labels)


def test_a_field_that_may_stay_empty_says_so() -> None:
    html = render(SampleForm())
    assert html.count("(facultatif)") == len([field for field in SampleForm().fields.values() if not field.required])


def test_an_error_is_beside_its_field_and_in_the_summary() -> None:
    html = render(SampleForm({"language": "fr"}))
    assert re.search(r'role="alert".*<a href="#id_first_name">Prénom</a>', html, re.DOTALL)
    assert 'id="id_first_name_error"' in html
    field = re.search(r'<input[^>]*name="first_name"[^>]*>', html)
    assert field is not None
    assert 'aria-invalid="true"' in field[0]
    assert "id_first_name_error" in field[0]
    assert "fr-input--error" in field[0]


def test_the_link_of_the_summary_leads_somewhere() -> None:
    html = render(SampleForm({}))
    for target in re.findall(r'<a href="#([^"]+)">', html):
        assert f'id="{target}"' in html


def test_a_form_of_others_is_shown_the_same_way() -> None:
    class Plain(forms.Form):
        name = forms.CharField(label="Nom")
        secret = forms.CharField(widget=forms.HiddenInput, required=False)

    html = render(Plain())
    assert 'class="fr-input"' in html
    assert '<input type="hidden" name="secret" id="id_secret">' in html


def test_an_empty_form_has_no_summary() -> None:
    assert 'role="alert"' not in render(SampleForm())


def test_dates_and_hours_use_the_picker_of_the_browser() -> None:
    class When(forms.Form):
        day = forms.DateField(label="Jour")
        hour = forms.TimeField(label="Heure")
        moment = forms.DateTimeField(label="Moment")

    html = render(When(initial={"day": date(2026, 3, 3), "hour": time(14, 30)}))
    assert '<input type="date" name="day" value="2026-03-03"' in html
    assert '<input type="time" name="hour" value="14:30"' in html
    assert '<input type="datetime-local" name="moment"' in html
    assert When({"day": "2026-03-03", "hour": "14:30", "moment": "2026-03-03T14:30"}).is_valid()
