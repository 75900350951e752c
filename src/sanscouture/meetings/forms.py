from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sanscouture.accounts.models import User
from sanscouture.meetings.enums import BodyKind
from sanscouture.meetings.rules import names_of
from sanscouture.ui.forms import Form


class MeetingForm(Form):
    """Who meets, when, where, about what."""

    kind = forms.ChoiceField(label=_("Qui se réunit"), choices=BodyKind.choices)
    name = forms.CharField(
        label=_("Nom de l’instance"),
        max_length=120,
        required=False,
        help_text=_("Seulement si elle a un nom à elle : « Groupe mobilité ». Le même nom retrouve la même instance."),
    )
    held_on = forms.DateField(label=_("Jour"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    place = forms.CharField(label=_("Lieu"), max_length=160, required=False)
    agenda = forms.CharField(
        label=_("Ordre du jour"), max_length=4_000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )


class AttendanceForm(Form):
    """Who was there."""

    users = forms.MultipleChoiceField(
        label=_("Comptes du programme"), required=False, widget=forms.CheckboxSelectMultiple
    )
    others = forms.CharField(
        label=_("Autres personnes"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Une par ligne : prénom, nom, structure. N’écrivez ici aucun habitant."),
    )

    def __init__(self, *args: Any, accounts: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._accounts = {str(user.pk): user for user in accounts}
        self.fields["users"] = forms.MultipleChoiceField(
            label=_("Comptes du programme"),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            choices=[(key, user.full_name) for key, user in self._accounts.items()],
        )

    def chosen(self) -> list[User]:
        """Give the accounts that were ticked."""
        return [self._accounts[key] for key in self.cleaned_data["users"]]

    def named(self) -> list[str]:
        """Give the other names."""
        return names_of(self.cleaned_data["others"])


class DecisionForm(Form):
    text = forms.CharField(
        label=_("Ce qui est décidé"), max_length=500, help_text=_("Sans nommer d’habitant : ce texte s’imprime.")
    )


class MinutesForm(Form):
    text = forms.CharField(
        label=_("Ce qui s’est dit"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("Sans nommer d’habitant : ce texte s’imprime et se partage."),
    )
