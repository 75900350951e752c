"""The words of the offer that are ours; data·inclusion's own come from `rules.vocabulary`."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ActionField(models.IntegerChoices):
    """The eight fields in which something can stand between a person and work (chapter 01)."""

    NETWORK = 1, _("Réseau professionnel")
    BASIC_SKILLS = 2, _("Savoirs de base")
    DIGITAL = 3, _("Numérique")
    FAMILY = 4, _("Contraintes familiales")
    MOBILITY = 5, _("Mobilité")
    HOUSING = 6, _("Logement")
    MONEY = 7, _("Précarité financière")
    HEALTH = 8, _("Santé et handicap")


class ChainStage(models.TextChoices):
    """Where a service helps along the chain of insertion (chapter 01)."""

    OUTREACH = "outreach", _("Repérage et mobilisation")
    DISCOVERY = "discovery", _("Orientation et découverte des métiers")
    SKILLS = "skills", _("Compétences et formation")
    NETWORKING = "networking", _("Mise en réseau et immersion")
    ACCESS = "access", _("Accès et maintien dans l’emploi")
    BARRIERS = "barriers", _("Levée des freins")


class ServiceKind(models.TextChoices):
    """Who pays for a service, in the programme's terms (chapter 01)."""

    MAINSTREAM = "mainstream", _("Droit commun")
    CITY_CONTRACT = "city_contract", _("Contrat de ville")
    SPECIFIC = "specific", _("Offre spécifique")


class Capacity(models.TextChoices):
    """Whether a service can receive someone, as its organisation says it (chapter 02)."""

    UNKNOWN = "unknown", _("Places non renseignées")
    OPEN = "open", _("Places disponibles")
    WAITING = "waiting", _("Liste d’attente")
    ASSESSMENT = "assessment", _("Évaluation d’abord")
    CLOSED = "closed", _("Fermé")


class ResidenceRule(models.TextChoices):
    """Which residents a service accepts."""

    ANYWHERE = "anywhere", _("Sans condition de résidence")
    ZONE = "zone", _("Habitants de la zone du service")
    QPV = "qpv", _("Habitants d’un quartier prioritaire")


class FrenchLevel(models.TextChoices):
    """Level of French on the European scale (CECRL)."""

    BELOW_A1 = "A0", _("Grand débutant")
    A1 = "A1", _("A1 – comprend des mots simples")
    A2 = "A2", _("A2 – se débrouille au quotidien")
    B1 = "B1", _("B1 – parle de sujets connus")
    B2 = "B2", _("B2 – parle couramment")
    C1 = "C1", _("C1 – autonome")
    C2 = "C2", _("C2 – maîtrise")


class Verdict(models.TextChoices):
    """What the rules say of one person and one service: unknown never excludes (chapter 03)."""

    ELIGIBLE = "eligible", _("Éligible")
    TO_CHECK = "to_check", _("À vérifier")
    NOT_ELIGIBLE = "not_eligible", _("Non éligible")


class Criterion(models.TextChoices):
    """What a service may require of a person."""

    AGE = "age", _("âge")
    RESIDENCE = "residence", _("lieu de résidence")
    FRENCH = "french", _("niveau de français")
    JOB_SEEKER = "job_seeker", _("inscription comme demandeur d’emploi")
    PUBLIC = "public", _("public accueilli")
