from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sanscouture.access.models import NamedModel
from sanscouture.access.personal import Activity, Concerned, Data, Kept, Personal
from sanscouture.access.where import Kind, Where
from sanscouture.people.enums import ImportState, RowState


class PeopleImport(NamedModel):
    """A list of people made elsewhere, on its way in. Only its author sees it; the file itself is never kept."""

    access_scope: ClassVar[Where] = Where(
        Kind.NAMED,
        by_organisation=lambda ids: Q(organisation_id__in=ids),
        by_user=lambda user_id: Q(author_id=user_id),
        kept_from=lambda user_id: ~Q(author_id=user_id),
    )
    personal_data: ClassVar[Personal] = Personal(
        Activity.SUPPORT,
        about=(Concerned.ACCOUNT,),
        kept=Kept.CONTACT,
        fields={
            Data.WORK: ("organisation",),
            Data.TECHNICAL: ("columns", "mapping", "state"),
            Data.FOLLOW_UP: ("reason",),
            Data.TRACE: ("author", "confirmed_at"),
        },
    )

    organisation = models.ForeignKey(
        "partners.Organisation", models.PROTECT, verbose_name=_("structure"), related_name="+"
    )
    author = models.ForeignKey("accounts.User", models.PROTECT, verbose_name=_("importé par"), related_name="+")
    columns = models.JSONField(_("colonnes"), default=list)
    mapping = models.JSONField(_("correspondance"), default=list)
    state = models.CharField(_("état"), max_length=8, choices=ImportState.choices, default=ImportState.READ)
    reason = models.CharField(_("pourquoi être rattaché"), max_length=300, blank=True)
    confirmed_at = models.DateTimeField(_("confirmé le"), null=True, blank=True)

    class Meta:
        verbose_name = _("import de personnes")
        verbose_name_plural = _("imports de personnes")
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return f"{self.get_state_display()}"


class ImportRow(NamedModel):
    """A row of a list: its cells until it is dealt with, then only what became of it."""

    access_scope: ClassVar[Where] = Where(
        Kind.NAMED,
        by_organisation=lambda ids: Q(batch__organisation_id__in=ids),
        by_user=lambda user_id: Q(batch__author_id=user_id),
        kept_from=lambda user_id: ~Q(batch__author_id=user_id),
    )
    personal_data: ClassVar[Personal] = Personal(
        Activity.SUPPORT,
        about=(Concerned.RESIDENT,),
        kept=Kept.CONTACT,
        fields={
            Data.IDENTITY: ("cells",),
            Data.FOLLOW_UP: ("batch", "number", "state", "said", "made"),
        },
    )

    batch = models.ForeignKey(PeopleImport, models.PROTECT, verbose_name=_("import"), related_name="rows")
    number = models.PositiveIntegerField(_("ligne"))
    cells = models.JSONField(_("cellules"), default=list)
    state = models.CharField(_("état"), max_length=8, choices=RowState.choices, default=RowState.READ)
    said = models.JSONField(_("remarques"), default=list)
    made = models.UUIDField(_("fiche créée"), null=True, blank=True)

    class Meta:
        verbose_name = _("ligne d’un import")
        verbose_name_plural = _("lignes d’un import")
        ordering = ("number", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("batch", "number"),
                name="import_row_once",
                violation_error_message=_("Cette ligne est déjà lue."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.number}"
