"""An organisation that joins a pathway as a contributor changes nothing else: every list is the same (chapter 02)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from factories import (
    BeneficiaryFactory,
    EpisodeFactory,
    FollowUpFactory,
    NeedFactory,
    NoteFactory,
    OrganisationFactory,
    PathwayFactory,
    ProgressFactory,
    ReferralFactory,
    RuptureFactory,
    StepFactory,
)
from personas import Persona
from sanscouture.access.enums import Role
from sanscouture.core.errors import Conflict, Refused
from sanscouture.pathways.models import Referent
from sanscouture.pathways.services.contributors import join_pathway, leave_pathway
from sanscouture.people.enums import InvolvementKind
from sanscouture.people.models import Beneficiary
from sanscouture.people.services import involve
from sanscouture.programmes.models import Programme
from test_addresses import EVERY, Address, reverse

CHANGING = re.compile(r'name="(csrfmiddlewaretoken|envoi)" value="[^"]*"')
TELLS_OF_IT = {"audit:journal", "pathways:handover_new"}
"""The journal says that an organisation joined; a pathway may then be handed over to it: those tell of it, rightly."""


def is_list(address: Address) -> bool:
    """An address that shows no object of its own, or a programme's."""
    of = address.requirement.of if address.requirement else None
    return (
        address.requirement is not None
        and not address.requirement.everybody
        and address.arguments <= {"slug"}
        and of in (None, Programme)
        and address.name not in TELLS_OF_IT
    )


LISTS = [address for address in EVERY if is_list(address)]


@pytest.fixture
def person(adviser: Persona) -> Any:
    """Somebody of whom every list has something to say."""
    made = BeneficiaryFactory(
        programme=adviser.programme, captured_by=adviser.organisation, created_by=adviser.user, first_name="Lina"
    )
    StepFactory(pathway=PathwayFactory(beneficiary=made))
    RuptureFactory(referral=ReferralFactory(need=NeedFactory(beneficiary=made), state="unanswered"))
    for make in (EpisodeFactory, ProgressFactory, NoteFactory):
        make(beneficiary=made)
    before = BeneficiaryFactory(programme=adviser.programme, captured_by=adviser.organisation, created_by=adviser.user)
    FollowUpFactory(exit__pathway=PathwayFactory(beneficiary=before))
    return made


def read(who: Persona, url: str) -> str:
    """A page as it reads, or that there is none for this reader."""
    answer = who.client.get(url)
    readable = answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
    return CHANGING.sub("", answer.text) if readable else str(answer.status_code)


def everything(readers: list[Persona], person: Beneficiary) -> dict[tuple[str, Any], str]:
    """What each reader reads on each list, and on the person's page."""
    urls = [reverse(address.name, kwargs=dict.fromkeys(address.arguments, person.programme.slug)) for address in LISTS]
    return {(url, who.user.pk): read(who, url) for url in (*urls, f"/personnes/{person.pk}/") for who in readers}


def differing(before: dict[Any, str], after: dict[Any, str]) -> list[Any]:
    return sorted(str(key[0]) for key in before if before[key] != after[key])


def test_there_are_lists_to_walk() -> None:
    assert {"pathways:people", "pathways:ruptures", "pathways:follow_ups", "home:home"} <= {one.name for one in LISTS}


def test_joining_then_leaving_changes_no_list_of_those_who_were_there(
    person, adviser, manager, coordinator, pathway_referent, copilot, recipient, outreach_worker
) -> None:
    readers = [adviser, manager, coordinator, pathway_referent, copilot, outreach_worker]
    referent = Referent.objects.get(pathway__beneficiary=person, until=None)
    everything(readers, person)  # what is said once, at the first visit, has been said
    before = everything(readers, person)
    theirs = everything([recipient], person)
    join_pathway(person, recipient.organisation, actor=adviser.actor)
    assert Referent.objects.get(pathway__beneficiary=person, until=None) == referent
    assert differing(before, everything(readers, person)) == []
    assert f"/programmes/{person.programme.slug}/personnes/" in differing(theirs, everything([recipient], person))
    leave_pathway(person, recipient.organisation, actor=recipient.actor)
    assert differing(before, everything(readers, person)) == []
    assert differing(theirs, everything([recipient], person)) == []


@pytest.mark.parametrize("role", [Role.ADVISER, Role.COORDINATOR], ids=str)
def test_this_guard_can_fail(role, person, adviser, coordinator) -> None:
    who = {Role.ADVISER: adviser, Role.COORDINATOR: coordinator}[role]
    before = everything([who], person)
    Beneficiary.objects.filter(pk=person.pk).update(first_name="Zoé")
    assert f"/programmes/{person.programme.slug}/personnes/" in differing(before, everything([who], person))


class TestActs:
    def test_only_a_partner_joins_and_only_while_the_information_holds(self, person, adviser, recipient) -> None:
        with pytest.raises(Refused, match="pas partenaire"):
            join_pathway(person, OrganisationFactory(), actor=adviser.actor)
        join_pathway(person, recipient.organisation, actor=adviser.actor)
        with pytest.raises(Conflict, match="participe déjà"):
            join_pathway(person, recipient.organisation, actor=adviser.actor)
        Beneficiary.objects.filter(pk=person.pk).update(shared_until=None)
        with pytest.raises(Refused, match="Informez"):
            join_pathway(person, recipient.organisation, actor=adviser.actor)

    def test_an_organisation_leaves_by_itself_or_by_the_team(self, person, adviser, recipient, coordinator) -> None:
        for who in (recipient, coordinator):
            involve(person, recipient.organisation, InvolvementKind.CONTRIBUTOR, actor=adviser.actor)
            with pytest.raises(Refused, match="elle-même"):
                leave_pathway(person, recipient.organisation, actor=adviser.actor)
            leave_pathway(person, recipient.organisation, actor=who.actor)
            with pytest.raises(Conflict, match="ne contribue plus"):
                leave_pathway(person, recipient.organisation, actor=who.actor)


def test_joining_and_leaving_on_screen(person, adviser, recipient) -> None:
    page, new = f"/personnes/{person.pk}/qui-voit-quoi/", f"/personnes/{person.pk}/contribuer/"
    assert new in adviser.client.get(page).text
    assert recipient.organisation.name in adviser.client.get(new).text
    assert adviser.client.post(new, {}).status_code == 422
    assert adviser.client.post(new, {"organisation": str(recipient.organisation.pk)})["Location"] == page
    assert "Quitter le parcours" not in adviser.client.get(page).text
    leave = re.search(r"/participations/[^/]+/quitter/", recipient.client.get(page).text)
    assert leave
    assert "elle-même" in adviser.client.post(leave[0], follow=True).text
    assert "ne contribue plus au parcours" in recipient.client.post(leave[0], follow=True).text
    assert recipient.client.get(page).status_code == 404
