from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sanscouture.access.models import NamedModel
from sanscouture.access.personal import Activity, Concerned, Data, Kept, Personal
from sanscouture.access.where import Where
from sanscouture.pathways.enums import EpisodeKind, ProgressKind
from sanscouture.pathways.rules.life import LEVELS
from sanscouture.people.models import hanging_on_person


class Episode(NamedModel):
    """What a person lives through from a date to a date. Episodes overlap; a job never closes a pathway."""

    access_scope: ClassVar[Where] = hanging_on_person()
    personal_data: ClassVar[Personal] = Personal(
        Activity.SUPPORT,
        about=(Concerned.RESIDENT, Concerned.ACCOUNT),
        kept=Kept.CONTACT,
        fields={
            Data.FOLLOW_UP: ("beneficiary", "kind", "label", "starts_on", "ends_on"),
            Data.TRACE: ("recorded_by",),
        },
    )

    beneficiary = models.ForeignKey(
        "people.Beneficiary", models.PROTECT, verbose_name=_("bénéficiaire"), related_name="episodes"
    )
    kind = models.CharField(_("épisode"), max_length=16, choices=EpisodeKind.choices)
    label = models.CharField(_("précision"), max_length=160, blank=True)
    starts_on = models.DateField(_("depuis le"))
    ends_on = models.DateField(_("jusqu’au"), null=True, blank=True)
    recorded_by = models.ForeignKey("accounts.User", models.PROTECT, verbose_name=_("noté par"), related_name="+")

    class Meta:
        verbose_name = _("épisode")
        verbose_name_plural = _("épisodes")
        ordering = ("-starts_on", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="episode_dates",
                violation_error_message=_("La fin vient avant le début."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}"


class Progress(NamedModel):
    """What moved for a person, beside exits; what is measured says its level."""

    access_scope: ClassVar[Where] = hanging_on_person()
    personal_data: ClassVar[Personal] = Personal(
        Activity.SUPPORT,
        about=(Concerned.RESIDENT, Concerned.ACCOUNT),
        kept=Kept.CONTACT,
        fields={
            Data.FOLLOW_UP: ("beneficiary", "kind", "level", "label", "on"),
            Data.TRACE: ("recorded_by",),
        },
    )

    beneficiary = models.ForeignKey(
        "people.Beneficiary", models.PROTECT, verbose_name=_("bénéficiaire"), related_name="progress"
    )
    kind = models.CharField(_("progrès"), max_length=16, choices=ProgressKind.choices)
    level = models.CharField(_("niveau"), max_length=2, blank=True)
    label = models.CharField(_("précision"), max_length=160, blank=True)
    on = models.DateField(_("du"))
    recorded_by = models.ForeignKey("accounts.User", models.PROTECT, verbose_name=_("noté par"), related_name="+")

    class Meta:
        verbose_name = _("progrès")
        verbose_name_plural = _("progrès")
        ordering = ("-on", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=list(LEVELS)) & ~Q(level="") | ~Q(kind__in=list(LEVELS)) & Q(level=""),
                name="progress_level_of_what_is_measured",
                violation_error_message=_("Dites le niveau."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}"
