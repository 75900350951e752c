"""Narrowing a box of referrals, and keeping that view."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from sanscouture.directory.enums import ActionField
from sanscouture.pathways.enums import Box
from sanscouture.pathways.rules.travel import HEALTH_FIELD
from sanscouture.ui.forms import Form


class BoxFilters(Form):
    """What a box is narrowed to. Health is no filter: it would tell what nobody ticked."""

    champ = forms.ChoiceField(
        label=_("Champ du besoin"),
        choices=[("", _("Tous")), *((value, label) for value, label in ActionField.choices if value != HEALTH_FIELD)],
        required=False,
    )
    delai = forms.ChoiceField(
        label=_("Délai"),
        choices=[("", _("Tous")), ("retard", _("En retard")), ("semaine", _("Dans les sept jours"))],
        required=False,
    )
    qui = forms.ChoiceField(
        label=_("Qui doit agir"), choices=[("", _("Tout le monde")), ("moi", _("Moi"))], required=False
    )


class KeepFilterForm(Form):
    """The name of a view to keep."""

    name = forms.CharField(label=_("Garder cette vue sous le nom"), max_length=40, help_text=_("Sans nom de personne."))
    box = forms.ChoiceField(choices=Box.choices, widget=forms.HiddenInput)
    query = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)
