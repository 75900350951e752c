from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sanscouture.access.models import ProgrammeModel
from sanscouture.access.personal import Activity, Concerned, Data, Kept, Personal
from sanscouture.access.where import Kind, Where
from sanscouture.meetings.enums import BodyKind, MeetingState


class Body(ProgrammeModel):
    """Who meets in a programme: its steering committee, its admission commission, a working group."""

    kind = models.CharField(_("forme"), max_length=14, choices=BodyKind.choices)
    name = models.CharField(_("nom"), max_length=120)

    class Meta:
        verbose_name = _("instance")
        verbose_name_plural = _("instances")
        ordering = ("kind", "name")
        constraints = (
            models.UniqueConstraint(
                fields=("programme", "kind", "name"),
                name="body_once",
                violation_error_message=_("Cette instance existe déjà."),
            ),
        )

    def __str__(self) -> str:
        return self.name


class Meeting(ProgrammeModel):
    """A meeting of a body: when, where, what was said. Its words name no resident."""

    access_scope: ClassVar[Where] = Where(
        Kind.PROGRAMME, by_organisation=lambda _ids: Q(), by_user=lambda _user_id: Q()
    )
    personal_data: ClassVar[Personal] = Personal(
        Activity.ALLIANCE,
        about=(Concerned.ACCOUNT,),
        kept=Kept.PROGRAMME,
        fields={
            Data.WORK: ("body", "held_on", "place", "agenda", "minutes", "state"),
            Data.TRACE: ("created_by",),
        },
    )

    body = models.ForeignKey(Body, models.PROTECT, verbose_name=_("instance"), related_name="meetings")
    held_on = models.DateField(_("le"))
    place = models.CharField(_("lieu"), max_length=160, blank=True)
    agenda = models.TextField(_("ordre du jour"), max_length=4_000, blank=True)
    minutes = models.TextField(_("compte rendu"), max_length=20_000, blank=True)
    state = models.CharField(_("état"), max_length=10, choices=MeetingState.choices, default=MeetingState.PLANNED)
    created_by = models.ForeignKey("accounts.User", models.PROTECT, verbose_name=_("prévue par"), related_name="+")

    class Meta:
        verbose_name = _("réunion")
        verbose_name_plural = _("réunions")
        ordering = ("-held_on", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("body", "held_on"),
                condition=~Q(state=MeetingState.CANCELLED),
                name="meeting_once_a_day",
                violation_error_message=_("Cette instance se réunit déjà ce jour-là."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.held_on}"


class Attendee(ProgrammeModel):
    """Somebody who was at a meeting: an account of the programme, or a name."""

    personal_data: ClassVar[Personal] = Personal(
        Activity.ALLIANCE,
        about=(Concerned.ACCOUNT, Concerned.CONTACT),
        kept=Kept.PROGRAMME,
        fields={Data.IDENTITY: ("name",), Data.WORK: ("meeting", "user")},
    )

    meeting = models.ForeignKey(Meeting, models.PROTECT, verbose_name=_("réunion"), related_name="attendees")
    user = models.ForeignKey(
        "accounts.User", models.PROTECT, verbose_name=_("compte"), related_name="+", null=True, blank=True
    )
    name = models.CharField(_("nom"), max_length=160)

    class Meta:
        verbose_name = _("personne présente")
        verbose_name_plural = _("personnes présentes")
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("meeting", "name"),
                name="attendee_once",
                violation_error_message=_("Cette personne est déjà notée."),
            ),
        )

    def __str__(self) -> str:
        return self.name


class Decision(ProgrammeModel):
    """One thing decided by a meeting, in words that name no resident."""

    personal_data: ClassVar[Personal] = Personal(
        Activity.ALLIANCE,
        about=(Concerned.ACCOUNT,),
        kept=Kept.PROGRAMME,
        fields={Data.WORK: ("meeting", "text"), Data.TRACE: ("decided_by",)},
    )

    meeting = models.ForeignKey(Meeting, models.PROTECT, verbose_name=_("réunion"), related_name="decisions")
    text = models.CharField(_("décision"), max_length=500)
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, verbose_name=_("écrite par"), related_name="+")

    class Meta:
        verbose_name = _("décision")
        verbose_name_plural = _("décisions")
        ordering = ("created_at", "id")

    def __str__(self) -> str:
        return self.text
