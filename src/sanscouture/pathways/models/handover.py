from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sanscouture.access.models import NamedModel
from sanscouture.access.personal import Activity, Concerned, Data, Kept, Personal
from sanscouture.access.where import Kind, Where
from sanscouture.pathways.enums import HandoverLineState, HandoverState
from sanscouture.people.models import hanging_on_person


class Handover(NamedModel):
    """One or all pathways of a professional, proposed to another; until accepted, the former answers for them."""

    access_scope: ClassVar[Where] = Where(
        Kind.NAMED,
        by_organisation=lambda ids: Q(giver_organisation_id__in=ids) | Q(taker_organisation_id__in=ids),
        by_user=lambda user_id: Q(giver_id=user_id) | Q(taker_id=user_id),
    )
    personal_data: ClassVar[Personal] = Personal(
        Activity.SUPPORT,
        about=(Concerned.ACCOUNT,),
        kept=Kept.CONTACT,
        fields={
            Data.WORK: ("giver", "giver_organisation", "taker", "taker_organisation"),
            Data.FOLLOW_UP: ("reason", "state", "decided_at"),
            Data.TRACE: ("proposed_by",),
        },
    )

    giver = models.ForeignKey("accounts.User", models.PROTECT, verbose_name=_("référent qui confie"), related_name="+")
    giver_organisation = models.ForeignKey(
        "partners.Organisation", models.PROTECT, verbose_name=_("structure qui confie"), related_name="+"
    )
    taker = models.ForeignKey("accounts.User", models.PROTECT, verbose_name=_("référent proposé"), related_name="+")
    taker_organisation = models.ForeignKey(
        "partners.Organisation", models.PROTECT, verbose_name=_("structure proposée"), related_name="+"
    )
    reason = models.CharField(_("pourquoi"), max_length=300, blank=True)
    state = models.CharField(_("état"), max_length=10, choices=HandoverState.choices, default=HandoverState.PROPOSED)
    decided_at = models.DateTimeField(_("décidé le"), null=True, blank=True)
    proposed_by = models.ForeignKey("accounts.User", models.PROTECT, verbose_name=_("proposée par"), related_name="+")

    class Meta:
        verbose_name = _("passation")
        verbose_name_plural = _("passations")
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(state=HandoverState.PROPOSED, decided_at=None)
                | (~Q(state=HandoverState.PROPOSED) & Q(decided_at__isnull=False)),
                name="handover_decided_has_date",
                violation_error_message=_("Une passation décidée porte sa date."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_state_display()}"


class HandoverLine(NamedModel):
    """One pathway of a hand-over, and what became of it."""

    access_scope: ClassVar[Where] = hanging_on_person("pathway__beneficiary")
    personal_data: ClassVar[Personal] = Personal(
        Activity.SUPPORT,
        about=(Concerned.RESIDENT,),
        kept=Kept.CONTACT,
        fields={Data.FOLLOW_UP: ("handover", "pathway", "state")},
    )

    handover = models.ForeignKey(Handover, models.PROTECT, verbose_name=_("passation"), related_name="lines")
    pathway = models.ForeignKey("pathways.Pathway", models.PROTECT, verbose_name=_("parcours"), related_name="+")
    state = models.CharField(
        _("état"), max_length=10, choices=HandoverLineState.choices, default=HandoverLineState.WAITING
    )

    class Meta:
        verbose_name = _("parcours d’une passation")
        verbose_name_plural = _("parcours d’une passation")
        ordering = ("created_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("pathway",),
                condition=Q(state=HandoverLineState.WAITING),
                name="handover_line_waits_once",
                violation_error_message=_("Un de ces parcours est déjà proposé à quelqu’un."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_state_display()}"
