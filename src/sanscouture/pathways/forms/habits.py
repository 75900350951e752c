"""How an organisation refers and answers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sanscouture.pathways.enums import Fact
from sanscouture.pathways.models import ReferralHabits
from sanscouture.pathways.rules.delays import LONGEST_DEADLINE
from sanscouture.pathways.rules.travel import NEVER_USUAL
from sanscouture.ui.forms import Form


class HabitsForm(Form):
    """Usual days to answer, and what is ticked at first."""

    answer_days = forms.IntegerField(
        label=_("Délai de réponse habituel, en jours"),
        help_text=_("Proposé à qui vous oriente une personne. Vide\u00a0: celui de la structure."),
        min_value=1,
        max_value=LONGEST_DEADLINE,
        required=False,
    )
    travels = forms.MultipleChoiceField(
        label=_("Ce qui est coché au départ quand vous orientez"),
        help_text=_("La santé et le parcours entier se cochent chaque fois, jamais d’avance."),
        choices=[(fact.value, fact.label) for fact in Fact if fact not in NEVER_USUAL],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, habits: ReferralHabits, **kwargs: Any) -> None:
        super().__init__(*args, initial={"answer_days": habits.answer_days, "travels": habits.travels}, **kwargs)
