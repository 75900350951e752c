from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from sanscouture.ui.forms import Form


class CodeForm(Form):
    code = forms.CharField(
        label=_("Code reçu à l’adresse de votre structure"),
        min_length=6,
        max_length=6,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code", "pattern": "[0-9]{6}"}),
        help_text=_("Six chiffres"),
    )
