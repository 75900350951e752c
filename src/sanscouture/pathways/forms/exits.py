"""Forms of exits: ending a pathway, opening it again, what counts, news afterwards."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sanscouture.core import clock
from sanscouture.directory.enums import ActionField
from sanscouture.pathways.enums import Evidence, ExitKind
from sanscouture.pathways.forms.life import day
from sanscouture.pathways.models import Pathway
from sanscouture.pathways.rules import exits as rules
from sanscouture.ui.forms import Form

NEWS = [(one.value, one.label) for one in rules.MAY_ANSWER]


def fields_of(label: Any, **more: Any) -> forms.TypedMultipleChoiceField:
    """Some of the eight fields of action, ticked."""
    return forms.TypedMultipleChoiceField(
        label=label,
        required=False,
        coerce=int,
        choices=ActionField.choices,
        widget=forms.CheckboxSelectMultiple,
        **more,
    )


class ExitForm(Form):
    """How a pathway ends, and what unblocked it."""

    kind = forms.ChoiceField(
        label=_("Comment le parcours se termine-t-il\u00a0?"),
        choices=ExitKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez comment le parcours se termine.")},
    )
    on = day(_("Sortie le"))
    contract = forms.CharField(
        label=_("Contrat ou formation"),
        required=False,
        max_length=160,
        help_text=_("Par exemple « CDI, 28 heures, aide à domicile »."),
    )
    evidence = forms.ChoiceField(
        label=_("Preuve"), required=False, choices=[("", _("aucune pour le moment")), *Evidence.choices]
    )
    unblocked = fields_of(_("Freins levés"))
    unblocked_by = forms.CharField(
        label=_("Ce qui a débloqué"),
        required=False,
        max_length=300,
        help_text=_("En une phrase\u00a0: cela sert aux parcours suivants. Rien sur la santé."),
    )

    def __init__(self, data: Any = None, *, pathway: Pathway) -> None:
        super().__init__(data, initial={"on": clock.today()})
        self._opened_on = pathway.opened_on

    def ending(self) -> rules.Ending:
        """What was written, as the rule takes it."""
        said = self.cleaned_data
        return rules.Ending(
            kind=said["kind"],
            on=said["on"],
            contract=said["contract"],
            evidence=said["evidence"],
            unblocked=tuple(said["unblocked"]),
            unblocked_by=said["unblocked_by"],
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if {"kind", "on", "contract", "unblocked", "unblocked_by", "evidence"} <= set(data):
            wrong = rules.wrong_exit(self.ending(), opened_on=self._opened_on, today=clock.today())
            if wrong:
                self.add_error("on" if not self._opened_on <= data["on"] <= clock.today() else "kind", wrong)
        return data


class ReopenForm(Form):
    """Why a pathway opens again."""

    reason = forms.CharField(
        label=_("Pourquoi le rouvrir\u00a0?"),
        max_length=300,
        help_text=_("Rien sur la santé."),
        error_messages={"required": _("Dites pourquoi le parcours se rouvre.")},
    )


class DefinitionForm(Form):
    """Which exits count as positive for the partners."""

    positive = forms.MultipleChoiceField(
        label=_("Comptent comme positives"),
        required=False,
        choices=ExitKind.choices,
        widget=forms.CheckboxSelectMultiple,
    )


class NewsForm(Form):
    """Where the person is, and which barriers came back."""

    answer = forms.ChoiceField(
        label=_("Où en est la personne\u00a0?"),
        choices=NEWS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez une réponse.")},
    )
    barriers = fields_of(_("Freins revenus"))


class OwnNewsForm(Form):
    """Which barriers came back, told by the person; where they are was said by the button."""

    barriers = fields_of(_("Qu’est-ce qui bloque de nouveau\u00a0?"))
