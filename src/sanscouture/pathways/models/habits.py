from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sanscouture.access.models import ProgrammeModel
from sanscouture.access.where import Kind, Where
from sanscouture.pathways.enums import Fact


class ReferralHabits(ProgrammeModel):
    """How an organisation refers and answers in a programme: what it ticks at first, and its usual days to answer.

    Without a row, the least travels and the organisation's own days hold.
    """

    access_scope: ClassVar[Where] = Where(Kind.PROGRAMME, by_organisation=lambda ids: Q(organisation_id__in=ids))

    organisation = models.ForeignKey(
        "partners.Organisation", models.PROTECT, verbose_name=_("structure"), related_name="+"
    )
    answer_days = models.PositiveSmallIntegerField(_("délai de réponse habituel, en jours"), null=True, blank=True)
    travels = ArrayField(
        models.CharField(max_length=20, choices=Fact.choices),
        verbose_name=_("ce qui est coché au départ"),
        default=list,
        blank=True,
    )

    class Meta:
        verbose_name = _("habitudes d’orientation")
        verbose_name_plural = _("habitudes d’orientation")
        constraints = (
            models.UniqueConstraint(
                fields=("programme", "organisation"),
                name="referral_habits_once",
                violation_error_message=_("Ces habitudes viennent d’être écrites par une autre personne."),
            ),
            models.CheckConstraint(
                condition=Q(answer_days=None) | Q(answer_days__gte=1, answer_days__lte=60),
                name="referral_habits_days",
                violation_error_message=_("Le délai de réponse va de 1 à 60 jours."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.organisation_id}"
