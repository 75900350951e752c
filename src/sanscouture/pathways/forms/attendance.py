from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sanscouture.partners.models import Organisation
from sanscouture.pathways.enums import SessionKind
from sanscouture.pathways.models import Cohort
from sanscouture.people.models import Beneficiary
from sanscouture.ui.forms import Form


class SessionForm(Form):
    """What is held, when, where, by whom."""

    kind = forms.ChoiceField(label=_("Forme"), choices=SessionKind.choices)
    title = forms.CharField(label=_("Titre"), max_length=120)
    starts_at = forms.DateTimeField(
        label=_("Commence"), widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
    )
    place = forms.CharField(label=_("Lieu"), max_length=160)
    organisation = forms.ChoiceField(label=_("Structure qui la tient"))
    cohort = forms.ChoiceField(
        label=_("Cohorte"), required=False, help_text=_("Les personnes admises sont inscrites d’office.")
    )

    def __init__(
        self, *args: Any, cohorts: Sequence[Cohort], organisations: Sequence[Organisation], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._cohorts = {str(one.pk): one for one in cohorts}
        self._organisations = {str(one.pk): one for one in organisations}
        self.fields["organisation"] = forms.ChoiceField(
            label=_("Structure qui la tient"),
            choices=[(key, one.name) for key, one in self._organisations.items()],
        )
        self.fields["cohort"] = forms.ChoiceField(
            label=_("Cohorte"),
            required=False,
            choices=[("", _("ouverte à tous")), *((key, one.name) for key, one in self._cohorts.items())],
            help_text=_("Les personnes admises sont inscrites d’office."),
        )

    def wanted(self) -> dict[str, Any]:
        """Give what the service asks for."""
        said = self.cleaned_data
        return {
            **{name: said[name] for name in ("kind", "title", "starts_at", "place")},
            "organisation": self._organisations[said["organisation"]],
            "cohort": self._cohorts.get(said["cohort"]),
        }


class EnrolForm(Form):
    """Whom to put on the sheet."""

    person = forms.ChoiceField(label=_("Personne"))

    def __init__(self, *args: Any, people: Iterable[Beneficiary], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._people = {str(one.pk): one for one in people}
        self.fields["person"] = forms.ChoiceField(
            label=_("Personne"), choices=[(key, str(one)) for key, one in self._people.items()]
        )

    def chosen(self) -> Beneficiary:
        """Give the person."""
        return self._people[self.cleaned_data["person"]]
