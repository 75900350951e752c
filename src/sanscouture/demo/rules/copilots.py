"""Who co-pilots the programmes of the stories: the State and a local authority, invented and named so."""

from __future__ import annotations

from collections.abc import Sequence

from sanscouture.demo.rules.houses import House
from sanscouture.demo.rules.places import MAUBEUGE, SAINT_OMER, SEDAN
from sanscouture.partners.enums import OrganisationKind as Kind

_STATE = "Copilote pour l’État : mobilise les crédits et les opérateurs, préside le comité de pilotage."
_AUTHORITY = "Copilote pour la collectivité : accueille l’équipe projet, ouvre ses équipements et ses services."

COPILOTS: Sequence[House] = (
    House("prefecture_sambre", MAUBEUGE, "Sous-préfecture de la Sambre (fictive)", Kind.PREFECTURE, "59392", _STATE),
    House(
        "agglo_sambre",
        MAUBEUGE,
        "Agglomération Sambre et Solre (fictive)",
        Kind.INTERMUNICIPALITY,
        "59392",
        _AUTHORITY,
    ),
    House("prefecture_marais", SAINT_OMER, "Sous-préfecture des Marais (fictive)", Kind.PREFECTURE, "62765", _STATE),
    House(
        "agglo_marais", SAINT_OMER, "Agglomération des Marais (fictive)", Kind.INTERMUNICIPALITY, "62765", _AUTHORITY
    ),
    House("prefecture_ardoise", SEDAN, "Sous-préfecture de l’Ardoise (fictive)", Kind.PREFECTURE, "08409", _STATE),
    House("agglo_ardoise", SEDAN, "Agglomération de l’Ardoise (fictive)", Kind.INTERMUNICIPALITY, "08409", _AUTHORITY),
)
