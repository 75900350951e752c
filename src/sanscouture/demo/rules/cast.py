"""The cast: organisations and accounts that act in the stories. All are invented; the programmes are real ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sanscouture.access.enums import Role
from sanscouture.demo.rules.houses import HOUSES, House
from sanscouture.demo.rules.places import MAUBEUGE, SAINT_OMER, SEDAN

PASSWORD = "Fil-Rouge-Aiguille-2026"  # noqa: S105 shown to everybody, and good for the demonstration only
DOMAIN = "demo.example"


@dataclass(frozen=True)
class Persona:
    """An account of the demonstration. `programme` is a national identifier, `house` the key of an organisation."""

    key: str
    first_name: str
    last_name: str
    role: Role
    title: str | Promise
    sees: str | Promise
    programme: str = ""
    house: str = ""

    @property
    def email(self) -> str:
        return f"{self.key.replace('_', '-')}@{DOMAIN}"


_WHOLE = _("Toute la cité : les ruptures du matin, les parcours, les partenaires.")
_COHORT = _("Les parcours de toute la cité, et qui tient chaque fil.")
_OWN = _("Les personnes que sa structure accompagne ou reçoit.")
_RECEIVES = _("Les orientations que sa structure reçoit, et les personnes reçues.")
_FIGURES = _("Le programme, ses partenaires et l’annuaire ; aucun nom d’habitant.")

PERSONAS: Sequence[Persona] = (
    Persona(
        "coordination.maubeuge", "Sabrina", "Deltour", Role.COORDINATOR, _("Coordinatrice de la cité"), _WHOLE, MAUBEUGE
    ),
    Persona(
        "referente.maubeuge",
        "Estelle",
        "Warembourg",
        Role.PATHWAY_REFERENT,
        _("Référente de parcours de la cité"),
        _COHORT,
        MAUBEUGE,
    ),
    Persona(
        "conseil.maubeuge",
        "Karim",
        "Lesaffre",
        Role.ADVISER,
        _("Conseiller en mission locale"),
        _OWN,
        MAUBEUGE,
        "remparts",
    ),
    Persona(
        "emploi.maubeuge",
        "Nadia",
        "Vancostenoble",
        Role.ADVISER,
        _("Conseillère à l’agence pour l’emploi"),
        _OWN,
        MAUBEUGE,
        "agence",
    ),
    Persona(
        "responsable.maubeuge",
        "Hugues",
        "Carpentier",
        Role.ORGANISATION_MANAGER,
        _("Responsable de la mission locale"),
        _("Ce que voit son équipe, et l’invitation de collègues."),
        MAUBEUGE,
        "remparts",
    ),
    Persona(
        "mediation.maubeuge",
        "Awa",
        "Sissonne",
        Role.OUTREACH_WORKER,
        _("Adulte-relais dans les quartiers"),
        _("Les seules personnes qu’elle a rencontrées."),
        MAUBEUGE,
        "adultes_relais",
    ),
    Persona(
        "mobilite.maubeuge",
        "Julien",
        "Maréchaux",
        Role.ADVISER,
        _("Conseiller mobilité dans une association"),
        _RECEIVES,
        MAUBEUGE,
        "roue_libre",
    ),
    Persona(
        "centre-social.maubeuge",
        "Leïla",
        "Brabant",
        Role.ADVISER,
        _("Animatrice au centre social"),
        _OWN,
        MAUBEUGE,
        "tilleuls",
    ),
    Persona(
        "enfance.maubeuge",
        "Margaux",
        "Pruvot",
        Role.ADVISER,
        _("Animatrice du relais petite enfance"),
        _RECEIVES,
        MAUBEUGE,
        "petits_pas",
    ),
    Persona(
        "savoirs.maubeuge",
        "Thomas",
        "Quenneville",
        Role.ADVISER,
        _("Formateur en savoirs de base"),
        _RECEIVES,
        MAUBEUGE,
        "mots_passants",
    ),
    Persona(
        "ccas.maubeuge",
        "Odile",
        "Fauvergue",
        Role.ADVISER,
        _("Travailleuse sociale au CCAS"),
        _OWN,
        MAUBEUGE,
        "ccas",
    ),
    Persona(
        "copilote.maubeuge",
        "Philippe",
        "Aubrespin",
        Role.COPILOT,
        _("Copilote, pour la préfecture"),
        _FIGURES,
        MAUBEUGE,
    ),
    Persona(
        "coordination.saint-omer",
        "Delphine",
        "Audegond",
        Role.COORDINATOR,
        _("Coordinatrice de la cité"),
        _WHOLE,
        SAINT_OMER,
    ),
    Persona(
        "mediation.saint-omer",
        "Sonia",
        "Leprêtre-Wils",
        Role.ADVISER,
        _("Médiatrice emploi à l’espace socioculturel"),
        _OWN,
        SAINT_OMER,
        "espace_lys",
    ),
    Persona(
        "mobilite.saint-omer",
        "Gaëtan",
        "Morbecque",
        Role.ADVISER,
        _("Conseiller mobilité dans une association"),
        _RECEIVES,
        SAINT_OMER,
        "cap_volant",
    ),
    Persona(
        "enfance.saint-omer",
        "Clarisse",
        "Bultel",
        Role.ADVISER,
        _("Animatrice du relais petite enfance"),
        _RECEIVES,
        SAINT_OMER,
        "coquelicots",
    ),
    Persona(
        "droits.saint-omer",
        "Fatoumata",
        "Decloquement",
        Role.ADVISER,
        _("Médiatrice pour l’accès aux droits"),
        _RECEIVES,
        SAINT_OMER,
        "point_droits",
    ),
    Persona("coordination.sedan", "Rachid", "Ardouin", Role.COORDINATOR, _("Coordinateur de la cité"), _WHOLE, SEDAN),
    Persona(
        "conseil.sedan",
        "Mélanie",
        "Torcy-Blanc",
        Role.ADVISER,
        _("Conseillère en mission locale"),
        _OWN,
        SEDAN,
        "ardoisieres",
    ),
    Persona(
        "parents.sedan",
        "Bérénice",
        "Glaire",
        Role.ADVISER,
        _("Animatrice du groupe de parents"),
        _RECEIVES,
        SEDAN,
        "maison_parents",
    ),
    Persona(
        "creche.sedan",
        "Valentin",
        "Balan",
        Role.ADVISER,
        _("Responsable de la crèche associative"),
        _RECEIVES,
        SEDAN,
        "farandole",
    ),
    Persona(
        "animation.nationale",
        "Camille",
        "Roseraie",
        Role.NATIONAL_ANIMATOR,
        _("Animatrice nationale du réseau"),
        _("Toutes les cités, sans aucun nom d’habitant."),
    ),
)


def persona(key: str) -> Persona:
    """Find a member of the cast by its key. Raises KeyError when there is none."""
    return _BY_KEY[key]


def house(key: str) -> House:
    """Find an organisation of the cast by its key. Raises KeyError when there is none."""
    return _HOUSE_BY_KEY[key]


_BY_KEY = {one.key: one for one in PERSONAS}
_HOUSE_BY_KEY = {one.key: one for one in HOUSES}
