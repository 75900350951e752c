from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    MAIL = "mail", _("courriel")
    SMS = "sms", _("SMS")


class MessageState(models.TextChoices):
    QUEUED = "queued", _("en attente")
    SENDING = "sending", _("en cours d’envoi")
    SENT = "sent", _("parti")
    STORED = "stored", _("non envoyé (aucun prestataire SMS)")
    UNCERTAIN = "uncertain", _("peut-être parti")
    FAILED = "failed", _("en échec")
