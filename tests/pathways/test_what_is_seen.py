"""Who sees what: attacks on the facts ticked, on health, on sensitive names, on a basis that ended."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from factories import (
    AppointmentFactory,
    BarrierFactory,
    BeneficiaryFactory,
    InvolvementFactory,
    NeedFactory,
    OrganisationFactory,
    PathwayFactory,
    ReferralFactory,
    RoleGrantFactory,
    UserFactory,
)
from sanscouture.access.enums import Role
from sanscouture.core import clock
from sanscouture.partners.enums import OrganisationKind
from sanscouture.pathways.enums import EventKind, ReferralState
from sanscouture.pathways.models import ReferralEvent
from sanscouture.pathways.services import links
from sanscouture.people.enums import InvolvementKind
from sanscouture.people.models import Beneficiary

SECRET = "Suivi en addictologie"
CSAPA = "CSAPA du Vieux-Moulin"


@pytest.fixture
def lina(programme, organisation, adviser) -> Beneficiary:
    person = BeneficiaryFactory(
        programme=programme,
        first_name="Lina",
        last_name="Cachée",
        captured_by=organisation,
        created_by=adviser.user,
    )
    PathwayFactory(beneficiary=person)
    return person


def health_need(person):
    return NeedFactory(beneficiary=person, field=8, label=SECRET)


def accepted(need, recipient, **more):
    """A referral that its recipient accepted: it now receives the person."""
    InvolvementFactory(beneficiary=need.beneficiary, organisation=recipient.organisation, kind=InvolvementKind.RECEIVES)
    return ReferralFactory(
        need=need,
        recipient=recipient.organisation,
        state=ReferralState.ACCEPTED,
        delivery="to_schedule",
        decided_at=clock.now(),
        **more,
    )


@pytest.mark.parametrize(("told", "seen"), [(["first_name", "phone"], False), (["first_name", "health"], True)])
def test_whoever_was_not_told_of_health_never_reads_it(lina, recipient, told, seen) -> None:
    need = health_need(lina)
    BarrierFactory(beneficiary=lina, field=8, severity=3)
    accepted(need, recipient, travels=told)
    pages = [f"/personnes/{lina.pk}/", f"/besoins/{need.pk}/", "/orientations/recues/?vue=acceptees"]
    assert [SECRET in recipient.client.get(page).text for page in pages] == [seen] * 3
    assert recipient.client.get(f"/besoins/{need.pk}/orienter/").status_code == (200 if seen else 404)
    assert recipient.client.post(f"/personnes/{lina.pk}/diagnostic/8/", {}).status_code == (422 if seen else 404)


def test_a_weight_of_health_without_a_need_is_for_those_on_its_step(lina, adviser, coordinator) -> None:
    BarrierFactory(beneficiary=lina, field=8, severity=3)
    page = reverse("pathways:diagnosis_save", args=[lina.pk, 8])
    assert adviser.client.post(page, {}).status_code == 422
    assert coordinator.client.post(page, {}).status_code == 404


def test_coordination_follows_a_referral_of_health_without_its_words(lina, recipient, coordinator) -> None:
    need = health_need(lina)
    referral = ReferralFactory(need=need, recipient=recipient.organisation, travels=["first_name", "phone", "health"])
    for page in (f"/orientations/{referral.pk}/", "/orientations/envoyees/"):
        answer = coordinator.client.get(page)
        assert answer.status_code == 200
        assert SECRET not in answer.text
        assert "Santé" not in answer.text
    other = OrganisationFactory()
    for page in (f"/besoins/{need.pk}/orienter/", f"/orientations/{referral.pk}/reorienter/?structure={other.pk}"):
        assert coordinator.client.get(page).status_code == 404


class TestSensitiveOrganisation:
    @pytest.fixture
    def csapa(self, programme):
        made = OrganisationFactory(name=CSAPA, kind=OrganisationKind.CSAPA)
        user = UserFactory(first_name="Agathe", last_name="Inventée")
        RoleGrantFactory(user=user, programme=programme, role=Role.ADVISER, organisation=made)
        return made

    @pytest.fixture
    def referral(self, lina, csapa):
        made = ReferralFactory(
            need__beneficiary=lina,
            recipient=csapa,
            state=ReferralState.ACCEPTED,
            delivery="appointment_set",
            decided_at=clock.now(),
        )
        InvolvementFactory(beneficiary=lina, organisation=csapa, kind=InvolvementKind.RECEIVES)
        ReferralEvent.objects.create(
            programme=made.programme,
            referral=made,
            kind=EventKind.ACCEPTED,
            at=clock.now(),
            by_label=f"Agathe Inventée, {CSAPA}",
        )
        return made

    def test_its_name_is_in_no_page_of_the_coordination(self, lina, referral, coordinator) -> None:
        AppointmentFactory(referral=referral, starts_at=clock.now() + timedelta(hours=1), place=f"{CSAPA}, rue basse")
        person = f"/personnes/{lina.pk}/"
        pathway = lina.pathways.get()
        for page in (
            person,
            f"{person}qui-voit-quoi/",
            f"{person}etapes/nouvelle/",
            f"/parcours/{pathway.pk}/referent/",
            f"/orientations/{referral.pk}/",
            "/orientations/envoyees/?vue=acceptees",
            f"/besoins/{referral.need_id}/",
            "/",
        ):
            answer = coordinator.client.get(page)
            assert answer.status_code == 200, page
            assert CSAPA not in answer.text, page

    def test_its_address_is_in_no_calendar_file_but_its_parties(self, referral, coordinator, adviser) -> None:
        appointment = AppointmentFactory(referral=referral, place=f"{CSAPA}, rue basse")
        url = reverse("pathways:appointment_file", args=[referral.pk, appointment.pk])
        assert coordinator.client.get(url).status_code == 404
        assert adviser.client.get(url).status_code == 200

    def test_the_need_it_holds_does_not_name_it(self, lina, csapa, coordinator) -> None:
        for field in (5, 8):
            need = NeedFactory(beneficiary=lina, field=field, owner_organisation=csapa)
            assert CSAPA not in coordinator.client.get(f"/besoins/{need.pk}/").text


class TestBasisThatEnded:
    """Without a basis, only the organisation that wrote the record sees it; what had travelled stops being shown."""

    def test_a_recipient_reads_nothing_more(self, lina, recipient) -> None:
        referral = ReferralFactory(need__beneficiary=lina, recipient=recipient.organisation)
        pages = [f"/orientations/{referral.pk}/", "/orientations/recues/"]
        assert all("Lina" in recipient.client.get(page).text for page in pages)
        Beneficiary.objects.filter(pk=lina.pk).update(shared_until=clock.today() - timedelta(days=1))
        for page in pages:
            answer = recipient.client.get(page)
            assert "Lina" not in answer.text
            assert "06" not in re.sub(r"<[^>]*>", " ", answer.text.partition("<main")[2].partition("</main>")[0])

    def test_nor_does_a_link(self, lina, recipient, client) -> None:
        referral = accepted(NeedFactory(beneficiary=lina), recipient, travels=["first_name", "phone", "language"])
        here = reverse("portal:answer", args=[links.make_link(referral)])
        assert "français" in client.get(here).text
        assert client.get(f"{here}identite/").status_code == 200
        Beneficiary.objects.filter(pk=lina.pk).update(shared_until=None)
        assert "français" not in client.get(here).text.partition("<main")[2].partition("</main>")[0]
        assert client.get(f"{here}identite/").status_code == 302
