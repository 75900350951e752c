"""Forms of a need: writing it down, closing it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sanscouture.core import clock
from sanscouture.directory.rules import vocabulary
from sanscouture.pathways.enums import NeedState
from sanscouture.pathways.rules.delays import working_day
from sanscouture.pathways.rules.diagnosis import HEALTH
from sanscouture.pathways.services.needs import NEED_DAYS
from sanscouture.ui.forms import Form


class NeedForm(Form):
    """A need in one field. In health, the service needed says it all: no words of one's own (chapter 02)."""

    theme = forms.ChoiceField(
        label=_("Thème"), required=False, help_text=_("Le thème sert à trouver les services qui conviennent.")
    )
    label = forms.CharField(
        label=_("Le besoin en quelques mots"),
        max_length=200,
        help_text=_("Par exemple « Un moyen d’aller travailler à 5 heures du matin »."),
        error_messages={"required": _("Dites le besoin en quelques mots.")},
    )
    due_on = forms.DateField(
        label=_("À faire avant le"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={
            "required": _("Choisissez une date."),
            "invalid": _("Écrivez une date, par exemple 2026-12-31."),
        },
    )

    def __init__(self, data: Any = None, *, field: int, theme: str = "", label: str = "") -> None:
        due_on = working_day(clock.today() + timedelta(days=NEED_DAYS))
        super().__init__(data, initial={"theme": theme, "label": label, "due_on": due_on})
        chosen: Any = self.fields["theme"]
        themes = [(slug, vocabulary.LABELS[slug]) for slug in vocabulary.thematiques_of_field(field)]
        chosen.choices = [("", _("Je ne sais pas encore")), *themes]
        if field == HEALTH:
            del self.fields["label"]
            chosen.choices = [("", _("Choisissez le service utile")), *themes]
            chosen.label, chosen.required = _("Le service utile"), True
            chosen.help_text = _("La santé ne se décrit pas : dites seulement quel service aiderait.")
            chosen.error_messages["required"] = _("Choisissez le service utile.")

    def clean_due_on(self) -> Any:
        due_on = self.cleaned_data["due_on"]
        if due_on < clock.today():
            raise forms.ValidationError(_("Choisissez une date à venir."))
        return due_on

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "label" not in self.fields and data.get("theme"):
            data["label"] = vocabulary.LABELS[data["theme"]]
        return data


class CloseNeedForm(Form):
    """How a need ends."""

    state = forms.ChoiceField(
        label=_("Comment se ferme-t-il\u00a0?"),
        widget=forms.RadioSelect,
        choices=[
            (NeedState.COVERED, _("Couvert : la personne a ce qu’il lui fallait")),
            (NeedState.WITHDRAWN, _("Retiré : la personne n’en a plus besoin, ou ne le souhaite plus")),
            (NeedState.UNCOVERED, _("Sans solution : aucune offre ne répond")),
        ],
        error_messages={"required": _("Choisissez comment le besoin se ferme.")},
    )
    reason = forms.CharField(
        label=_("Motif"),
        required=False,
        max_length=300,
        help_text=_("Demandé quand il n’y a pas de solution : il sert à faire évoluer l’offre. Rien sur la santé."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("state") == NeedState.UNCOVERED and not data.get("reason"):
            self.add_error("reason", _("Dites pourquoi aucune solution n’existe."))
        return data
