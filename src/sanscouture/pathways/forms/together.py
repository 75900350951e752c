"""What is asked to refer several people at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sanscouture.core import clock
from sanscouture.directory.enums import Verdict
from sanscouture.pathways.rules.delays import LONGEST_DEADLINE
from sanscouture.pathways.selectors.together import Candidate
from sanscouture.ui.forms import Form


class TogetherForm(Form):
    """Whom to refer, a message, a deadline. Those who may enter are ticked; the sender ticks those to check."""

    needs = forms.MultipleChoiceField(
        label=_("Qui orienter"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Cochez au moins une personne.")},
    )
    message = forms.CharField(
        label=_("Message"),
        help_text=_("Le même pour toutes : ni nom, ni téléphone, rien sur la santé."),
        widget=forms.Textarea({"rows": 3}),
        max_length=1000,
        required=False,
    )
    deadline = forms.DateField(label=_("Réponse attendue avant le"))

    def __init__(self, *args: Any, candidates: Sequence[Candidate], deadline: Any, **kwargs: Any) -> None:
        possible = [one for one in candidates if one.may_leave]
        ticked = [str(one.need.pk) for one in possible if one.verdict == Verdict.ELIGIBLE]
        super().__init__(*args, initial={"needs": ticked, "deadline": deadline}, **kwargs)
        self.fields["needs"].choices = [(str(one.need.pk), _said(one)) for one in possible]  # type: ignore[attr-defined]
        today = clock.today()
        self.fields["deadline"].widget.attrs |= {
            "min": (today + timedelta(days=1)).isoformat(),
            "max": (today + timedelta(days=LONGEST_DEADLINE)).isoformat(),
        }


def _said(one: Candidate) -> str:
    """A person to tick: the name, the need, the verdict and its reasons."""
    reasons = ", ".join(str(reason) for reason in one.reasons)
    verdict = f"{one.verdict.label} ({reasons})" if reasons else str(one.verdict.label)
    return f"{one.need.beneficiary} – {one.need.label} – {verdict}"
