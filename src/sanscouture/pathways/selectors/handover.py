"""What must change hands before somebody leaves."""

from __future__ import annotations

from django.utils.translation import ngettext

from sanscouture.pathways.models import Referent
from sanscouture.programmes.models import RoleGrant


def against_withdrawal(grant: RoleGrant) -> str:
    """Say how many live pathways hang on a role that is to be withdrawn (named by ROLE_WITHDRAWAL_CHECKS).

    A referent whose other role in the same place remains keeps the thread: nothing is against it then.
    """
    others = RoleGrant.objects.filter(
        programme=grant.programme_id,
        user=grant.user_id,
        organisation=grant.organisation_id,
        revoked_at=None,
    ).exclude(pk=grant.pk)
    if others.exists():
        return ""
    held = Referent.objects.filter(
        programme=grant.programme_id, user=grant.user_id, until=None, pathway__closed_on=None
    )
    if grant.organisation_id is not None:
        held = held.filter(organisation=grant.organisation_id)
    count = held.count()
    if not count:
        return ""
    return ngettext(
        "Cette personne est référente d’%(n)d parcours en cours : confiez-le d’abord à quelqu’un d’autre.",
        "Cette personne est référente de %(n)d parcours en cours : confiez-les d’abord à quelqu’un d’autre.",
        count,
    ) % {"n": count}
