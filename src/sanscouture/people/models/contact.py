from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sanscouture.access.models import NamedModel
from sanscouture.access.personal import Activity, Concerned, Data, Kept, Personal
from sanscouture.access.where import Where
from sanscouture.people.enums import Channel
from sanscouture.people.models.beneficiary import Beneficiary, hanging_on_person
from sanscouture.people.rules import SafeWay


class SafeContact(NamedModel):
    """What must be heeded before reaching a person: channels never to use, hours, a sender that says nothing."""

    access_scope: ClassVar[Where] = hanging_on_person()
    personal_data: ClassVar[Personal] = Personal(
        Activity.SUPPORT,
        about=(Concerned.RESIDENT, Concerned.ACCOUNT),
        kept=Kept.CONTACT,
        fields={
            Data.REACH: ("beneficiary", "avoided", "call_from", "call_until", "neutral"),
            Data.TRACE: ("updated_at", "updated_by"),
        },
    )

    beneficiary = models.OneToOneField(
        Beneficiary, models.PROTECT, verbose_name=_("bénéficiaire"), related_name="safe_contact"
    )
    avoided = ArrayField(
        models.CharField(max_length=10, choices=Channel.choices),
        verbose_name=_("moyens à ne jamais employer"),
        default=list,
        blank=True,
    )
    call_from = models.TimeField(_("appeler à partir de"), null=True, blank=True)
    call_until = models.TimeField(_("appeler jusqu’à"), null=True, blank=True)
    neutral = models.BooleanField(_("expéditeur neutre"), default=False)
    updated_at = models.DateTimeField(_("modifié le"), auto_now=True)
    updated_by = models.ForeignKey("accounts.User", models.PROTECT, verbose_name=_("modifié par"), related_name="+")

    class Meta:
        verbose_name = _("contact prudent")
        verbose_name_plural = _("contacts prudents")
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(call_from=None, call_until=None) | Q(call_from__lt=F("call_until")),
                name="safe_contact_hours",
                violation_error_message=_("La fin vient avant le début."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.beneficiary_id}"

    @property
    def way(self) -> SafeWay:
        """The same, as the rules know it."""
        return SafeWay(frozenset(self.avoided), self.call_from, self.call_until, self.neutral)
