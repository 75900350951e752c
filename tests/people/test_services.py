from __future__ import annotations

from datetime import timedelta

import pytest

from factories import BasisFactory, BeneficiaryFactory, InvolvementFactory, OrganisationFactory, ProgrammeFactory
from sanscouture.access.enums import Perm
from sanscouture.access.policy import can
from sanscouture.audit.models import JournalEntry
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.notifications.models import OutgoingMessage
from sanscouture.people.enums import AttachmentState, Ground, InformedBy, InvolvementKind, QpvState, Scope
from sanscouture.people.models import AttachmentRequest, Beneficiary
from sanscouture.people.rules import BasisGiven, Identity
from sanscouture.people.selectors import requests_to_decide
from sanscouture.people.services import (
    StaleRecord,
    close_records,
    create_beneficiary,
    decide_attachment,
    end_basis,
    end_involvement,
    involve,
    places,
    record_basis,
    request_attachment,
    set_place,
    update_beneficiary,
)
from sanscouture.territories.enums import PlaceKind
from sanscouture.territories.models import Departement, Qpv, Region
from sanscouture.territories.rules import GeocodedAddress, draw_indicative

TOLD = BasisGiven(Ground.PUBLIC_INTEREST, InformedBy.ORAL)


@pytest.fixture
def lina(programme, organisation, adviser) -> Beneficiary:
    return create_beneficiary(
        programme, organisation=organisation, actor=adviser.actor, first_name="Lina", last_name="Inventée"
    )


class TestCreate:
    def test_a_first_name_is_enough(self, programme, organisation, adviser) -> None:
        person = create_beneficiary(programme, organisation=organisation, actor=adviser.actor, first_name=" Lina ")
        assert (person.first_name, person.name_key, person.phonetic_key) == ("Lina", "lina", "LN")
        assert person.created_by_id == adviser.user.pk
        assert [one.kind for one in person.involvements.order_by("id")] == [InvolvementKind.CAPTURED]

    def test_the_act_is_journalled(self, lina) -> None:
        verbs = list(JournalEntry.objects.order_by("created_at", "id").values_list("verb", flat=True))
        assert verbs == ["involvement.begin", "beneficiary.create"]

    def test_without_a_basis_only_the_capturing_organisation_sees_it(
        self, lina, adviser, recipient, coordinator
    ) -> None:
        involve(lina, recipient.organisation, InvolvementKind.CONTRIBUTOR, actor=adviser.actor)
        assert can(adviser.actor, Perm.PERSON_READ, lina)
        assert not can(recipient.actor, Perm.PERSON_READ, lina)
        assert not can(coordinator.actor, Perm.PERSON_READ, lina)

    def test_no_name_enters_before_the_programme_is_open_to_names(self, organisation, adviser) -> None:
        closed = ProgrammeFactory(names_closed=True)
        with pytest.raises(Refused, match="convention"):
            create_beneficiary(closed, organisation=organisation, actor=adviser.actor, first_name="Lina")

    def test_two_clicks_write_one_record(self, programme, organisation, adviser, manager) -> None:
        facts = {"first_name": "Moussa", "phone": "06 39 98 01 02"}
        create_beneficiary(programme, organisation=organisation, actor=adviser.actor, **facts)
        with pytest.raises(Conflict, match="vient d’être créée"):
            create_beneficiary(programme, organisation=organisation, actor=adviser.actor, **facts)
        assert create_beneficiary(programme, organisation=organisation, actor=manager.actor, **facts)

    def test_a_first_name_is_needed(self, programme, organisation, adviser) -> None:
        with pytest.raises(Refused, match="prénom"):
            create_beneficiary(programme, organisation=organisation, actor=adviser.actor, phone="06 39 98 01 02")


class TestUpdate:
    def test_what_changed_is_saved_and_the_version_moves(self, lina, adviser) -> None:
        saved = update_beneficiary(
            lina, version=1, actor=adviser.actor, first_name="Lina", last_name="Imaginée", phone="06 39 98 01 02"
        )
        assert (saved.last_name, saved.phone, saved.version) == ("Imaginée", "+33639980102", 2)
        assert saved.name_key == "imaginee lina"
        assert JournalEntry.objects.get(verb="beneficiary.update").note == "last_name phone"

    def test_nothing_changed_writes_nothing(self, lina, adviser) -> None:
        assert update_beneficiary(lina, version=1, actor=adviser.actor, first_name="Lina").version == 1
        assert not JournalEntry.objects.filter(verb="beneficiary.update").exists()

    def test_the_second_saver_is_told_both_values_and_nothing_is_lost(self, lina, adviser) -> None:
        update_beneficiary(lina, version=1, actor=adviser.actor, phone="06 39 98 01 02")
        with pytest.raises(StaleRecord) as stale:
            update_beneficiary(lina, version=1, actor=adviser.actor, phone="06 39 98 01 03", last_name="Inventée")
        assert [(one.field, one.saved, one.mine) for one in stale.value.differences] == [
            ("phone", "+33639980102", "+33639980103")
        ]
        assert stale.value.saved.version == 2
        assert Beneficiary.objects.get(pk=lina.pk).phone == "+33639980102"

    def test_the_second_saver_of_the_same_value_wins_nothing_and_loses_nothing(self, lina, adviser) -> None:
        update_beneficiary(lina, version=1, actor=adviser.actor, phone="06 39 98 01 02")
        assert update_beneficiary(lina, version=1, actor=adviser.actor, phone="0639980102").version == 2


class TestBasis:
    def test_a_basis_shares_for_two_years(self, lina, adviser) -> None:
        basis = record_basis(lina, given=TOLD, actor=adviser.actor)
        assert lina.shared_until == basis.expires_on
        assert basis.scopes == [Scope.PARTNERS, Scope.STATISTICS]
        assert (basis.expires_on - clock.today()).days in {730, 731}

    def test_withdrawing_it_stops_sharing_at_once_and_others_leave(self, lina, adviser, recipient) -> None:
        basis = record_basis(lina, given=TOLD, actor=adviser.actor)
        involve(lina, recipient.organisation, InvolvementKind.CONTRIBUTOR, actor=adviser.actor)
        assert can(recipient.actor, Perm.PERSON_READ, lina)
        saved = end_basis(basis, actor=adviser.actor)
        assert saved.shared_until is None
        assert not can(recipient.actor, Perm.PERSON_READ, lina)
        live = saved.involvements.filter(until=None)
        assert [one.organisation_id for one in live] == [lina.captured_by_id]

    def test_another_basis_that_holds_keeps_sharing(self, lina, adviser, recipient) -> None:
        first = record_basis(lina, given=TOLD, actor=adviser.actor)
        second = record_basis(lina, given=TOLD, actor=adviser.actor)
        involve(lina, recipient.organisation, InvolvementKind.CONTRIBUTOR, actor=adviser.actor)
        assert end_basis(first, actor=adviser.actor).shared_until == second.expires_on
        assert can(recipient.actor, Perm.PERSON_READ, lina)

    def test_it_is_withdrawn_once(self, lina, adviser) -> None:
        basis = record_basis(lina, given=TOLD, actor=adviser.actor)
        end_basis(basis, actor=adviser.actor)
        with pytest.raises(Conflict, match="déjà"):
            end_basis(basis, actor=adviser.actor)

    def test_it_cannot_be_given_tomorrow_nor_for_nothing(self, lina, adviser) -> None:
        tomorrow = clock.today() + timedelta(days=1)
        with pytest.raises(Refused, match="futur"):
            record_basis(
                lina, given=BasisGiven(Ground.CONSENT, InformedBy.PAPER, given_on=tomorrow), actor=adviser.actor
            )
        with pytest.raises(Refused, match="portée"):
            record_basis(lina, given=BasisGiven(Ground.CONSENT, InformedBy.PAPER, scopes=()), actor=adviser.actor)

    def test_an_expired_one_shares_no_more_without_anybody_acting(self, programme, adviser, recipient) -> None:
        person = BeneficiaryFactory(programme=programme, shared_until=clock.today() - timedelta(days=1))
        BasisFactory(beneficiary=person)
        InvolvementFactory(beneficiary=person, organisation=recipient.organisation, kind=InvolvementKind.CONTRIBUTOR)
        assert not can(recipient.actor, Perm.PERSON_READ, person)


class TestInvolvement:
    def test_taking_part_twice_is_taking_part_once(self, lina, recipient) -> None:
        one = involve(lina, recipient.organisation, InvolvementKind.RECEIVES, actor="lien de réponse")
        assert involve(lina, recipient.organisation, InvolvementKind.RECEIVES, actor="lien de réponse") == one

    def test_it_ends_and_the_past_stays_written(self, lina, recipient, adviser) -> None:
        one = involve(lina, recipient.organisation, InvolvementKind.RECEIVES, actor=adviser.actor)
        assert end_involvement(lina, recipient.organisation, InvolvementKind.RECEIVES, actor=adviser.actor)
        one.refresh_from_db()
        assert one.until == clock.today()
        assert not end_involvement(lina, recipient.organisation, InvolvementKind.RECEIVES, actor=adviser.actor)


LINA = Identity("Lyna", "INVENTEE")


class TestCloseRecords:
    def test_another_organisation_learns_only_that_one_exists(self, programme, lina, recipient) -> None:
        found = close_records(programme, LINA, actor=recipient.actor)
        assert (found.mine, found.hidden) == ((), 1)

    def test_one_that_i_follow_is_named(self, programme, lina, adviser) -> None:
        found = close_records(programme, LINA, actor=adviser.actor)
        assert (found.mine, found.hidden) == ((lina.pk,), 0)

    def test_nobody_close_is_said_so(self, programme, lina, recipient) -> None:
        assert not close_records(programme, Identity("Moussa", "Inventé"), actor=recipient.actor)

    def test_another_programme_is_never_searched(self, lina, other_programme, other_programme_adviser) -> None:
        assert not close_records(other_programme, LINA, actor=other_programme_adviser.actor)

    def test_a_search_that_finds_is_journalled(self, programme, lina, recipient) -> None:
        close_records(programme, LINA, actor=recipient.actor)
        entry = JournalEntry.objects.get(verb="beneficiary.close_search")
        assert (entry.actor_id, entry.object_ids) == (recipient.user.pk, [lina.pk])


def ask(programme, recipient) -> AttachmentRequest:
    asked = request_attachment(
        programme, LINA, organisation=recipient.organisation, reason="Vue au café-emploi", actor=recipient.actor
    )
    assert asked == 1
    return AttachmentRequest.objects.get()


class TestAttachment:
    def test_who_holds_the_record_is_told_without_a_name(self, programme, lina, adviser, recipient) -> None:
        ask(programme, recipient)
        message = OutgoingMessage.objects.get()
        assert message.to == adviser.user.email
        assert "Lina" not in message.body_text + message.subject

    def test_asking_twice_is_asking_once(self, programme, lina, recipient) -> None:
        ask(programme, recipient)
        ask(programme, recipient)

    def test_it_says_why(self, programme, lina, recipient) -> None:
        with pytest.raises(Refused, match="pourquoi"):
            request_attachment(programme, LINA, organisation=recipient.organisation, reason=" ", actor=recipient.actor)

    def test_there_is_nothing_to_ask_for_one_that_i_follow(self, programme, lina, adviser) -> None:
        with pytest.raises(Refused, match="Aucune"):
            request_attachment(programme, LINA, organisation=adviser.organisation, reason="Suivi", actor=adviser.actor)

    def test_granted_opens_the_record(self, programme, lina, adviser, recipient) -> None:
        record_basis(lina, given=TOLD, actor=adviser.actor)
        request = ask(programme, recipient)
        decided = decide_attachment(request, granted=True, actor=adviser.actor)
        assert decided.state == AttachmentState.GRANTED
        assert can(recipient.actor, Perm.PERSON_READ, lina)
        assert OutgoingMessage.objects.filter(to=recipient.user.email, kind="people.attachment_granted").count() == 1

    def test_declined_opens_nothing(self, programme, lina, adviser, recipient) -> None:
        record_basis(lina, given=TOLD, actor=adviser.actor)
        decide_attachment(ask(programme, recipient), granted=False, actor=adviser.actor)
        assert not can(recipient.actor, Perm.PERSON_READ, lina)
        assert OutgoingMessage.objects.filter(kind="people.attachment_declined").count() == 1

    def test_a_person_who_was_not_informed_is_not_shared(self, programme, lina, adviser, recipient) -> None:
        with pytest.raises(Refused, match="Informez"):
            decide_attachment(ask(programme, recipient), granted=True, actor=adviser.actor)

    def test_the_asker_does_not_decide(self, programme, lina, recipient) -> None:
        with pytest.raises(Refused, match="coordination"):
            decide_attachment(ask(programme, recipient), granted=True, actor=recipient.actor)

    def test_the_coordination_may_and_other_programmes_may_not(
        self, programme, lina, recipient, coordinator, other_programme_adviser
    ) -> None:
        request = ask(programme, recipient)
        assert not requests_to_decide(coordinator.actor), "without a basis, it does not see who that is"
        assert not can(coordinator.actor, Perm.PERSON_EDIT, request)
        BasisFactory(beneficiary=lina)
        Beneficiary.objects.filter(pk=lina.pk).update(shared_until=clock.today())
        assert list(requests_to_decide(coordinator.actor)) == [request]
        assert can(coordinator.actor, Perm.PERSON_EDIT, request)
        assert not requests_to_decide(other_programme_adviser.actor)

    def test_it_is_decided_once(self, programme, lina, adviser, recipient, manager) -> None:
        request = ask(programme, recipient)
        decide_attachment(request, granted=False, actor=adviser.actor)
        with pytest.raises(Conflict, match=adviser.user.last_name):
            decide_attachment(request, granted=False, actor=manager.actor)


def test_the_organisation_need_not_be_the_one_of_the_persona(programme, lina, adviser) -> None:
    other = OrganisationFactory()
    assert involve(lina, other, InvolvementKind.CONTRIBUTOR, actor=adviser.actor).organisation == other


class TestPlace:
    def test_an_address_in_a_known_neighbourhood_is_inside_with_its_provenance(
        self, programme, organisation, adviser, monkeypatch
    ) -> None:
        region = Region.objects.create(code="32", name="Région inventée")
        departement = Departement.objects.create(code="59", name="Département inventé", region=region)
        qpv = Qpv.objects.create(
            code="QN05901M", name="Les Prés", departement=departement, outline=draw_indicative(3.97, 50.28, 600)
        )
        place = GeocodedAddress("1 rue Inventée", qpv.lon, qpv.lat, 0.97, PlaceKind.HOUSENUMBER, source="ban")
        monkeypatch.setattr(places, "find_addresses", lambda text, limit: [place])
        person = create_beneficiary(
            programme, organisation=organisation, actor=adviser.actor, first_name="Lina", address="1 rue Inventée"
        )
        assert (person.qpv_state, person.qpv_id) == (QpvState.INSIDE, qpv.pk)
        assert person.qpv_provenance["score"] == 0.97
        assert person.qpv_provenance["decided_on"] == clock.today().isoformat()

    def test_a_poor_address_is_never_outside(self, lina, adviser, monkeypatch) -> None:
        place = GeocodedAddress("rue ?", 2.0, 48.0, 0.4, PlaceKind.STREET, source="ban")
        monkeypatch.setattr(places, "find_addresses", lambda text, limit: [place])
        saved = update_beneficiary(lina, version=1, actor=adviser.actor, address="rue du milieu")
        assert (saved.qpv_state, saved.qpv_id) == (QpvState.UNDETERMINED, None)

    def test_an_address_that_is_taken_away_takes_its_answer(self, lina, adviser, monkeypatch) -> None:
        saved = set_place(lina, address=" ", actor=adviser.actor)
        assert (saved.address, saved.qpv_provenance, saved.lon) == ("", {}, None)
        assert saved.qpv_state == QpvState.UNDETERMINED
