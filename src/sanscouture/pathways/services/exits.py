"""Acts on exits: ending a pathway, opening it again, saying what counts, asking for news afterwards."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from sanscouture.access.actor import Actor
from sanscouture.accounts.models import User
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.core.verbs import one_at_a_time, verb
from sanscouture.notifications.services import notify
from sanscouture.partners.models import Organisation
from sanscouture.pathways.enums import AfterExit, ExitKind
from sanscouture.pathways.models import Exit, ExitDefinition, FollowUp, Pathway, Referent
from sanscouture.pathways.rules import exits as rules
from sanscouture.pathways.rules.exits import Ending
from sanscouture.pathways.selectors.definitions import locally_positive
from sanscouture.pathways.services import ruptures
from sanscouture.people.selectors import among_readers
from sanscouture.programmes.models import Programme, RoleGrant

BY_LINK = gettext_noop("lien de suivi")


@verb
def close_pathway(pathway: Pathway, *, ending: Ending, actor: Actor) -> Exit:
    """End a pathway: only an exit does, never a job by itself.

    Rule: positive or not is said by both definitions as they are today and does not change afterwards; news are asked
    three and six months later. The referent's period ends with the pathway. Raises Refused when the exit is not sound,
    Conflict when the pathway is already closed.
    """
    live = Pathway.objects.get_queryset().select_for_update().get(pk=pathway.pk)
    if live.closed_on is not None:
        raise Conflict(_("Ce parcours est déjà clos."))
    said = replace(ending, contract=ending.contract.strip(), unblocked_by=ending.unblocked_by.strip())
    if wrong := rules.wrong_exit(said, opened_on=live.opened_on, today=clock.today()):
        raise Refused(wrong)
    referent = Referent.objects.get_queryset().get(pathway=live, until=None)
    referent.until = clock.now()
    referent.save(update_fields=["until"])
    live.closed_on = said.on
    live.save(update_fields=["closed_on"])
    made = Exit.objects.create(
        programme_id=live.programme_id,
        pathway=live,
        kind=said.kind,
        on=said.on,
        contract=said.contract,
        evidence=said.evidence,
        unblocked=sorted(set(said.unblocked)),
        unblocked_by=said.unblocked_by,
        positive_local=rules.is_positive(said.kind, locally_positive(live.programme_id)),
        positive_national=rules.is_positive(said.kind, rules.NATIONAL_POSITIVE),
        referent_id=referent.user_id,
        organisation_id=referent.organisation_id,
        recorded_by_id=actor.user_id,
    )
    for months, due_on in rules.follow_up_days(said.kind, said.on).items():
        FollowUp.objects.create(programme_id=live.programme_id, exit=made, months=months, due_on=due_on)
    record(actor, "pathway.close", made)
    ruptures.evaluate_person(live.beneficiary, today=clock.today(), by=actor.user_id)
    return made


@verb
def reopen_exit(closing: Exit, *, reason: str, actor: Actor) -> Pathway:
    """Open a pathway again; its exit stays written, with the reason.

    Rule: the last referent answers for it again when they still work there, else whoever opens it. Raises Refused
    without a reason, or when nobody can answer for it; Conflict when it is open already.
    """
    pathway = Pathway.objects.get_queryset().select_for_update().get(pk=closing.pathway_id)
    row = Exit.objects.get_queryset().select_related("organisation", "referent").get(pk=closing.pk)
    if row.reopened_at is not None or pathway.closed_on is None:
        raise Conflict(_("Ce parcours est déjà rouvert."))
    if not reason.strip():
        raise Refused(_("Dites pourquoi le parcours se rouvre."))
    user, organisation = _who_answers_again(row, actor)
    row.reopened_at, row.reopened_by_id, row.reopening_reason = clock.now(), actor.user_id, reason.strip()
    row.save(update_fields=["reopened_at", "reopened_by", "reopening_reason"])
    pathway.closed_on = None
    pathway.save(update_fields=["closed_on"])
    Referent.objects.create(
        programme_id=pathway.programme_id, pathway=pathway, user=user, organisation=organisation, since=clock.now()
    )
    record(actor, "pathway.reopen", row)
    ruptures.evaluate_person(pathway.beneficiary, today=clock.today(), by=actor.user_id)
    return pathway


@verb
def define_exits(programme: Programme, *, positive: Collection[str], actor: Actor) -> ExitDefinition:
    """Say which exits the partners count as positive, from now on; exits already noted keep what they were.

    Raises Refused for an unknown kind, Conflict when it is what already stands.
    """
    if not set(positive) <= set(ExitKind.values):
        raise Refused(_("Choisissez parmi les sorties de la liste."))
    one_at_a_time(f"exit-definition:{programme.pk}")
    if set(positive) == set(locally_positive(programme.pk)):
        raise Conflict(_("C’est déjà la définition du programme."))
    made = ExitDefinition.objects.create(programme=programme, positive=sorted(positive), recorded_by_id=actor.user_id)
    record(actor, "exit.define", made)
    return made


@verb
def answer_follow_up(
    follow_up: FollowUp, *, answer: str, barriers: Sequence[int] = (), actor: Actor | None
) -> FollowUp:
    """Write where somebody is, and which barriers came back. `actor`: None when the person answered by their link.

    Rule: when work ended or a barrier came back, the last referent is told. Raises Refused for an unknown answer,
    Conflict when it is answered; one that was closed without an answer may still be.
    """
    row = FollowUp.objects.get_queryset().select_for_update().get(pk=follow_up.pk)
    if row.answer not in {"", AfterExit.NO_ANSWER}:
        raise Conflict(_("La réponse est déjà notée\u00a0: %(answer)s.") % {"answer": row.get_answer_display()})
    if answer not in rules.MAY_ANSWER:
        raise Refused(_("Choisissez une réponse."))
    if not set(barriers) <= set(range(1, 9)):
        raise Refused(_("Choisissez parmi les huit champs d’action."))
    row.answer, row.barriers, row.answered_at = answer, sorted(set(barriers)), clock.now()
    row.answered_by_id, row.by_link = (actor.user_id, False) if actor else (None, True)
    row.save(update_fields=["answer", "barriers", "answered_at", "answered_by", "by_link"])
    record(actor or BY_LINK, "followup.answer", row)
    if rules.asks_again(answer, barriers):
        _tell_last_referent(row, actor)
    return row


@verb
def note_call(follow_up: FollowUp, *, actor: Actor) -> FollowUp:
    """Write that a call was in vain; after three, the follow-up is closed as unanswered. Raises Conflict as above."""
    row = FollowUp.objects.get_queryset().select_for_update().get(pk=follow_up.pk)
    if row.answer:
        raise Conflict(_("Ce suivi est déjà terminé\u00a0: %(answer)s.") % {"answer": row.get_answer_display()})
    if row.called_at is not None and clock.now() - row.called_at < rules.BETWEEN_CALLS:
        raise Conflict(_("Un appel vient d’être noté. Réessayez un autre jour."))
    row.attempts += 1
    row.called_at = clock.now()
    if rules.gives_up(row.attempts):
        row.answer, row.answered_at, row.answered_by_id = AfterExit.NO_ANSWER, clock.now(), actor.user_id
    row.save(update_fields=["attempts", "called_at", "answer", "answered_at", "answered_by"])
    record(actor, "followup.call", row)
    return row


def _who_answers_again(closing: Exit, actor: Actor) -> tuple[User, Organisation]:
    """The last referent, when they still work there and may read the record; else the actor, where they work."""
    grants = RoleGrant.objects.get_queryset().filter(programme_id=closing.programme_id, revoked_at=None)
    there = grants.filter(user=closing.referent, organisation=closing.organisation, user__is_active=True)
    if among_readers([closing.referent], closing.pathway.beneficiary_id) and there.exists():
        return closing.referent, closing.organisation
    own = grants.filter(user_id=actor.user_id, organisation__isnull=False).order_by("created_at", "pk")
    mine = own.select_related("user", "organisation").first()
    if mine is None or mine.organisation is None:
        raise Refused(_("Le dernier référent n’est plus là\u00a0: demandez à une structure qui accompagne de rouvrir."))
    return mine.user, mine.organisation


def _tell_last_referent(follow_up: FollowUp, actor: Actor | None) -> None:
    closing = follow_up.exit
    if actor is None or closing.referent_id != actor.user_id:
        notify(
            "pathways.follow_up_alert",
            to=among_readers([closing.referent], closing.pathway.beneficiary_id),
            programme_id=follow_up.programme_id,
            url=f"/personnes/{closing.pathway.beneficiary_id}/",
            key=f"follow-up:{follow_up.pk}:answered",
        )
