"""What a model keeps about people: the one line beside it from which the register of processing is made (chapter 08).

A test asks it of every model of a named table, and of every model that names an account or a way to reach somebody;
it also holds each field of the model to one kind of data, so that a new field cannot be forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Activity(models.TextChoices):
    """What people's data serve: one record of the register each."""

    SUPPORT = "support", _("Accompagnement nominatif des habitants")
    ALLIANCE = "alliance", _("Animation du partenariat et annuaire des services")
    ACCOUNTS = "accounts", _("Comptes et habilitations des professionnels")
    MESSAGES = "messages", _("Messages et nouvelles")
    JOURNAL = "journal", _("Journal des actes et des consultations")


class Concerned(models.TextChoices):
    """Whose data they are."""

    RESIDENT = "resident", _("habitants accompagnés")
    ACCOUNT = "account", _("professionnels qui ont un compte")
    CONTACT = "contact", _("personnes à joindre ou à nommer dans les structures")


class Data(models.TextChoices):
    """Kinds of data, as the register and the agreement name them."""

    IDENTITY = "identity", _("identité")
    REACH = "reach", _("coordonnées et langue")
    HOME = "home", _("adresse et quartier")
    SITUATION = "situation", _("situation utile à l’orientation")
    DIFFICULTIES = "difficulties", _("freins, points d’appui et besoins")
    FOLLOW_UP = "follow_up", _("orientations, étapes et rendez-vous")
    NOTES = "notes", _("notes, lues par ceux que leur auteur choisit")
    BASIS = "basis", _("information donnée et fondement du partage")
    WORK = "work", _("structure, fonction et rôle")
    SECURITY = "security", _("sécurité du compte et des liens")
    TRACE = "trace", _("qui a fait quoi, et quand")
    MESSAGE = "message", _("texte et destinataire des messages")
    TECHNICAL = "technical", _("repères techniques")


class Kept(models.TextChoices):
    """How long data are kept. Figures repeat thresholds of the code; a test holds them together."""

    CONTACT = "contact", _("2 ans après le dernier contact, puis seules des statistiques sans nom restent")
    ACCOUNT = "account", _("tant que le compte existe")
    PROGRAMME = "programme", _("tant que le programme existe")
    SESSION = "session", _("jusqu’à la fin de la connexion")
    DEVICE = "device", _("30 jours")
    DIRECTORY = "directory", _("tant que la structure ou le service est dans l’annuaire")
    MESSAGE = "message", _("texte effacé dès l’envoi, au plus tard après 30 jours ; la trace de l’envoi reste")
    JOURNAL = "journal", _("sans limite : rien n’y est changé ni effacé, il ne contient que des identifiants")


@dataclass(frozen=True)
class Personal:
    """What one model keeps: for which activity, about whom, which fields are which kind of data, and for how long.

    `fields` names every field of the model but its key, its birth date and its programme.
    """

    activity: Activity
    about: tuple[Concerned, ...]
    kept: Kept
    fields: Mapping[Data, tuple[str, ...]]


UNNAMED = frozenset({"id", "created_at", "programme", "programme_id"})
"""Fields that every record has, and that say nothing of anybody."""
