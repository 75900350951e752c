from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from sanscouture.access.personal import Activity, Concerned, Data, Kept, Personal
from sanscouture.access.where import SYSTEM, Where
from sanscouture.core.models import Entity
from sanscouture.pathways.enums import Box


class SavedFilter(Entity):
    """A view of a box of referrals that an account keeps under a name of its own."""

    access_scope: ClassVar[Where] = SYSTEM
    personal_data: ClassVar[Personal] = Personal(
        Activity.ACCOUNTS,
        about=(Concerned.ACCOUNT,),
        kept=Kept.ACCOUNT,
        fields={
            Data.TRACE: ("user",),
            Data.TECHNICAL: ("box", "name", "query"),
        },
    )

    user = models.ForeignKey("accounts.User", models.CASCADE, verbose_name=_("compte"), related_name="+")
    box = models.CharField(_("boîte"), max_length=10, choices=Box.choices)
    name = models.CharField(_("nom"), max_length=40)
    query = models.CharField(_("filtres"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("filtre gardé")
        verbose_name_plural = _("filtres gardés")
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("user", "box", "name"),
                name="saved_filter_name_once",
                violation_error_message=_("Vous avez déjà un filtre de ce nom."),
            ),
        )

    def __str__(self) -> str:
        return self.name
