"""The data protection impact assessment (GDPR article 35), in the usual order of the CNIL.

An act is French: these texts are not translated (ADR 0014).
"""

from __future__ import annotations

from dataclasses import dataclass

from sanscouture.access.personal import Activity
from sanscouture.documents.enums import Risk
from sanscouture.documents.rules.content import (
    Block,
    Bullets,
    Document,
    Paragraph,
    Section,
    Signature,
    Signatures,
    Table,
    blank,
    or_blank,
)
from sanscouture.documents.rules.measures import in_place, planned
from sanscouture.documents.rules.register import PURPOSES, data_table, kept_table
from sanscouture.programmes.rules.agreement import Code, day_said
from sanscouture.programmes.rules.configuration import Configuration


@dataclass(frozen=True)
class Study:
    """One feared event: where it comes from, what it would do to people, how grave and how likely once measured."""

    title: str
    sources: str
    threats: str
    effects: str
    gravity: str
    likelihood: str
    because: str


STUDIES = {
    Risk.ACCESS: Study(
        "Accès illégitime à des données",
        "Un proche, un professionnel curieux ou qui a changé de poste, un pirate, un sous-traitant négligent.",
        "Compte partagé ou volé, session laissée ouverte, lien transmis, export oublié, faille de l’outil.",
        "Révélation de difficultés (argent, logement, langue, besoin d’appui en santé), stigmatisation, pressions, "
        "mise en danger d’une personne qui se protège, perte de confiance dans les structures.",
        "importante",
        "limitée",
        "Les noms sont fermés par défaut et cloisonnés par la base elle-même ; un deuxième facteur est exigé ; chaque "
        "lecture laisse une trace. Restent l’imprudence et l’abus d’une personne habilitée.",
    ),
    Risk.CHANGE: Study(
        "Modification non désirée de données",
        "Une erreur de saisie, deux personnes qui écrivent ensemble, un professionnel malveillant, un import mal "
        "préparé.",
        "Fiche d’une autre personne modifiée, réponse à une orientation donnée à la place d’une autre, écrasement.",
        "Orientation vers un mauvais service, rendez-vous manqué, droit retardé, décision d’une structure fondée "
        "sur un fait faux.",
        "limitée",
        "négligeable",
        "Chacun n’écrit que dans son périmètre, les écritures simultanées sont détectées, les états impossibles sont "
        "refusés, et le journal dit qui a écrit quoi.",
    ),
    Risk.LOSS: Study(
        "Disparition de données",
        "Une panne, une erreur d’exploitation, un rançongiciel, un sinistre chez l’hébergeur.",
        "Destruction de la base, effacement par erreur, indisponibilité prolongée.",
        "Parcours interrompu, démarches à recommencer, orientation restée sans suite.",
        "limitée",
        "limitée",
        "Chaque acte est écrit en une transaction et rien ne s’efface d’un geste. La vraisemblance dépend des "
        "sauvegardes, à la charge de l’hébergeur.",
    ),
}
"""On the CNIL’s scale: négligeable, limitée, importante, maximale; with the measures in place. Parties adjust it."""


def assessment(configuration: Configuration, code: Code) -> Document:
    """Give the impact assessment of a programme; what nobody wrote yet is left to fill in."""
    said = configuration
    return Document(
        "Analyse d’impact relative à la protection des données",
        f"{said.programme} – article 35 du règlement général sur la protection des données (RGPD)",
        said.carrier or said.programme,
        (
            Section("1. Description du traitement", _overview(said)),
            Section("1.1 Données, personnes et durées", (data_table(code.support), kept_table(code.support)), 2),
            Section("1.2 Du premier contact à l’effacement", _life(), 2),
            Section("2. Nécessité et proportionnalité", (Paragraph(PURPOSES[Activity.SUPPORT].ground),)),
            Section("2.1 Pourquoi chaque chose est nécessaire", (_proportion(),), 2),
            Section("2.2 Qui voit quoi", (code.sights,), 2),
            Section("3. Droits des personnes", (_rights(said),)),
            Section("4. Risques pour les personnes", _scale()),
            *(_study(rank, risk) for rank, risk in enumerate(Risk, 1)),
            Section("4.4 Vue d’ensemble", (_summary(),), 2),
            Section("5. Plan d’action", (_plan(),)),
            Section("6. Avis", _opinions(said)),
            Section("7. Validation", _validation(said)),
        ),
    )


def _overview(said: Configuration) -> tuple[Block, ...]:
    rows = (
        ("Traitement", f"Accompagnement nominatif des habitants dans « {said.programme} »"),
        ("Territoire", ", ".join(said.communes) or blank("communes")),
        ("Quartiers", ", ".join(said.quarters) or blank("quartiers prioritaires")),
        ("Responsables conjoints", ", ".join(one.name for one in said.parties) or blank("structures partenaires")),
        ("Structure porteuse", or_blank(said.carrier, "structure porteuse")),
        ("Éditeur de l’installation", or_blank(said.publisher, "éditeur, adresse")),
        ("Hébergeur", or_blank(said.hosting, "hébergeur, lieu, contrat")),
        ("Références", "RGPD ; loi du 6 janvier 1978 ; convention de responsabilité conjointe du programme"),
    )
    return (
        Table(("Élément", "Réponse"), rows, (3, 9)),
        Paragraph("Finalités :"),
        Bullets(PURPOSES[Activity.SUPPORT].aims),
        Paragraph(
            "Une analyse est nécessaire : les personnes sont en situation fragile, leurs données sont croisées entre "
            "plusieurs structures, et certaines touchent à l’intimité."
        ),
    )


def _life() -> tuple[Block, ...]:
    rows = (
        ("Rencontre", "Un professionnel écrit un prénom, un moyen de contact, un besoin ; il informe la personne."),
        ("Diagnostic", "Les freins et les points d’appui, champ par champ, chacun facultatif."),
        ("Orientation", "Ce qui est coché est transmis à une structure, qui répond avec ou sans compte."),
        ("Suivi", "Rendez-vous, étapes, réponses ; une rupture est signalée à qui doit agir."),
        ("Fin du partage", "À l’expiration, au retrait ou sur opposition, la fiche se referme."),
        ("Effacement", "Au terme de la durée, sur demande de la coordination ; les statistiques sans nom restent."),
    )
    return (
        Table(("Moment", "Ce qui se passe"), rows, (3, 9)),
        Paragraph(
            "Supports : une base PostgreSQL, le site qui la sert, les postes et téléphones des professionnels, les "
            "courriels et SMS qui préviennent sans rien dire de la personne."
        ),
    )


def _proportion() -> Table:
    rows = (
        ("Un outil commun", "Les passages d’une structure à l’autre sont l’endroit où une personne disparaît."),
        ("Le prénom et un contact", "Sans eux, personne ne rappelle ; le nom, la date de naissance sont facultatifs."),
        ("L’adresse", "Savoir si la personne habite un quartier prioritaire ; à défaut, « non déterminé » suffit."),
        (
            "Les freins et besoins",
            "Ils disent vers quel service orienter ; une note brève, jamais d’avis sur la personne.",
        ),
        ("La santé", "Une case, sans mots : l’orientation vers un appui n’en demande pas davantage."),
        ("Le journal", "Sans lui, un abus ne se verrait pas."),
        ("Exactitude", "Qui rencontre la personne corrige ; l’origine et la date de chaque fait sont gardées."),
        ("Sans nom quand c’est possible", "Comptages, besoins non couverts et bilans se font sans donnée nominative."),
    )
    return Table(("Élément", "Pourquoi, et pas davantage"), rows, (3, 9))


def _rights(said: Configuration) -> Table:
    contact = f"{or_blank(said.rights_organisation, 'structure')}, {or_blank(said.rights_contact, 'adresse')}"
    rows = (
        ("Information", "De vive voix, notice remise, dans une langue comprise ; date, moyen et version gardés."),
        ("Accord", "Demandé à part de l’accompagnement, par portée (partenaires, SMS, statistiques), retirable."),
        ("Accès, copie", f"Par le point de contact : {contact}. Réponse sous un mois."),
        ("Rectification, effacement", "Par le point de contact ou par n’importe quelle partie, qui lui transmet."),
        ("Limitation, opposition", "Le partage est fermé aussitôt ; l’accompagnement continue sans lui."),
        ("Sous-traitants", "Contrats de l’article 28 du RGPD, données dans l’Union européenne."),
        ("Transferts hors de l’Union", "Aucun."),
    )
    return Table(("Droit ou garantie", "Comment"), rows, (3, 9))


def _scale() -> tuple[Block, ...]:
    return (
        Paragraph(
            "Gravité et vraisemblance sur l’échelle de la CNIL : négligeable, limitée, importante, maximale ; "
            "estimées avec les mesures en place. Les parties les ajustent à leur territoire."
        ),
    )


def _study(rank: int, risk: Risk) -> Section:
    study = STUDIES[risk]
    rows = (
        ("Sources du risque", study.sources),
        ("Menaces", study.threats),
        ("Effets pour les personnes", study.effects),
        ("Mesures en place", " ".join(f"{one.name} : {one.text}" for one in in_place(risk))),
        ("Mesures prévues", " ".join(f"{one.name} : {one.text}" for one in planned(risk)) or "aucune de plus"),
        ("Gravité", study.gravity),
        ("Vraisemblance", study.likelihood),
        ("Pourquoi", study.because),
    )
    return Section(f"4.{rank} {study.title}", (Table(("Élément", "Analyse"), rows, (3, 9)),), 2)


def _summary() -> Table:
    rows = tuple((one.title, one.gravity, one.likelihood) for one in STUDIES.values())
    return Table(("Risque", "Gravité", "Vraisemblance"), rows, (6, 3, 3))


def _plan() -> Table:
    rows = tuple((one.name, one.text, blank("qui, pour quand")) for one in planned())
    return Table(("Mesure prévue", "Ce qu’elle demande", "Responsable et échéance"), rows, (3, 6, 3))


def _opinions(said: Configuration) -> tuple[Block, ...]:
    when = f", le {day_said(said.officer_opinion_on)}" if said.officer_opinion_on else ""
    return (
        Paragraph(
            f"Avis du délégué à la protection des données ({or_blank(said.officer_name, 'nom')}{when}) : "
            f"{or_blank(said.officer_opinion, 'avis')}"
        ),
        Paragraph(
            f"Avis des personnes concernées ou de leurs représentants (conseil citoyen, par exemple) : {blank('avis')}"
        ),
    )


def _validation(said: Configuration) -> tuple[Block, ...]:
    steering = [Signature(one.name, "copilote du programme") for one in said.parties if one.steers]
    carrier = [Signature(or_blank(said.carrier, "structure porteuse"), "structure porteuse")]
    return (
        Paragraph(
            "Au vu de cette analyse, les responsables conjoints acceptent les risques résiduels, ou conditionnent "
            f"l’ouverture à : {blank('conditions, ou « aucune »')}"
        ),
        Signatures(
            (
                *(steering or carrier),
                Signature(or_blank(said.officer_name, "nom"), "délégué à la protection des données"),
            )
        ),
    )
