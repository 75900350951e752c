"""A record kept for named readers exists for nobody else, whatever the table, the page or the message (chapter 02)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from factories import (
    AdmissionFactory,
    AnswerLinkFactory,
    AppointmentFactory,
    AttachmentRequestFactory,
    AttendanceFactory,
    BarrierFactory,
    BasisFactory,
    BeneficiaryFactory,
    EpisodeFactory,
    ExitFactory,
    FactChangeFactory,
    FollowUpFactory,
    FormerQpvAnswerFactory,
    HandoverFactory,
    InvolvementFactory,
    NeedFactory,
    NoteFactory,
    OrganisationFactory,
    PathwayFactory,
    ProgressFactory,
    PublicMarkFactory,
    ReferralEventFactory,
    ReferralFactory,
    RestrictionFactory,
    RoleGrantFactory,
    RuptureFactory,
    SafeContactFactory,
    StepFactory,
    StrengthFactory,
)
from personas import Persona
from sanscouture.access.enums import Perm, Role
from sanscouture.access.models import NamedModel
from sanscouture.access.policy import can, scoped
from sanscouture.access.scope import scope_of
from sanscouture.audit.models import JournalEntry
from sanscouture.core.errors import Conflict, Refused
from sanscouture.notifications.models import OutgoingMessage
from sanscouture.pathways.models import HandoverLine
from sanscouture.pathways.services.following import make_follow_up_link
from sanscouture.people.enums import RestrictionReason
from sanscouture.people.models import Beneficiary, Distinct, Merge, Reader, Restriction
from sanscouture.people.rules import Identity
from sanscouture.people.selectors import (
    against_withdrawal,
    among_readers,
    live_readers,
    nameable_readers,
    possible_readers,
    requests_for,
    requests_made,
)
from sanscouture.people.services import (
    close_records,
    create_beneficiary,
    decide_attachment,
    lift,
    name_reader,
    remove_reader,
    request_attachment,
    restrict,
)
from sanscouture.programmes.models import Programme, RoleGrant

APART = {
    "pathways.Handover": "it names two professionals; its lines hang on people",
    "people.PeopleImport": "a list that its author alone sees, before it is about any record",
    "people.ImportRow": "a row of such a list; once dealt with, it holds no word of anybody",
}
NAMED = [model for model in apps.get_models() if issubclass(model, NamedModel) and model._meta.label not in APART]


def handed_over(person: Beneficiary) -> object:
    pathway = PathwayFactory(beneficiary=person)
    handover = HandoverFactory(pathway=pathway)
    return HandoverLine.objects.create(programme=person.programme, handover=handover, pathway=pathway)


def told_apart(person: Beneficiary) -> object:
    other = BeneficiaryFactory(programme=person.programme, captured_by=person.captured_by)
    one, other = sorted((person, other), key=lambda each: each.pk)
    return Distinct.objects.create(programme=person.programme, one=one, other=other, said_by=person.created_by)


def merged_before(person: Beneficiary) -> object:
    other = BeneficiaryFactory(programme=person.programme, captured_by=person.captured_by)
    return Merge.objects.create(
        programme=person.programme, kept_record=person, merged_record=other, merged_by=person.created_by
    )


MAKING: dict[str, Callable[[Beneficiary], object]] = {
    "people.Distinct": told_apart,
    "people.Merge": merged_before,
    "people.Beneficiary": lambda person: person,
    "people.FormerQpvAnswer": lambda person: FormerQpvAnswerFactory(beneficiary=person),
    "people.Involvement": lambda person: InvolvementFactory(beneficiary=person),
    "people.Basis": lambda person: BasisFactory(beneficiary=person),
    "people.AttachmentRequest": lambda person: AttachmentRequestFactory(beneficiary=person),
    "people.Restriction": lambda person: RestrictionFactory(beneficiary=person),
    "people.FactChange": lambda person: FactChangeFactory(beneficiary=person),
    "people.PublicMark": lambda person: PublicMarkFactory(beneficiary=person),
    "people.SafeContact": lambda person: SafeContactFactory(beneficiary=person),
    "people.Reader": lambda person: RestrictionFactory(beneficiary=person),
    "pathways.Barrier": lambda person: BarrierFactory(beneficiary=person),
    "pathways.Strength": lambda person: StrengthFactory(beneficiary=person),
    "pathways.Need": lambda person: NeedFactory(beneficiary=person),
    "pathways.Pathway": lambda person: PathwayFactory(beneficiary=person),
    "pathways.Referent": lambda person: PathwayFactory(beneficiary=person),
    "pathways.Step": lambda person: StepFactory(pathway=PathwayFactory(beneficiary=person)),
    "pathways.Referral": lambda person: ReferralFactory(need__beneficiary=person),
    "pathways.ReferralEvent": lambda person: ReferralEventFactory(referral__need__beneficiary=person),
    "pathways.Appointment": lambda person: AppointmentFactory(referral__need__beneficiary=person),
    "pathways.AnswerLink": lambda person: AnswerLinkFactory(referral__need__beneficiary=person),
    "pathways.Episode": lambda person: EpisodeFactory(beneficiary=person),
    "pathways.Progress": lambda person: ProgressFactory(beneficiary=person),
    "pathways.Note": lambda person: NoteFactory(beneficiary=person),
    "pathways.Exit": lambda person: ExitFactory(pathway=PathwayFactory(beneficiary=person)),
    "pathways.FollowUp": lambda person: FollowUpFactory(exit__pathway=PathwayFactory(beneficiary=person)),
    "pathways.FollowUpLink": lambda person: make_follow_up_link(
        FollowUpFactory(exit__pathway=PathwayFactory(beneficiary=person))
    ),
    "pathways.HandoverLine": handed_over,
    "pathways.Admission": lambda person: AdmissionFactory(beneficiary=person, cohort__programme=person.programme),
    "pathways.Attendance": lambda person: AttendanceFactory(beneficiary=person, session__programme=person.programme),
    "pathways.Rupture": lambda person: RuptureFactory(referral__need__beneficiary=person),
}
"""How to make a row of each named table that hangs on a person."""


def seen(model: type[models.Model], who: Persona) -> set[Any]:
    """The rows of a table that somebody reaches, by any of their permissions."""
    with scope_of(who.actor):
        return {pk for perm in Perm for pk in scoped(model).visible_to(who.actor, perm).values_list("pk", flat=True)}


@pytest.fixture
def lina(programme: Programme, organisation: Any, adviser: Persona) -> Beneficiary:
    return BeneficiaryFactory(
        programme=programme, captured_by=organisation, created_by=adviser.user, first_name="Lina", last_name="Inventée"
    )


@pytest.mark.parametrize("model", NAMED, ids=lambda model: model._meta.label)
def test_no_row_of_a_named_table_is_reached_by_who_is_not_a_reader(
    model: type[models.Model], lina: Beneficiary, adviser: Persona, manager: Persona, coordinator: Persona
) -> None:
    label = model._meta.label
    assert label in MAKING, f"{label}: say in MAKING how to make one that hangs on a person."
    MAKING[label](lina)
    restriction = Restriction.objects.filter(beneficiary=lina).first() or RestrictionFactory(beneficiary=lina)
    assert seen(model, coordinator) == seen(model, manager) == set()
    Reader.objects.create(
        programme=lina.programme,
        restriction=restriction,
        user=coordinator.user,
        since=restriction.since,
        named_by=adviser.user,
    )
    assert seen(model, coordinator), f"{label}: nobody sees it anyway, this proves nothing"
    assert seen(model, manager) == set()


def test_everything_that_hangs_on_a_person_is_in_the_list_above() -> None:
    assert MAKING.keys() == {model._meta.label for model in NAMED}


class TestRestricting:
    def test_it_disappears_for_the_others_and_stays_for_its_readers(
        self, lina, adviser, manager, coordinator, pathway_referent
    ) -> None:
        restrict(lina, reason=RestrictionReason.SAFETY, readers=[pathway_referent.user], actor=adviser.actor)
        assert can(adviser.actor, Perm.PERSON_EDIT, lina)
        assert can(pathway_referent.actor, Perm.PERSON_READ, lina)
        assert not can(manager.actor, Perm.PERSON_READ, lina)
        assert not can(coordinator.actor, Perm.PERSON_READ, lina)

    def test_it_is_journalled_without_a_reason_in_words(self, lina, adviser) -> None:
        restrict(lina, reason=RestrictionReason.SAFETY, actor=adviser.actor)
        entry = JournalEntry.objects.get(verb="restriction.begin")
        assert entry.note == ""

    def test_naming_oneself_among_the_others_is_being_named_once(self, lina, adviser) -> None:
        restriction = restrict(lina, reason=RestrictionReason.WISH, readers=[adviser.user], actor=adviser.actor)
        assert [reader.user_id for reader in restriction.readers.all()] == [adviser.user.pk]

    def test_it_is_restricted_once(self, lina, adviser) -> None:
        restrict(lina, reason=RestrictionReason.WISH, actor=adviser.actor)
        with pytest.raises(Conflict, match="déjà réservée"):
            restrict(lina, reason=RestrictionReason.WISH, actor=adviser.actor)

    def test_a_role_that_reads_nobody_is_not_named(self, lina, adviser, copilot, stranger) -> None:
        for who in (copilot, stranger):
            with pytest.raises(Refused, match="ne lit aucune fiche"):
                restrict(lina, reason=RestrictionReason.WISH, readers=[who.user], actor=adviser.actor)

    def test_being_named_opens_nothing_that_a_role_closes(self, lina, adviser, recipient) -> None:
        restrict(lina, reason=RestrictionReason.WISH, readers=[recipient.user], actor=adviser.actor)
        assert not can(recipient.actor, Perm.PERSON_READ, lina)

    def test_once_lifted_it_is_shared_as_before_and_its_history_stays(self, lina, adviser, coordinator) -> None:
        restriction = restrict(lina, reason=RestrictionReason.WISH, actor=adviser.actor)
        lift(restriction, actor=adviser.actor)
        assert can(coordinator.actor, Perm.PERSON_READ, lina)
        with pytest.raises(Conflict, match="déjà été levée"):
            lift(restriction, actor=adviser.actor)
        restrict(lina, reason=RestrictionReason.SAFETY, actor=adviser.actor)
        assert lina.restrictions.count() == 2


class TestReaders:
    @pytest.fixture
    def restriction(self, lina, adviser) -> Restriction:
        return restrict(lina, reason=RestrictionReason.SAFETY, actor=adviser.actor)

    def test_one_more_is_named_and_removed(self, restriction, adviser, coordinator) -> None:
        reader = name_reader(restriction, user=coordinator.user, actor=adviser.actor)
        assert can(coordinator.actor, Perm.PERSON_READ, restriction.beneficiary)
        remove_reader(reader, actor=adviser.actor)
        assert not can(coordinator.actor, Perm.PERSON_READ, restriction.beneficiary)
        with pytest.raises(Conflict, match="ne fait déjà plus partie"):
            remove_reader(reader, actor=adviser.actor)
        name_reader(restriction, user=coordinator.user, actor=adviser.actor)

    def test_the_same_is_not_named_twice(self, restriction, adviser) -> None:
        with pytest.raises(Conflict, match="déjà parmi les lecteurs"):
            name_reader(restriction, user=adviser.user, actor=adviser.actor)

    def test_the_last_one_stays(self, restriction, adviser) -> None:
        with pytest.raises(Refused, match="dernier lecteur"):
            remove_reader(restriction.readers.get(), actor=adviser.actor)

    def test_nobody_is_named_once_it_is_open_again(self, restriction, adviser, coordinator) -> None:
        lift(restriction, actor=adviser.actor)
        with pytest.raises(Conflict, match="déjà été levée"):
            name_reader(restriction, user=coordinator.user, actor=adviser.actor)

    def test_the_role_of_the_only_reader_is_not_withdrawn(self, restriction, adviser, coordinator) -> None:
        grant = RoleGrant.objects.get_queryset().get(user=adviser.user)
        assert "la seule à lire 1 fiche réservée" in against_withdrawal(grant)
        other = RoleGrantFactory(user=adviser.user, programme=grant.programme, role=Role.PATHWAY_REFERENT)
        assert against_withdrawal(grant) == ""
        other.delete()
        name_reader(restriction, user=coordinator.user, actor=adviser.actor)
        assert against_withdrawal(grant) == ""


class TestAccounts:
    def test_those_who_could_see_it_are_proposed(
        self, lina, adviser, manager, coordinator, recipient, outreach_worker, copilot
    ) -> None:
        assert {user.pk for user in possible_readers(lina)} == {adviser.user.pk, manager.user.pk, coordinator.user.pk}
        InvolvementFactory(beneficiary=lina, organisation=recipient.organisation)
        assert recipient.user in possible_readers(lina)
        assert copilot.user not in nameable_readers(lina.programme_id)
        assert outreach_worker.user in nameable_readers(lina.programme_id)

    def test_without_a_basis_only_those_of_the_organisation_that_wrote_it(
        self, programme, organisation, adviser, coordinator, recipient, outreach_worker
    ) -> None:
        person = BeneficiaryFactory(
            programme=programme, captured_by=organisation, created_by=outreach_worker.user, unshared=True
        )
        InvolvementFactory(beneficiary=person, organisation=recipient.organisation)
        assert {user.pk for user in possible_readers(person)} == {adviser.user.pk, outreach_worker.user.pk}

    def test_everybody_is_told_of_an_open_record_and_its_readers_of_a_restricted_one(
        self, lina, adviser, coordinator
    ) -> None:
        both = [adviser.user, coordinator.user]
        assert among_readers(both, lina.pk) == both
        assert live_readers([lina.pk]) == {}
        RestrictionFactory(beneficiary=lina)
        assert among_readers(both, lina.pk) == [adviser.user]
        assert live_readers([lina.pk]) == {lina.pk: {adviser.user.pk}}


class TestDuplicates:
    IDENTITY = Identity("Lina", "Inventée")

    @pytest.fixture
    def written(self, programme, organisation, adviser) -> Beneficiary:
        return create_beneficiary(
            programme, organisation=organisation, actor=adviser.actor, first_name="Lina", last_name="Inventée"
        )

    def test_a_restricted_record_is_not_even_counted(self, programme, written, adviser, recipient) -> None:
        assert close_records(programme, self.IDENTITY, actor=recipient.actor).hidden == 1
        restrict(written, reason=RestrictionReason.SAFETY, actor=adviser.actor)
        assert not close_records(programme, self.IDENTITY, actor=recipient.actor)
        assert close_records(programme, self.IDENTITY, actor=adviser.actor).mine == (written.pk,)

    def test_nobody_asks_to_be_attached_to_it(self, programme, written, adviser, recipient) -> None:
        restrict(written, reason=RestrictionReason.SAFETY, actor=adviser.actor)
        with pytest.raises(Refused, match="Aucune fiche proche"):
            request_attachment(
                programme,
                self.IDENTITY,
                organisation=recipient.organisation,
                reason="Vue à l’accueil",
                actor=recipient.actor,
            )

    def test_requests_about_it_are_hidden_with_it(self, lina, adviser, recipient, coordinator) -> None:
        request = AttachmentRequestFactory(
            beneficiary=lina, organisation=recipient.organisation, requested_by=recipient.user
        )
        assert list(requests_for(coordinator.actor)) == list(requests_made(recipient.actor)) == [request]
        RestrictionFactory(beneficiary=lina)
        assert not requests_for(coordinator.actor)
        assert not requests_made(recipient.actor)
        assert list(requests_for(adviser.actor)) == [request]


def test_another_person_of_the_same_organisation_is_not_hidden_by_it(lina, manager, organisation) -> None:
    other = BeneficiaryFactory(programme=lina.programme, captured_by=organisation)
    RestrictionFactory(beneficiary=lina)
    RestrictionFactory(beneficiary=BeneficiaryFactory(programme=lina.programme, captured_by=OrganisationFactory()))
    assert seen(Beneficiary, manager) == {other.pk}


def test_a_decision_about_a_restricted_record_is_not_told_to_who_is_not_a_reader(lina, adviser, recipient) -> None:
    asked = AttachmentRequestFactory(beneficiary=lina, organisation=recipient.organisation, requested_by=recipient.user)
    RestrictionFactory(beneficiary=lina)
    decide_attachment(asked, granted=False, actor=adviser.actor)
    assert not OutgoingMessage.objects.filter(to=recipient.user.email).exists()
