"""A portfolio passes from one professional to another who accepts; never without a referent (chapter 02)."""

from __future__ import annotations

from typing import Any

import pytest

from factories import BeneficiaryFactory, ExitFactory, InvolvementFactory, PathwayFactory, RestrictionFactory
from personas import Persona, persona
from sanscouture.access.enums import Role
from sanscouture.core.errors import Conflict, Refused
from sanscouture.notifications.models import OutgoingMessage
from sanscouture.pathways.enums import HandoverLineState, HandoverState
from sanscouture.pathways.models import Handover, HandoverLine, Pathway, Referent
from sanscouture.pathways.rules import handovers as rules
from sanscouture.pathways.services import handovers
from sanscouture.pathways.services.pathways import change_referent
from sanscouture.people.enums import InvolvementKind
from sanscouture.people.models import Involvement


@pytest.fixture
def colleague(adviser: Persona) -> Persona:
    return persona(Role.ADVISER, adviser.programme, adviser.organisation)


@pytest.fixture
def pathways(adviser: Persona) -> list[Pathway]:
    return [
        PathwayFactory(
            beneficiary=BeneficiaryFactory(
                programme=adviser.programme,
                captured_by=adviser.organisation,
                created_by=adviser.user,
                first_name=name,
            )
        )
        for name in ("Awa", "Lina", "Yanis")
    ]


def propose(pathways: list[Pathway], adviser: Persona, taker: Persona, **more: Any) -> Handover:
    said = {
        "giver": (adviser.user, adviser.organisation),
        "taker": (taker.user, taker.organisation),
        "pathways": pathways,
        "actor": adviser.actor,
        **more,
    }
    return handovers.propose_handover(adviser.programme.pk, **said)


def answering(pathways: list[Pathway]) -> list[Any]:
    """Who answers for each pathway now; each has exactly one."""
    return [Referent.objects.get(pathway=pathway, until=None).user_id for pathway in pathways]


@pytest.mark.parametrize(
    ("taken", "state"), [(0, HandoverState.DECLINED), (1, HandoverState.PARTLY), (3, HandoverState.ACCEPTED)]
)
def test_what_becomes_of_it_depends_on_what_is_taken(taken, state) -> None:
    assert rules.outcome(taken, 3) == state


class TestActs:
    def test_nothing_changes_until_it_is_accepted_then_what_was_taken_passes(
        self, pathways, adviser, colleague
    ) -> None:
        made = propose(pathways, adviser, colleague, reason=" Départ ")
        assert made.reason == "Départ"
        assert answering(pathways) == [adviser.user.pk] * 3
        assert OutgoingMessage.objects.get(kind="pathways.handover_proposed").to == colleague.user.email
        two = [made.lines.get(pathway=pathway).pk for pathway in pathways[:2]]
        done = handovers.answer_handover(made, accepted=two, actor=colleague.actor)
        assert done.state == HandoverState.PARTLY
        assert answering(pathways) == [colleague.user.pk] * 2 + [adviser.user.pk]
        assert Referent.objects.filter(pathway=pathways[0]).count() == 2, "the former period is kept"
        assert OutgoingMessage.objects.filter(kind="pathways.handover_answered").count() == 1
        with pytest.raises(Conflict, match="acceptée en partie"):
            handovers.answer_handover(made, accepted=two, actor=colleague.actor)

    def test_it_may_be_declined_whole_and_proposed_again(self, pathways, adviser, colleague) -> None:
        made = propose(pathways, adviser, colleague)
        with pytest.raises(Conflict, match="déjà proposé"):
            propose(pathways[:1], adviser, colleague)
        assert handovers.answer_handover(made, accepted=[], actor=colleague.actor).state == HandoverState.DECLINED
        assert answering(pathways) == [adviser.user.pk] * 3
        propose(pathways[:1], adviser, colleague)

    def test_what_cannot_be_proposed_is_refused(self, pathways, adviser, colleague, recipient) -> None:
        with pytest.raises(Refused, match="au moins un"):
            propose([], adviser, colleague)
        with pytest.raises(Refused, match="autre personne"):
            propose(pathways, adviser, adviser)
        with pytest.raises(Refused, match="ne participe pas"):
            propose(pathways, adviser, recipient)
        with pytest.raises(Conflict, match="changé de mains"):
            propose(pathways, colleague, adviser)
        ExitFactory(pathway=pathways[0])
        with pytest.raises(Conflict, match="changé de mains"):
            propose(pathways, adviser, colleague)

    def test_only_whoever_is_asked_answers_for_what_was_proposed(
        self, pathways, adviser, colleague, coordinator
    ) -> None:
        made = propose(pathways[:1], adviser, colleague)
        other = propose(pathways[1:], adviser, colleague)
        with pytest.raises(Refused, match="votre nom"):
            handovers.answer_handover(made, accepted=[], actor=coordinator.actor)
        foreign = [line.pk for line in other.lines.all()]
        with pytest.raises(Refused, match="parmi"):
            handovers.answer_handover(made, accepted=foreign, actor=colleague.actor)

    def test_it_is_taken_back_by_the_side_that_proposed(self, pathways, adviser, colleague) -> None:
        made = propose(pathways, adviser, colleague)
        with pytest.raises(Refused, match="qui a proposé"):
            handovers.withdraw_handover(made, actor=colleague.actor)
        assert handovers.withdraw_handover(made, actor=adviser.actor).state == HandoverState.WITHDRAWN
        assert set(made.lines.order_by("pk").values_list("state", flat=True)) == {HandoverLineState.LAPSED}
        propose(pathways, adviser, colleague)

    def test_what_changed_hands_meanwhile_lapses(self, pathways, adviser, colleague, manager) -> None:
        made = propose(pathways, adviser, colleague)
        change_referent(pathways[0], user=manager.user, organisation=manager.organisation, actor=adviser.actor)
        ExitFactory(pathway=pathways[1])
        lines = [line.pk for line in made.lines.all()]
        assert handovers.answer_handover(made, accepted=lines, actor=colleague.actor).state == HandoverState.PARTLY
        states = [made.lines.get(pathway=pathway).state for pathway in pathways]
        assert states == [HandoverLineState.LAPSED, HandoverLineState.LAPSED, HandoverLineState.ACCEPTED]
        assert answering([pathways[0]]) == [manager.user.pk]

    def test_a_restricted_record_passes_to_a_reader_alone(self, pathways, adviser, colleague) -> None:
        made = propose(pathways, adviser, colleague)
        RestrictionFactory(beneficiary=pathways[0].beneficiary)
        lines = [line.pk for line in made.lines.all()]
        assert handovers.answer_handover(made, accepted=lines, actor=colleague.actor).state == HandoverState.PARTLY
        assert answering(pathways) == [adviser.user.pk, colleague.user.pk, colleague.user.pk]
        with pytest.raises(Refused, match="réservée"):
            propose(pathways[:1], adviser, colleague)

    def test_the_former_organisation_stays_a_contributor(self, pathways, adviser, recipient) -> None:
        person = pathways[0].beneficiary
        Involvement.objects.filter(beneficiary=person).update(kind=InvolvementKind.REFERENT)
        InvolvementFactory(beneficiary=person, organisation=recipient.organisation, kind=InvolvementKind.CONTRIBUTOR)
        made = propose(pathways[:1], adviser, recipient)
        handovers.answer_handover(made, accepted=[made.lines.get().pk], actor=recipient.actor)
        live = Involvement.objects.filter(beneficiary=person, organisation=adviser.organisation, until=None)
        assert live.get().kind == InvolvementKind.CONTRIBUTOR


class TestViews:
    @pytest.fixture
    def new(self, programme) -> str:
        return f"/programmes/{programme.slug}/passations/nouvelle/"

    def test_a_portfolio_is_proposed_and_taken_on_screen(self, pathways, new, adviser, colleague) -> None:
        page = adviser.client.get(new)
        assert all(name in page.text for name in ("Awa", "Lina", "Yanis"))
        taker = f"{colleague.user.pk}:{colleague.organisation.pk}"
        assert adviser.client.post(new, {"taker": taker}).status_code == 422
        ids = [str(pathway.pk) for pathway in pathways]
        said = {"pathways": ids, "taker": taker, "reason": "Départ"}
        assert adviser.client.post(new, said)["Location"] == "/passations/"
        assert adviser.client.post(new, said).status_code == 409
        made = Handover.objects.get()
        assert "Vous attendent" in colleague.client.get("/passations/").text
        assert "En attente" in adviser.client.get("/passations/").text
        here = f"/passations/{made.pk}/"
        assert "Lina" in colleague.client.get(here).text
        assert "Retirer la proposition" in adviser.client.get(here).text
        one = str(HandoverLine.objects.get(pathway=pathways[1]).pk)
        assert adviser.client.post(here, {"accepted": [one]}).status_code == 422
        assert colleague.client.post(here, {"accepted": ["nothing"]}).status_code == 422
        assert colleague.client.post(here, {"accepted": [one]}).status_code == 302
        assert colleague.client.post(here, {"accepted": [one]}).status_code == 409
        assert answering(pathways) == [adviser.user.pk, colleague.user.pk, adviser.user.pk]
        assert "1 pris" in adviser.client.get("/passations/").text.replace("\u00a0", " ")

    def test_a_manager_hands_over_for_somebody_who_leaves(self, pathways, new, adviser, manager, colleague) -> None:
        PathwayFactory(
            beneficiary=BeneficiaryFactory(
                programme=manager.programme, captured_by=manager.organisation, created_by=manager.user
            )
        )
        assert "Afficher ses parcours" in manager.client.get(new).text
        giver = f"{adviser.user.pk}:{adviser.organisation.pk}"
        page = manager.client.get(f"{new}?de={giver}")
        assert "Lina" in page.text
        said = {"pathways": [str(pathways[0].pk)], "taker": f"{colleague.user.pk}:{colleague.organisation.pk}"}
        assert manager.client.post(f"{new}?de={giver}", said).status_code == 302
        withdraw = f"/passations/{Handover.objects.get().pk}/retirer/"
        assert "qui a proposé" in colleague.client.post(withdraw, follow=True).text
        assert "est retirée" in manager.client.post(withdraw, follow=True).text

    def test_an_empty_place_says_what_to_do(self, new, adviser) -> None:
        assert "Aucun parcours à confier" in adviser.client.get(new).text
        assert "Aucune passation" in adviser.client.get("/passations/").text

    def test_names_closed_show_no_list(self, programme, new, adviser) -> None:
        type(programme).objects.filter(pk=programme.pk).update(agreement_signed_on=None)
        assert "pathways/people_closed.html" in [page.name for page in adviser.client.get(new).templates]

    def test_doors(self, pathways, new, adviser, colleague, recipient, copilot, other_programme_adviser) -> None:
        here = f"/passations/{propose(pathways, adviser, colleague).pk}/"
        assert recipient.client.get(here).status_code == 404
        assert copilot.client.get(here).status_code == 403
        assert other_programme_adviser.client.get(new).status_code == 404
        assert adviser.client.get(f"{here}retirer/").status_code == 405

    def test_queries_do_not_grow(self, pathways, adviser, colleague, assert_queries_do_not_grow) -> None:
        propose(pathways[:1], adviser, colleague)

        def grow() -> None:
            for _ in range(5):
                person = BeneficiaryFactory(
                    programme=adviser.programme, captured_by=adviser.organisation, created_by=adviser.user
                )
                propose([PathwayFactory(beneficiary=person)], adviser, colleague)

        assert_queries_do_not_grow(adviser.client, "/passations/", grow, budget=30)
