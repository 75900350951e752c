"""Forms of the diagnosis: one small form for each of the eight fields, and one for strengths."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.boundfield import BoundWidget
from django.utils.translation import gettext_lazy as _

from sanscouture.directory.rules import vocabulary
from sanscouture.pathways.enums import Severity
from sanscouture.pathways.models import Barrier
from sanscouture.pathways.rules.diagnosis import HEALTH, cutting_across, may_tick
from sanscouture.ui.forms import Form


class BarrierForm(Form):
    """One field of the diagnosis. Health keeps only its severity and whether it comes first."""

    severity = forms.TypedChoiceField(
        label=_("Est-ce un frein\u00a0?"),
        choices=[(value, str(label).capitalize()) for value, label in Severity.choices],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Dites d’abord si c’est un frein.")},
    )
    priority = forms.BooleanField(label=_("Prioritaire pour la personne"), required=False)
    situations = forms.MultipleChoiceField(
        label=_("Ce qui se passe"), required=False, widget=forms.CheckboxSelectMultiple
    )
    objective = forms.ChoiceField(label=_("Ce que la personne vise"), required=False)
    note = forms.CharField(
        label=_("Précision"),
        required=False,
        max_length=300,
        help_text=_("Une ligne, sans rien sur la santé."),
        widget=forms.TextInput(attrs={"placeholder": " "}),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, field: int, barrier: Barrier | None) -> None:
        initial = {"version": 0}
        if barrier is not None:
            initial = {name: getattr(barrier, name) for name in self.base_fields}
        super().__init__(data, initial=initial, auto_id=f"champ-{field}-%s")
        self.field = field
        self.fields["severity"].choices = [  # type: ignore[attr-defined]
            (value, str(label).capitalize()) for value, label in Severity.choices
        ]
        if field == HEALTH:
            for name in ("situations", "objective", "note"):
                del self.fields[name]
            return
        self.fields["situations"].choices = [(term.slug, term.label) for term in may_tick(field)]  # type: ignore[attr-defined]
        objectives = [(term.slug, term.label) for term in vocabulary.objectives_of(field)]
        self.fields["objective"].choices = [("", _("Pas encore choisi")), *objectives]  # type: ignore[attr-defined]

    def own_situations(self) -> list[BoundWidget]:
        """The boxes of what belongs to this field alone."""
        return [box for box in self["situations"] if box.data["value"] not in self._across()]

    def across_situations(self) -> list[BoundWidget]:
        """The boxes of what cuts across the fields."""
        return [box for box in self["situations"] if box.data["value"] in self._across()]

    def _across(self) -> frozenset[str]:
        return frozenset(term.slug for term in cutting_across(self.field))


class StrengthForm(Form):
    """One strength, in a few words."""

    label = forms.CharField(
        label=_("Ajouter un point d’appui"),
        max_length=120,
        required=False,
        help_text=_("Un savoir-faire, un permis, une langue, un proche…"),
    )
