"""What catching up with a rupture asks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sanscouture.pathways.enums import RuptureRule
from sanscouture.pathways.forms.steps import ReferentForm
from sanscouture.ui.forms import Form

LONGEST = 300


class CallForm(Form):
    """What was said in a call."""

    reason = forms.CharField(
        label=_("Ce qui s’est dit"),
        help_text=_("Une phrase suffit. Sans détail de santé."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CloseForm(Form):
    """Why there is nothing to catch up."""

    reason = forms.CharField(
        label=_("Motif"),
        help_text=_("Il reste dans l’historique et le journal."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class EntrustForm(ReferentForm):
    """Who takes over, and what they are asked."""

    reason = forms.CharField(
        label=_("Ce que vous lui demandez"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["referent"].label = _("À qui")
        self.order_fields(["referent", "reason"])


class RuptureFilters(Form):
    """What a list of ruptures is narrowed to."""

    regle = forms.ChoiceField(
        label=_("Sorte de rupture"), choices=[("", _("Toutes")), *RuptureRule.choices], required=False
    )
    qui = forms.ChoiceField(
        label=_("Qui doit agir"), choices=[("", _("Tout le monde")), ("moi", _("Moi ou ma structure"))], required=False
    )
    etat = forms.ChoiceField(
        label=_("État"), choices=[("", _("À rattraper")), ("closes", _("Rattrapées"))], required=False
    )
