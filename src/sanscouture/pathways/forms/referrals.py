"""What is asked when somebody acts on a referral."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sanscouture.core import clock
from sanscouture.directory.enums import Capacity
from sanscouture.directory.models import Service
from sanscouture.pathways.enums import Evidence, Fact, Outcome, RefusalReason
from sanscouture.pathways.models import Need
from sanscouture.pathways.rules import travel
from sanscouture.pathways.rules.referrals import refusal_fault
from sanscouture.pathways.selectors.travelling import VALUES
from sanscouture.ui.forms import Form


def _date(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **more)


def _text(label: Any, rows: int = 3, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea({"rows": rows}), **more)


class NothingForm(Form):
    """An act that asks for nothing but a confirmation."""


class AcceptForm(Form):
    comment = _text(_("Un mot pour la structure qui oriente"), required=False, max_length=1000)


class WaitForm(Form):
    weeks = forms.IntegerField(
        label=_("Attente estimée, en semaines"),
        min_value=1,
        max_value=52,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )


class RefuseForm(Form):
    reason = forms.ChoiceField(label=_("Pourquoi ?"), choices=RefusalReason.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("Précision"), required=False, max_length=150, help_text=_("Nécessaire pour « autre motif ».")
    )
    instead = forms.CharField(
        label=_("Qui pourrait aider à la place ?"),
        required=False,
        max_length=120,
        help_text=_("Une structure, un service : la personne qui oriente le lira."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("reason") and (fault := refusal_fault(data["reason"], data.get("text", ""))):
            self.add_error("text", fault)
        return data

    def arguments(self) -> dict[str, Any]:
        """The reason, and in words what else was said."""
        instead = self.cleaned_data["instead"].strip()
        said = [self.cleaned_data["text"].strip(), gettext("piste : %(who)s") % {"who": instead} if instead else ""]
        return {"reason": self.cleaned_data["reason"], "text": ", ".join(filter(None, said))}


class QuestionForm(Form):
    text = _text(_("Votre question"), max_length=1000)


class ReplyForm(Form):
    text = _text(_("Votre réponse"), max_length=1000)


class WithdrawForm(Form):
    reason = forms.CharField(label=_("Pourquoi ?"), required=False, max_length=300)


class AppointmentForm(Form):
    day = _date(_("Jour"))
    at = forms.TimeField(label=_("Heure"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
    minutes = forms.IntegerField(label=_("Durée, en minutes"), min_value=10, max_value=480, initial=60)
    place = forms.CharField(label=_("Lieu"), max_length=200)
    with_whom = forms.CharField(label=_("Avec qui"), max_length=120, required=False)
    with_sender = forms.BooleanField(
        label=_("Rencontre à trois"),
        help_text=_("La personne qui oriente est invitée : elle présente la personne."),
        required=False,
    )

    def arguments(self) -> dict[str, Any]:
        """The arguments of the service: the day and hour are those of Paris."""
        given = {key: self.cleaned_data[key] for key in ("minutes", "place", "with_whom", "with_sender")}
        starts_at = timezone.make_aware(datetime.combine(self.cleaned_data["day"], self.cleaned_data["at"] or time()))
        return {"starts_at": starts_at, **given}


class MeetingForm(Form):
    on = _date(_("La rencontre a eu lieu le"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"on": clock.today(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)


class PauseForm(Form):
    note = forms.CharField(label=_("Pourquoi ?"), required=False, max_length=300)


class EndForm(Form):
    outcome = forms.ChoiceField(label=_("Qu’est devenu le besoin ?"), choices=Outcome.choices, widget=forms.RadioSelect)
    evidence = forms.ChoiceField(label=_("Comment le savez-vous ?"), choices=Evidence.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Pourquoi n’est-il pas entièrement couvert ?"),
        required=False,
        max_length=300,
        help_text=_("Demandé si le besoin n’est pas couvert, ou en partie."),
    )


class ComposeForm(Form):
    """What travels, a message, a deadline. The facts offered are those of the need; health comes off."""

    travels = forms.MultipleChoiceField(
        label=_("Ce que la structure recevra"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Cochez au moins le prénom et un moyen de joindre la personne.")},
    )
    message = _text(
        _("Message"),
        rows=4,
        required=False,
        max_length=1000,
        help_text=_("Quelques mots utiles, lus avant l’acceptation : ni nom, ni téléphone, rien sur la santé."),
    )
    deadline = _date(_("Réponse attendue avant le"))
    meets_together = forms.BooleanField(
        label=_("Proposer une rencontre à trois"),
        help_text=_("Vous présentez la personne le jour de la première rencontre."),
        required=False,
    )
    despite = forms.BooleanField(label=_("J’oriente quand même"), required=False)

    def __init__(
        self,
        *args: Any,
        need: Need,
        service: Service | None,
        deadline: Any,
        has_account: bool,
        usual: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        person = need.beneficiary
        ticked = travel.ticked_at_first(has_phone=bool(person.phone), has_email=bool(person.email), usual=usual)
        initial = {"travels": [str(fact.value) for fact in ticked], "deadline": deadline}
        super().__init__(*args, initial={**initial, **(kwargs.pop("initial", None) or {})}, **kwargs)
        offered = travel.offered(need.field, has_account=has_account)
        self.fields["travels"].choices = [(fact.value, _said(fact, need)) for fact in offered]  # type: ignore[attr-defined]
        widget: Any = self.fields["deadline"].widget
        widget.attrs["min"] = (clock.today() + timedelta(days=1)).isoformat()
        if service is None or service.capacity not in {Capacity.CLOSED, Capacity.WAITING}:
            del self.fields["despite"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "despite" in self.fields and not data.get("despite"):
            self.add_error("despite", _("Ce service ne peut pas accueillir tout de suite : cochez pour confirmer."))
        return data


def _said(fact: Fact, need: Need) -> str:
    """A fact to tick, and whether anybody has noted it."""
    return str(fact.label) if VALUES[fact](need) else gettext("%(fact)s (non renseigné)") % {"fact": fact.label}
