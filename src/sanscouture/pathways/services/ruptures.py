"""Finding ruptures, and catching up with them (chapter 02)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from sanscouture.access.actor import Actor
from sanscouture.accounts.models import User
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.core.verbs import verb
from sanscouture.notifications.services import notify
from sanscouture.partners.models import Organisation
from sanscouture.pathways.enums import ClosingAct, RuptureRule
from sanscouture.pathways.models import Pathway, Referral, Rupture, Step
from sanscouture.pathways.rules import ruptures as rules
from sanscouture.pathways.rules.ruptures import Facts, Found, Settings
from sanscouture.pathways.selectors import ruptures as facts
from sanscouture.pathways.selectors.referrals import ANSWERING_ROLES
from sanscouture.pathways.selectors.rupture_settings import rules_of
from sanscouture.people.models import Beneficiary
from sanscouture.people.selectors import live_readers
from sanscouture.people.services import must_read
from sanscouture.programmes.models import Programme, RoleGrant

DETECTOR = gettext_noop("détection des ruptures")
"""How the journal signs what time or a rule found, and nobody did."""

MOVING = ("since", "due_on", "severity", "responsible_organisation_id", "responsible_id")
"""What may change of a rupture while it stays open."""

_later: ContextVar[bool] = ContextVar("later", default=False)


@contextmanager
def looking_later() -> Iterator[None]:
    """Let many acts pass without looking at each person again: whoever plays them calls `evaluate` afterwards."""
    token = _later.set(True)
    try:
        yield
    finally:
        _later.reset(token)


@verb
def evaluate(programme_id: UUID, *, today: date, settings: Settings | None = None) -> int:
    """Look for every rupture of a programme: open the missing ones, close those that no longer hold.

    `settings`: the rules that are on, with their thresholds; by default those of the programme. Rule: a number of
    queries that does not depend on the number of people. What would be opened is locked, then looked at again, so that
    an act in progress is seen; nothing to do is seen at the first look. Gives how many were opened.
    """
    on = rules_of(programme_id) if settings is None else settings
    seen = facts.seen(programme_id, on=on)
    found = seen.found(on, today)
    opened = seen.opened
    missing = [one for one in found if (one.rule, one.subject) not in opened]
    same = [
        one for one in found if (one.rule, one.subject) in opened and not _differs(opened[one.rule, one.subject], one)
    ]
    if len(same) == len(found) == len(opened):
        return 0
    _lock(missing)
    return _evaluate(programme_id, None, on=on, today=today, by=None)


@verb
def evaluate_person(beneficiary: Beneficiary, *, today: date, by: UUID | None = None) -> int:
    """Look again at one person, after an act. `by`: the account whose act it was. Gives how many were opened.

    Rule: inside `looking_later`, nothing is looked at.
    """
    if _later.get():
        return 0
    programme_id = beneficiary.programme_id
    return _evaluate(programme_id, beneficiary.pk, on=rules_of(programme_id), today=today, by=by)


def _evaluate(programme_id: UUID, beneficiary_id: UUID | None, *, on: Settings, today: date, by: UUID | None) -> int:
    seen = facts.seen(programme_id, on=on, beneficiary_id=beneficiary_id)
    wanted = {(one.rule, one.subject): one for one in seen.found(on, today)}
    opened = seen.opened
    _close([row for key, row in opened.items() if key not in wanted], seen.known, on=on, today=today, by=by)
    _bring_up_to_date([(row, wanted[key]) for key, row in opened.items() if key in wanted])
    quiet = facts.closed_by_hand(programme_id, beneficiary_id=beneficiary_id, today=today)
    missing = [one for key, one in wanted.items() if key not in opened]
    return _open(programme_id, [one for one in missing if not _is_quiet(one, quiet, today)], today)


def _lock(found: Iterable[Found]) -> None:
    """Wait for the acts in progress on what seems broken; whoever acts next waits for us."""
    subjects = [one.subject for one in found]
    for model in (Referral, Pathway):
        rows = model.objects.get_queryset().select_for_update().filter(pk__in=subjects).order_by("pk")
        list(rows.values_list("pk", flat=True))


def _is_quiet(one: Found, quiet: Mapping[tuple[str, UUID], list[rules.ClosedByHand]], today: date) -> bool:
    return rules.is_quiet(one, quiet.get((one.rule, one.subject), ()), today=today)


def _open(programme_id: UUID, found: Iterable[Found], today: date) -> int:
    """Write new ruptures. Two at once: the database keeps one of each, and only that one is told."""
    rows = [
        Rupture(
            programme_id=programme_id,
            beneficiary_id=one.beneficiary_id,
            rule=one.rule,
            referral_id=one.subject if one.rule in rules.ON_REFERRAL else None,
            pathway_id=None if one.rule in rules.ON_REFERRAL else one.subject,
            since=one.since,
            due_on=one.due_on,
            severity=one.severity,
            responsible_organisation_id=one.responsible_organisation_id,
            responsible_id=one.responsible_id,
        )
        for one in found
    ]
    if not rows:
        return 0
    Rupture.objects.bulk_create(rows, ignore_conflicts=True)
    written = list(Rupture.objects.get_queryset().filter(pk__in=[row.pk for row in rows]).order_by("pk"))
    record(DETECTOR, "rupture.open", written)
    _tell(programme_id, written, today)
    return len(written)


def _close(gone: Iterable[Rupture], known: Mapping[UUID, Facts], *, on: Settings, today: date, by: UUID | None) -> None:
    """Close what no longer holds, each by the act that its facts tell, or with the rule that was switched off."""
    by_act: defaultdict[ClosingAct, list[UUID]] = defaultdict(list)
    for row in gone:
        rule = RuptureRule(row.rule)
        told = rules.closing_act(rule, known.get(row.subject_id), today=today)
        by_act[told if rule in on else ClosingAct.SWITCHED_OFF].append(row.pk)
    for act, ids in by_act.items():
        locked = Rupture.objects.get_queryset().select_for_update().filter(pk__in=ids, closed_at=None)
        rows = list(locked.order_by("pk"))
        Rupture.objects.get_queryset().filter(pk__in=[row.pk for row in rows]).update(
            closed_at=clock.now(), closed_by_id=by, closing_act=act
        )
        record(Actor(by) if by else DETECTOR, f"rupture.{act}", rows)


def _bring_up_to_date(pairs: Iterable[tuple[Rupture, Found]]) -> None:
    """Rewrite the ruptures whose day, gravity or responsible has changed."""
    changed = []
    for row, found in pairs:
        if _differs(row, found):
            for name in MOVING:
                setattr(row, name, getattr(found, name))
            changed.append(row)
    if changed:
        Rupture.objects.bulk_update(changed, [name.removesuffix("_id") for name in MOVING])


def _differs(row: Rupture, found: Found) -> bool:
    return any(getattr(row, name) != getattr(found, name) for name in MOVING)


def _tell(programme_id: UUID, opened: Collection[Rupture], today: date) -> None:
    """Tell each responsible person once a day, however many; senders already know of an answer that did not come.

    Of a restricted record its readers are told, whoever is responsible: it exists for nobody else.
    """
    found = [row for row in opened if row.rule != RuptureRule.UNANSWERED]
    if not found:
        return
    readers = live_readers({row.beneficiary_id for row in found})
    rows = [row for row in found if row.beneficiary_id not in readers]
    to = User.objects.filter(pk__in={row.responsible_id for row in rows if row.responsible_id}, is_active=True)
    unnamed = {row.responsible_organisation_id for row in rows if row.responsible_id is None}
    members = RoleGrant.objects.get_queryset().filter(
        programme_id=programme_id, organisation_id__in=unnamed, role__in=ANSWERING_ROLES, revoked_at=None
    )
    named = {user_id for ids in readers.values() for user_id in ids}
    told = to | User.objects.filter(Q(pk__in=members.values("user_id")) | Q(pk__in=named), is_active=True)
    slug = Programme.objects.get_queryset().values_list("slug", flat=True).get(pk=programme_id)
    notify(
        "pathways.rupture_found",
        to=told.distinct().order_by("email"),
        programme_id=programme_id,
        url=f"/programmes/{slug}/ruptures/",
        key=f"rupture:{programme_id}:{today.isoformat()}",
    )


@verb
def close_rupture(rupture: Rupture, *, act: ClosingAct, reason: str = "", actor: Actor) -> Rupture:
    """Close a rupture by hand: a call made, or a written reason.

    Rule: what was said or why, in words; quiet for seven days, then it is raised again if nothing has moved
    (chapter 02). Raises Refused without words, Conflict when somebody else has caught up.
    """
    if act not in rules.BY_HAND:
        raise Refused(_("Cet acte se fait dans l’orientation ou le parcours : la rupture se ferme d’elle-même."))
    quiet_until = clock.today() + timedelta(days=rules.QUIET_DAYS)
    return _close_by_hand(_lock_open(rupture), act, reason, quiet_until, actor)


@verb
def snooze_rupture(rupture: Rupture, *, until: date, reason: str, actor: Actor) -> Rupture:
    """Put a rupture off until a day, with a reason: it comes back by itself the day after, if nothing has moved.

    Rule: thirty days at most at a time, sixty in all for the same break (chapter 02: nobody is forgotten). Raises
    Refused beyond or without words, Conflict when somebody else has caught up.
    """
    row = _lock_open(rupture)
    fault = rules.snooze_fault(until, first_on=facts.first_snooze(row), today=clock.today())
    if fault:
        raise Refused(fault)
    return _close_by_hand(row, ClosingAct.SNOOZED, reason, until, actor)


def _lock_open(rupture: Rupture) -> Rupture:
    row = Rupture.objects.get_queryset().select_for_update(of=("self",)).get(pk=rupture.pk)
    if row.closed_at is not None:
        said = {"act": row.get_closing_act_display()}
        raise Conflict(_("Quelqu’un a déjà rattrapé cette rupture : %(act)s.") % said)
    return row


def _close_by_hand(row: Rupture, act: ClosingAct, reason: str, quiet_until: date, actor: Actor) -> Rupture:
    if not reason.strip():
        raise Refused(_("Écrivez en une phrase ce qui s’est passé ou pourquoi."))
    row.closed_at, row.closed_by_id = clock.now(), actor.user_id
    row.closing_act, row.closing_reason = act, reason.strip()[:300]
    row.quiet_until = quiet_until
    row.save()
    record(actor, f"rupture.{act}", row)
    return row


@verb
def entrust_rupture(rupture: Rupture, *, user: User, organisation: Organisation, reason: str, actor: Actor) -> Step:
    """Entrust a rupture to another professional: it becomes a step of the pathway, with their name and a day.

    Rule: `user` works in `organisation`, which takes part in the pathway. `reason`: what they are asked, in words.
    Raises Refused otherwise, or without an open pathway.
    """
    pathway = Pathway.objects.get_queryset().filter(beneficiary=rupture.beneficiary_id, closed_on=None).first()
    if pathway is None:
        raise Refused(_("Cette personne n’a pas de parcours ouvert : ouvrez-le d’abord."))
    takes_part = rupture.beneficiary.involvements.filter(organisation=organisation, until=None)
    works_there = RoleGrant.objects.get_queryset().filter(
        user=user, programme_id=rupture.programme_id, organisation=organisation, revoked_at=None
    )
    if not takes_part.exists() or not works_there.exists():
        raise Refused(_("Choisissez une personne d’une structure qui participe au parcours."))
    must_read(user, rupture.beneficiary_id)
    row = close_rupture(rupture, act=ClosingAct.ENTRUSTED, reason=reason, actor=actor)
    step = Step.objects.create(
        programme_id=row.programme_id,
        pathway=pathway,
        label=_("Rattraper\u00a0: %(gap)s") % {"gap": row.get_rule_display()},
        due_on=row.quiet_until or clock.today(),
        carrier_organisation=organisation,
        carrier=user,
        referral_id=row.referral_id,
        created_by_id=actor.user_id,
    )
    record(actor, "step.add", step)
    if user.pk != actor.user_id:
        notify(
            "pathways.rupture_entrusted",
            to=[user],
            programme_id=row.programme_id,
            url=f"/ruptures/{row.pk}/",
            key=f"rupture:{row.pk}:entrusted",
        )
    return step
