from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Known(models.TextChoices):
    """A fact with its three ways of not being known, kept apart (chapter 02)."""

    YES = "yes", _("oui")
    NO = "no", _("non")
    UNKNOWN = "unknown", _("ne sait pas")
    WITHHELD = "withheld", _("préfère ne pas le dire")
    NOT_ASKED = "not_asked", _("pas demandé")


class FrenchLevel(models.TextChoices):
    """Level of spoken French (CECRL)."""

    NONE = "a0", _("aucun ou presque (avant A1)")
    A1 = "a1", _("A1 : quelques mots")
    A2 = "a2", _("A2 : phrases simples")
    B1 = "b1", _("B1 : se débrouille")
    B2 = "b2", _("B2 : à l’aise")
    C1 = "c1", _("C1 : très à l’aise")
    UNKNOWN = "unknown", _("ne sait pas")
    WITHHELD = "withheld", _("préfère ne pas le dire")
    NOT_ASKED = "not_asked", _("pas demandé")


class Language(models.TextChoices):
    FRENCH = "fr", _("français")
    ARABIC = "ar", _("arabe")
    ENGLISH = "en", _("anglais")
    PORTUGUESE = "pt", _("portugais")
    ROMANIAN = "ro", _("roumain")
    TURKISH = "tr", _("turc")
    UKRAINIAN = "uk", _("ukrainien")
    OTHER = "xx", _("autre langue")


class Channel(models.TextChoices):
    PHONE = "phone", _("appel")
    SMS = "sms", _("SMS")
    EMAIL = "email", _("courriel")
    IN_PERSON = "in_person", _("de vive voix")


class QpvState(models.TextChoices):
    INSIDE = "inside", _("dans un quartier prioritaire")
    OUTSIDE = "outside", _("hors quartier prioritaire")
    UNDETERMINED = "undetermined", _("non déterminé")


class InvolvementKind(models.TextChoices):
    CAPTURED = "captured", _("a créé la fiche")
    REFERENT = "referent", _("référent de parcours")
    CONTRIBUTOR = "contributor", _("contribue au parcours")
    RECEIVES = "receives", _("reçoit la personne")


class Ground(models.TextChoices):
    PUBLIC_INTEREST = "public_interest", _("mission d’intérêt public")
    CONSENT = "consent", _("accord de la personne")


class InformedBy(models.TextChoices):
    """How the person was told."""

    ORAL = "oral", _("de vive voix")
    PAPER = "paper", _("papier signé")
    SCREEN = "screen", _("signé à l’écran")
    SMS = "sms", _("code par SMS")


class Scope(models.TextChoices):
    """What a basis covers; each is told and ticked apart."""

    PARTNERS = "partners", _("partage avec les structures du parcours")
    SMS = "sms", _("messages à la personne")
    STATISTICS = "statistics", _("statistiques sans nom")


class AttachmentState(models.TextChoices):
    PENDING = "pending", _("en attente")
    GRANTED = "granted", _("acceptée")
    DECLINED = "declined", _("déclinée")
