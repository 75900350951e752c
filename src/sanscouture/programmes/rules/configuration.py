"""What a programme's agreement depends on: its parties, who answers people; what is missing, what changed since."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

LEAST_PARTIES = 2
"""An agreement is between at least two controllers (GDPR article 26)."""


@dataclass(frozen=True)
class Party:
    """An organisation that takes part; `since` is a day as ISO 8601, empty when nobody wrote it."""

    id: str
    name: str
    category: str = ""
    role: str = ""
    contribution: str = ""
    referent: str = ""
    since: str = ""
    steers: bool = False


@dataclass(frozen=True)
class Configuration:
    """Everything that the documents of a programme say of it. Days are ISO 8601."""

    programme: str
    kind: str = ""
    carrier: str = ""
    communes: tuple[str, ...] = ()
    quarters: tuple[str, ...] = ()
    parties: tuple[Party, ...] = ()
    rights_organisation: str = ""
    rights_contact: str = ""
    officer_name: str = ""
    officer_contact: str = ""
    officer_opinion: str = ""
    officer_opinion_on: str = ""
    publisher: str = ""
    hosting: str = ""


class Where(StrEnum):
    """Where what is missing is written."""

    PARTNERS = "partners"
    MEMBERS = "members"
    SETTINGS = "settings"
    INSTALLATION = "installation"


@dataclass(frozen=True)
class Missing:
    """One thing to write before signing. `required`: no version is prepared without it; otherwise it stays blank."""

    text: str
    where: Where
    required: bool = False


@dataclass(frozen=True)
class Difference:
    """One thing that is no longer as it was signed. `amends`: an amendment is to be signed for it."""

    text: str
    amends: bool = True


def kept(configuration: Configuration) -> dict[str, Any]:
    """Give a configuration as JSON values."""
    return asdict(configuration)


def read(values: Mapping[str, Any]) -> Configuration:
    """Give back a configuration from its JSON values; what a former version of the program kept in plus is left out."""
    parties = tuple(Party(**_known(Party, one)) for one in values["parties"])
    lists = {name: tuple(values.get(name, ())) for name in ("communes", "quarters")}
    return Configuration(**{**_known(Configuration, values), **lists, "parties": parties})


def missing(configuration: Configuration, *, coordinators: int) -> list[Missing]:
    """Say what the configuration lacks, what is required first. `coordinators`: accounts at the coordination.

    Source: GDPR articles 26 (parties, point of contact), 35 (officer's advice), 28 (who hosts).
    """
    said = configuration
    asked = (
        (len(said.parties) >= LEAST_PARTIES, Missing(_("Au moins deux structures partenaires."), Where.PARTNERS, True)),
        (
            bool(said.rights_contact and said.rights_organisation),
            Missing(_("Le point de contact des habitants : une structure et son adresse."), Where.SETTINGS, True),
        ),
        (coordinators > 0, Missing(_("Une personne à la coordination."), Where.MEMBERS)),
        (any(one.steers for one in said.parties), Missing(_("Un copilote parmi les partenaires."), Where.PARTNERS)),
        (bool(said.officer_name), Missing(_("Le délégué à la protection des données consulté."), Where.SETTINGS)),
        (bool(said.officer_opinion), Missing(_("L’avis du délégué sur l’analyse d’impact."), Where.SETTINGS)),
        (bool(said.quarters), Missing(_("Les quartiers du programme."), Where.INSTALLATION)),
        (bool(said.publisher), Missing(_("Le nom de qui publie ce site (réglage PUBLISHER)."), Where.INSTALLATION)),
        (bool(said.hosting), Missing(_("Le nom de qui héberge les données (réglage HOSTING)."), Where.INSTALLATION)),
    )
    return [lack for there, lack in asked if not there]


def differences(signed: Configuration, now: Configuration) -> list[Difference]:
    """Say what changed between what was signed and now, each in a sentence."""
    before, after = {one.id: one for one in signed.parties}, {one.id: one for one in now.parties}
    joined = [one for one in now.parties if one.id not in before]
    left = [one for one in signed.parties if one.id not in after]
    found = [Difference(_("%(name)s est partenaire depuis.") % {"name": one.name}) for one in joined]
    found += [Difference(_("%(name)s n’est plus partenaire.") % {"name": one.name}) for one in left]
    for one in now.parties:
        if one.id in before:
            found += _changes(before[one.id], one)
    found += [
        Difference(text, amends)
        for names, text, amends in (
            (("rights_organisation", "rights_contact"), _("Le point de contact des habitants a changé."), True),
            (("publisher", "hosting"), _("Qui publie ou héberge ce site a changé."), True),
            (("officer_name", "officer_contact"), _("Le délégué à la protection des données a changé."), False),
            (("officer_opinion", "officer_opinion_on"), _("L’avis du délégué a changé."), False),
            (("programme", "kind", "carrier"), _("L’identité du programme a changé."), False),
            (("communes", "quarters"), _("Le périmètre du programme a changé."), False),
        )
        if any(getattr(signed, name) != getattr(now, name) for name in names)
    ]
    return found


def _changes(before: Party, after: Party) -> list[Difference]:
    name = {"name": after.name}
    if before.steers != after.steers:
        return [Difference(_("%(name)s copilote le programme, ou ne le copilote plus.") % name)]
    if before != after:
        return [Difference(_("Le rôle, l’apport ou le référent de %(name)s a changé.") % name, amends=False)]
    return []


def against_preparing(lacks: Collection[Missing]) -> str:
    """Say what is against preparing a version to sign: what is required and missing; nothing is an empty sentence."""
    required = [one.text for one in lacks if one.required]
    return _("Il manque : %(what)s") % {"what": " ".join(required)} if required else ""


def against_signing(parties: Mapping[str, str], signing: Collection[str], reaching: Collection[str]) -> str:
    """Say what is against recording a version as signed; nothing is an empty sentence.

    Rule: at least two parties of the version signed it, and among them every one whose accounts would see names: an
    organisation that signed nothing opens no record (GDPR article 26, chapter 08). `parties`: name by identifier.
    """
    if not set(signing) <= set(parties):
        return _("Un signataire n’est pas partie à cette version.")
    if len(set(signing)) < LEAST_PARTIES:
        return _("Au moins deux structures doivent avoir signé.")
    without = sorted(name for one, name in parties.items() if one in reaching and one not in signing)
    if without:
        return _(
            "Des comptes de ces structures verraient des noms sans qu’elles aient signé : %(names)s. Faites-les "
            "signer, ou retirez d’abord leurs rôles."
        ) % {"names": ", ".join(without)}
    return ""


def _known(kind: type[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in values.items() if name in names}
