from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from sanscouture.core import clock
from sanscouture.pathways.selectors.people import Professional, professional_name
from sanscouture.ui.forms import Form


def key_of(one: Professional) -> str:
    """What stands for a professional in a form."""
    return f"{one[0].pk}:{one[1].pk}"


def choices_of(people: Iterable[Professional], mine: Collection[UUID]) -> list[tuple[str, str]]:
    """Offer professionals. `mine`: the reader's organisations; another sensitive one is veiled (chapter 01)."""
    return [(key_of(one), professional_name(one, mine)) for one in people]


class StepForm(Form):
    """One thing to do: what, by when, who carries it."""

    label = forms.CharField(label=_("Ce qu’il y a à faire"), max_length=160)
    due_on = forms.DateField(label=_("Pour le"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    carrier = forms.ChoiceField(label=_("Qui s’en charge"))

    def __init__(
        self, *args: Any, professionals: Sequence[Professional], mine: Collection[UUID], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._people = {key_of(one): one for one in professionals}
        self.fields["carrier"] = forms.ChoiceField(label=_("Qui s’en charge"), choices=choices_of(professionals, mine))

    def clean_due_on(self) -> Any:
        due_on = self.cleaned_data["due_on"]
        if due_on < clock.today():
            raise forms.ValidationError(_("Choisissez aujourd’hui ou un jour à venir."))
        return due_on

    def carried_by(self) -> Professional:
        """Give who carries the step, and for which organisation."""
        return self._people[self.cleaned_data["carrier"]]


class ReferentForm(Form):
    """Who will answer for the pathway."""

    referent = forms.ChoiceField(label=_("Nouveau référent"), widget=forms.RadioSelect)
    seen = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, professionals: Sequence[Professional], mine: Collection[UUID], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._people = {key_of(one): one for one in professionals}
        self.fields["referent"] = forms.ChoiceField(
            label=_("Nouveau référent"), choices=choices_of(professionals, mine), widget=forms.RadioSelect
        )

    def chosen(self) -> Professional:
        """Give the professional and the organisation."""
        return self._people[self.cleaned_data["referent"]]
