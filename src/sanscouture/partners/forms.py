from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from sanscouture.partners.enums import OrganisationKind, PartnerCategory
from sanscouture.partners.rules import clean_siret
from sanscouture.territories.models import Commune
from sanscouture.territories.selectors import communes_matching
from sanscouture.ui.forms import Form


class OrganisationFilters(Form):
    """The filters of the list of organisations, in the address."""

    q = forms.CharField(label=_("Nom ou numéro SIRET"), required=False, max_length=120)
    categorie = forms.ChoiceField(
        label=_("Catégorie"), required=False, choices=[("", _("Toutes")), *PartnerCategory.choices]
    )


class OrganisationForm(Form):
    """An organisation that the directory does not know yet."""

    name = forms.CharField(label=_("Nom"), max_length=150)
    kind = forms.ChoiceField(label=_("Type"), choices=[("", _("Choisir")), *OrganisationKind.choices])
    siret = forms.CharField(
        label=_("Numéro SIRET"), required=False, max_length=20, help_text=_("Quatorze chiffres, si elle en a un.")
    )
    email = forms.EmailField(
        label=_("Adresse électronique"),
        required=False,
        help_text=_("Elle y recevra les orientations, même sans compte."),
    )
    commune = forms.CharField(label=_("Commune"), required=False, max_length=80, help_text=_("Son nom, ou son code."))

    def clean_siret(self) -> str:
        """Give the digits, checked."""
        siret = self.cleaned_data["siret"]
        return clean_siret(siret) if siret else ""

    def clean_commune(self) -> Commune | None:
        """Find the commune. Raises `ValidationError` when none, or several, answer to that name."""
        text = self.cleaned_data["commune"].strip()
        if not text:
            return None
        found = list(communes_matching(text, limit=6))
        exact = [one for one in found if one.name.casefold() == text.casefold()]
        chosen = exact if len(exact) == 1 else found
        if not chosen:
            raise ValidationError(_("Aucune commune ne porte ce nom."))
        if len(chosen) > 1:
            names = ", ".join(f"{one.name} ({one.code})" for one in chosen)
            raise ValidationError(
                _("Plusieurs communes répondent, écrivez le code de l’une : %(names)s.") % {"names": names}
            )
        return chosen[0]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].widget.attrs["autocomplete"] = "off"
