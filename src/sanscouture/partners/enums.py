"""What an organisation is: its kind (chapter 01) and the category it falls under on the programme's own map."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class PartnerCategory(models.TextChoices):
    """The eight families of partners drawn on a programme's map."""

    STATE = "state", _("Services de l’État")
    LOCAL_AUTHORITIES = "local_authorities", _("Collectivités")
    EMPLOYMENT = "employment", _("Service public de l’emploi")
    TRAINING = "training", _("Formation")
    ASSOCIATIONS = "associations", _("Associations")
    SOCIAL = "social", _("Acteurs sociaux")
    BUSINESS = "business", _("Entreprises")
    RESIDENTS = "residents", _("Habitants")


class OrganisationKind(models.TextChoices):
    """The prescriber kinds used by les-emplois, and those a cité works with beside them.

    Source: chapter 01, « Organisation kinds »; labels of les-emplois' `PrescriberOrganizationKind`.
    """

    AFPA = "afpa", _("Afpa – Agence nationale pour la formation professionnelle des adultes")
    ARS = "ars", _("ARS – Agence régionale de santé")
    ASE = "ase", _("ASE – Aide sociale à l’enfance")
    ASSOCIATION = "association", _("Association")
    SOCIAL_LANDLORD = "social_landlord", _("Bailleur social")
    CAARUD = "caarud", _("CAARUD – Accueil et réduction des risques pour usagers de drogues")
    CADA = "cada", _("CADA – Centre d’accueil de demandeurs d’asile")
    CAF = "caf", _("CAF – Caisse d’allocations familiales")
    CAP_EMPLOI = "cap_emploi", _("Cap emploi")
    CAVA = "cava", _("CAVA – Centre d’adaptation à la vie active")
    CCAS = "ccas", _("CCAS ou CIAS – Centre d’action sociale")
    CCI = "cci", _("CCI – Chambre de commerce et d’industrie")
    SOCIAL_CENTRE = "social_centre", _("Centre social")
    CFA = "cfa", _("CFA – Centre de formation d’apprentis")
    CHRS = "chrs", _("CHRS – Centre d’hébergement et de réinsertion sociale")
    CHU = "chu", _("CHU – Centre d’hébergement d’urgence")
    CIDFF = "cidff", _("CIDFF – Centre d’information sur les droits des femmes et des familles")
    CITE_EDUCATIVE = "cite_educative", _("Cité éducative")
    BUSINESS_CLUB = "business_club", _("Club d’entreprises")
    CMA = "cma", _("CMA – Chambre de métiers et de l’artisanat")
    RESIDENTS_GROUP = "residents_group", _("Collectif d’habitants")
    MUNICIPALITY = "municipality", _("Commune")
    CITIZEN_COUNCIL = "citizen_council", _("Conseil citoyen")
    DEPARTMENT = "department", _("Conseil départemental")
    REGION = "region", _("Conseil régional")
    CPH = "cph", _("CPH – Centre provisoire d’hébergement")
    CSAPA = "csapa", _("CSAPA – Soins, accompagnement et prévention en addictologie")
    DDETS = "ddets", _("DDETS – Direction départementale de l’emploi, du travail et des solidarités")
    PREFECT_DELEGATE = "prefect_delegate", _("Délégué du préfet")
    E2C = "e2c", _("École de la 2e chance")
    COMPANY = "company", _("Entreprise")
    INTERMUNICIPALITY = "intermunicipality", _("EPCI – Intercommunalité")
    EPIDE = "epide", _("Épide – Établissement pour l’insertion dans l’emploi")
    FRANCE_TRAVAIL = "france_travail", _("France Travail")
    HUDA = "huda", _("HUDA – Hébergement d’urgence pour demandeurs d’asile")
    TEMP_AGENCY = "temp_agency", _("Agence d’intérim")
    LYCEE = "lycee", _("Lycée")
    EMPLOYMENT_HOUSE = "employment_house", _("Maison de l’emploi")
    MISSION_LOCALE = "mission_locale", _("Mission locale")
    MSA = "msa", _("MSA – Mutualité sociale agricole")
    OACAS = "oacas", _("OACAS – Accueil communautaire et activités solidaires")
    RENTAL_OPERATOR = "rental_operator", _("Opérateur d’intermédiation locative")
    OPCO = "opco", _("OPCO – Opérateur de compétences")
    DEPARTMENT_DELEGATE = "department_delegate", _("Organisation délégataire d’un conseil départemental")
    PREFECT_ACCREDITED = "prefect_accredited", _("Organisme habilité par le préfet de département")
    CASF_BODY = "casf_body", _("Organisme mentionné au 8° du I de l’article L. 312-1 du CASF")
    TRAINING_BODY = "training_body", _("Organisme de formation")
    FAMILY_BOARDING = "family_boarding", _("Pension de famille ou résidence accueil")
    YOUTH_INFORMATION = "youth_information", _("PIJ ou BIJ – Information jeunesse")
    PJJ = "pjj", _("PJJ – Protection judiciaire de la jeunesse")
    PLIE = "plie", _("PLIE – Plan local pour l’insertion et l’emploi")
    PREFECTURE = "prefecture", _("Préfecture")
    YOUNG_WORKERS_HOME = "young_workers_home", _("Résidence sociale ou foyer de jeunes travailleurs")
    PREVENTION = "prevention", _("Prévention spécialisée")
    DEPARTMENT_SOCIAL = "department_social", _("Service social du conseil départemental")
    SIAE = "siae", _("SIAE – Structure d’insertion par l’activité économique")
    SPIP = "spip", _("SPIP – Service pénitentiaire d’insertion et de probation")
    UNIVERSITY = "university", _("Université")
    ORIENTER = "orienter", _("Autre organisation qui oriente")
    OTHER = "other", _("Autre")
