from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from sanscouture.core import clock
from sanscouture.core.errors import Refused
from sanscouture.people.enums import Channel, FrenchLevel, Ground, InformedBy, Known, Language, Public, Scope
from sanscouture.people.models import Beneficiary
from sanscouture.people.rules import (
    BasisGiven,
    Facts,
    SafeWay,
    check_birth_date,
    clean_phone,
    read_years,
    situation_fault,
)
from sanscouture.ui.forms import Form, Remembering, raw


def told(form: forms.BaseForm) -> Facts:
    """Give the facts of a form, a choice left out meaning « not asked » or the usual one."""
    values = {name: form.cleaned_data[name] for name in Facts.__annotations__ if name in form.fields}
    return cast("Facts", {name: value or form.fields[name].initial or value for name, value in values.items()})


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
        return told(self)


class Corrections(Remembering):
    """A form of facts that knows what was on its page, so that only what was changed is written."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"] = forms.IntegerField(required=False, widget=forms.HiddenInput)
        self.remember(name for name in Facts.__annotations__ if name in self.fields)

    def read_version(self) -> int:
        """The version that was read; 0, which is never saved, when it cannot be told."""
        return self.cleaned_data.get("version") or 0

    def changed(self) -> Facts:
        """The facts that the writer changed, and no others."""
        return cast("Facts", {name: value for name, value in told(self).items() if name in self.changed_data})


class CorrectionForm(Corrections, PersonForm):
    """Corrections to who a person is and how to reach them."""


class YearsField(forms.CharField):
    """Years of birth, as people write them."""

    def to_python(self, value: Any) -> Any:
        """Give the years, the eldest first; None when nothing is written."""
        try:
            return read_years(super().to_python(value) or "", today=clock.today())
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    def prepare_value(self, value: Any) -> Any:
        """Write years as they are typed."""
        return raw(value) if isinstance(value, list) else value


def _fact(name: str, **more: Any) -> forms.ChoiceField:
    """A fact of the model as a field: never required, « not asked » when it is left out."""
    field: Any = Beneficiary._meta.get_field(name)
    label = more.pop("label", capfirst(field.verbose_name))
    return forms.ChoiceField(label=label, choices=field.choices, initial=Known.NOT_ASKED, required=False, **more)


class SituationForm(Corrections, Form):
    """The facts that open or close services. Each one is optional, and says which way it is not known."""

    gender = _fact("gender")
    job_seeker = _fact("job_seeker")
    seeking_length = _fact("seeking_length")
    minimum_income = _fact("minimum_income")
    education = _fact("education")
    french_level = _fact("french_level")
    french_written = _fact("french_written")
    digital = _fact("digital")
    has_children = _fact("has_children")
    child_years = YearsField(
        label=_("Années de naissance des enfants"),
        max_length=120,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "numeric"}),
        help_text=_("Par exemple\u00a0: 2015, 2019. Les âges se calculent seuls."),
    )
    lone_parent = _fact("lone_parent", label=_("Élève seul·e ses enfants"))
    relatives = forms.IntegerField(
        label=_("Proches accompagnés sans fiche"),
        required=False,
        min_value=0,
        max_value=20,
        help_text=_("Combien de proches viennent avec la personne, sans que rien ne soit noté d’eux."),
    )
    guardian = _fact(
        "guardian", label=_("Représentant légal d’une personne mineure"), help_text=_("Seulement avant 18 ans.")
    )
    driving_licence = _fact("driving_licence")
    vehicle = _fact("vehicle")
    housing = _fact("housing")
    disability = _fact("disability", help_text=_("Oui, non ou inconnu, rien de plus."))
    right_to_work = _fact("right_to_work")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name, fault in situation_fault(values).items():
            self.add_error(name, fault)
        return values


class PublicForm(Form):
    """What somebody says of one public."""

    public = forms.ChoiceField(label=_("Ajouter un public"), choices=[("", _("choisir")), *Public.choices])
    said = forms.ChoiceField(
        choices=(("yes", ""), ("no", ""), ("facts", "")), initial="yes", required=False, widget=forms.HiddenInput
    )

    def public_said(self) -> Public:
        """Give the public."""
        return Public(self.cleaned_data["public"])

    def belongs(self) -> bool | None:
        """Give whether the person belongs to it; None leaves it to the facts."""
        return {"no": False, "facts": None}.get(self.cleaned_data["said"], True)


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


class SafeContactForm(Form):
    """How the person may be reached. All of it left empty asks for nothing particular."""

    avoided = forms.MultipleChoiceField(
        label=_("Ne jamais passer par"),
        choices=[(one.value, one.label) for one in (Channel.PHONE, Channel.SMS, Channel.EMAIL)],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    call_from = forms.TimeField(
        label=_("Appeler à partir de"),
        required=False,
        widget=forms.TimeInput(),
        help_text=_("Si des heures sont données, aucun message automatique ne part\u00a0: c’est vous qui appelez."),
    )
    call_until = forms.TimeField(label=_("et jusqu’à"), required=False, widget=forms.TimeInput())
    neutral = forms.BooleanField(
        label=_("Expéditeur neutre"),
        required=False,
        help_text=_("Les messages ne disent ni qui écrit ni de quoi il s’agit."),
    )

    def way(self) -> SafeWay:
        """Give what was written."""
        clean = self.cleaned_data
        return SafeWay(frozenset(clean["avoided"]), clean["call_from"], clean["call_until"], clean["neutral"])


class DecisionForm(Form):
    """The answer to a request to be attached."""

    granted = forms.TypedChoiceField(
        label=_("Votre réponse"),
        choices=(("yes", _("rattacher cette structure")), ("no", _("décliner"))),
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
