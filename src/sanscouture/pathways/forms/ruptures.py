"""What catching up with a rupture asks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sanscouture.pathways.enums import RuptureRule
from sanscouture.pathways.forms.steps import ReferentForm
from sanscouture.pathways.rules.ruptures import LONGEST_ESCALATION, QUIET_DAYS, RULES, last_snooze
from sanscouture.pathways.selectors.rupture_settings import Setting
from sanscouture.ui.dates import day
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


class SnoozeForm(Form):
    """Until when, and why nothing can be done before. `first_on`: the day on which the same break was first put off."""

    until = forms.DateField(label=_("Elle reviendra après le"))
    reason = forms.CharField(label=_("Pourquoi attendre"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, first_on: date | None, today: date, **kwargs: Any) -> None:
        last = last_snooze(first_on, today=today)
        usual = min(last, today + timedelta(days=QUIET_DAYS))
        super().__init__(*args, initial={"until": max(usual, today)}, **kwargs)
        self.fields["until"].help_text = _("Au plus tard le %(day)s.") % {"day": day(max(last, today))}


class RuleForm(Form):
    """One rule: on or off, its threshold in what it counts, and when coordination takes over."""

    is_on = forms.BooleanField(label=_("Signaler ces ruptures"), required=False)
    threshold = forms.IntegerField()
    escalate_days = forms.IntegerField(
        label=_("Jours de retard avant que la coordination prenne le relais"),
        min_value=1,
        max_value=LONGEST_ESCALATION,
    )

    def __init__(self, *args: Any, setting: Setting, **kwargs: Any) -> None:
        names = ("is_on", "threshold", "escalate_days")
        super().__init__(*args, initial={name: getattr(setting, name) for name in names}, **kwargs)
        bounds = RULES[setting.rule].threshold
        self.fields["threshold"] = forms.IntegerField(
            label=str(bounds.counts),
            min_value=bounds.least,
            max_value=bounds.most,
            help_text=gettext("De %(least)d à %(most)d ; d’habitude %(usual)d.")
            % {"least": bounds.least, "most": bounds.most, "usual": bounds.usual},
        )


class RuptureFilters(Form):
    """What a list of ruptures is narrowed to."""

    regle = forms.ChoiceField(
        label=_("Sorte de rupture"), choices=[("", _("Toutes")), *RuptureRule.choices], required=False
    )
    qui = forms.ChoiceField(
        label=_("Qui doit agir"), choices=[("", _("Tout le monde")), ("moi", _("Moi ou ma structure"))], required=False
    )
    etat = forms.ChoiceField(
        label=_("État"),
        choices=[
            ("", _("À rattraper")),
            ("remontees", _("Remontées à la coordination")),
            ("attente", _("Remises à plus tard")),
            ("closes", _("Rattrapées")),
        ],
        required=False,
    )
