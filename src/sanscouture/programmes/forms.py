from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sanscouture.programmes.enums import ProgrammeKind
from sanscouture.programmes.selectors import label_years, regions_with_programmes
from sanscouture.ui.forms import Form


class ProgrammeFilters(Form):
    """The filters of the list of France, in the address. What is unknown is left aside."""

    q = forms.CharField(
        label=_("Nom, commune ou département"),
        required=False,
        max_length=80,
    )
    region = forms.ChoiceField(label=_("Région"), required=False)
    annee = forms.TypedChoiceField(label=_("Année du label"), required=False, coerce=int, empty_value=None)
    forme = forms.ChoiceField(
        label=_("Forme"), required=False, choices=[("", _("Cités et pactes")), *ProgrammeKind.choices]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, list[tuple[Any, Any]]] = {
            "region": [("", _("Toutes les régions")), *((one.code, one.name) for one in regions_with_programmes())],
            "annee": [("", _("Toutes les années")), *((year, str(year)) for year in label_years())],
        }
        for name, values in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 narrows the type
            field.choices = values
