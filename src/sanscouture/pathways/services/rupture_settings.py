"""The rules of a programme: on and off, and what goes to coordination when nobody catches up (chapter 02)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Role
from sanscouture.accounts.models import User
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.errors import Refused
from sanscouture.core.verbs import one_at_a_time, verb
from sanscouture.notifications.services import notify
from sanscouture.pathways.enums import RuptureRule
from sanscouture.pathways.models import Rupture, RuptureSetting
from sanscouture.pathways.rules import ruptures as rules
from sanscouture.pathways.selectors.rupture_settings import settings_of
from sanscouture.pathways.selectors.ruptures import open_ruptures
from sanscouture.pathways.services.ruptures import DETECTOR, evaluate
from sanscouture.people.selectors import live_readers
from sanscouture.programmes.models import Programme, RoleGrant


@verb
def set_rule(
    programme: Programme, *, rule: RuptureRule, is_on: bool, threshold: int, escalate_days: int, actor: Actor
) -> RuptureSetting:
    """Switch one rule on or off in a programme, with its threshold, then look at once.

    `threshold`: in what the rule counts; `escalate_days`: days past the day to act by before coordination takes over.
    What the rule had found closes when it is switched off, and is found again when it is switched on. Raises Refused
    outside the bounds.
    """
    bounds = rules.RULES[rule].threshold
    if not bounds.least <= threshold <= bounds.most:
        raise Refused(_("Le seuil va de %(least)d à %(most)d.") % {"least": bounds.least, "most": bounds.most})
    if not 1 <= escalate_days <= rules.LONGEST_ESCALATION:
        raise Refused(_("La coordination prend le relais après 1 à %(n)d jours.") % {"n": rules.LONGEST_ESCALATION})
    one_at_a_time(f"rupture settings {programme.pk}")
    setting, _made = RuptureSetting.objects.update_or_create(
        programme=programme,
        rule=rule,
        defaults={"is_on": is_on, "threshold": threshold, "escalate_days": escalate_days},
    )
    record(actor, "rupturesetting.on" if is_on else "rupturesetting.off", setting)
    evaluate(programme.pk, today=clock.today())
    return setting


@verb
def escalate_overdue(programme_id: UUID, *, today: date) -> int:
    """Hand over to coordination what nobody caught up so many days past the day to act by. Gives how many.

    Rule: once per rupture; its responsible stays named, and coordination is told once a day. A restricted record stays
    with its readers: coordination hears nothing of it.
    """
    settings = settings_of(programme_id)
    waiting = list(open_ruptures(programme_id).filter(escalated_on=None).select_for_update().order_by("pk"))
    kept = live_readers({row.beneficiary_id for row in waiting})
    due = [
        row
        for row in waiting
        if row.beneficiary_id not in kept
        and today >= rules.escalates_on(row.due_on, settings[RuptureRule(row.rule)].escalate_days)
    ]
    if not due:
        return 0
    Rupture.objects.get_queryset().filter(pk__in=[row.pk for row in due]).update(escalated_on=today)
    record(DETECTOR, "rupture.escalate", due)
    _tell_coordination(programme_id, today)
    return len(due)


def _tell_coordination(programme_id: UUID, today: date) -> None:
    grants = RoleGrant.objects.get_queryset().filter(programme_id=programme_id, role=Role.COORDINATOR, revoked_at=None)
    slug = Programme.objects.get_queryset().values_list("slug", flat=True).get(pk=programme_id)
    notify(
        "pathways.rupture_escalated",
        to=User.objects.filter(pk__in=grants.values("user_id"), is_active=True).order_by("email"),
        programme_id=programme_id,
        url=f"/programmes/{slug}/ruptures/?etat=remontees",
        key=f"rupture:{programme_id}:{today.isoformat()}:escalated",
    )
