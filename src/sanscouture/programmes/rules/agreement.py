"""The agreement between partners (joint controllers, GDPR article 26), made of a programme's configuration.

An act is French: these texts are not translated (ADR 0014).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sanscouture.access.personal import Activity
from sanscouture.documents.rules.content import (
    MONTHS,
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
from sanscouture.documents.rules.register import PURPOSES, Holding, data_table, kept_table, measures_table
from sanscouture.programmes.rules.configuration import Configuration, Party


@dataclass(frozen=True)
class Code:
    """What the program itself says: what it keeps about people, and who sees what."""

    holdings: Sequence[Holding]
    sights: Table

    @property
    def support(self) -> list[Holding]:
        """What is kept for the accompaniment of residents."""
        return [one for one in self.holdings if one.activity is Activity.SUPPORT]


def day_said(iso: str) -> str:
    """Say a day given as ISO 8601: « 3 mars 2026 », or nothing.

    >>> day_said("2026-03-01"), day_said("")
    ('1er mars 2026', '')
    """
    if not iso:
        return ""
    on = date.fromisoformat(iso)
    return f"{'1er' if on.day == 1 else on.day} {MONTHS[on.month - 1]} {on.year}"


def agreement(configuration: Configuration, code: Code) -> Document:
    """Give the agreement of a programme: what the code and the configuration do not know is left to fill in."""
    said = configuration
    numbered = (
        ("Parties", _parties(said)),
        ("Objet", _purpose(said)),
        ("Finalités et fondements", _aims()),
        ("Personnes et données", _data(code)),
        ("Qui voit quoi", _sights(code)),
        ("Qui fait quoi", _duties(said)),
        ("Information des personnes", _information()),
        ("Droits des personnes et point de contact", _rights(said)),
        ("Durées de conservation", (kept_table(code.support), *_lengths())),
        ("Sécurité", (Paragraph("Les mesures de sécurité sont celles de l’annexe 2."), *_security())),
        ("Hébergement et sous-traitants", _hosting(said)),
        ("Violation de données", _breach(said)),
        ("Arrivée et départ d’une partie", _coming_and_going()),
        ("Durée, révision et fin", _ending()),
    )
    articles = tuple(
        Section(f"Article {rank} – {title}", tuple(blocks)) for rank, (title, blocks) in enumerate(numbered, 1)
    )
    return Document(
        "Convention de responsabilité conjointe",
        f"{said.programme} – article 26 du règlement général sur la protection des données (RGPD)",
        said.carrier or said.programme,
        (
            Section("Préambule", _preamble(said)),
            *articles,
            Section("Signatures", (signatures(said),)),
            Section("Annexe 1 – Données traitées", (data_table(code.support),)),
            Section("Annexe 2 – Mesures de sécurité", (measures_table(),)),
        ),
    )


def signatures(configuration: Configuration) -> Signatures:
    """Give room for each party to sign, those that steer the programme first."""
    ordered = sorted(configuration.parties, key=lambda one: not one.steers)
    rooms = tuple(Signature(one.name, "copilote du programme" if one.steers else "partenaire") for one in ordered)
    return Signatures(rooms or (Signature(blank("structure")), Signature(blank("structure"))))


def _preamble(said: Configuration) -> tuple[Block, ...]:
    places = ", ".join(said.communes) or blank("communes")
    quarters = ", ".join(said.quarters) or blank("quartiers prioritaires")
    return (
        Paragraph(
            f"Le programme « {said.programme} » ({said.kind or 'alliance locale'}) réunit des structures qui aident "
            "ensemble des habitants des quartiers prioritaires à rejoindre un emploi ou une formation. Son "
            f"territoire : {places}. Ses quartiers : {quarters}."
        ),
        Paragraph(
            "Pour qu’une personne passe d’une structure à l’autre sans être perdue, ces structures écrivent et lisent "
            "des informations nominatives dans un même outil, Sans couture. Elles en décident ensemble les buts et les "
            "moyens : elles en sont responsables conjointes. La présente convention dit qui fait quoi, et à qui les "
            "personnes s’adressent."
        ),
    )


def _parties(said: Configuration) -> tuple[Block, ...]:
    rows = tuple(_party(one) for one in said.parties) or ((blank("structure"), "", "", ""),)
    return (
        Paragraph(f"Structure porteuse du programme : {or_blank(said.carrier, 'structure porteuse')}."),
        Table(("Structure", "Rôle et apport", "Référent", "Partenaire depuis"), rows, (4, 5, 3, 3)),
        Paragraph("Chaque partie désigne la personne qui la représente et signe pour elle en fin de convention."),
    )


def _party(one: Party) -> tuple[str, ...]:
    role = " – ".join(filter(None, ("copilote" if one.steers else "", one.role, one.contribution)))
    name = f"{one.name} ({one.category})" if one.category else one.name
    return (name, role or "partenaire", one.referent or blank("référent"), day_said(one.since) or blank("date"))


def _purpose(said: Configuration) -> tuple[Block, ...]:
    return (
        Paragraph(
            "La convention encadre l’accompagnement nominatif des habitants par les parties dans "
            f"« {said.programme} ». Elle ne remplace pas les outils propres à chaque partie : ce qu’une partie "
            "tient chez elle reste sous sa seule responsabilité."
        ),
        Paragraph(
            "Les données ne servent ni à contrôler la recherche d’emploi, ni à décider ou à retirer une allocation, "
            "ni à sanctionner, ni à prospecter. Aucune décision n’est prise par une machine. Aucune donnée n’est "
            "vendue ni cédée."
        ),
    )


def _aims() -> tuple[Block, ...]:
    support, journal = PURPOSES[Activity.SUPPORT], PURPOSES[Activity.JOURNAL]
    return (
        Bullets((*support.aims, *journal.aims)),
        Paragraph(f"Fondement de l’accompagnement. {support.ground}"),
        Paragraph(f"Fondement du journal. {journal.ground}"),
        Paragraph(
            "Sans information donnée à la personne, ou quand le fondement prend fin, sa fiche n’est plus visible "
            "que de la structure qui l’a créée, et ne compte que comme un nombre."
        ),
    )


def _data(code: Code) -> tuple[Block, ...]:
    return (
        Paragraph(
            "Personnes concernées : les habitants accompagnés, les professionnels qui les accompagnent, et les "
            "personnes à joindre dans les structures. Les données sont celles de l’annexe 1, et elles seules ; un "
            "prénom, un moyen de contact et un besoin suffisent."
        ),
        Bullets(
            (
                "Jamais de numéro de sécurité sociale.",
                "La santé ne se décrit pas : une case dit seulement qu’un appui est utile, et elle ne voyage que si la "
                "personne le veut.",
                "Aucun jugement, aucune supposition dans les champs libres : des faits utiles à l’orientation.",
            )
        ),
    )


def _sights(code: Code) -> tuple[Block, ...]:
    return (
        Paragraph("Chaque compte tient un rôle, ouvert sur invitation et retiré dès que la personne part."),
        code.sights,
        Paragraph(
            "Une structure qui reçoit une orientation n’en lit que ce que l’expéditeur a coché ; l’identité n’apparaît "
            "qu’après acceptation. Chaque consultation d’une fiche laisse une ligne au journal. Le niveau national "
            "et les copilotes ne voient que des nombres."
        ),
    )


def _duties(said: Configuration) -> tuple[Block, ...]:
    contact = or_blank(said.rights_organisation, "structure point de contact")
    rows = (
        ("Informer la personne et noter son accord ou son opposition", "La partie qui la rencontre et écrit la fiche"),
        ("Exactitude des données", "La partie qui les écrit ; chacune corrige ce qu’elle sait faux"),
        ("Répondre aux demandes des personnes", contact),
        ("Ouvrir et retirer les comptes", "La coordination ; dans une structure, sa personne responsable"),
        ("Tenir à jour les partenaires et cette convention", "La coordination"),
        ("Revoir chaque année habilitations et fiches à échéance", "La coordination, avec les parties"),
        ("Notifier une violation de données", contact),
        ("Tenir le registre des traitements", "Chaque partie, à partir de celui que l’outil produit"),
        ("Secret professionnel", "Chaque partie pour ses agents ; l’outil n’en délie personne"),
    )
    return (Table(("Obligation", "Qui en est chargé"), rows, (6, 6)),)


def _information() -> tuple[Block, ...]:
    return (
        Paragraph(
            "Avant tout partage, la personne est informée en mots simples, dans une langue qu’elle comprend : qui "
            "sont les parties, ce qui est noté, pourquoi, qui le voit, combien de temps, ses droits et à qui les "
            "demander. Les grandes lignes de cette convention lui sont accessibles (article 26.2 du RGPD). La date, "
            "le moyen et la version de la notice sont notés dans sa fiche."
        ),
    )


def _rights(said: Configuration) -> tuple[Block, ...]:
    return (
        Paragraph(
            f"Point de contact : {or_blank(said.rights_organisation, 'structure')}, "
            f"{or_blank(said.rights_contact, 'adresse')}. Une personne peut aussi s’adresser à n’importe laquelle des "
            "parties, qui transmet au point de contact sous trois jours ouvrés.",
            strong=True,
        ),
        Bullets(
            (
                "Accès, rectification, effacement, limitation ; opposition à tout moment quand le fondement est la "
                "mission d’intérêt public ; retrait de l’accord quand il fonde le partage.",
                "Réponse sous un mois ; les parties apportent sous dix jours ce que le point de contact leur demande.",
                "Une opposition ferme le partage aussitôt et n’a aucune conséquence sur l’accompagnement.",
                "La personne peut se plaindre à la CNIL (cnil.fr).",
            )
        ),
        Paragraph(
            f"Délégué à la protection des données : {or_blank(said.officer_name, 'nom')}, "
            f"{or_blank(said.officer_contact, 'adresse')}."
        ),
    )


def _lengths() -> tuple[Block, ...]:
    return (
        Paragraph(
            "La coordination passe en revue chaque année les fiches dont la durée s’achève et demande leur "
            "effacement. Une procédure en cours suspend l’effacement pour les seules données qu’elle concerne."
        ),
    )


def _security() -> tuple[Block, ...]:
    return (
        Bullets(
            (
                "Chaque partie désigne les agents qui ont besoin d’un compte, et eux seuls ; un compte ne se "
                "partage pas.",
                "Chaque partie tient ses postes à jour, verrouillés, et n’exporte que le nécessaire.",
                "Chaque partie sensibilise ses agents au secret et à la protection des données.",
            )
        ),
    )


def _hosting(said: Configuration) -> tuple[Block, ...]:
    rows = (
        ("Éditeur de l’installation", or_blank(said.publisher, "éditeur, adresse")),
        ("Hébergeur", or_blank(said.hosting, "hébergeur, lieu, contrat")),
        ("Acheminement des courriels et SMS", blank("prestataire, lieu, contrat")),
    )
    return (
        Table(("Rôle", "Qui, où, sous quel contrat"), rows, (4, 8)),
        Paragraph(
            "Chaque sous-traitant agit sous un contrat conforme à l’article 28 du RGPD. Les données restent dans "
            "l’Union européenne ; aucune page n’appelle un site tiers."
        ),
    )


def _breach(said: Configuration) -> tuple[Block, ...]:
    contact = or_blank(said.rights_organisation, "structure point de contact")
    return (
        Bullets(
            (
                "Qui constate une violation (perte, divulgation, altération) prévient la coordination le jour même, "
                "même dans le doute.",
                f"La coordination prévient toutes les parties sous 24 heures ; {contact} notifie à la CNIL sous 72 "
                "heures s’il y a un risque pour les personnes (article 33).",
                "Si le risque est élevé, les personnes sont prévenues en mots simples (article 34), par la partie "
                "qui les connaît.",
                "Les noms peuvent être fermés aussitôt, pour tout le programme, depuis la page « Données "
                "personnelles et convention ».",
                "Les faits, leurs effets et les mesures prises sont écrits et gardés.",
            )
        ),
    )


def _coming_and_going() -> tuple[Block, ...]:
    return (
        Paragraph(
            "Une structure qui rejoint le programme signe un avenant avant que ses comptes ne voient un nom. Une "
            "structure qui part perd ses accès le jour même ; ce qu’elle a écrit reste, à son nom, tant que la "
            "fiche est gardée. L’outil dit à la coordination quand un avenant est à signer."
        ),
    )


def _ending() -> tuple[Block, ...]:
    return (
        Paragraph(
            "La convention prend effet à la dernière signature, pour la durée du programme. Elle est revue chaque "
            "année, et chaque fois que changent les parties, les finalités ou les données. Si elle prend fin, ou si "
            "une partie essentielle s’en retire, les fiches sont fermées, puis rendues aux structures qui les ont "
            "créées ou effacées sous trois mois."
        ),
        Paragraph(
            "Quelles que soient les clauses de cette convention, une personne peut exercer ses droits à l’égard de "
            "chacune des parties (article 26.3 du RGPD)."
        ),
    )
