"""Two records of one person made one, and given back: table by table, nothing is lost (chapter 02)."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from factories import (
    AdmissionFactory,
    AttachmentRequestFactory,
    AttendanceFactory,
    BarrierFactory,
    BasisFactory,
    BeneficiaryFactory,
    HandoverFactory,
    InvolvementFactory,
    NeedFactory,
    NoteFactory,
    OrganisationFactory,
    PathwayFactory,
    PublicMarkFactory,
    RestrictionFactory,
    RuptureFactory,
    SafeContactFactory,
    StepFactory,
)
from people.test_restricted_records import MAKING, NAMED
from personas import Persona
from sanscouture.audit.models import JournalEntry
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.notifications.models import Notice
from sanscouture.pathways.enums import AdmissionState, HandoverLineState, Presence, RuptureRule, StepState
from sanscouture.pathways.models import Admission, Attendance, Barrier, HandoverLine, Need, Pathway, Referent, Rupture
from sanscouture.pathways.services.merging import merge_records, undo_merge
from sanscouture.pathways.services.ruptures import looking_later
from sanscouture.people.enums import InvolvementKind, Known, QpvState
from sanscouture.people.models import Beneficiary, FactChange, Involvement, Merge, PublicMark, SafeContact
from sanscouture.people.rules import Identity, SafeWay, close_pairs, proposed, safest
from sanscouture.people.selectors import STAYING, references
from sanscouture.people.services import close_records, end_basis, restrict, tell_apart, update_beneficiary
from sanscouture.people.services.ledger import Ledger, _once_only
from sanscouture.programmes.models import Programme

REFERENCES = [pytest.param(model, name, id=f"{model._meta.label}.{name}") for model, name in references()]
SETTLED = {
    "pathways.Pathway", "people.Involvement", "pathways.Admission", "pathways.Attendance", "pathways.Barrier",
    "people.SafeContact",
}  # fmt: skip
STANDING_IN = {
    "people.AttachmentRequest": "one waits for an answer already",
    "people.PublicMark": "the kept record's word stays",
    "people.Restriction": "a restricted record is not merged at all",
}
"""Where the kept record's row simply stands for both."""


def everything() -> dict[str, dict[Any, dict[str, Any]]]:
    """Every row of every named table, but for what a merge says of itself and the turn of a record."""
    labels = [model for model in NAMED if model._meta.label not in {"people.Merge"}]
    said = {
        model._meta.label: {row["id"]: row for row in model._base_manager.order_by("pk").values()} for model in labels
    }
    for row in said["people.Beneficiary"].values():
        del row["version"]
    return said


@pytest.fixture
def kept(programme: Programme, organisation: Any, adviser: Persona) -> Any:
    return BeneficiaryFactory(
        programme=programme, captured_by=organisation, created_by=adviser.user, first_name="Lina", last_name="Inventée"
    )


@pytest.fixture
def other(programme: Programme, recipient_organisation: Any, recipient: Persona) -> Any:
    return BeneficiaryFactory(
        programme=programme,
        captured_by=recipient_organisation,
        created_by=recipient.user,
        first_name="Lina",
        last_name="Inventé",
    )


def merge(kept: Beneficiary, other: Beneficiary, who: Persona, **more: Any) -> Merge:
    kept.refresh_from_db()
    other.refresh_from_db()
    return merge_records(kept, other, versions=(kept.version, other.version), actor=who.actor, **more)


def hang(model: type[models.Model], person: Beneficiary) -> None:
    """Make a row of a table that hangs on a person; a restriction that is over, for a live one is not merged."""
    row = MAKING[model._meta.label](person)
    if model._meta.label == "people.Restriction":
        type(row)._base_manager.filter(pk=row.pk).update(lifted_at=clock.now(), lifted_by=person.created_by)  # type: ignore[attr-defined]


class TestEveryReference:
    @pytest.mark.parametrize(("model", "name"), REFERENCES)
    def test_a_row_of_the_merged_record_moves_and_comes_back(self, model, name, kept, other, coordinator) -> None:
        hang(model, other)
        before = everything()
        rows = [pk for pk, row in before[model._meta.label].items() if row[f"{name}_id"] == other.pk]
        assert rows, "nothing hangs on it, this proves nothing"
        with looking_later():
            done = merge(kept, other, coordinator)
            now = everything()[model._meta.label]
            assert {now[pk][f"{name}_id"] for pk in rows} == {kept.pk}
            undo_merge(done, actor=coordinator.actor)
        assert everything() == before

    @pytest.mark.parametrize(("model", "name"), REFERENCES)
    def test_both_records_have_one_and_each_gets_its_own_back(self, model, name, kept, other, coordinator) -> None:
        hang(model, kept)
        hang(model, other)
        before = everything()
        with looking_later():
            done = merge(kept, other, coordinator)
            assert everything() != before
            undo_merge(done, actor=coordinator.actor)
        assert everything() == before

    def test_every_column_that_names_a_person_moves_or_says_why_it_stays(self) -> None:
        every = {
            f"{model._meta.label}.{field.name}"
            for model in apps.get_models()
            for field in model._meta.get_fields()
            if field.concrete and field.related_model is Beneficiary
        }
        assert every == {f"{model._meta.label}.{name}" for model, name in references()} | STAYING.keys()

    def test_what_there_is_once_per_person_is_settled(self) -> None:
        once = {model._meta.label for model, name in references() if list(_once_only(model, name))}
        assert once == SETTLED | STANDING_IN.keys()

    @pytest.mark.parametrize(("model", "name"), REFERENCES)
    def test_the_database_lets_nothing_land_on_a_merged_record(self, model, name) -> None:
        assert name == "beneficiary", "the trigger reads beneficiary_id"
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = 'person_is_not_merged'",
                [model._meta.db_table],
            )
            assert cursor.fetchone() == (1,), f"{model._meta.db_table}: guard it in a migration (people.0009)"


class TestTheMergedRecord:
    def test_takes_nothing_any_more(self, kept, other, coordinator) -> None:
        merge(kept, other, coordinator)
        with pytest.raises(IntegrityError, match="fusionnée"), transaction.atomic():
            NoteFactory(beneficiary=other)
        with pytest.raises(Conflict, match="ouvrez-la de nouveau"):
            update_beneficiary(other, version=other.version, actor=coordinator.actor, first_name="Lise")

    def test_leads_to_the_one_that_stands_for_it(self, kept, other, coordinator, copilot, programme) -> None:
        third = BeneficiaryFactory(programme=programme, captured_by=kept.captured_by)
        merge(kept, other, coordinator)
        merge(third, kept, coordinator)
        answer = coordinator.client.get(f"/personnes/{other.pk}/diagnostic/")
        assert answer.status_code == 302
        assert answer["Location"] == f"/personnes/{third.pk}/diagnostic/"
        assert coordinator.client.post(f"/personnes/{other.pk}/besoins/nouveau/").status_code == 404
        assert copilot.client.get(f"/personnes/{other.pk}/").status_code == 403

    def test_does_not_lead_where_one_may_not_read(self, kept, other, coordinator, recipient) -> None:
        Beneficiary.objects.filter(pk=kept.pk).update(shared_until=None)
        Beneficiary.objects.filter(pk=other.pk).update(shared_until=None)
        assert recipient.client.get(f"/personnes/{other.pk}/").status_code == 200
        merge(kept, other, coordinator)
        assert recipient.client.get(f"/personnes/{other.pk}/").status_code == 404

    def test_is_no_close_record_any_more(self, programme, kept, other, coordinator) -> None:
        Beneficiary.objects.update(phonetic_key="INVNT")
        asked = Identity("Lina", "Inventée")
        assert len(close_records(programme, asked, actor=coordinator.actor).mine) == 2
        merge(kept, other, coordinator)
        assert close_records(programme, asked, actor=coordinator.actor).mine == (kept.pk,)


class TestFacts:
    def test_those_chosen_are_taken_and_their_history_kept(self, kept, other, coordinator) -> None:
        Beneficiary.objects.filter(pk=other.pk).update(
            last_name="Autrement", email="lina@exemple.example", address="1 rue Inventée", qpv_state=QpvState.OUTSIDE
        )
        done = merge(kept, other, coordinator, taken=["last_name", "address", "phone"])
        kept.refresh_from_db()
        assert (kept.last_name, kept.address, kept.qpv_state, kept.email) == (
            "Autrement", "1 rue Inventée", QpvState.OUTSIDE, "",
        )  # fmt: skip
        assert kept.name_key == "autrement lina"
        assert set(FactChange.objects.filter(beneficiary=kept).values_list("name", flat=True)) == {
            "last_name", "address",
        }  # fmt: skip
        undo_merge(done, actor=coordinator.actor)
        kept.refresh_from_db()
        assert (kept.last_name, kept.qpv_state) == ("Inventée", QpvState.UNDETERMINED)

    def test_what_was_corrected_since_stays_corrected(self, kept, other, coordinator) -> None:
        Beneficiary.objects.filter(pk=other.pk).update(last_name="Autrement", email="lina@exemple.example")
        done = merge(kept, other, coordinator, taken=["last_name", "email"])
        kept.refresh_from_db()
        update_beneficiary(kept, version=kept.version, actor=coordinator.actor, email="juste@exemple.example")
        undo_merge(done, actor=coordinator.actor)
        kept.refresh_from_db()
        assert (kept.last_name, kept.email) == ("Inventée", "juste@exemple.example")

    def test_facts_that_contradict_each_other_are_refused(self, kept, other, coordinator) -> None:
        Beneficiary.objects.filter(pk=kept.pk).update(has_children=Known.NO)
        Beneficiary.objects.filter(pk=other.pk).update(has_children=Known.YES, lone_parent=Known.YES)
        with pytest.raises(Refused):
            merge(kept, other, coordinator, taken=["lone_parent"])
        assert not Merge.objects.exists()

    def test_the_value_proposed_is_the_one_that_says_something(self) -> None:
        assert all(proposed(*pair) for pair in (("", "06"), (None, date(2000, 1, 1)), ("not_asked", "yes")))
        assert not any(proposed(*pair) for pair in (("yes", "no"), ("", ""), ("yes", "unknown")))


class TestTheThread:
    @pytest.fixture
    def theirs(self, other: Beneficiary) -> Any:
        InvolvementFactory(beneficiary=other, organisation=other.captured_by, kind=InvolvementKind.REFERENT)
        return PathwayFactory(beneficiary=other)

    @pytest.fixture
    def ours(self, kept: Beneficiary) -> Any:
        InvolvementFactory(beneficiary=kept, organisation=kept.captured_by, kind=InvolvementKind.REFERENT)
        return PathwayFactory(beneficiary=kept)

    @pytest.mark.parametrize("other_pathway", [False, True])
    def test_one_pathway_goes_on_with_one_referent(self, ours, theirs, kept, other, coordinator, other_pathway) -> None:
        todo = StepFactory(pathway=ours if other_pathway else theirs)
        done = StepFactory(pathway=todo.pathway, state=StepState.DONE, done_on=clock.today())
        merge(kept, other, coordinator, other_pathway=other_pathway)
        winner, loser = (theirs, ours) if other_pathway else (ours, theirs)
        live = Pathway.objects.get(beneficiary=kept, closed_on=None)
        assert live == winner
        assert Referent.objects.filter(pathway=live, until=None).count() == 1
        assert Referent.objects.filter(pathway=live).count() == 2, "who answered before is not forgotten"
        assert not Pathway.objects.filter(pk=loser.pk).exists()
        assert set(live.steps.all()) == {todo, done}

    def test_it_began_on_the_earlier_day_with_nothing_waiting_twice(self, ours, theirs, kept, other, coordinator):
        earlier = clock.today() - timedelta(days=40)
        Pathway.objects.filter(pk=theirs.pk).update(opened_on=earlier)
        for pathway in (ours, theirs):
            handover = HandoverFactory(pathway=pathway)
            HandoverLine.objects.create(programme=handover.programme, handover=handover, pathway=pathway)
            RuptureFactory(
                programme=pathway.programme,
                beneficiary=pathway.beneficiary,
                referral=None,
                pathway=pathway,
                rule=RuptureRule.NO_FUTURE_STEP,
                responsible_organisation=pathway.beneficiary.captured_by,
                responsible=pathway.beneficiary.created_by,
            )
        before = everything()
        with looking_later():
            done = merge(kept, other, coordinator)
            assert Pathway.objects.get(beneficiary=kept).opened_on == earlier
            states = HandoverLine.objects.filter(pathway=ours).values_list("state", flat=True)
            assert set(states) == {HandoverLineState.WAITING, HandoverLineState.LAPSED}
            assert Rupture.objects.filter(pathway=ours, closed_at=None).count() == 1
            undo_merge(done, actor=coordinator.actor)
        assert everything() == before

    def test_the_other_organisation_contributes_and_its_referent_is_told(
        self, ours, theirs, kept, other, coordinator, recipient
    ) -> None:
        done = merge(kept, other, coordinator)
        now = Involvement.objects.filter(beneficiary=kept, organisation=other.captured_by, until=None)
        assert set(now.values_list("kind", flat=True)) == {InvolvementKind.CAPTURED, InvolvementKind.CONTRIBUTOR}
        assert Notice.objects.filter(user=recipient.user, kind="pathways.records_merged").count() == 1
        undo_merge(done, actor=coordinator.actor)
        back = Involvement.objects.filter(beneficiary=other, organisation=other.captured_by, until=None)
        assert set(back.values_list("kind", flat=True)) == {InvolvementKind.CAPTURED, InvolvementKind.REFERENT}

    def test_who_contributes_already_does_not_twice(self, ours, theirs, kept, other, coordinator) -> None:
        InvolvementFactory(beneficiary=other, organisation=other.captured_by, kind=InvolvementKind.CONTRIBUTOR)
        merge(kept, other, coordinator)
        now = Involvement.objects.filter(beneficiary=kept, organisation=other.captured_by, until=None)
        assert now.filter(kind=InvolvementKind.CONTRIBUTOR).count() == 1
        assert not now.filter(kind=InvolvementKind.REFERENT).exists()

    def test_whoever_merges_is_not_told_of_it(self, ours, theirs, kept, other, recipient) -> None:
        InvolvementFactory(beneficiary=kept, organisation=recipient.organisation)
        merge(kept, other, recipient)
        assert not Notice.objects.filter(kind="pathways.records_merged").exists()


class TestWhatIsOnce:
    def test_barriers_of_one_field_are_one(self, kept, other, coordinator) -> None:
        ours = BarrierFactory(beneficiary=kept, field=5, severity=1, note="Sans voiture", situations=["a"])
        theirs = BarrierFactory(beneficiary=other, field=5, severity=3, note="Sans permis", situations=["a", "b"])
        need = NeedFactory(beneficiary=other, field=5, barrier=theirs)
        merge(kept, other, coordinator)
        ours.refresh_from_db()
        need.refresh_from_db()
        assert (ours.severity, ours.note, ours.situations) == (3, "Sans voiture / Sans permis", ["a", "b"])
        assert (need.beneficiary_id, need.barrier_id) == (kept.pk, ours.pk)
        assert Barrier.objects.filter(beneficiary=kept).count() == 1

    def test_a_note_without_room_stays_behind(self, kept, other, coordinator) -> None:
        ours = BarrierFactory(beneficiary=kept, field=5, note="a" * 200)
        BarrierFactory(beneficiary=other, field=5, note="b" * 200)
        merge(kept, other, coordinator)
        ours.refresh_from_db()
        assert ours.note == "a" * 200

    @pytest.mark.parametrize(
        ("ours", "theirs", "said"),
        [
            (Presence.EXPECTED, Presence.PRESENT, Presence.PRESENT),
            (Presence.ABSENT, Presence.PRESENT, Presence.PRESENT),
            (Presence.PRESENT, Presence.ABSENT, Presence.PRESENT),
            (Presence.EXPECTED, Presence.EXPECTED, Presence.EXPECTED),
        ],
    )
    def test_a_sheet_has_one_line(self, kept, other, coordinator, ours, theirs, said) -> None:
        at = {one: None if one == Presence.EXPECTED else clock.now() for one in Presence}
        line = AttendanceFactory(beneficiary=kept, session__programme=kept.programme, presence=ours, noted_at=at[ours])
        AttendanceFactory(beneficiary=other, session=line.session, presence=theirs, noted_at=at[theirs])
        before = everything()
        done = merge(kept, other, coordinator)
        assert [row.presence for row in Attendance.objects.all()] == [said]
        undo_merge(done, actor=coordinator.actor)
        assert everything() == before

    @pytest.mark.parametrize(
        ("ours", "theirs"),
        [(AdmissionState.FLAGGED, AdmissionState.RESERVE), (AdmissionState.RESERVE, AdmissionState.FLAGGED)],
    )
    def test_a_cohort_has_one_candidate(self, kept, other, coordinator, ours, theirs) -> None:
        said = {AdmissionState.RESERVE: {"rank": 1, "reason": "Pas de place"}}
        one = AdmissionFactory(beneficiary=kept, cohort__programme=kept.programme, state=ours, **said.get(ours, {}))
        AdmissionFactory(beneficiary=other, cohort=one.cohort, state=theirs, **said.get(theirs, {}))
        before = everything()
        done = merge(kept, other, coordinator)
        states = Admission.objects.filter(beneficiary=kept).values_list("state", flat=True)
        assert set(states) == {AdmissionState.RESERVE, AdmissionState.WITHDRAWN}
        undo_merge(done, actor=coordinator.actor)
        assert everything() == before

    def test_both_ways_of_being_safe_are_heeded(self, kept, other, coordinator) -> None:
        SafeContactFactory(beneficiary=kept, avoided=["sms"], neutral=False)
        SafeContactFactory(beneficiary=other, avoided=["phone"], neutral=True)
        merge(kept, other, coordinator)
        row = SafeContact.objects.get(beneficiary=kept)
        assert (set(row.avoided), row.neutral) == ({"sms", "phone"}, True)

    def test_hours_are_those_that_both_allow(self) -> None:
        nine, noon, two, six = time(9), time(12), time(14), time(18)
        assert safest(SafeWay(), SafeWay()) == SafeWay()
        assert safest(SafeWay(since=nine, until=two), SafeWay(since=noon, until=six)) == SafeWay(since=noon, until=two)
        assert safest(SafeWay(since=nine, until=noon), SafeWay(since=two, until=six)) == SafeWay(since=nine, until=noon)
        assert safest(SafeWay(), SafeWay(since=two, until=six)) == SafeWay(since=two, until=six)

    def test_one_request_waits_for_an_answer(self, kept, other, coordinator) -> None:
        organisation = OrganisationFactory()
        ours = AttachmentRequestFactory(beneficiary=kept, organisation=organisation)
        AttachmentRequestFactory(beneficiary=other, organisation=organisation)
        merge(kept, other, coordinator)
        assert [one.pk for one in kept.attachment_requests.all()] == [ours.pk]

    def test_the_word_of_the_kept_record_stays(self, kept, other, coordinator) -> None:
        PublicMarkFactory(beneficiary=kept, public="seniors", belongs=True)
        PublicMarkFactory(beneficiary=other, public="seniors", belongs=False)
        merge(kept, other, coordinator)
        assert PublicMark.objects.get(beneficiary=kept).belongs


class TestRefusals:
    def test_a_restricted_record_is_not_merged_even_by_its_reader(self, kept, other, coordinator) -> None:
        RestrictionFactory(beneficiary=other)
        with pytest.raises(Refused, match="réservée"):
            merge(kept, other, coordinator)

    def test_nor_parted(self, kept, other, coordinator) -> None:
        done = merge(kept, other, coordinator)
        restrict(kept, reason="safety", actor=coordinator.actor)
        with pytest.raises(Refused, match="réservée"):
            undo_merge(done, actor=coordinator.actor)

    def test_a_record_that_moved_on_is_compared_again(self, kept, other, coordinator) -> None:
        with pytest.raises(Conflict, match="comparez-les de nouveau"):
            merge_records(kept, other, versions=(kept.version, other.version + 1), actor=coordinator.actor)

    def test_a_record_is_not_merged_with_itself_nor_twice(self, kept, other, coordinator, programme) -> None:
        with pytest.raises(Refused, match="différentes"):
            merge(kept, kept, coordinator)
        merge(kept, other, coordinator)
        third = BeneficiaryFactory(programme=programme)
        with pytest.raises(Conflict, match="vient d’être fusionnée"):
            merge(third, other, coordinator)

    def test_merges_are_undone_once_and_the_last_one_first(self, kept, other, coordinator, programme) -> None:
        third = BeneficiaryFactory(programme=programme)
        first = merge(kept, other, coordinator)
        second = merge(third, kept, coordinator)
        with pytest.raises(Conflict, match="vient d’être fusionnée"):
            undo_merge(first, actor=coordinator.actor)
        undo_merge(second, actor=coordinator.actor)
        undo_merge(first, actor=coordinator.actor)
        with pytest.raises(Conflict, match="déjà été annulée"):
            undo_merge(first, actor=coordinator.actor)
        other.refresh_from_db()
        assert other.merged_into_id is None

    def test_a_row_that_says_something_else_since_is_not_overwritten(self, kept, other, coordinator) -> None:
        PathwayFactory(beneficiary=kept)
        PathwayFactory(beneficiary=other)
        done = merge(kept, other, coordinator)
        Referent.objects.filter(until__isnull=False).update(until=clock.now() + timedelta(days=1))
        with pytest.raises(Conflict, match="a changé depuis la fusion"):
            undo_merge(done, actor=coordinator.actor)
        other.refresh_from_db()
        assert other.merged_into_id == kept.pk

    def test_a_row_that_is_gone_since_is_let_go(self, kept, other, coordinator) -> None:
        need = NeedFactory(beneficiary=other)
        done = merge(kept, other, coordinator)
        Need.objects.filter(pk=need.pk).delete()
        undo_merge(done, actor=coordinator.actor)
        assert not Need.objects.exists()


class TestSharing:
    def test_the_longer_basis_holds_and_each_takes_its_own_back(self, kept, other, coordinator) -> None:
        later = clock.today() + timedelta(days=500)
        Beneficiary.objects.filter(pk=other.pk).update(shared_until=later)
        done = merge(kept, other, coordinator)
        kept.refresh_from_db()
        assert kept.shared_until == later
        undo_merge(done, actor=coordinator.actor)
        kept.refresh_from_db()
        assert kept.shared_until < later

    def test_a_basis_withdrawn_meanwhile_stays_withdrawn(self, kept, other, coordinator) -> None:
        basis = BasisFactory(beneficiary=other)
        done = merge(kept, other, coordinator)
        basis.refresh_from_db()
        end_basis(basis, actor=coordinator.actor)
        undo_merge(done, actor=coordinator.actor)
        other.refresh_from_db()
        assert other.shared_until is None


class TestPages:
    URL = "/programmes/trois-ponts/doublons/"

    @pytest.fixture
    def pair(self, kept, other) -> tuple[Beneficiary, Beneficiary]:
        Beneficiary.objects.update(phonetic_key="INVNT")
        return kept, other

    def test_the_queue_shows_the_pairs_that_one_completes_on_both_sides(self, pair, coordinator, adviser) -> None:
        assert "Lina Inventée et Lina Inventé" in coordinator.client.get(self.URL).content.decode()
        assert "Aucun doublon" in adviser.client.get(self.URL).content.decode()

    def test_a_restricted_record_is_absent_even_for_its_reader(self, pair, coordinator) -> None:
        RestrictionFactory(beneficiary=pair[1], readers=[coordinator.user])
        assert "Aucun doublon" in coordinator.client.get(self.URL).content.decode()

    def test_two_that_are_compared_become_one_and_two_again(self, pair, coordinator) -> None:
        kept, other = pair
        NeedFactory(beneficiary=other)
        url = f"/personnes/{kept.pk}/fusionner/{other.pk}/"
        page = coordinator.client.get(url).content.decode()
        assert "1 besoin" in page
        assert "Nom" in page
        data = {"kept_version": 1, "merged_version": 1, "last_name": "merged"}
        answer = coordinator.client.post(url, data)
        assert answer["Location"] == f"/personnes/{kept.pk}/"
        kept.refresh_from_db()
        assert kept.last_name == "Inventé"
        assert "Annuler la fusion" in coordinator.client.get(self.URL).content.decode()
        done = Merge.objects.get()
        undo = f"/fusions/{done.pk}/annuler/"
        assert "Rendre les deux fiches" in coordinator.client.get(undo).content.decode()
        assert coordinator.client.post(undo)["Location"] == self.URL
        assert coordinator.client.post(undo).status_code == 409

    def test_a_choice_left_out_is_asked_for(self, pair, coordinator) -> None:
        url = f"/personnes/{pair[0].pk}/fusionner/{pair[1].pk}/"
        answer = coordinator.client.post(url, {"kept_version": 1, "merged_version": 1})
        assert answer.status_code == 422
        assert "Choisissez ce qui est juste" in answer.content.decode()

    def test_the_referent_who_goes_on_is_chosen(self, pair, coordinator) -> None:
        PathwayFactory(beneficiary=pair[0])
        theirs = PathwayFactory(beneficiary=pair[1])
        url = f"/personnes/{pair[0].pk}/fusionner/{pair[1].pk}/"
        assert "reste référent" in coordinator.client.get(url).content.decode()
        data = {"kept_version": 1, "merged_version": 1, "last_name": "kept", "pathway": "merged"}
        assert coordinator.client.post(url, data).status_code == 302
        theirs.refresh_from_db()
        assert theirs.closed_on is None

    def test_two_people_are_remembered_as_two(self, pair, coordinator) -> None:
        kept, other = pair
        for _ in range(2):
            answer = coordinator.client.post(f"/personnes/{kept.pk}/distinguer/{other.pk}/")
            assert answer["Location"] == self.URL
        assert "Aucun doublon" in coordinator.client.get(self.URL).content.decode()
        assert JournalEntry.objects.filter(verb="distinct.say").count() == 1

    def test_nobody_is_told_apart_from_themselves(self, pair, coordinator) -> None:
        kept, _other = pair
        answer = coordinator.client.post(f"/personnes/{kept.pk}/distinguer/{kept.pk}/", follow=True)
        assert "ne se distingue pas" in answer.content.decode()

    def test_what_was_said_of_a_merged_record_holds_for_its_successor(self, pair, programme, coordinator) -> None:
        kept, other = pair
        third = BeneficiaryFactory(programme=programme, first_name="Lina", last_name="Inventéé", phonetic_key="INVNT")
        tell_apart(third, other, actor=coordinator.actor)
        merge(kept, other, coordinator)
        assert "Aucun doublon" in coordinator.client.get(self.URL).content.decode()

    def test_while_names_are_closed_the_page_says_why(self, coordinator, programme) -> None:
        Programme.objects.filter(pk=programme.pk).update(agreement_signed_on=None)
        page = coordinator.client.get(self.URL)
        assert page.templates[0].name == "pathways/people_closed.html"

    def test_queries_do_not_grow(self, pair, programme, coordinator) -> None:
        with CaptureQueriesContext(connection) as few:
            coordinator.client.get(self.URL)
        for n in range(5):
            BeneficiaryFactory(programme=programme, first_name="Lina", last_name=f"Inventé{n}", phonetic_key="INVNT")
        with CaptureQueriesContext(connection) as many:
            coordinator.client.get(self.URL)
        assert len(many) == len(few)


def test_only_records_of_one_key_are_compared_and_the_closest_come_first() -> None:
    people = [
        (1, "A", Identity("Lina", "Inventée", date(1990, 1, 2))),
        (2, "A", Identity("Lina", "Inventé", date(1990, 1, 2))),
        (3, "A", Identity("Lina", "Inventée", date(1990, 1, 2))),
        (4, "B", Identity("Lina", "Inventée", date(1990, 1, 2))),
    ]
    found = close_pairs(people, distinct={frozenset((2, 3))})
    assert [(pair.one, pair.other) for pair in found] == [(1, 3), (1, 2)]


def test_a_ledger_without_rows_writes_nothing() -> None:
    ledger = Ledger()
    ledger.write_all([], closed_on=timezone.now())
    assert ledger.changes == []
