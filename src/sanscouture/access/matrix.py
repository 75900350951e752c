"""The only place where roles meet permissions. Rendered to docs/permissions.md by `sanscouture permissions`."""

from __future__ import annotations

from collections.abc import Mapping

from sanscouture.access.enums import Perm, Reach, Role

_ADVISER: dict[Perm, Reach] = {
    Perm.DIRECTORY_READ: Reach.PROGRAMME,
    Perm.DIRECTORY_CORRECT: Reach.ORGANISATION,
    Perm.PROGRAMME_READ: Reach.PROGRAMME,
    Perm.PERSON_CREATE: Reach.ORGANISATION,
    Perm.PERSON_READ: Reach.ORGANISATION,
    Perm.PERSON_EDIT: Reach.ORGANISATION,
    Perm.REFERRAL_READ: Reach.ORGANISATION,
    Perm.REFERRAL_SEND: Reach.ORGANISATION,
    Perm.REFERRAL_ANSWER: Reach.ORGANISATION,
    Perm.RUPTURE_READ: Reach.ORGANISATION,
    Perm.RUPTURE_ACT: Reach.ORGANISATION,
    Perm.COHORT_READ: Reach.ORGANISATION,
    Perm.SESSION_HOLD: Reach.ORGANISATION,
}

MATRIX: Mapping[Role, Mapping[Perm, Reach]] = {
    Role.COORDINATOR: {
        Perm.DIRECTORY_READ: Reach.PROGRAMME,
        Perm.DIRECTORY_CORRECT: Reach.PROGRAMME,
        Perm.PROGRAMME_READ: Reach.PROGRAMME,
        Perm.PROGRAMME_EDIT: Reach.PROGRAMME,
        Perm.COLLEAGUE_INVITE: Reach.PROGRAMME,
        Perm.MEMBER_INVITE: Reach.PROGRAMME,
        Perm.AGREEMENT_SIGN: Reach.PROGRAMME,
        Perm.PERSON_CREATE: Reach.PROGRAMME,
        Perm.PERSON_READ: Reach.PROGRAMME,
        Perm.PERSON_EDIT: Reach.PROGRAMME,
        Perm.REFERRAL_READ: Reach.PROGRAMME,
        Perm.REFERRAL_SEND: Reach.PROGRAMME,
        Perm.RUPTURE_READ: Reach.PROGRAMME,
        Perm.RUPTURE_ACT: Reach.PROGRAMME,
        Perm.COHORT_READ: Reach.PROGRAMME,
        Perm.COHORT_EDIT: Reach.PROGRAMME,
        Perm.SESSION_HOLD: Reach.PROGRAMME,
        Perm.JOURNAL_READ: Reach.PROGRAMME,
    },
    Role.PATHWAY_REFERENT: {
        Perm.DIRECTORY_READ: Reach.PROGRAMME,
        Perm.DIRECTORY_CORRECT: Reach.PROGRAMME,
        Perm.PROGRAMME_READ: Reach.PROGRAMME,
        Perm.PERSON_CREATE: Reach.PROGRAMME,
        Perm.PERSON_READ: Reach.PROGRAMME,
        Perm.PERSON_EDIT: Reach.PROGRAMME,
        Perm.REFERRAL_READ: Reach.PROGRAMME,
        Perm.REFERRAL_SEND: Reach.PROGRAMME,
        Perm.RUPTURE_READ: Reach.PROGRAMME,
        Perm.RUPTURE_ACT: Reach.PROGRAMME,
        Perm.COHORT_READ: Reach.PROGRAMME,
        Perm.COHORT_EDIT: Reach.PROGRAMME,
        Perm.SESSION_HOLD: Reach.PROGRAMME,
    },
    Role.COPILOT: {
        Perm.DIRECTORY_READ: Reach.PROGRAMME,
        Perm.PROGRAMME_READ: Reach.PROGRAMME,
        Perm.AGREEMENT_SIGN: Reach.PROGRAMME,
    },
    Role.ORGANISATION_MANAGER: {**_ADVISER, Perm.COLLEAGUE_INVITE: Reach.ORGANISATION},
    Role.ADVISER: _ADVISER,
    Role.OUTREACH_WORKER: {
        Perm.DIRECTORY_READ: Reach.PROGRAMME,
        Perm.PROGRAMME_READ: Reach.PROGRAMME,
        Perm.PERSON_CREATE: Reach.ORGANISATION,
        Perm.PERSON_READ: Reach.OWN,
        Perm.PERSON_EDIT: Reach.OWN,
        Perm.REFERRAL_READ: Reach.OWN,
        Perm.REFERRAL_SEND: Reach.OWN,
        Perm.RUPTURE_READ: Reach.OWN,
        Perm.RUPTURE_ACT: Reach.OWN,
        Perm.COHORT_READ: Reach.OWN,
        Perm.SESSION_HOLD: Reach.OWN,
    },
    Role.NATIONAL_ANIMATOR: {
        Perm.DIRECTORY_READ: Reach.NATION,
        Perm.PROGRAMME_READ: Reach.NATION,
    },
}

NAMED_PERMS = frozenset(
    {
        Perm.PERSON_CREATE,
        Perm.PERSON_READ,
        Perm.PERSON_EDIT,
        Perm.REFERRAL_READ,
        Perm.REFERRAL_SEND,
        Perm.REFERRAL_ANSWER,
        Perm.RUPTURE_READ,
        Perm.RUPTURE_ACT,
        Perm.COHORT_READ,
        Perm.COHORT_EDIT,
        Perm.SESSION_HOLD,
    }
)
"""Permissions that touch people: a role with none of them never enters the named tables (chapter 08)."""


WITHOUT_SECOND_FACTOR = frozenset({Perm.DIRECTORY_READ, Perm.PROGRAMME_READ})
"""What a role that reaches names may still do before it has proved a second factor: nothing that shows or opens one."""


def reaches_names(role: Role) -> bool:
    """Say whether a role may enter the named tables of its programme at all."""
    return not NAMED_PERMS.isdisjoint(MATRIX[role])
