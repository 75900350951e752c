"""Names of programmes, what their page says of their partners, and who may open or withdraw a role."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from uuid import UUID

from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from sanscouture.access.actor import Grant
from sanscouture.access.enums import ORGANISATION_ROLES, Perm, Role
from sanscouture.partners.enums import PartnerCategory

_LEGAL = re.compile(r"^(?:CA|CC|CU|Métropole)\s+(?:du |de la |de l’|des |de |d’)?")
_ASIDE = re.compile(r"\s*\([^)]*\)$")
_FORM = re.compile(r"^(?:cité de l[’']emploi|pacte plein emploi)\s+(?:du |des |de |d[’'])?", re.IGNORECASE)
_SPELLED = {"Coeur": "Cœur", "Epernay": "Épernay", "Etienne": "Étienne"}


def short_name(official: str) -> str:
    """Give the name people say, from the one of the official list: no legal form, no acronym, French spelling.

    >>> short_name("CA du Grand Avignon (COGA)"), short_name("CC Coeur d'Ostrevent (CCCO)")
    ('Grand Avignon', 'Cœur d’Ostrevent')
    """
    name = _ASIDE.sub("", _LEGAL.sub("", official.strip().replace("'", "’")))
    for written, spelled in _SPELLED.items():
        name = name.replace(written, spelled)
    return name.replace(" / ", ", ")


def short_address(name: str, taken: Collection[str], official_id: str = "") -> str:
    """Give the word of a programme in addresses: its name without « cité de l’emploi de », never one already taken.

    >>> short_address("Cité de l’emploi de Maubeuge", ()), short_address("Saint-Louis", {"saint-louis"}, "cde-017")
    ('maubeuge', 'saint-louis-017')
    """
    place = re.sub(
        r"^(?:cité de l[’']emploi|pacte plein emploi)\s+(?:du |des |de |d[’'])?", "", name, flags=re.IGNORECASE
    )
    wanted = slugify(place.replace("’", " ").replace("œ", "oe").replace("Œ", "oe"))[:45] or "programme"
    if wanted not in taken:
        return wanted
    number = official_id.rpartition("-")[2]
    tries = [f"{wanted}-{number}"] if number else []
    tries += [f"{wanted}-{rank}" for rank in range(2, len(taken) + 3)]
    return next(each for each in tries if each not in taken)


def missing_categories(counts: Mapping[str, int]) -> list[PartnerCategory]:
    """Give the categories of the programme's map in which nobody is a partner yet, in the order of the map."""
    return [category for category in PartnerCategory if not counts.get(category)]


def spaced(number: int) -> str:
    """Write a whole number by thousands: with narrow non-breaking spaces in French, commas in English."""
    written = f"{number:,}"
    return written.replace(",", "\u202f") if (get_language() or "fr").startswith("fr") else written


INVITING_ORDER = (
    Role.ADVISER,
    Role.OUTREACH_WORKER,
    Role.ORGANISATION_MANAGER,
    Role.PATHWAY_REFERENT,
    Role.COPILOT,
    Role.COORDINATOR,
)
"""The roles one is invited to, the most usual first."""


def invitable_roles(*, whole_programme: bool) -> list[Role]:
    """Give the roles that somebody may open: in their organisation only, or in the whole programme."""
    return [role for role in INVITING_ORDER if whole_programme or role in ORGANISATION_ROLES]


def against_inviting(
    role: Role,
    organisation_id: UUID | None,
    *,
    whole_programme: bool,
    own: Collection[UUID],
    partners: Collection[UUID],
) -> str:
    """Say what is against opening a role in a programme; nothing is an empty sentence.

    A role of an organisation is held in one that is a partner today; the others are held in the programme itself.
    `whole_programme`: the one who invites may do so everywhere, otherwise only in the organisations `own` (chapter 08).
    """
    if role not in INVITING_ORDER:
        return _("Ce rôle ne s’ouvre pas depuis un programme.")
    if (role in ORGANISATION_ROLES) is (organisation_id is None):
        if organisation_id is None:
            return _("Choisissez la structure où ce rôle est tenu.")
        return _("Ce rôle se tient dans le programme, pas dans une structure.")
    if organisation_id is not None and organisation_id not in partners:
        return _("Cette structure n’est pas partenaire du programme : ajoutez-la d’abord.")
    if not whole_programme and organisation_id not in own:
        return _("Vous pouvez inviter dans votre structure seulement.")
    return ""


def against_withdrawing(role: Role, *, coordinators: int) -> str:
    """Say what is against withdrawing a role: a programme always keeps a coordinator."""
    if role is Role.COORDINATOR and coordinators <= 1:
        return _("C’est la dernière personne à la coordination : invitez-en une autre avant de retirer ce rôle.")
    return ""


def against_reopening(theirs: Collection[Grant], *, programme_id: UUID, by: Collection[Grant]) -> str:
    """Say what is against reopening somebody's access: a right of theirs that whoever reopens it does not hold.

    Every grant of theirs must stand in this programme, under one of ours that may invite at its place (the whole
    programme, or the same organisation): the coordination covers its programme, a manager their organisation
    (chapter 08).
    """
    if all(grant.programme_id == programme_id and any(_covers(mine, grant) for mine in by) for grant in theirs):
        return ""
    return _("Cette personne a des droits que vous n’avez pas : son accès se rouvre par une personne qui les a aussi.")


def _covers(mine: Grant, theirs: Grant) -> bool:
    if mine.programme_id != theirs.programme_id or mine.reach(Perm.COLLEAGUE_INVITE) is None:
        return False
    if mine.organisation_id is None:
        return True
    return mine.organisation_id == theirs.organisation_id
