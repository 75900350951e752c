from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sanscouture.accounts.models import User
from sanscouture.meetings.models import Meeting
from sanscouture.partners.models import Organisation
from sanscouture.pathways.enums import AdmissionState, CriterionFact
from sanscouture.pathways.models import Cohort
from sanscouture.pathways.rules.cohorts import LEVELS, Criterion, Plan
from sanscouture.people.enums import Known, QpvState
from sanscouture.ui.dates import day
from sanscouture.ui.forms import Form

DECISIONS = (
    (AdmissionState.ADMITTED, _("admettre")),
    (AdmissionState.RESERVE, _("mettre en réserve")),
    (AdmissionState.NOT_NOW, _("pas maintenant")),
    (AdmissionState.FLAGGED, _("revoir plus tard")),
)


class CohortForm(Form):
    """A group followed together: what for, whom, how many, until when, with whom."""

    name = forms.CharField(label=_("Nom"), max_length=120)
    purpose = forms.CharField(label=_("But"), max_length=1_000, widget=forms.Textarea(attrs={"rows": 3}))
    age_least = forms.IntegerField(label=_("Âge minimal"), min_value=16, max_value=99, required=False)
    age_most = forms.IntegerField(label=_("Âge maximal"), min_value=16, max_value=99, required=False)
    job_seeker = forms.BooleanField(label=_("Inscription à France Travail demandée"), required=False)
    in_qpv = forms.BooleanField(label=_("Habiter un quartier prioritaire"), required=False)
    levels = forms.MultipleChoiceField(
        label=_("Niveaux de français attendus"),
        help_text=_("Aucun coché : tous. Un critère non rempli reste possible, avec une explication."),
        choices=[(one.value, one.label) for one in LEVELS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    seats = forms.IntegerField(label=_("Places"), min_value=1, max_value=1_000)
    outside_share = forms.IntegerField(label=_("Part admise hors quartier (%)"), min_value=0, max_value=100, initial=20)
    starts_on = forms.DateField(label=_("Commence le"), widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(label=_("Finit le"), widget=forms.DateInput(attrs={"type": "date"}), required=False)
    referent = forms.ChoiceField(label=_("Référent"), required=False)
    partners = forms.MultipleChoiceField(
        label=_("Partenaires de la cohorte"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, *args: Any, accounts: Sequence[User], organisations: Sequence[Organisation], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._accounts = {str(one.pk): one for one in accounts}
        self._organisations = {str(one.pk): one for one in organisations}
        names = [(key, one.full_name) for key, one in self._accounts.items()]
        self.fields["referent"] = forms.ChoiceField(
            label=_("Référent"), required=False, choices=[("", _("personne encore")), *names]
        )
        self.fields["partners"] = forms.MultipleChoiceField(
            label=_("Partenaires de la cohorte"),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            choices=[(key, one.name) for key, one in self._organisations.items()],
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        least, most = cleaned.get("age_least"), cleaned.get("age_most")
        if least is not None and most is not None and least > most:
            self.add_error("age_most", _("L’âge maximal vient après l’âge minimal."))
        start, end = cleaned.get("starts_on"), cleaned.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", _("La fin vient après le début."))
        return cleaned

    def wanted(self) -> dict[str, Any]:
        """Give what the service asks for."""
        said = self.cleaned_data
        names = ("name", "purpose", "seats", "outside_share", "starts_on", "ends_on")
        return {
            "plan": Plan(**{name: said[name] for name in names}, criteria=tuple(self._criteria())),
            "referent": self._accounts.get(said["referent"]),
            "partners": [self._organisations[key] for key in said["partners"]],
        }

    def _criteria(self) -> list[Criterion]:
        said, found = self.cleaned_data, []
        if said["age_least"] is not None or said["age_most"] is not None:
            found.append(Criterion(CriterionFact.AGE, said["age_least"], said["age_most"]))
        if said["job_seeker"]:
            found.append(Criterion(CriterionFact.JOB_SEEKER, among=(Known.YES.value,)))
        if said["levels"]:
            found.append(Criterion(CriterionFact.FRENCH_LEVEL, among=tuple(said["levels"])))
        if said["in_qpv"]:
            found.append(Criterion(CriterionFact.QPV, among=(QpvState.INSIDE.value,)))
        return found


def initial_of(cohort: Cohort, criteria: Sequence[Criterion]) -> dict[str, Any]:
    """Give what the form of a cohort shows before it is changed."""
    by = {one.fact: one for one in criteria}
    age = by.get(CriterionFact.AGE, Criterion(CriterionFact.AGE))
    names = ("name", "purpose", "seats", "outside_share", "starts_on", "ends_on")
    return {
        **{name: getattr(cohort, name) for name in names},
        "age_least": age.least,
        "age_most": age.most,
        "job_seeker": CriterionFact.JOB_SEEKER in by,
        "in_qpv": CriterionFact.QPV in by,
        "levels": list(by[CriterionFact.FRENCH_LEVEL].among) if CriterionFact.FRENCH_LEVEL in by else [],
        "referent": str(cohort.referent_id or ""),
        "partners": [str(one.organisation_id) for one in cohort.partners.order_by("pk")],
    }


class FlagForm(Form):
    """For which cohort, for which organisation, and why."""

    cohort = forms.ChoiceField(label=_("Cohorte"), widget=forms.RadioSelect)
    organisation = forms.ChoiceField(label=_("Structure qui signale"))
    why = forms.CharField(
        label=_("Pourquoi cette cohorte"),
        max_length=300,
        help_text=_("Sans rien dire de la santé. Seules les personnes qui lisent déjà cette fiche le verront."),
    )
    exception = forms.CharField(
        label=_("Pourquoi une exception"),
        max_length=300,
        required=False,
        help_text=_("Seulement si un critère n’est pas rempli."),
    )

    def __init__(
        self, *args: Any, cohorts: Sequence[Cohort], organisations: Sequence[Organisation], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._cohorts = {str(one.pk): one for one in cohorts}
        self._organisations = {str(one.pk): one for one in organisations}
        self.fields["cohort"] = forms.ChoiceField(
            label=_("Cohorte"),
            widget=forms.RadioSelect,
            choices=[(key, one.name) for key, one in self._cohorts.items()],
        )
        self.fields["organisation"] = forms.ChoiceField(
            label=_("Structure qui signale"),
            choices=[(key, one.name) for key, one in self._organisations.items()],
        )

    def wanted(self) -> dict[str, Any]:
        """Give what the service asks for."""
        said = self.cleaned_data
        return {
            "cohort": self._cohorts[said["cohort"]],
            "organisation": self._organisations[said["organisation"]],
            "why": said["why"],
            "exception": said["exception"],
        }


class DecideForm(Form):
    """What the commission decides of one candidate, and in which meeting."""

    to = forms.ChoiceField(label=_("Décision"), choices=DECISIONS, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Motif"),
        max_length=300,
        required=False,
        help_text=_("Demandé pour la réserve et pour « pas maintenant ». Rien sur la santé."),
    )
    meeting = forms.ChoiceField(label=_("Commission"))

    def __init__(self, *args: Any, meetings: Sequence[Meeting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._meetings = {str(one.pk): one for one in meetings}
        self.fields["meeting"] = forms.ChoiceField(
            label=_("Commission"),
            choices=[(key, f"{one.body.name}, {day(one.held_on)}") for key, one in self._meetings.items()],
            error_messages={"required": _("Prévoyez d’abord une commission d’intégration.")},
        )

    def wanted(self) -> dict[str, Any]:
        """Give what the service asks for."""
        said = self.cleaned_data
        return {
            "to": AdmissionState(said["to"]),
            "reason": said["reason"],
            "meeting": self._meetings[said["meeting"]],
        }


class WithdrawForm(Form):
    reason = forms.CharField(label=_("Motif"), max_length=300)
