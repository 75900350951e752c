from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from sanscouture.audit.selectors import JournalFilter
from sanscouture.ui.forms import Form


class JournalForm(Form):
    """The filters of the journal."""

    personne = forms.TypedChoiceField(label=_("Personne"), required=False, coerce=UUID, empty_value=None)
    acte = forms.ChoiceField(label=_("Acte"), required=False)
    du = forms.DateField(label=_("Du"), required=False, widget=forms.DateInput(format="%Y-%m-%d"))
    au = forms.DateField(label=_("Au"), required=False, widget=forms.DateInput(format="%Y-%m-%d"))

    def __init__(self, *args: Any, people: list[tuple[UUID, str]], verbs: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everybody, every_act = [("", _("Tout le monde"))], [("", _("Tous les actes"))]
        self.fields["personne"].choices = everybody + [(str(pk), name) for pk, name in people]  # type: ignore[attr-defined]
        self.fields["acte"].choices = every_act + verbs  # type: ignore[attr-defined]

    def asked(self) -> JournalFilter:
        """Give what is asked; what cannot be read is left out."""
        self.is_valid()
        data = self.cleaned_data
        return JournalFilter(data.get("personne"), data.get("acte") or "", data.get("du"), data.get("au"))
