from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from sanscouture.access.models import NamedModel
from sanscouture.access.personal import Activity, Concerned, Data, Kept, Personal
from sanscouture.access.where import Where
from sanscouture.people.enums import Public
from sanscouture.people.models.beneficiary import Beneficiary, hanging_on_person


class FactChange(NamedModel):
    """One correction of one fact: what it was, what it became, by whom. Never changed; read and erased with the record.

    Of ways to reach the person, only that they changed is kept.
    """

    access_scope: ClassVar[Where] = hanging_on_person()
    personal_data: ClassVar[Personal] = Personal(
        Activity.SUPPORT,
        about=(Concerned.RESIDENT, Concerned.ACCOUNT),
        kept=Kept.CONTACT,
        fields={
            Data.SITUATION: ("beneficiary", "name", "before", "after"),
            Data.TRACE: ("changed_by",),
        },
    )

    beneficiary = models.ForeignKey(
        Beneficiary, models.PROTECT, verbose_name=_("bénéficiaire"), related_name="fact_changes"
    )
    name = models.CharField(_("information"), max_length=20)
    before = models.JSONField(_("avant"), null=True)
    after = models.JSONField(_("après"), null=True)
    changed_by = models.ForeignKey("accounts.User", models.PROTECT, verbose_name=_("modifié par"), related_name="+")

    class Meta:
        verbose_name = _("correction d’une information")
        verbose_name_plural = _("corrections d’une information")
        ordering = ("-created_at", "-id")
        indexes = (models.Index(fields=("beneficiary", "-created_at"), name="fact_change_of_person"),)

    def __str__(self) -> str:
        return self.name


class PublicMark(NamedModel):
    """What somebody said of a public for a person: added, or taken away, whatever is computed from the facts."""

    access_scope: ClassVar[Where] = hanging_on_person()
    personal_data: ClassVar[Personal] = Personal(
        Activity.SUPPORT,
        about=(Concerned.RESIDENT, Concerned.ACCOUNT),
        kept=Kept.CONTACT,
        fields={
            Data.SITUATION: ("beneficiary", "public", "belongs"),
            Data.TRACE: ("marked_by",),
        },
    )

    beneficiary = models.ForeignKey(
        Beneficiary, models.PROTECT, verbose_name=_("bénéficiaire"), related_name="public_marks"
    )
    public = models.CharField(_("public"), max_length=20, choices=Public.choices)
    belongs = models.BooleanField(_("en fait partie"))
    marked_by = models.ForeignKey("accounts.User", models.PROTECT, verbose_name=_("dit par"), related_name="+")

    class Meta:
        verbose_name = _("public dit à la main")
        verbose_name_plural = _("publics dits à la main")
        ordering = ("public",)
        constraints = (
            models.UniqueConstraint(
                fields=("beneficiary", "public"),
                name="public_mark_once",
                violation_error_message=_("Quelqu’un vient de le dire de ce public."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_public_display()}"
