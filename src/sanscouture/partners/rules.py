"""What can be said of an organisation from its kind alone, and whose SIRET is well formed."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import ValidationError as StdnumError
from stdnum.fr import siret as stdnum_siret

from sanscouture.partners.enums import OrganisationKind as Kind
from sanscouture.partners.enums import PartnerCategory as Category

VEILED_NAME = _("structure d’accompagnement")
"""What a sensitive organisation is called in front of whoever is not on the step (chapter 01)."""

SENSITIVE_KINDS = frozenset(
    {
        Kind.ASE,
        Kind.CAARUD,
        Kind.CIDFF,
        Kind.CSAPA,
        Kind.FAMILY_BOARDING,
        Kind.PJJ,
        Kind.PREVENTION,
        Kind.SPIP,
    }
)
"""Kinds whose name alone reveals health, justice or protection."""

KINDS_BY_CATEGORY: dict[Category, frozenset[Kind]] = {
    Category.STATE: frozenset({Kind.ARS, Kind.DDETS, Kind.PREFECT_DELEGATE, Kind.PREFECTURE, Kind.PJJ, Kind.SPIP}),
    Category.LOCAL_AUTHORITIES: frozenset({Kind.DEPARTMENT, Kind.INTERMUNICIPALITY, Kind.MUNICIPALITY, Kind.REGION}),
    Category.EMPLOYMENT: frozenset(
        {Kind.CAP_EMPLOI, Kind.EMPLOYMENT_HOUSE, Kind.FRANCE_TRAVAIL, Kind.MISSION_LOCALE, Kind.PLIE}
    ),
    Category.TRAINING: frozenset(
        {
            Kind.AFPA,
            Kind.CFA,
            Kind.CITE_EDUCATIVE,
            Kind.E2C,
            Kind.EPIDE,
            Kind.LYCEE,
            Kind.OPCO,
            Kind.TRAINING_BODY,
            Kind.UNIVERSITY,
        }
    ),
    Category.ASSOCIATIONS: frozenset(
        {Kind.ASSOCIATION, Kind.ORIENTER, Kind.OTHER, Kind.SOCIAL_CENTRE, Kind.YOUTH_INFORMATION}
    ),
    Category.SOCIAL: frozenset(
        {
            Kind.ASE,
            Kind.CAARUD,
            Kind.CADA,
            Kind.CAF,
            Kind.CASF_BODY,
            Kind.CAVA,
            Kind.CCAS,
            Kind.CHRS,
            Kind.CHU,
            Kind.CIDFF,
            Kind.CPH,
            Kind.CSAPA,
            Kind.DEPARTMENT_DELEGATE,
            Kind.DEPARTMENT_SOCIAL,
            Kind.FAMILY_BOARDING,
            Kind.HUDA,
            Kind.MSA,
            Kind.OACAS,
            Kind.PREFECT_ACCREDITED,
            Kind.PREVENTION,
            Kind.RENTAL_OPERATOR,
            Kind.SOCIAL_LANDLORD,
            Kind.YOUNG_WORKERS_HOME,
        }
    ),
    Category.BUSINESS: frozenset({Kind.BUSINESS_CLUB, Kind.CCI, Kind.CMA, Kind.COMPANY, Kind.SIAE, Kind.TEMP_AGENCY}),
    Category.RESIDENTS: frozenset({Kind.CITIZEN_COUNCIL, Kind.RESIDENTS_GROUP}),
}

_CATEGORY_OF = {kind: category for category, kinds in KINDS_BY_CATEGORY.items() for kind in kinds}

KIND_OF_NETWORK: dict[str, Kind] = {
    "aci": Kind.SIAE,
    "afpa": Kind.AFPA,
    "ai": Kind.SIAE,
    "ase": Kind.ASE,
    "caarud": Kind.CAARUD,
    "cada": Kind.CADA,
    "caf": Kind.CAF,
    "cap-emploi-reseau-cheops": Kind.CAP_EMPLOI,
    "cava": Kind.CAVA,
    "ccas-cias": Kind.CCAS,
    "chrs": Kind.CHRS,
    "chu": Kind.CHU,
    "cidff": Kind.CIDFF,
    "communes": Kind.MUNICIPALITY,
    "cph": Kind.CPH,
    "csapa": Kind.CSAPA,
    "delegataire-conseil-departemental": Kind.DEPARTMENT_DELEGATE,
    "departements": Kind.DEPARTMENT,
    "ecoles-de-la-deuxieme-chance": Kind.E2C,
    "ei": Kind.SIAE,
    "eiti": Kind.SIAE,
    "epide": Kind.EPIDE,
    "etti": Kind.SIAE,
    "fcsf": Kind.SOCIAL_CENTRE,
    "france-travail": Kind.FRANCE_TRAVAIL,
    "huda": Kind.HUDA,
    "maisons-de-l-emploi": Kind.EMPLOYMENT_HOUSE,
    "mission-locale": Kind.MISSION_LOCALE,
    "mutualite-sociale-agricole": Kind.MSA,
    "pjj": Kind.PJJ,
    "plie": Kind.PLIE,
    "regions": Kind.REGION,
    "reseau-information-jeunesse": Kind.YOUTH_INFORMATION,
    "residences-fjt": Kind.YOUNG_WORKERS_HOME,
    "spip": Kind.SPIP,
}
"""The kind a data·inclusion network (réseau porteur) says by itself. Other networks say nothing of the kind."""


def category_of(kind: str) -> Category:
    """Say under which of the eight categories a kind of organisation is drawn (chapter 01)."""
    return _CATEGORY_OF[Kind(kind)]


def is_sensitive(kind: str) -> bool:
    """Say whether the mere name of such an organisation reveals health, justice or protection (chapter 01)."""
    return kind in SENSITIVE_KINDS


def shown_name(name: str, kind: str, *, on_step: bool) -> str | Promise:
    """Give the name a reader may see: a sensitive organisation is veiled to whoever is not on that step.

    `on_step`: the reader takes part in the step, the referral or works in that organisation.
    """
    return name if on_step or not is_sensitive(kind) else VEILED_NAME


def kind_of_networks(networks: list[str]) -> Kind:
    """Deduce an organisation's kind from its data·inclusion networks; sensitive kinds win, silence is `other`."""
    kinds = [KIND_OF_NETWORK[network] for network in sorted(networks) if network in KIND_OF_NETWORK]
    return next((kind for kind in kinds if is_sensitive(kind)), kinds[0] if kinds else Kind.OTHER)


def clean_siret(value: str) -> str:
    """Give the fourteen digits of a SIRET whatever its spaces.

    Raises ValidationError with a French sentence when it is not one (length, digits or check digit).
    """
    try:
        return str(stdnum_siret.validate(value.replace("\u202f", "").replace("\u00a0", "")))
    except StdnumError as error:
        raise ValidationError(
            _("Ce numéro SIRET n’est pas valable : il compte quatorze chiffres, dont le dernier contrôle les autres."),
            code="siret",
        ) from error


def validate_siret(value: str) -> None:
    """Refuse a value that is not a SIRET. Used by the model's field."""
    clean_siret(value)
