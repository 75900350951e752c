"""Roles, permissions and how far a role reaches."""

from __future__ import annotations

from enum import IntEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What somebody is, in one scope: a programme, an organisation in a programme, or the nation."""

    COORDINATOR = "coordinator", _("Coordination de la cité")
    PATHWAY_REFERENT = "pathway_referent", _("Référence de parcours de la cité")
    COPILOT = "copilot", _("Copilote")
    ORGANISATION_MANAGER = "organisation_manager", _("Responsable dans une structure")
    ADVISER = "adviser", _("Conseil et accompagnement dans une structure")
    OUTREACH_WORKER = "outreach_worker", _("Médiation et aller-vers")
    NATIONAL_ANIMATOR = "national_animator", _("Animation nationale")


ORGANISATION_ROLES = frozenset({Role.ORGANISATION_MANAGER, Role.ADVISER, Role.OUTREACH_WORKER})
"""Roles held inside one organisation of a programme; the others are held in the programme itself."""


class Perm(models.TextChoices):
    """What may be done. A view, a page's button and an export ask for one of these, never for a role."""

    DIRECTORY_READ = "directory_read", _("Chercher dans l’annuaire")
    DIRECTORY_CORRECT = "directory_correct", _("Corriger une fiche de l’annuaire")
    PROGRAMME_READ = "programme_read", _("Voir l’équipe et les partenaires d’un programme")
    PROGRAMME_EDIT = "programme_edit", _("Tenir l’équipe et les partenaires d’un programme")
    COLLEAGUE_INVITE = "colleague_invite", _("Inviter une personne de sa structure")
    MEMBER_INVITE = "member_invite", _("Inviter dans tout le programme")
    AGREEMENT_SIGN = (
        "agreement_sign",
        _("Tenir la convention et l’analyse d’impact : télécharger, enregistrer, retirer"),
    )
    PERSON_CREATE = "person_create", _("Créer une fiche")
    PERSON_READ = "person_read", _("Voir une fiche")
    PERSON_EDIT = "person_edit", _("Compléter une fiche, ses freins et ses besoins")
    REFERRAL_READ = "referral_read", _("Voir une orientation")
    REFERRAL_SEND = "referral_send", _("Orienter une personne")
    REFERRAL_ANSWER = "referral_answer", _("Répondre à une orientation reçue")
    RUPTURE_READ = "rupture_read", _("Voir les ruptures")
    RUPTURE_ACT = "rupture_act", _("Rattraper une rupture")
    COHORT_READ = "cohort_read", _("Voir les cohortes, la commission et les séances")
    COHORT_EDIT = "cohort_edit", _("Tenir les cohortes et écrire les décisions de la commission")
    SESSION_HOLD = "session_hold", _("Tenir une séance et sa feuille de présence")
    JOURNAL_READ = "journal_read", _("Lire le journal")


class Reach(IntEnum):
    """How far a permission goes; a wider reach contains the narrower ones."""

    OWN = 1
    ORGANISATION = 2
    PROGRAMME = 3
    NATION = 4
