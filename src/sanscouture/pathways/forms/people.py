from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sanscouture.directory.enums import ActionField
from sanscouture.partners.models import Organisation
from sanscouture.pathways.enums import NeedState
from sanscouture.pathways.selectors.people import PeopleFilters
from sanscouture.pathways.services.people import NeedWanted
from sanscouture.people.enums import QpvState
from sanscouture.people.forms import BasisForm, PersonForm
from sanscouture.people.rules import BasisGiven
from sanscouture.ui.forms import Form

ESSENTIAL = ("first_name", "phone")
NEED = ("need_field", "need_label")


class WelcomeForm(PersonForm):
    """A person and a first need on one screen: a first name, a phone, a need; the rest may wait."""

    organisation = forms.ModelChoiceField(
        label=_("Votre structure"), queryset=Organisation.objects.none(), empty_label=None
    )
    need_field = forms.TypedChoiceField(
        label=_("Dans quel domaine"),
        choices=[("", _("choisir")), *ActionField.choices],
        coerce=int,
        empty_value=None,
        required=False,
    )
    need_label = forms.CharField(
        label=_("Ce dont la personne a besoin"),
        max_length=200,
        required=False,
        help_text=_("En une phrase, avec ses mots. Si elle n’a rien demandé encore, laissez vide."),
    )
    informed = forms.BooleanField(
        label=_("La personne a été informée"),
        required=False,
        help_text=_("Sinon, seule votre structure verra la fiche."),
    )

    def __init__(self, *args: Any, organisations: Iterable[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in (*NEED, "phone"):
            self.fields[name].expected = True  # type: ignore[attr-defined] # its help says when it may wait
        self.fields["phone"].help_text = _("Par exemple 06 39 98 01 02. Sinon, notez plus bas comment la joindre.")
        known = list(organisations)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 for the type checker
        field.queryset = Organisation.objects.filter(pk__in=[one.pk for one in known]).order_by("name_key", "pk")
        if len(known) == 1:
            field.initial = known[0]
            field.widget = forms.HiddenInput()
        told = any(self.data.get(name) for name in ("informed", "information-ground", "information-informed_by"))
        self.basis = BasisForm(self.data if told else None, prefix="information")

    def essential(self) -> list[forms.BoundField]:
        """The fields asked at first."""
        return [self[name] for name in ESSENTIAL]

    def details(self) -> list[forms.BoundField]:
        """The fields that may wait, folded."""
        hidden = {*ESSENTIAL, *NEED, "organisation", "informed"}
        return [field for field in self if field.name not in hidden]

    def has_details(self) -> bool:
        """Whether something was written, or is wrong, in the folded fields."""
        return any(
            field.errors or (self.is_bound and field.value() not in {"", None, field.field.initial})
            for field in self.details()
        )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if bool(values.get("need_field")) != bool(values.get("need_label", "").strip()):
            missing = "need_label" if values.get("need_field") else "need_field"
            self.add_error(missing, _("Un besoin a un domaine et quelques mots."))
        if self.basis.is_bound and not self.basis.is_valid():
            self.add_error("informed", _("Dites comment la personne a été informée, ci-dessous."))
        return values

    def need(self) -> NeedWanted | None:
        """Give the first need, if one was told."""
        clean = self.cleaned_data
        if not clean["need_field"]:
            return None
        return NeedWanted(clean["need_field"], " ".join(clean["need_label"].split()))

    def given(self) -> BasisGiven | None:
        """Give what the person was told, if they were."""
        return self.basis.given() if self.basis.is_bound else None


class PeopleFilterForm(Form):
    """The filters of the list; they live in the address."""

    nom = forms.CharField(
        label=_("Nom, téléphone ou courriel"),
        required=False,
        max_length=254,
        widget=forms.TextInput({"type": "search"}),
    )
    besoin = forms.ChoiceField(label=_("Besoin"), required=False, choices=[("", _("tous")), *NeedState.choices])
    referent = forms.ChoiceField(label=_("Référent"), required=False, choices=[("", _("tous")), ("moi", _("moi"))])
    qpv = forms.ChoiceField(label=_("Quartier"), required=False, choices=[("", _("tous")), *QpvState.choices])
    information = forms.ChoiceField(
        label=_("Partage"),
        required=False,
        choices=[("", _("tous")), ("with", _("possible")), ("without", _("impossible"))],
    )
    etape = forms.ChoiceField(
        label=_("Étape"), required=False, choices=[("", _("toutes")), ("none", _("aucune étape à venir"))]
    )

    def filters(self) -> PeopleFilters:
        """Give the filters; one that cannot be read does not narrow."""
        self.full_clean()
        values = self.cleaned_data
        return PeopleFilters(
            name=values.get("nom", ""),
            need=values.get("besoin", ""),
            mine=values.get("referent") == "moi",
            qpv=values.get("qpv", ""),
            basis=values.get("information", ""),
            step=values.get("etape", ""),
        )
