from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sanscouture.partners.models import Organisation
from sanscouture.ui.forms import Form


class ContributorForm(Form):
    """A partner that joins a pathway."""

    organisation: Any = forms.ModelChoiceField(
        label=_("Structure"),
        queryset=Organisation.objects.none(),
        empty_label=_("Choisissez"),
        error_messages={"required": _("Choisissez une structure."), "invalid_choice": _("Choisissez une structure.")},
    )

    def __init__(self, data: Any = None, *, offered: Any) -> None:
        super().__init__(data)
        self.fields["organisation"].queryset = offered  # type: ignore[attr-defined]
