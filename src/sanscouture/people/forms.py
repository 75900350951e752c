from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from sanscouture.core import clock
from sanscouture.core.errors import Refused
from sanscouture.people.enums import Channel, FrenchLevel, Ground, InformedBy, Known, Language, Scope
from sanscouture.people.rules import BasisGiven, Facts, check_birth_date, clean_phone
from sanscouture.ui.forms import Form, Remembering


class PersonForm(Form):
    """What is written about a person. Only the first name is asked for."""

    first_name = forms.CharField(label=_("Prénom"), max_length=80, widget=forms.TextInput({"autocomplete": "off"}))
    last_name = forms.CharField(
        label=_("Nom"), max_length=80, required=False, widget=forms.TextInput({"autocomplete": "off"})
    )
    phone = forms.CharField(
        label=_("Téléphone"),
        max_length=30,
        required=False,
        widget=forms.TextInput({"type": "tel", "autocomplete": "off"}),
        help_text=_("Par exemple 06 39 98 01 02"),
    )
    birth_date = forms.DateField(
        label=_("Date de naissance"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    email = forms.EmailField(
        label=_("Courriel"), required=False, max_length=254, widget=forms.EmailInput({"autocomplete": "off"})
    )
    language = forms.ChoiceField(
        label=_("Langue préférée"), choices=Language.choices, initial=Language.FRENCH, required=False
    )
    channel = forms.ChoiceField(
        label=_("Moyen de contact préféré"), choices=Channel.choices, initial=Channel.PHONE, required=False
    )
    address = forms.CharField(
        label=_("Adresse"),
        max_length=200,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_("Numéro, rue et ville : elle dit si la personne habite un quartier prioritaire."),
    )
    job_seeker = forms.ChoiceField(
        label=_("Inscription à France Travail"), choices=Known.choices, initial=Known.NOT_ASKED, required=False
    )
    french_level = forms.ChoiceField(
        label=_("Niveau de français parlé"),
        choices=FrenchLevel.choices,
        initial=FrenchLevel.NOT_ASKED,
        required=False,
    )

    def clean_phone(self) -> str:
        try:
            return clean_phone(self.cleaned_data["phone"])
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    def clean_birth_date(self) -> Any:
        birth_date = self.cleaned_data["birth_date"]
        if birth_date is not None:
            try:
                check_birth_date(birth_date, today=clock.today())
            except Refused as refusal:
                raise forms.ValidationError(str(refusal)) from refusal
        return birth_date

    def facts(self) -> Facts:
        """Give what was written, a choice left out meaning « not asked » or the usual one."""
        values = {name: self.cleaned_data[name] for name in Facts.__annotations__}
        return cast("Facts", {name: value or self.fields[name].initial or value for name, value in values.items()})


class CorrectionForm(Remembering, PersonForm):
    """Corrections to a record: knows what was on the page, so that only what was changed is written."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.remember(Facts.__annotations__)

    def read_version(self) -> int:
        """The version that was read; 0, which is never saved, when it cannot be told."""
        return self.cleaned_data.get("version") or 0

    def changed(self) -> Facts:
        """The facts that the writer changed, and no others."""
        return cast("Facts", {name: value for name, value in self.facts().items() if name in self.changed_data})


class BasisForm(Form):
    """What the person was told. Left empty, the record stays with the organisation that captures it."""

    ground = forms.ChoiceField(label=_("Sur quel fondement"), choices=Ground.choices, widget=forms.RadioSelect)
    informed_by = forms.ChoiceField(
        label=_("Comment l’information a été donnée"), choices=InformedBy.choices, widget=forms.RadioSelect
    )
    scopes = forms.MultipleChoiceField(
        label=_("Ce que la personne a été informée de partager"),
        choices=Scope.choices,
        initial=(Scope.PARTNERS, Scope.STATISTICS),
        widget=forms.CheckboxSelectMultiple,
    )
    given_on = forms.DateField(
        label=_("Donnée le"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("Aujourd’hui si vous laissez vide"),
    )

    def given(self) -> BasisGiven:
        """Give what is to be recorded."""
        clean = self.cleaned_data
        return BasisGiven(
            ground=Ground(clean["ground"]),
            informed_by=InformedBy(clean["informed_by"]),
            scopes=tuple(Scope(scope) for scope in clean["scopes"]),
            given_on=clean["given_on"],
        )


class DecisionForm(Form):
    """The answer to a request to be attached."""

    granted = forms.TypedChoiceField(
        label=_("Votre réponse"),
        choices=(("yes", _("rattacher cette structure")), ("no", _("décliner"))),
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
