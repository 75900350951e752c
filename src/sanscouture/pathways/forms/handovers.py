"""Forms of hand-overs: whose, which pathways, to whom; and which of them one takes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from sanscouture.pathways.forms.steps import choices_of, key_of
from sanscouture.pathways.models import HandoverLine, Pathway, Referent
from sanscouture.pathways.selectors.people import Professional
from sanscouture.ui.forms import Form


class GiverForm(Form):
    """Whose pathways are handed over."""

    de = forms.ChoiceField(label=_("Les parcours de"))

    def __init__(self, data: Any = None, *, people: Sequence[Professional], mine: Collection[UUID]) -> None:
        super().__init__(data)
        self.fields["de"] = forms.ChoiceField(label=_("Les parcours de"), choices=choices_of(people, mine))


class HandoverForm(Form):
    """Which pathways, and to whom."""

    pathways = forms.MultipleChoiceField(
        label=_("Parcours à confier"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choisissez au moins un parcours.")},
    )
    taker = forms.ChoiceField(label=_("À qui"), error_messages={"required": _("Choisissez une autre personne.")})
    reason = forms.CharField(
        label=_("Pourquoi"),
        required=False,
        max_length=300,
        help_text=_("Par exemple « départ le mois prochain ». Ne nommez personne."),
    )

    def __init__(
        self, data: Any = None, *, held: Sequence[Referent], takers: Sequence[Professional], mine: Collection[UUID]
    ) -> None:
        super().__init__(data, initial={"pathways": [str(row.pathway_id) for row in held]})
        self._held = {str(row.pathway_id): row.pathway for row in held}
        self._takers = {key_of(one): one for one in takers}
        chosen: Any = self.fields["pathways"]
        chosen.choices = [(str(row.pathway_id), str(row.pathway.beneficiary)) for row in held]
        other: Any = self.fields["taker"]
        other.choices = [("", _("Choisissez")), *choices_of(takers, mine)]

    def chosen(self) -> list[Pathway]:
        """Give the pathways that were ticked."""
        return [self._held[one] for one in self.cleaned_data["pathways"]]

    def to(self) -> Professional:
        """Give who would take them."""
        return self._takers[self.cleaned_data["taker"]]


class AnswerHandoverForm(Form):
    """Which of the pathways one takes; none declines them all."""

    accepted = forms.MultipleChoiceField(
        label=_("Les parcours que je prends"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None, *, lines: Sequence[HandoverLine]) -> None:
        super().__init__(data, initial={"accepted": [str(line.pk) for line in lines]})
        chosen: Any = self.fields["accepted"]
        chosen.choices = [(str(line.pk), str(line.pathway.beneficiary)) for line in lines]

    def taken(self) -> list[UUID]:
        """Give the lines that were ticked."""
        return [UUID(one) for one in self.cleaned_data["accepted"]]
