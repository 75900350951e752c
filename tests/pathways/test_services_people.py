from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from factories import ExitFactory, PathwayFactory, ReferentFactory, UserFactory
from personas import persona
from sanscouture.access.enums import Perm, Role
from sanscouture.access.policy import can
from sanscouture.access.scope import scope
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.notifications.models import OutgoingMessage
from sanscouture.pathways.enums import StepState
from sanscouture.pathways.models import Pathway, Referent
from sanscouture.pathways.services.pathways import (
    add_step,
    cancel_step,
    change_referent,
    complete_step,
    open_pathway,
)
from sanscouture.pathways.services.people import NeedWanted, end_sharing, welcome_person
from sanscouture.people.enums import Ground, InformedBy, InvolvementKind
from sanscouture.people.models import Basis, Beneficiary, Involvement
from sanscouture.people.rules import BasisGiven
from sanscouture.people.services import involve

TOLD = BasisGiven(Ground.PUBLIC_INTEREST, InformedBy.ORAL)


@pytest.fixture
def lina(programme, organisation, adviser) -> Beneficiary:
    return welcome_person(
        programme,
        actor=adviser.actor,
        organisation=organisation,
        first_name="Lina",
        phone="06 39 98 01 02",
        basis=TOLD,
        need=NeedWanted(5, "Aller travailler à la zone d’activité"),
    )


@pytest.fixture
def pathway(lina) -> Pathway:
    return Pathway.objects.get(beneficiary=lina)


def live_kinds(beneficiary: Beneficiary, organisation) -> set[str]:
    return set(
        Involvement.objects.get_queryset()
        .filter(beneficiary=beneficiary, organisation=organisation, until=None)
        .order_by("pk")
        .values_list("kind", flat=True)
    )


class TestWelcome:
    def test_everything_begins_at_once(self, lina, pathway, adviser, organisation) -> None:
        assert lina.shared_until is not None
        assert [need.owner_id for need in lina.needs.all()] == [adviser.user.pk]
        assert Referent.objects.get(pathway=pathway).user_id == adviser.user.pk
        assert live_kinds(lina, organisation) == {InvolvementKind.CAPTURED, InvolvementKind.REFERENT}

    def test_a_first_name_is_enough(self, programme, organisation, adviser) -> None:
        person = welcome_person(programme, actor=adviser.actor, organisation=organisation, first_name="Lina")
        assert (person.shared_until, person.needs.count()) == (None, 0)

    def test_nothing_is_left_of_what_fails(self, programme, organisation, adviser) -> None:
        with pytest.raises(Refused, match="portée"), transaction.atomic():
            welcome_person(
                programme,
                actor=adviser.actor,
                organisation=organisation,
                first_name="Lina",
                basis=BasisGiven(Ground.CONSENT, InformedBy.ORAL, scopes=()),
            )
        assert not Beneficiary.objects.exists()


class TestReferent:
    def test_a_second_pathway_waits_for_the_first(self, lina, adviser, organisation) -> None:
        with pytest.raises(Conflict, match="déjà ouvert"):
            open_pathway(lina, user=adviser.user, organisation=organisation, actor=adviser.actor)

    def test_the_former_stays_a_contributor_and_the_history_is_kept(
        self, lina, pathway, adviser, recipient, organisation
    ) -> None:
        involve(lina, recipient.organisation, InvolvementKind.RECEIVES, actor=adviser.actor)
        change_referent(pathway, user=recipient.user, organisation=recipient.organisation, actor=adviser.actor)
        back = change_referent(pathway, user=adviser.user, organisation=organisation, actor=adviser.actor)
        assert back.until is None
        assert Referent.objects.filter(pathway=pathway).count() == 3
        assert live_kinds(lina, recipient.organisation) == {InvolvementKind.RECEIVES}
        assert OutgoingMessage.objects.filter(kind="pathways.referent_named").count() == 1

    def test_an_organisation_that_was_only_referent_stays(
        self, lina, pathway, adviser, recipient, organisation
    ) -> None:
        involve(lina, recipient.organisation, InvolvementKind.REFERENT, actor=adviser.actor)
        change_referent(pathway, user=recipient.user, organisation=recipient.organisation, actor=adviser.actor)
        change_referent(pathway, user=adviser.user, organisation=organisation, actor=adviser.actor)
        assert live_kinds(lina, recipient.organisation) == {InvolvementKind.CONTRIBUTOR}

    def test_only_a_professional_of_an_organisation_that_takes_part(self, lina, pathway, adviser, recipient) -> None:
        with pytest.raises(Refused, match="ne participe pas"):
            change_referent(pathway, user=recipient.user, organisation=recipient.organisation, actor=adviser.actor)
        involve(lina, recipient.organisation, InvolvementKind.CONTRIBUTOR, actor=adviser.actor)
        with pytest.raises(Refused, match="ne travaille pas"):
            change_referent(pathway, user=UserFactory(), organisation=recipient.organisation, actor=adviser.actor)

    def test_the_same_one_changes_nothing(self, pathway, adviser, organisation) -> None:
        with pytest.raises(Conflict, match="déjà"):
            change_referent(pathway, user=adviser.user, organisation=organisation, actor=adviser.actor)

    def test_a_closed_pathway_has_no_new_referent(self, pathway, adviser, organisation) -> None:
        ExitFactory(pathway=pathway)
        with pytest.raises(Conflict, match="clos"):
            change_referent(pathway, user=adviser.user, organisation=organisation, actor=adviser.actor)


class TestEndSharing:
    def test_the_pathway_comes_back_to_who_began_it(self, lina, pathway, adviser, recipient, organisation) -> None:
        involve(lina, recipient.organisation, InvolvementKind.CONTRIBUTOR, actor=adviser.actor)
        change_referent(pathway, user=recipient.user, organisation=recipient.organisation, actor=adviser.actor)
        end_sharing(Basis.objects.get(beneficiary=lina), actor=adviser.actor)
        assert Referent.objects.get(pathway=pathway, until=None).user_id == adviser.user.pk
        assert live_kinds(lina, recipient.organisation) == set()
        assert not can(recipient.actor, Perm.PERSON_READ, lina)

    def test_a_referent_at_home_stays(self, lina, pathway, adviser) -> None:
        end_sharing(Basis.objects.get(beneficiary=lina), actor=adviser.actor)
        assert Referent.objects.filter(pathway=pathway).count() == 1


class TestSteps:
    def test_a_step_has_a_carrier_and_a_day(self, pathway, adviser, organisation) -> None:
        step = add_step(
            pathway,
            label=" Préparer le CV ",
            due_on=clock.today() + timedelta(days=5),
            carrier_organisation=organisation,
            carrier=adviser.user,
            actor=adviser.actor,
        )
        assert (step.label, step.state) == ("Préparer le CV", StepState.TODO)
        done = complete_step(step, actor=adviser.actor)
        assert (done.state, done.done_on) == (StepState.DONE, clock.today())
        with pytest.raises(Conflict, match="fait"):
            cancel_step(step, actor=adviser.actor)

    def test_it_says_what_on_an_open_pathway(self, pathway, adviser, organisation) -> None:
        told = {"due_on": clock.today(), "carrier_organisation": organisation, "actor": adviser.actor}
        with pytest.raises(Refused, match="mots"):
            add_step(pathway, label=" ", **told)
        pathway.closed_on = clock.today()
        with pytest.raises(Refused, match="clos"):
            add_step(pathway, label="CV", **told)

    def test_it_is_not_done_tomorrow(self, pathway, adviser, organisation) -> None:
        step = add_step(
            pathway, label="CV", due_on=clock.today(), carrier_organisation=organisation, actor=adviser.actor
        )
        with pytest.raises(Refused, match="futur"):
            complete_step(step, on=clock.today() + timedelta(days=1), actor=adviser.actor)
        assert cancel_step(step, actor=adviser.actor).state == StepState.CANCELLED


def committed(change: Callable[[], object]) -> None:
    """Do a change and check what is checked at the end of a transaction."""
    with transaction.atomic():
        change()
        connection.check_constraints()


class TestTheDatabaseHoldsTheReferent:
    def test_a_live_pathway_without_a_referent_is_refused(self, lina, pathway) -> None:
        with pytest.raises(IntegrityError, match="exactement un référent"):
            committed(lambda: Referent.objects.filter(pathway=pathway).update(until=clock.now()))

    def test_nor_can_it_lose_its_row(self, lina, pathway) -> None:
        with pytest.raises(IntegrityError, match="exactement un référent"):
            committed(lambda: Referent.objects.filter(pathway=pathway).delete())

    def test_a_closed_one_may_be_without(self, lina, pathway) -> None:
        ExitFactory(pathway=pathway)
        connection.check_constraints()

    def test_reopening_asks_for_one(self, lina, pathway) -> None:
        self.test_a_closed_one_may_be_without(lina, pathway)
        with pytest.raises(IntegrityError, match="exactement un référent"):
            committed(lambda: Pathway.objects.filter(pk=pathway.pk).update(closed_on=None))

    def test_two_are_refused_too(self, lina, pathway) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            ReferentFactory(pathway=pathway)

    def test_it_looks_beyond_the_scope_of_the_transaction(self, programme) -> None:
        pathway = PathwayFactory(beneficiary__programme=programme)
        with scope(user=pathway.beneficiary.created_by_id):
            connection.check_constraints()


def test_an_outreach_worker_may_welcome_too(programme, organisation) -> None:
    worker = persona(Role.OUTREACH_WORKER, programme, organisation)
    person = welcome_person(programme, actor=worker.actor, organisation=organisation, first_name="Yanis")
    assert can(worker.actor, Perm.PERSON_READ, person)
