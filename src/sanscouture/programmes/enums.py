from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProgrammeKind(models.TextChoices):
    CITE = "cite", _("cité de l’emploi")
    PACTE = "pacte", _("pacte plein emploi")


class TeamFunction(models.TextChoices):
    COORDINATOR = "coordinator", _("coordination")
    AUTHORITY_REFERENT = "authority_referent", _("référence de la collectivité")
    STATE_REFERENT = "state_referent", _("référence de l’État")
    PATHWAY_REFERENT = "pathway_referent", _("référence de parcours")


class VersionState(models.TextChoices):
    """Where a version of the agreement and of the impact assessment stands."""

    PREPARED = "prepared", _("à signer")
    SIGNED = "signed", _("signée")
    WITHDRAWN = "withdrawn", _("retirée")
    REPLACED = "replaced", _("remplacée")
