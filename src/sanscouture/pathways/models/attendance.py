from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sanscouture.access.models import NamedModel, ProgrammeModel
from sanscouture.access.personal import Activity, Concerned, Data, Kept, Personal
from sanscouture.access.where import NOTHING, Kind, Where
from sanscouture.core.clock import today
from sanscouture.pathways.enums import Presence, SessionKind
from sanscouture.pathways.models.cohort import Cohort
from sanscouture.people.models import hanging_on_person


class Session(ProgrammeModel):
    """A workshop, a permanence, a café-emploi: where people come, with its sign-in sheet."""

    access_scope: ClassVar[Where] = Where(
        Kind.PROGRAMME, by_organisation=lambda _ids: Q(), by_user=lambda _user_id: Q()
    )
    personal_data: ClassVar[Personal] = Personal(
        Activity.ALLIANCE,
        about=(Concerned.ACCOUNT,),
        kept=Kept.PROGRAMME,
        fields={
            Data.WORK: ("kind", "title", "cohort", "starts_at", "place", "organisation"),
            Data.TRACE: ("created_by",),
        },
    )

    kind = models.CharField(_("forme"), max_length=10, choices=SessionKind.choices)
    title = models.CharField(_("titre"), max_length=120)
    cohort = models.ForeignKey(
        Cohort, models.PROTECT, verbose_name=_("cohorte"), related_name="sessions", null=True, blank=True
    )
    starts_at = models.DateTimeField(_("commence"))
    place = models.CharField(_("lieu"), max_length=160)
    organisation = models.ForeignKey(
        "partners.Organisation", models.PROTECT, verbose_name=_("structure qui la tient"), related_name="+"
    )
    created_by = models.ForeignKey("accounts.User", models.PROTECT, verbose_name=_("prévue par"), related_name="+")

    class Meta:
        verbose_name = _("séance")
        verbose_name_plural = _("séances")
        ordering = ("-starts_at", "-id")

    def __str__(self) -> str:
        return self.title


def _shared() -> Q:
    return Q(beneficiary__shared_until__gte=today())


def _accompanied_by(ids: Collection[UUID]) -> Q:
    follows = hanging_on_person().by_organisation
    return follows(ids) if follows else NOTHING


def on_the_sheet() -> Where:
    """As far as the person's record, and for whoever holds the session: a sheet without names cannot be signed.

    Rule: the organisation that holds it reads first and last name, while a basis holds (chapter 02).
    """
    person = hanging_on_person()
    return Where(
        Kind.NAMED,
        by_programme=person.by_programme,
        by_organisation=lambda ids: _accompanied_by(ids) | (Q(session__organisation_id__in=ids) & _shared()),
        by_user=lambda user_id: Q(beneficiary__created_by_id=user_id) | (Q(session__created_by_id=user_id) & _shared()),
        kept_from=person.kept_from,
    )


class Attendance(NamedModel):
    """A person on the sheet of a session: expected, then present, absent or excused."""

    access_scope: ClassVar[Where] = on_the_sheet()
    personal_data: ClassVar[Personal] = Personal(
        Activity.SUPPORT,
        about=(Concerned.RESIDENT, Concerned.ACCOUNT),
        kept=Kept.CONTACT,
        fields={
            Data.FOLLOW_UP: ("session", "beneficiary", "presence", "noted_at"),
            Data.TRACE: ("noted_by",),
        },
    )

    session = models.ForeignKey(Session, models.PROTECT, verbose_name=_("séance"), related_name="attendances")
    beneficiary = models.ForeignKey(
        "people.Beneficiary", models.PROTECT, verbose_name=_("bénéficiaire"), related_name="attendances"
    )
    presence = models.CharField(_("présence"), max_length=10, choices=Presence.choices, default=Presence.EXPECTED)
    noted_at = models.DateTimeField(_("noté le"), null=True, blank=True)
    noted_by = models.ForeignKey(
        "accounts.User", models.PROTECT, verbose_name=_("noté par"), related_name="+", null=True, blank=True
    )

    class Meta:
        verbose_name = _("présence à une séance")
        verbose_name_plural = _("présences aux séances")
        ordering = ("beneficiary__name_key", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("session", "beneficiary"),
                name="attendance_once",
                violation_error_message=_("Cette personne est déjà inscrite à cette séance."),
            ),
            models.CheckConstraint(
                condition=Q(presence=Presence.EXPECTED) | Q(noted_at__isnull=False),
                name="attendance_noted_has_time",
                violation_error_message=_("Une présence notée porte son heure."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_presence_display()}"
