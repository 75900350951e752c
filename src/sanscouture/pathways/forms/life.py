"""Forms of what a person lives through: episodes, and what moved."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sanscouture.core import clock
from sanscouture.pathways.enums import EpisodeKind, ProgressKind
from sanscouture.pathways.rules import life as rules
from sanscouture.people.enums import FrenchLevel
from sanscouture.ui.forms import Form


def day(label: Any, *, required: bool = True, **more: Any) -> forms.DateField:
    """A day, picked with the browser's own control."""
    return forms.DateField(label=label, required=required, widget=forms.DateInput(attrs={"type": "date"}), **more)


class EpisodeForm(Form):
    """What the person lives through, from when, until when if it is known."""

    kind = forms.ChoiceField(
        label=_("Ce que la personne vit"),
        choices=EpisodeKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez ce que la personne vit.")},
    )
    label = forms.CharField(
        label=_("Précision"),
        required=False,
        max_length=160,
        help_text=_("Par exemple « Agente d’entretien, CDD de six mois ». Rien sur la santé."),
    )
    starts_on = day(_("Depuis le"))
    ends_on = day(_("Jusqu’au"), required=False, help_text=_("Laissez vide si cela dure encore."))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "starts_on" in data and (wrong := rules.wrong_dates(data["starts_on"], data.get("ends_on"))):
            self.add_error("ends_on", wrong)
        return data


class EndEpisodeForm(Form):
    """When an episode ended."""

    on = day(_("Terminé le"))


class ProgressForm(Form):
    """What moved, and its level where it is measured."""

    kind = forms.ChoiceField(
        label=_("Ce qui a bougé"),
        choices=ProgressKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez ce qui a bougé.")},
    )
    language = forms.ChoiceField(
        label=_("Niveau de français atteint"),
        required=False,
        choices=[("", "—"), *((one, FrenchLevel(one).label) for one in rules.LEVELS[ProgressKind.LANGUAGE])],
    )
    confidence = forms.IntegerField(
        label=_("Confiance, de 0 à 10"),
        required=False,
        min_value=0,
        max_value=rules.CONFIDENCE_MOST,
        help_text=_("La note que la personne se donne : « à quel point vous sentez-vous capable d’y arriver ? »"),
    )
    label = forms.CharField(label=_("Précision"), required=False, max_length=160, help_text=_("Rien sur la santé."))
    on = day(_("Du"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "kind" in data and "on" in data:
            measured = {ProgressKind.LANGUAGE: "language", ProgressKind.CONFIDENCE: "confidence"}.get(data["kind"])
            value = data.get(measured) if measured else None
            data["level"] = "" if value is None else str(value)
            if wrong := rules.wrong_progress(data["kind"], data["level"], data["on"], today=clock.today()):
                self.add_error(measured if measured and not data["level"] else "on", wrong)
        return data

    def said(self) -> dict[str, Any]:
        """What was written, as services take it."""
        return {name: self.cleaned_data[name] for name in ("kind", "level", "label", "on")}
