"""Two at once, on two connections that commit, for each act that changes a state (chapters 02 and 08).

`RACES` says for each verb what two people do at the same moment: one wins and the other is told, or both did the same
thing once. A verb that is not there has its reason in `ALONE`; the last test finds the one that has neither.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

import databases
import scoping
from accounts.test_factors import with_app
from factories import (
    AttachmentRequestFactory,
    BasisFactory,
    OrganisationFactory,
    PartnershipFactory,
    RoleGrantFactory,
    RuptureFactory,
    StepFactory,
    StrengthFactory,
    UserFactory,
)
from house.project import package
from personas import Persona
from programmes.agreements import prepared, signed
from races import at_once
from sanscouture.access.enums import Role
from sanscouture.access.scope import scope_of
from sanscouture.accounts import services as accounts
from sanscouture.accounts.models import Invitation, Recovery
from sanscouture.accounts.services.identities import Pending, link_identity
from sanscouture.audit.models import JournalEntry
from sanscouture.core import clock
from sanscouture.core.errors import Refused
from sanscouture.partners.services import create_organisation
from sanscouture.pathways.enums import ClosingAct, Delivery, NeedState, ReferralState
from sanscouture.pathways.models import Referral
from sanscouture.pathways.services import appointments, diagnosis, needs, pathways, ruptures
from sanscouture.pathways.services import people as welcoming
from sanscouture.pathways.services import referrals as sending
from sanscouture.people import services as people
from sanscouture.people.enums import InvolvementKind
from sanscouture.people.rules import Identity
from sanscouture.programmes import services as programmes
from stage import Stage
from unraced import ALONE, ELSEWHERE

Acts = tuple[tuple[Persona, Callable[[], object]], tuple[Persona, Callable[[], object]]]
RACES: dict[str, Callable[[Stage], Acts]] = {}
ONCE: dict[str, tuple[Callable[[Stage], Acts], str]] = {}
COVERED: set[str] = set()


def race(*verbs: str) -> Callable[[Callable[[Stage], Acts]], Callable[[Stage], Acts]]:
    """Two acts of which exactly one may win."""

    def keep(setting: Callable[[Stage], Acts]) -> Callable[[Stage], Acts]:
        RACES[setting.__name__] = setting
        COVERED.update(verbs)
        return setting

    return keep


def once(*verbs: str, journalled: str) -> Callable[[Callable[[Stage], Acts]], Callable[[Stage], Acts]]:
    """The same act twice: nobody is refused, and the journal has it once."""

    def keep(setting: Callable[[Stage], Acts]) -> Callable[[Stage], Acts]:
        ONCE[setting.__name__] = (setting, journalled)
        COVERED.update(verbs)
        return setting

    return keep


def both(who: tuple[Persona, Persona], act: Callable[[Persona], object]) -> Acts:
    """The same act by two people."""
    one, other = who
    return (one, lambda: act(one)), (other, lambda: act(other))


def on_referral(verb: Callable[..., object], referral: Referral, s: Stage, **more: Any) -> Acts:
    """The same act by two colleagues of the recipient."""
    return both(s.recipients, lambda who: verb(referral, by=s.answering(who), **more))


@once("pathways.receive_referral", journalled="referral.receive")
def received(s: Stage) -> Acts:
    return on_referral(sending.receive_referral, s.referral(), s)


@race("pathways.accept_referral")
def accepted(s: Stage) -> Acts:
    return on_referral(sending.accept_referral, s.referral(), s)


@race("pathways.refuse_referral")
def accepted_or_refused(s: Stage) -> Acts:
    referral, (one, other) = s.referral(), s.recipients
    return (
        (one, lambda: sending.accept_referral(referral, by=s.answering(one))),
        (other, lambda: sending.refuse_referral(referral, by=s.answering(other), reason="no_place")),
    )


@race("pathways.refuse_referral")
def answered_late_by_two(s: Stage) -> Acts:
    return on_referral(sending.refuse_referral, s.referral(ReferralState.UNANSWERED), s, reason="cost")


@race("pathways.put_on_waiting_list")
def put_on_the_list_or_refused(s: Stage) -> Acts:
    referral, (one, other) = s.referral(), s.recipients
    return (
        (one, lambda: sending.put_on_waiting_list(referral, by=s.answering(one), weeks=3)),
        (other, lambda: sending.refuse_referral(referral, by=s.answering(other), reason="cost")),
    )


@race("pathways.ask_question")
def two_questions(s: Stage) -> Acts:
    return on_referral(sending.ask_question, s.referral(), s, text="Quels jours ?")


@race("pathways.refer", "pathways.draft_referral")
def sent_twice(s: Stage) -> Acts:
    need, where = s.need, s.recipient
    return both(s.senders, lambda who: sending.refer(need, recipient=where, actor=who.actor))


@race("pathways.send_referral")
def a_draft_sent_twice(s: Stage) -> Acts:
    draft = s.referral(ReferralState.DRAFT, sent_at=None)
    return both(s.senders, lambda who: sending.send_referral(draft, actor=who.actor))


@race("pathways.remind_recipient")
def reminded(s: Stage) -> Acts:
    referral = s.referral()
    return both(s.senders, lambda who: sending.remind_recipient(referral, actor=who.actor))


@race("pathways.reply")
def replied(s: Stage) -> Acts:
    referral = s.asked()
    return both(s.senders, lambda who: sending.reply(referral, actor=who.actor, text="Le mardi."))


@race("pathways.withdraw_referral")
def withdrawn_or_accepted(s: Stage) -> Acts:
    referral, one, other = s.referral(), s.senders[0], s.recipients[0]
    return (
        (one, lambda: sending.withdraw_referral(referral, actor=one.actor)),
        (other, lambda: sending.accept_referral(referral, by=s.answering(other))),
    )


@race("pathways.reroute")
def rerouted(s: Stage) -> Acts:
    referral, places = s.referral(), iter((OrganisationFactory(), OrganisationFactory()))
    return both(s.senders, lambda who: sending.reroute(referral, recipient=next(places), actor=who.actor))


@race("pathways.reroute")
def rerouted_or_accepted(s: Stage) -> Acts:
    referral, elsewhere, one, other = s.referral(), OrganisationFactory(), s.senders[0], s.recipients[0]
    return (
        (one, lambda: sending.reroute(referral, recipient=elsewhere, actor=one.actor)),
        (other, lambda: sending.accept_referral(referral, by=s.answering(other))),
    )


@once("pathways._expire", journalled="referral.expire")
def expired(s: Stage) -> Acts:
    deadline = s.referral().deadline
    programme, day = s.programme.pk, deadline + timedelta(days=1)
    return both(s.senders, lambda _who: sending.expire_unanswered(programme, today=day))


@once("pathways._remind", journalled="referral.remind")
def reminded_by_the_night(s: Stage) -> Acts:
    today = clock.today()
    s.referral(sent_at=clock.now() - timedelta(days=9), deadline=today + timedelta(days=1))
    programme = s.programme.pk
    return both(s.senders, lambda _who: sending.send_due_reminders(programme, today=today))


@race("pathways.record_meeting")
def met(s: Stage) -> Acts:
    return on_referral(sending.record_meeting, s.accepted(), s, on=clock.today())


@race("pathways.start_service")
def started(s: Stage) -> Acts:
    return on_referral(sending.start_service, s.accepted(), s)


@race("pathways.pause_service")
def paused(s: Stage) -> Acts:
    return on_referral(sending.pause_service, s.accepted(Delivery.STARTED), s)


@race("pathways.resume_service")
def resumed(s: Stage) -> Acts:
    return on_referral(sending.resume_service, s.accepted(Delivery.PAUSED), s)


@race("pathways.end_service")
def ended(s: Stage) -> Acts:
    return on_referral(sending.end_service, s.accepted(Delivery.STARTED), s, outcome="covered", evidence="partner")


@race("pathways.propose_appointment")
def two_appointments(s: Stage) -> Acts:
    when = clock.now() + timedelta(days=2)
    return on_referral(appointments.propose_appointment, s.accepted(), s, starts_at=when, place="Ici")


@race("pathways.confirm_appointment")
def confirmed(s: Stage) -> Acts:
    found = s.appointment(days=2)
    return both(s.senders, lambda who: appointments.confirm_appointment(found, by=who.actor))


@race("pathways.miss_appointment")
def missed(s: Stage) -> Acts:
    found = s.appointment(days=-1)
    return both(s.recipients, lambda who: appointments.miss_appointment(found, by=s.answering(who)))


@race("pathways.open_pathway")
def opened(s: Stage) -> Acts:
    person, where = s.person, s.sender
    return both(
        s.senders, lambda who: pathways.open_pathway(person, user=who.user, organisation=where, actor=who.actor)
    )


@race("pathways.change_referent")
def taken_by_two(s: Stage) -> Acts:
    s.takes_part(s.recipient)
    pathway, where = s.pathway, s.recipient
    seen = pathway.referents.get(until=None).pk
    who = iter(s.recipients)

    def act(by: Persona) -> object:
        user = next(who).user
        return pathways.change_referent(pathway, user=user, organisation=where, seen=seen, actor=by.actor)

    return both(s.senders, act)


@race("pathways.hand_over")
def handed_over_by_two(s: Stage) -> Acts:
    former, where = s.pathway.referents.get(until=None), s.recipient
    users = iter(s.recipients)
    return both(
        s.senders,
        lambda who: pathways.hand_over(former, user=next(users).user, organisation=where, actor=who.actor),
    )


@race("pathways.complete_step", "pathways.cancel_step")
def done_or_given_up(s: Stage) -> Acts:
    step, (one, other) = StepFactory(pathway=s.pathway), s.senders
    return (
        (one, lambda: pathways.complete_step(step, actor=one.actor)),
        (other, lambda: pathways.cancel_step(step, actor=other.actor)),
    )


@once("pathways.evaluate", journalled="rupture.open")
def found_by_two_nights(s: Stage) -> Acts:
    s.referral(ReferralState.UNANSWERED, deadline=clock.today() - timedelta(days=5))
    programme, today = s.programme.pk, clock.today() + timedelta(days=30)
    return both(s.senders, lambda _who: ruptures.evaluate(programme, today=today))


@race("pathways.close_rupture")
def caught_up(s: Stage) -> Acts:
    rupture = RuptureFactory(referral=s.referral(ReferralState.UNANSWERED))
    said = {"act": ClosingAct.REASON, "reason": "Vu hier"}
    return both(s.senders, lambda who: ruptures.close_rupture(rupture, actor=who.actor, **said))


@race("pathways.entrust_rupture")
def entrusted(s: Stage) -> Acts:
    rupture, where, user = RuptureFactory(referral=s.referral(ReferralState.UNANSWERED)), s.sender, s.senders[1].user
    return both(
        s.senders,
        lambda who: ruptures.entrust_rupture(
            rupture, user=user, organisation=where, reason="À rappeler", actor=who.actor
        ),
    )


@race("pathways.close_need")
def a_need_closed(s: Stage) -> Acts:
    need = s.need
    return both(s.senders, lambda who: needs.close_need(need, state=NeedState.COVERED, actor=who.actor))


@race("pathways.close_need", "pathways.refer")
def a_need_closed_or_sent(s: Stage) -> Acts:
    need, where, (one, other) = s.need, s.recipient, s.senders
    return (
        (one, lambda: needs.close_need(need, state=NeedState.COVERED, actor=one.actor)),
        (other, lambda: sending.refer(need, recipient=where, actor=other.actor)),
    )


@race("pathways.reopen_need")
def a_need_reopened(s: Stage) -> Acts:
    need = needs.close_need(s.need, state=NeedState.COVERED, actor=s.senders[0].actor)
    return both(s.senders, lambda who: needs.reopen_need(need, actor=who.actor))


@race("pathways.remove_strength")
def a_strength_removed(s: Stage) -> Acts:
    strength = StrengthFactory(beneficiary=s.person)
    return both(s.senders, lambda who: diagnosis.remove_strength(strength, actor=who.actor))


@race("pathways.welcome_person", "people.create_beneficiary")
def two_clicks_for_one_person(s: Stage) -> Acts:
    programme, where, who = s.programme, s.sender, s.senders[0]
    return both(
        (who, who),
        lambda one: welcoming.welcome_person(programme, actor=one.actor, organisation=where, first_name="Lina"),
    )


@race("pathways.end_sharing", "people.end_basis")
def sharing_ended(s: Stage) -> Acts:
    basis = BasisFactory(beneficiary=s.pathway.beneficiary)
    return both(s.senders, lambda who: welcoming.end_sharing(basis, actor=who.actor))


@once("people.end_involvement", journalled="involvement.end")
def a_participation_ended(s: Stage) -> Acts:
    s.takes_part(s.recipient)
    person, where, kind = s.person, s.recipient, InvolvementKind.CONTRIBUTOR
    return both(s.senders, lambda who: people.end_involvement(person, where, kind, actor=who.actor))


@once("people.request_attachment", journalled="attachment.request")
def attached_asked_twice(s: Stage) -> Acts:
    person = people.create_beneficiary(
        s.programme, organisation=s.sender, actor=s.senders[0].actor, first_name="Lina", last_name="Inventée"
    )
    identity, where = Identity(person.first_name, person.last_name, None, ""), s.recipient
    return both(
        s.recipients,
        lambda who: people.request_attachment(
            person.programme, identity, organisation=where, reason="Vue hier", actor=who.actor
        ),
    )


@race("people.decide_attachment")
def attachment_decided(s: Stage) -> Acts:
    asked = AttachmentRequestFactory(beneficiary=s.person, organisation=s.recipient)
    return both(s.senders, lambda who: people.decide_attachment(asked, granted=False, actor=who.actor))


@race("partners.create_organisation")
def one_organisation_entered_twice(s: Stage) -> Acts:
    said = {"name": "La Roue", "kind": "afpa", "siret": "73282932000074"}
    return both(s.coordinators, lambda who: create_organisation(actor=who.actor, **said))


@race("programmes.prepare_version")
def an_agreement_prepared(s: Stage) -> Acts:
    assert s.coordinators
    assert s.sender
    programme = s.programme
    programmes.save_data_protection(
        programme, rights_organisation=s.recipient, rights_contact="droits@structure.example", actor="essai"
    )
    return both(s.coordinators, lambda who: programmes.prepare_version(programme, actor=who.actor))


@race("programmes.record_agreement")
def an_agreement_recorded(s: Stage) -> Acts:
    assert s.coordinators
    parties = (s.sender, s.recipient)
    version = prepared(s.programme, s.sender)
    return both(s.coordinators, lambda who: signed(version, *parties, actor=who.actor))


@race("programmes.withdraw_agreement")
def an_agreement_withdrawn(s: Stage) -> Acts:
    programme = s.programme
    return both(
        s.coordinators, lambda who: programmes.withdraw_agreement(programme, reason="Un oubli", actor=who.actor)
    )


@once("programmes.reopen_partnership", journalled="partnership.reopen")
def a_partnership_reopened(s: Stage) -> Acts:
    ended = PartnershipFactory(programme=s.programme, until=clock.today())
    return both(s.coordinators, lambda who: programmes.reopen_partnership(ended, actor=who.actor))


@race("programmes._end")
def a_partnership_ended(s: Stage) -> Acts:
    live = PartnershipFactory(programme=s.programme)
    return both(s.coordinators, lambda who: programmes.end_partnership(live, actor=who.actor))


@once("programmes.grant_role", journalled="role.grant")
def a_role_granted(s: Stage) -> Acts:
    programme, user, where = s.programme, UserFactory(), s.sender
    return both(
        s.coordinators,
        lambda who: programmes.grant_role(programme, user=user, role=Role.ADVISER, organisation=where, actor=who.actor),
    )


@race("programmes.withdraw_role")
def a_role_withdrawn(s: Stage) -> Acts:
    grant = RoleGrantFactory(programme=s.programme, role=Role.ADVISER, organisation=s.sender)
    return both(s.coordinators, lambda who: programmes.withdraw_role(grant, actor=who.actor))


@race("programmes.withdraw_role")
def the_last_two_coordinators_withdraw_each_other(s: Stage) -> Acts:
    one, other = s.coordinators
    grants = {who.user.pk: who.user.role_grants.get() for who in (one, other)}
    return (
        (one, lambda: programmes.withdraw_role(grants[other.user.pk], actor=one.actor)),
        (other, lambda: programmes.withdraw_role(grants[one.user.pk], actor=other.actor)),
    )


def _invitation(s: Stage) -> Invitation:
    who = s.coordinators[0]
    return programmes.invite_member(  # type: ignore[union-attr]
        s.programme, email=f"{uuid4().hex[:8]}@exemple.example", role=Role.COORDINATOR, actor=who.actor
    ).invitation


@race("accounts.accept_invitation")
def an_invitation_accepted_twice(s: Stage) -> Acts:
    invitation = _invitation(s)
    said = {"first_name": "Inès", "last_name": "Fictive", "password": "une girafe au marché"}
    return both(s.coordinators, lambda _who: accounts.accept_invitation(invitation, **said))


@race("accounts.accept_with_account")
def an_invitation_accepted_by_its_account_twice(s: Stage) -> Acts:
    invitation = _invitation(s)
    user = UserFactory(email=invitation.email)
    return both(s.coordinators, lambda _who: accounts.accept_with_account(invitation, user=user) or "done")


@race("accounts.renew_invitation")
def an_invitation_sent_again(s: Stage) -> Acts:
    invitation = _invitation(s)
    return both(s.coordinators, lambda who: accounts.renew_invitation(invitation, actor=who.actor))


@race("accounts.revoke_invitation", "accounts.accept_invitation")
def an_invitation_cancelled_or_accepted(s: Stage) -> Acts:
    invitation, (one, other) = _invitation(s), s.coordinators
    said = {"first_name": "Inès", "last_name": "Fictive", "password": "une girafe au marché"}
    return (
        (one, lambda: accounts.revoke_invitation(invitation, actor=one.actor)),
        (other, lambda: accounts.accept_invitation(invitation, **said)),
    )


@race("accounts.link_identity")
def one_identity_linked_to_two_accounts(s: Stage) -> Acts:
    pending = Pending(uuid4().hex, "")
    return both(s.coordinators, lambda who: link_identity(pending, user=who.user) or "linked")


@race("accounts.use_recovery")
def a_way_back_taken_twice(s: Stage) -> Acts:
    user = s.senders[0].user
    way: Recovery = accounts.open_recovery(user, reason="Vue en personne", actor=s.coordinators[0].actor)
    return both(s.coordinators, lambda _who: accounts.use_recovery(way, password="une girafe au marché"))


@race("accounts.show_codes")
def codes_shown_twice(s: Stage) -> Acts:
    user = with_app(s.senders[0].user)
    return both(s.coordinators, lambda _who: accounts.show_codes(user))


@pytest.fixture(scope="module")
def committed(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """One database for all these races: each has its own programme."""
    with django_db_blocker.unblock(), databases.copy_of_template(f"test_races_{uuid4().hex[:10]}"):
        yield


@pytest.fixture
def stage(committed: None) -> Iterator[Stage]:
    with scoping.writing():
        yield Stage()


@pytest.mark.parametrize("name", RACES)
def test_of_two_at_once_one_wins_and_the_other_reads_why(name: str, stage: Stage) -> None:
    with transaction.atomic():
        acts = RACES[name](stage)
    ends = at_once(*acts)
    refused = [str(end) for end in ends if isinstance(end, Refused)]
    assert len(refused) == 1, ends
    assert len(refused[0].split()) > 2, "it is told in a sentence"
    assert not [end for end in ends if end is None], "somebody was told nothing at all"


@pytest.mark.parametrize("name", ONCE)
def test_what_two_do_at_once_is_done_once(name: str, stage: Stage) -> None:
    setting, verb = ONCE[name]
    with transaction.atomic():
        acts = setting(stage)
    ends = at_once(*acts)
    assert not [end for end in ends if end is None or isinstance(end, Refused)], ends
    with scope_of(acts[0][0].actor):
        assert JournalEntry.objects.get_queryset().filter(verb=verb).count() == 1


def verbs() -> set[str]:
    """Every act of the product: what is decorated by `core.verbs.verb`."""
    return {
        f"{source.app}.{node.name}"
        for source in package()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef)
        and any(isinstance(each, ast.Name) and each.id == "verb" for each in node.decorator_list)
    }


def test_each_verb_is_raced_or_says_why_not() -> None:
    said = COVERED | ALONE.keys() | ELSEWHERE.keys()
    assert not (missing := verbs() - said), f"Race them in tests/test_races.py, or give the reason in ALONE: {missing}"
    assert not (gone := said - verbs()), f"These verbs are gone: {gone}"
    assert not (twice := COVERED & ALONE.keys()), f"These are raced, and need no reason: {twice}"
