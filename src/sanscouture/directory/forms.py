from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sanscouture.directory.enums import ActionField
from sanscouture.directory.models import Service
from sanscouture.directory.rules import vocabulary
from sanscouture.directory.rules.corrections import ORGANISATION_FIELDS, SERVICE_FIELDS
from sanscouture.partners.models import Organisation
from sanscouture.ui.forms import ModelForm, Remembering, raw

RADII = (5, 10, 25, 50, 100)
DEFAULT_RADIUS = 25
PARAMETERS = {
    "text": "q",
    "place": "lieu",
    "field": "champ",
    "theme": "theme",
    "public": "public",
    "mode": "mode",
    "only_places": "places",
}
"""Our names of the filters, and those of the address."""


class SearchForm(forms.Form):
    """The search box and its filters. Anything unknown in the address is left aside, never an error page."""

    q = forms.CharField(
        label=_("Que cherchez-vous\u00a0?"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": _("garde d’enfants, permis, français…")}),
    )
    lieu = forms.CharField(
        label=_("Où\u00a0?"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"placeholder": _("commune, code postal, quartier, programme")}),
    )
    rayon = forms.TypedChoiceField(
        label=_("Distance"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[(radius, format_lazy(_("à moins de {km} km"), km=radius)) for radius in RADII],
    )
    champ = forms.TypedChoiceField(label=_("Champ d’action"), required=False, coerce=int, empty_value=None)
    theme = forms.ChoiceField(label=_("Thème"), required=False)
    public = forms.ChoiceField(label=_("Public"), required=False)
    mode = forms.ChoiceField(label=pgettext_lazy("service", "Accueil"), required=False)
    places = forms.BooleanField(label=_("Seulement avec des places"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer({})

    def offer(self, counts: Mapping[str, Mapping[str, int]]) -> None:
        """Write the choices, each with its number of results; those that would give nothing leave, unless chosen."""
        fields = [(str(value), str(label)) for value, label in ActionField.choices]
        for name, every, choices in (
            ("field", _("Tous les champs"), fields),
            ("theme", _("Tous les thèmes"), list(vocabulary.CATEGORIES)),
            ("public", _("Tous les publics"), list(vocabulary.PUBLICS)),
            ("mode", _("Sur place ou à distance"), list(vocabulary.RECEPTION_MODES)),
        ):
            self._choose(PARAMETERS[name], str(every), choices, counts.get(name))
        if "only_places" in counts:
            self["places"].label = f"{self.fields['places'].label} ({counts['only_places']['on']})"

    def _choose(
        self, name: str, every: str, choices: Iterable[tuple[str, str]], counts: Mapping[str, int] | None
    ) -> None:
        chosen = self.data.get(name, "") if self.is_bound else ""
        shown = [
            (value, label if counts is None else f"{label} ({counts.get(value, 0)})")
            for value, label in choices
            if counts is None or counts.get(value) or value == chosen
        ]
        if (
            chosen
            and name == "theme"
            and chosen not in {value for value, _label in shown}
            and chosen in vocabulary.LABELS
        ):
            shown.append((chosen, vocabulary.LABELS[chosen]))
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 narrows the type
        field.choices = [("", every), *shown]


class SheetForm(Remembering, ModelForm):
    """The fields of a sheet that may be corrected here; only those that its writer changed are kept."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.remember(self.fields)

    def clean_name(self) -> str:
        """Keep to what data·inclusion takes for a name."""
        return self._long_enough("name", 3)

    def clean_postcode(self) -> str:
        """Keep to five digits, or none."""
        postcode = str(self.cleaned_data["postcode"])
        if postcode and not (postcode.isascii() and postcode.isdigit() and len(postcode) == 5):
            raise ValidationError(_("Un code postal compte cinq chiffres."))
        return postcode

    def _long_enough(self, name: str, least: int) -> str:
        text = str(self.cleaned_data[name])
        if len(text) < least:
            raise ValidationError(_("Écrivez au moins %(count)d caractères.") % {"count": least})
        return text

    def said(self) -> dict[str, Any]:
        """Give what was changed, by field."""
        return {name: self.cleaned_data[name] for name in self.changed_data}

    def read_again(self, sheet: Service | Organisation) -> SheetForm:
        """The same form on a sheet that moved on: what its writer changed stays, the rest says what the sheet says."""
        data = dict(self.data.items())
        for name in self.fields:
            now = raw(getattr(sheet, name))
            data[self.add_initial_prefix(name)] = now
            if name not in self.changed_data:
                data[self.add_prefix(name)] = now
        return type(self)(data, instance=sheet)


class ServiceSheetForm(SheetForm):
    """The sheet of a service, to correct."""

    class Meta:
        model = Service
        fields = SERVICE_FIELDS

    def clean_description(self) -> str:
        """Keep to what data·inclusion takes for a description."""
        return self._long_enough("description", 5)


class OrganisationSheetForm(SheetForm):
    """The sheet of a structure, to correct."""

    website = forms.URLField(label=_("site web"), required=False, max_length=2083, assume_scheme="https")

    class Meta:
        model = Organisation
        fields = ORGANISATION_FIELDS
