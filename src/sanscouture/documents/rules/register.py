"""The register of processing (GDPR article 30), computed from what each model declares beside itself.

French documents: these texts are French and are not translated (ADR 0014).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sanscouture.access.personal import Activity, Concerned, Data, Kept
from sanscouture.documents.rules.content import Bullets, Document, Paragraph, Section, Table, or_blank
from sanscouture.documents.rules.measures import MEASURES


@dataclass(frozen=True)
class Holding:
    """What one model keeps, with the French names of its fields."""

    name: str
    activity: Activity
    about: tuple[Concerned, ...]
    kept: Kept
    fields: Mapping[Data, tuple[str, ...]]


@dataclass(frozen=True)
class Answering:
    """Who answers for an installation, and where it is kept; empty where nobody wrote it."""

    publisher: str = ""
    hosting: str = ""


@dataclass(frozen=True)
class Purpose:
    """Why an activity is done, on which ground, and who receives the data."""

    aims: tuple[str, ...]
    ground: str
    receivers: str


PURPOSES: Mapping[Activity, Purpose] = {
    Activity.SUPPORT: Purpose(
        (
            "repérer et accueillir des habitants des quartiers prioritaires éloignés de l’emploi",
            "comprendre avec eux ce qui les freine, et les orienter vers les services qui y répondent",
            "suivre la réponse donnée à chaque orientation et les étapes du parcours, d’une structure à l’autre",
            "repérer les ruptures : les moments où plus personne ne tient le fil, et qui doit agir",
            "compter, sans nom, ce qui est fait et ce qui manque",
        ),
        "Mission d’intérêt public (article 6.1.e du RGPD) ; pour ce que la personne choisit de partager en plus, son "
        "accord (article 6.1.a), qu’elle retire quand elle veut. La case « santé et handicap », sans aucune "
        "description, n’est cochée qu’avec son accord explicite (article 9.2.a).",
        "Les professionnels habilités du programme, dans la limite du tableau « Qui voit quoi » ; la structure qui "
        "reçoit une orientation, pour les seules informations cochées. Aucun nom au niveau national.",
    ),
    Activity.ALLIANCE: Purpose(
        (
            "savoir qui fait partie du programme, depuis quand, pour quoi faire et qui joindre",
            "tenir un annuaire des services et la façon d’y orienter une personne",
        ),
        "Mission d’intérêt public (article 6.1.e du RGPD).",
        "Les comptes du programme. L’annuaire des structures et des services est public.",
    ),
    Activity.ACCOUNTS: Purpose(
        (
            "ouvrir un compte aux seules personnes invitées et vérifier que c’est bien elles",
            "donner à chacune les droits de son rôle, et les retirer",
        ),
        "Mission d’intérêt public (article 6.1.e) et obligation de sécurité (article 32 du RGPD).",
        "La personne elle-même ; la coordination du programme et la personne responsable de sa structure.",
    ),
    Activity.MESSAGES: Purpose(
        ("prévenir une personne ou une structure qu’il y a du nouveau, et où le lire",),
        "Mission d’intérêt public (article 6.1.e du RGPD) ; l’accord de l’habitant pour les SMS.",
        "Le destinataire du message ; le prestataire qui achemine les courriels et les SMS.",
    ),
    Activity.JOURNAL: Purpose(
        (
            "savoir qui a lu ou écrit quoi, et quand",
            "comprendre un incident, et répondre à une personne qui demande qui a vu sa fiche",
        ),
        "Obligation de sécurité (article 32 du RGPD).",
        "La coordination du programme.",
    ),
}
"""One for each activity; a test says so."""


def data_table(holdings: Iterable[Holding]) -> Table:
    """Give the kinds of data that holdings keep, each with its people and, record by record, the names of its fields.

    Rule: two records with the same fields are said together.
    """
    named: dict[Data, dict[tuple[str, ...], list[str]]] = {}
    people: dict[Data, set[Concerned]] = {}
    for holding in holdings:
        for data, fields in holding.fields.items():
            named.setdefault(data, {}).setdefault(fields, []).append(holding.name)
            people.setdefault(data, set()).update(holding.about)
    rows = tuple(
        (
            str(data.label),
            ", ".join(str(one.label) for one in Concerned if one in people[data]),
            "\u00a0; ".join(f"{', '.join(names)} ({', '.join(fields)})" for fields, names in named[data].items()),
        )
        for data in Data
        if data in named
    )
    return Table(("Catégorie de données", "Personnes concernées", "Informations"), rows, (3, 3, 7))


def kept_table(holdings: Iterable[Holding]) -> Table:
    """Give how long each record is kept, those of the same length together."""
    lengths: dict[Kept, dict[str, None]] = {}
    for holding in holdings:
        lengths.setdefault(holding.kept, {})[holding.name] = None
    rows = tuple((", ".join(lengths[kept]), str(kept.label)) for kept in Kept if kept in lengths)
    return Table(("Ce qui est gardé", "Durée"), rows, (6, 6))


def measures_table() -> Table:
    """Give the measures of security, those in place first."""
    ordered = sorted(MEASURES, key=lambda one: not one.proof)
    rows = tuple((one.name, one.text, "en place" if one.proof else "prévue") for one in ordered)
    return Table(("Mesure", "Ce qu’elle fait", "État"), rows, (3, 7, 2))


def register(holdings: Sequence[Holding], sights: Table, answering: Answering) -> Document:
    """Give the whole register: who answers, one record for each activity, who sees what, the measures of security.

    Source: GDPR article 30, and the model of the CNIL.
    """
    head = Section(
        "Qui répond de ce registre",
        (
            Table(
                ("Rôle", "Qui"),
                (
                    ("Éditeur de l’installation", or_blank(answering.publisher, "réglage PUBLISHER")),
                    ("Hébergement", or_blank(answering.hosting, "réglage HOSTING")),
                    (
                        "Responsables conjoints",
                        "Dans chaque programme, les structures qui ont signé sa convention ; elle nomme le point de "
                        "contact et le délégué à la protection des données.",
                    ),
                ),
                (3, 9),
            ),
        ),
    )
    records = [_record(rank, activity, holdings) for rank, activity in enumerate(Activity, 1)]
    tail = (
        Section("Qui voit quoi", (sights,)),
        Section("Mesures de sécurité", (measures_table(),)),
        Section(
            "Transferts hors de l’Union européenne",
            (Paragraph("Aucun. Aucune page n’appelle un site tiers ; aucune décision n’est prise par une machine."),),
        ),
    )
    return Document(
        "Registre des activités de traitement",
        "Article 30 du règlement général sur la protection des données. Fait du code de Sans couture.",
        answering.publisher or "Sans couture",
        (head, *(section for record in records for section in record), *tail),
    )


def _record(rank: int, activity: Activity, holdings: Sequence[Holding]) -> list[Section]:
    its = [one for one in holdings if one.activity is activity]
    purpose = PURPOSES[activity]
    people = ", ".join(str(one.label) for one in Concerned if any(one in held.about for held in its))
    return [
        Section(f"Activité {rank} : {activity.label}", (Paragraph(f"Personnes concernées : {people}."),)),
        Section("Finalités", (Bullets(purpose.aims),), 2),
        Section("Fondement", (Paragraph(purpose.ground),), 2),
        Section("Données", (data_table(its),), 2),
        Section("Destinataires", (Paragraph(purpose.receivers),), 2),
        Section("Durées", (kept_table(its),), 2),
    ]
