from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class BodyKind(models.TextChoices):
    """Who meets (chapter 01)."""

    STEERING = "steering", _("comité de pilotage")
    TECHNICAL = "technical", _("comité technique")
    TEAM = "team", _("équipe projet")
    ADMISSION = "admission", _("commission d’intégration")
    WORKING_GROUP = "working_group", _("groupe de travail")


class MeetingState(models.TextChoices):
    PLANNED = "planned", _("prévue")
    HELD = "held", _("tenue")
    CANCELLED = "cancelled", _("annulée")
