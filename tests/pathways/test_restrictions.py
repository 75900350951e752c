"""A restricted record on the pages, in the messages and by the links: for whoever is not a reader, nothing of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from factories import (
    AppointmentFactory,
    ExitFactory,
    InvolvementFactory,
    OrganisationFactory,
    PathwayFactory,
    ReferralFactory,
    RestrictionFactory,
    RuptureFactory,
    StepFactory,
)
from personas import persona
from sanscouture.access.enums import Role
from sanscouture.core import clock
from sanscouture.core.errors import Refused
from sanscouture.notifications.models import OutgoingMessage
from sanscouture.pathways.enums import ReferralState
from sanscouture.pathways.models import Pathway
from sanscouture.pathways.selectors.people import possible_referents
from sanscouture.pathways.services import links
from sanscouture.pathways.services.pathways import add_step, change_referent
from sanscouture.pathways.services.people import NeedWanted, end_sharing, welcome_person
from sanscouture.pathways.services.referrals import accept_referral, answerer_of, refer, remind_recipient
from sanscouture.pathways.services.restrictions import restrict_record, take_reader_off
from sanscouture.pathways.services.ruptures import entrust_rupture, evaluate
from sanscouture.people.enums import Ground, InformedBy, InvolvementKind, RestrictionReason
from sanscouture.people.models import Beneficiary, Restriction
from sanscouture.people.rules import BasisGiven
from sanscouture.people.services import name_reader

TOLD = BasisGiven(Ground.PUBLIC_INTEREST, InformedBy.ORAL)


@pytest.fixture
def lina(programme, organisation, adviser) -> Beneficiary:
    return welcome_person(
        programme,
        actor=adviser.actor,
        organisation=organisation,
        first_name="Lina",
        last_name="Inventée",
        phone="06 39 98 01 02",
        basis=TOLD,
        need=NeedWanted(5, "Aller travailler"),
    )


@pytest.fixture
def lived(lina, recipient_organisation) -> Beneficiary:
    """A person with something on every list: a step, a referral, an appointment, a rupture."""
    pathway = Pathway.objects.get(beneficiary=lina)
    StepFactory(pathway=pathway, due_on=clock.today())
    referral = ReferralFactory(need=lina.needs.get(), recipient=recipient_organisation, state=ReferralState.ACCEPTED)
    AppointmentFactory(referral=referral, starts_at=clock.now())
    RuptureFactory(referral=ReferralFactory(need=lina.needs.get(), state=ReferralState.UNANSWERED))
    return lina


@pytest.fixture
def restriction(lina) -> Restriction:
    return RestrictionFactory(beneficiary=lina)


def lists_of(slug: str) -> list[str]:
    return [
        "/",
        f"/?programme={slug}",
        f"/programmes/{slug}/personnes/",
        f"/programmes/{slug}/personnes/?nom=inventee",
        f"/programmes/{slug}/ruptures/",
        "/orientations/recues/?vue=acceptees",
        "/orientations/envoyees/?vue=acceptees",
        "/orientations/envoyees/?vue=a-reprendre",
        "/rattachements/",
    ]


def test_every_list_named_the_person_and_none_does_any_more(
    programme, lived, adviser, coordinator, manager, recipient
) -> None:
    others = (coordinator, manager, recipient)

    def named() -> set[str]:
        return {
            url
            for who in others
            for url in lists_of(programme.slug)
            if "Lina" in who.client.get(url, follow=True).content.decode()
        }

    assert {"/", f"/programmes/{programme.slug}/personnes/", f"/programmes/{programme.slug}/ruptures/"} <= named()
    RestrictionFactory(beneficiary=lived)
    assert named() == set()
    assert "Lina" in adviser.client.get(f"/programmes/{programme.slug}/personnes/").content.decode()


def test_each_page_of_it_is_gone_for_the_others_and_open_to_its_readers(
    lived, adviser, coordinator, manager, recipient
) -> None:
    referral = lived.referrals.get(state=ReferralState.ACCEPTED)
    pages = [
        reverse("pathways:person", args=[lived.pk]),
        reverse("pathways:person_access", args=[lived.pk]),
        reverse("pathways:diagnosis", args=[lived.pk]),
        reverse("pathways:need", args=[lived.needs.get().pk]),
        reverse("pathways:referral", args=[referral.pk]),
        reverse("pathways:rupture", args=[lived.ruptures.get().pk]),
    ]
    RestrictionFactory(beneficiary=lived)
    for url in pages:
        assert adviser.client.get(url).status_code == 200, url
        assert {who.client.get(url).status_code for who in (coordinator, manager, recipient)} == {404}, url


def test_an_answer_link_is_closed_while_the_record_is_restricted(lina, adviser) -> None:
    elsewhere = OrganisationFactory()
    referral = refer(lina.needs.get(), recipient=elsewhere, actor=adviser.actor)
    token = links.make_link(referral)
    assert links.is_open(links.resolve(token))
    restriction = RestrictionFactory(beneficiary=lina)
    assert not links.is_open(links.resolve(token))
    restriction.readers.all().delete()
    restriction.delete()
    assert links.is_open(links.resolve(token))


class TestMessages:
    def test_a_reminder_leaves_to_the_readers_only(
        self, lina, adviser, recipient, recipient_organisation, coordinator
    ) -> None:
        colleague = persona(Role.ADVISER, lina.programme, recipient_organisation)
        referral = refer(lina.needs.get(), recipient=recipient_organisation, actor=adviser.actor)
        OutgoingMessage.objects.all().delete()
        RestrictionFactory(beneficiary=lina, readers=[recipient.user])
        remind_recipient(referral, actor=adviser.actor)
        assert [message.to for message in OutgoingMessage.objects.order_by("pk")] == [recipient.user.email]
        assert colleague.user.email != recipient.user.email

    def test_no_link_leaves_about_it(self, lina, adviser) -> None:
        referral = refer(lina.needs.get(), recipient=OrganisationFactory(), actor=adviser.actor)
        OutgoingMessage.objects.all().delete()
        RestrictionFactory(beneficiary=lina)
        remind_recipient(referral, actor=adviser.actor)
        assert not OutgoingMessage.objects.exists()

    def test_a_rupture_of_it_is_told_to_its_readers_alone(self, lina, adviser, manager, coordinator) -> None:
        RestrictionFactory(beneficiary=lina, readers=[coordinator.user])
        OutgoingMessage.objects.all().delete()
        evaluate(lina.programme_id, today=clock.today() + timedelta(days=60))
        assert {message.to for message in OutgoingMessage.objects.filter(kind="pathways.rupture_found")} == {
            adviser.user.email,
            coordinator.user.email,
        }


class TestReferring:
    def test_it_goes_only_where_a_reader_will_receive_it(self, lina, restriction, adviser, recipient) -> None:
        with pytest.raises(Refused, match="nommez d’abord parmi ses lecteurs"):
            refer(lina.needs.get(), recipient=recipient.organisation, actor=adviser.actor)
        name_reader(restriction, user=recipient.user, actor=adviser.actor)
        referral = refer(lina.needs.get(), recipient=recipient.organisation, actor=adviser.actor)
        assert recipient.client.get(f"/orientations/{referral.pk}/").status_code == 200
        accept_referral(referral, by=answerer_of(recipient.actor, referral))

    def test_it_never_goes_to_somebody_without_an_account(self, lina, restriction, adviser) -> None:
        with pytest.raises(Refused, match="nommez d’abord parmi ses lecteurs"):
            refer(lina.needs.get(), recipient=OrganisationFactory(), actor=adviser.actor)


class TestWhoAnswers:
    def test_the_referent_is_always_among_the_readers(self, lina, adviser, manager) -> None:
        with pytest.raises(Refused, match="répond du parcours"):
            restrict_record(lina, reason=RestrictionReason.SAFETY, actor=manager.actor)
        restrict_record(lina, reason=RestrictionReason.SAFETY, readers=[adviser.user], actor=manager.actor)
        restriction = lina.restrictions.get()
        with pytest.raises(Refused, match="confiez-le d’abord"):
            take_reader_off(restriction.readers.get(user=adviser.user), actor=manager.actor)
        take_reader_off(restriction.readers.get(user=manager.user), actor=adviser.actor)

    def test_without_a_pathway_there_is_no_referent_to_keep(self, lina, adviser, manager) -> None:
        ExitFactory(pathway=Pathway.objects.get(beneficiary=lina))
        restrict_record(lina, reason=RestrictionReason.SAFETY, readers=[adviser.user], actor=manager.actor)
        take_reader_off(lina.restrictions.get().readers.get(user=adviser.user), actor=manager.actor)

    def test_nothing_is_entrusted_to_somebody_for_whom_it_does_not_exist(
        self, lina, restriction, adviser, manager, organisation
    ) -> None:
        pathway = Pathway.objects.get(beneficiary=lina)
        assert [user.pk for user, _where in possible_referents(lina)] == [adviser.user.pk]
        with pytest.raises(Refused, match="parmi ses lecteurs"):
            change_referent(pathway, user=manager.user, organisation=organisation, actor=adviser.actor)
        with pytest.raises(Refused, match="parmi ses lecteurs"):
            add_step(
                pathway,
                label="Appeler",
                due_on=clock.today(),
                carrier_organisation=organisation,
                carrier=manager.user,
                actor=adviser.actor,
            )
        rupture = RuptureFactory(referral__need=lina.needs.get())
        with pytest.raises(Refused, match="parmi ses lecteurs"):
            entrust_rupture(
                rupture, user=manager.user, organisation=organisation, reason="Absence", actor=adviser.actor
            )

    def test_a_pathway_does_not_come_back_to_an_author_who_does_not_read_it(
        self, lina, adviser, recipient, recipient_organisation
    ) -> None:
        InvolvementFactory(beneficiary=lina, organisation=recipient_organisation, kind=InvolvementKind.CONTRIBUTOR)
        pathway = Pathway.objects.get(beneficiary=lina)
        change_referent(pathway, user=recipient.user, organisation=recipient_organisation, actor=adviser.actor)
        RestrictionFactory(beneficiary=lina, restricted_by=recipient.user)
        with pytest.raises(Refused, match="parmi ses lecteurs"):
            end_sharing(lina.bases.get(), actor=recipient.actor)


class TestPages:
    def test_it_is_restricted_from_the_page_of_who_sees_what(self, lina, adviser, coordinator) -> None:
        url = f"/personnes/{lina.pk}/acces-reserve/"
        assert url in adviser.client.get(f"/personnes/{lina.pk}/qui-voit-quoi/").content.decode()
        page = adviser.client.get(url).content.decode()
        assert coordinator.user.full_name in page
        sent = {"reason": "safety", "readers": [str(coordinator.user.pk)]}
        assert adviser.client.post(url, sent).status_code == 302
        page = adviser.client.get(url).content.decode()
        assert "Lecteurs désignés" in page
        assert coordinator.user.full_name in page
        assert "Fiche réservée" in coordinator.client.get(f"/personnes/{lina.pk}/").content.decode()
        assert "Lecteurs désignés" in adviser.client.get(f"/personnes/{lina.pk}/qui-voit-quoi/").content.decode()

    def test_a_form_without_a_reason_is_refused_and_a_second_one_too(self, lina, adviser) -> None:
        url = f"/personnes/{lina.pk}/acces-reserve/"
        assert adviser.client.post(url, {}).status_code == 422
        assert adviser.client.post(url, {"reason": "wish"}).status_code == 302
        assert adviser.client.post(url, {"reason": "wish"}).status_code == 409

    def test_a_reader_is_named_then_removed(self, lina, restriction, adviser, coordinator) -> None:
        named = f"/reserves/{restriction.pk}/lecteurs/"
        assert adviser.client.post(named, {"reader": "nobody"}).status_code == 422
        assert adviser.client.post(named, {"reader": str(coordinator.user.pk)}).status_code == 302
        assert adviser.client.post(named, {"reader": str(coordinator.user.pk)}).status_code == 409
        assert adviser.client.get(named).status_code == 405
        reader = restriction.readers.get(user=coordinator.user)
        removal = f"/lecteurs/{reader.pk}/retirer/"
        assert "n’existera plus" in adviser.client.get(removal).content.decode()
        assert adviser.client.post(removal)["Location"] == f"/personnes/{lina.pk}/acces-reserve/"
        assert adviser.client.post(f"/lecteurs/{restriction.readers.get(until=None).pk}/retirer/").status_code == 422

    def test_whoever_removes_themselves_goes_back_to_the_list(self, lina, restriction, adviser, coordinator) -> None:
        reader = name_reader(restriction, user=coordinator.user, actor=adviser.actor)
        answer = coordinator.client.post(f"/lecteurs/{reader.pk}/retirer/", follow=True)
        assert answer.redirect_chain == [(f"/programmes/{lina.programme.slug}/personnes/", 302)]
        assert "Vous ne lisez plus cette fiche" in answer.content.decode()

    def test_it_is_lifted_after_a_confirmation(self, lina, restriction, adviser, coordinator) -> None:
        url = f"/reserves/{restriction.pk}/lever/"
        assert "Rouvrir cette fiche" in adviser.client.get(url).content.decode()
        assert coordinator.client.post(url).status_code == 404
        assert adviser.client.post(url)["Location"] == f"/personnes/{lina.pk}/"
        assert adviser.client.post(url).status_code == 409
        assert coordinator.client.get(f"/personnes/{lina.pk}/").status_code == 200

    def test_queries_do_not_grow_with_the_readers(self, lina, restriction, adviser, programme) -> None:
        url = f"/personnes/{lina.pk}/acces-reserve/"
        adviser.client.get(url)
        with CaptureQueriesContext(connection) as one:
            adviser.client.get(url)
        for _ in range(5):
            name_reader(restriction, user=persona(Role.COORDINATOR, programme).user, actor=adviser.actor)
        with CaptureQueriesContext(connection) as six:
            adviser.client.get(url)
        assert len(one) == len(six)


def test_the_others_of_a_pathway_are_not_touched(lina, restriction, coordinator) -> None:
    other = PathwayFactory(beneficiary__programme=lina.programme).beneficiary
    assert coordinator.client.get(f"/personnes/{other.pk}/").status_code == 200
