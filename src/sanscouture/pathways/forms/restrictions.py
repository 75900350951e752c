from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sanscouture.accounts.models import User
from sanscouture.people.enums import RestrictionReason
from sanscouture.ui.forms import Form


def _choices(users: Iterable[User]) -> list[tuple[str, str]]:
    return [(str(user.pk), user.full_name) for user in users]


class RestrictionForm(Form):
    """Why a record is kept, and for whom beside oneself."""

    reason = forms.ChoiceField(
        label=_("Pourquoi"),
        choices=RestrictionReason.choices,
        widget=forms.RadioSelect,
        help_text=_("Un mot suffit : ne racontez rien de ce qui est arrivé."),
    )
    readers = forms.MultipleChoiceField(
        label=_("Qui la lira avec vous"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Le moins de monde possible. Vous pourrez nommer quelqu’un d’autre plus tard."),
    )

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._people = {str(user.pk): user for user in people}
        field = self.fields["readers"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 for the type checker
        field.choices = _choices(self._people.values())
        if not self._people:
            del self.fields["readers"]

    def chosen(self) -> list[User]:
        """Give the readers named beside oneself."""
        return [self._people[key] for key in self.cleaned_data.get("readers", ())]


class ReaderForm(Form):
    """Who else reads a restricted record."""

    reader = forms.ChoiceField(
        label=_("Nommer une autre personne"),
        help_text=_("Elle lira la fiche si sa structure participe au parcours, et l’orientation qu’elle reçoit."),
    )

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._people = {str(user.pk): user for user in people}
        field = self.fields["reader"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 for the type checker
        field.choices = [("", _("choisir")), *_choices(self._people.values())]

    def chosen(self) -> User:
        """Give who is named."""
        return self._people[self.cleaned_data["reader"]]
