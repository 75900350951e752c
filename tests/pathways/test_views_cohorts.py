from __future__ import annotations

from collections.abc import Callable

import pytest

from factories import (
    AdmissionFactory,
    AttendanceFactory,
    BeneficiaryFactory,
    CohortFactory,
    MeetingFactory,
    RestrictionFactory,
    SessionFactory,
)
from personas import Persona
from sanscouture.audit.models import JournalEntry
from sanscouture.core import clock
from sanscouture.partners.models import Organisation
from sanscouture.pathways.enums import AdmissionState
from sanscouture.pathways.models import Admission, Cohort, Session
from sanscouture.programmes.models import Programme

OURS = "/programmes/trois-ponts"


@pytest.fixture
def cohort(programme: Programme) -> Cohort:
    return CohortFactory(programme=programme, name="Élan", outside_share=20)


@pytest.fixture
def one(cohort: Cohort, programme: Programme, organisation: Organisation) -> Admission:
    person = BeneficiaryFactory(programme=programme, captured_by=organisation, last_name="Inventée-Élan")
    return AdmissionFactory(cohort=cohort, beneficiary=person, why="Elle veut reprendre.")


def text(who: Persona, address: str) -> str:
    return who.client.get(address).content.decode()


def test_the_coordination_opens_a_cohort(coordinator: Persona, adviser: Persona) -> None:
    assert "Ouvrir une cohorte" in text(coordinator, f"{OURS}/cohortes/")
    said = {"name": "Élan", "purpose": "Un rythme.", "seats": 50, "outside_share": 20, "age_most": 25}
    said |= {"starts_on": clock.today().isoformat(), "levels": ["a1", "a2"], "job_seeker": "on", "in_qpv": "on"}
    answer = coordinator.client.post(f"{OURS}/cohortes/nouvelle/", said, follow=True)
    assert "La cohorte est ouverte" in answer.content.decode()
    made = Cohort.objects.get()
    assert len(made.criteria) == 4
    edit = text(coordinator, f"/cohortes/{made.pk}/modifier/")
    assert 'value="25"' in edit
    assert coordinator.client.post(f"/cohortes/{made.pk}/modifier/", {**said, "seats": 40}).status_code == 302
    assert "25 ans au plus" in text(adviser, f"/cohortes/{made.pk}/")
    assert "Élan" in text(adviser, f"{OURS}/cohortes/")


def test_a_cohort_that_ends_before_it_begins_is_corrected_on_the_page(coordinator: Persona) -> None:
    said = {"name": "Élan", "purpose": "Un rythme.", "seats": 5, "outside_share": 20, "age_least": 30, "age_most": 25}
    said |= {"starts_on": "2026-05-01", "ends_on": "2026-04-01"}
    answer = coordinator.client.post(f"{OURS}/cohortes/nouvelle/", said)
    assert answer.status_code == 422
    assert "L’âge maximal vient après" in answer.content.decode()
    assert "La fin vient après" in answer.content.decode()


def test_a_person_is_flagged_from_their_page(adviser: Persona, cohort: Cohort, one: Admission) -> None:
    one.delete()
    here = f"/personnes/{one.beneficiary_id}/"
    assert f"{here}cohorte/" in text(adviser, here)
    said = {"cohort": cohort.pk, "organisation": adviser.organisation.pk, "why": "Prête."}
    assert "C’est signalé" in adviser.client.post(f"{here}cohorte/", said, follow=True).content.decode()
    assert "Élan" in text(adviser, here)
    assert adviser.client.post(f"{here}cohorte/", said).status_code == 409


def test_each_member_sees_what_they_may(
    adviser: Persona, recipient: Persona, coordinator: Persona, cohort: Cohort, one: Admission
) -> None:
    where = f"/cohortes/{cohort.pk}/commission/"
    for who in (adviser, coordinator):
        assert "Inventée-Élan" in text(who, where)
    hidden = text(recipient, where)
    assert "Une personne" in hidden
    assert "Mission locale des Trois-Ponts" in hidden
    assert "Inventée-Élan" not in hidden
    assert "Elle veut reprendre." not in hidden
    reads = JournalEntry.objects.filter(verb="admission.list")
    assert {entry.actor_id for entry in reads} == {adviser.user.pk, coordinator.user.pk}


def test_deciding_works_from_the_card_and_says_what_is_against_it(
    coordinator: Persona, adviser: Persona, cohort: Cohort, one: Admission
) -> None:
    where = f"/cohortes/{cohort.pk}/commission/"
    assert "Prévoir la commission" in text(coordinator, where)
    meeting = MeetingFactory(programme=cohort.programme)
    decide = f"/admissions/{one.pk}/decider/"
    refused = coordinator.client.post(decide, {"to": "reserve", "meeting": meeting.pk, "reason": ""})
    assert refused.status_code == 422
    assert "demande un motif" in refused.content.decode()
    said = {"to": "reserve", "meeting": meeting.pk, "reason": "En mars."}
    assert "C’est noté" in coordinator.client.post(decide, said, follow=True).content.decode()
    assert coordinator.client.post(decide, said).status_code == 409
    assert "En mars." in text(adviser, where)
    assert adviser.client.post(decide, said).status_code == 403
    other = AdmissionFactory(cohort=cohort, state=AdmissionState.RESERVE, rank=2, reason="Ensuite.")
    page = coordinator.client.post(f"/admissions/{other.pk}/monter/", follow=True).content.decode()
    assert "L’ordre de la réserve est changé" in page
    assert page.index(other.beneficiary.last_name) < page.index("Inventée-Élan")
    withdrawn = adviser.client.post(f"/admissions/{one.pk}/retirer/", {"reason": "Elle a trouvé."}, follow=True)
    assert "retirée de la cohorte" in withdrawn.content.decode()


@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_minutes_name_people_only_to_those_entitled(
    coordinator: Persona, recipient: Persona, copilot: Persona, cohort: Cohort, one: Admission, form: str
) -> None:
    meeting = MeetingFactory(programme=cohort.programme)
    where = f"/commissions/{meeting.pk}/compte-rendu.{form}"
    assert coordinator.client.get(where).status_code == 200
    coordinator.client.post(f"/admissions/{one.pk}/decider/", {"to": "admitted", "meeting": meeting.pk})
    assert coordinator.client.get(where).status_code == recipient.client.get(where).status_code == 200
    reads = JournalEntry.objects.filter(verb="admission.list")
    assert {entry.actor_id for entry in reads} == {coordinator.user.pk}
    assert copilot.client.get(where).status_code == 403
    assert copilot.client.get(f"/reunions/{meeting.pk}/compte-rendu.{form}").status_code == 200


def test_small_figures_are_kept_from_those_who_may_not_read_the_people(
    coordinator: Persona, adviser: Persona, cohort: Cohort
) -> None:
    AdmissionFactory.create_batch(3, cohort=cohort, admitted=True, entry_barriers={"5": 2})
    where = f"/cohortes/{cohort.pk}/"
    assert "moins de 5" not in text(coordinator, where)
    assert "moins de 5" in text(adviser, where)
    assert "Étapes faites" in text(coordinator, where)
    assert "sc-bars__bar" in text(coordinator, where)
    assert "sc-bars__bar" not in text(adviser, where)


def test_two_cohorts_stand_side_by_side(coordinator: Persona, cohort: Cohort) -> None:
    assert "Une seule cohorte" in text(coordinator, f"/cohortes/{cohort.pk}/comparer/")
    others = [CohortFactory(programme=cohort.programme, name=name) for name in ("Relais", "Tremplin")]
    page = text(coordinator, f"/cohortes/{cohort.pk}/comparer/?avec={others[1].pk}")
    assert "Tremplin" in page
    assert "Comparer avec" in page


def test_the_sheet_is_signed_by_whoever_holds_the_session(
    recipient: Persona, adviser: Persona, other_programme_adviser: Persona, programme: Programme, one: Admission
) -> None:
    session = SessionFactory(programme=programme, organisation=recipient.organisation)
    row = AttendanceFactory(session=session, beneficiary=one.beneficiary)
    foreign = AttendanceFactory(session=SessionFactory(programme=programme), beneficiary=one.beneficiary)
    where = f"/seances/{session.pk}/"
    assert "Inventée-Élan" in text(recipient, where)
    assert f"/personnes/{one.beneficiary_id}/" not in text(recipient, where)
    answer = recipient.client.post(f"/presences/{row.pk}/present/", follow=True).content.decode()
    assert "présent·e" in answer
    assert recipient.client.post(f"/presences/{row.pk}/parti/").status_code == 404
    assert recipient.client.post(f"/presences/{foreign.pk}/present/").status_code == 404
    assert "suivie par une autre structure" in text(recipient, f"/seances/{foreign.session_id}/")
    assert other_programme_adviser.client.get(where).status_code == 404
    assert recipient.client.get(f"{where}feuille.pdf").content.startswith(b"%PDF")
    assert recipient.client.get(f"/seances/{foreign.session_id}/feuille.docx").status_code == 200


def test_a_session_is_planned_and_people_enrolled(adviser: Persona, cohort: Cohort, one: Admission) -> None:
    assert "Aucune séance ici" in text(adviser, f"{OURS}/seances/")
    said = {"kind": "cafe", "title": "Café-emploi", "place": "Maison", "organisation": adviser.organisation.pk}
    said |= {"starts_at": clock.now().strftime("%Y-%m-%dT%H:%M"), "cohort": cohort.pk}
    planned = adviser.client.post(f"{OURS}/seances/nouvelle/", said, follow=True).content.decode()
    assert "Café-emploi" in planned
    session = Session.objects.get()
    where = f"/seances/{session.pk}/"
    assert "Personne n’est inscrit" in text(adviser, where)
    enrolled = adviser.client.post(f"{where}inscrire/", {"person": one.beneficiary_id}, follow=True)
    assert "Inventée-Élan" in enrolled.content.decode()


def test_two_absences_are_told_to_those_who_follow_the_person(
    adviser: Persona, recipient: Persona, programme: Programme, one: Admission
) -> None:
    for _ in range(2):
        session = SessionFactory(programme=programme)
        AttendanceFactory(session=session, beneficiary=one.beneficiary, presence="absent", noted_at=clock.now())
    assert "Inventée-Élan" in text(adviser, f"{OURS}/seances/")
    assert "Inventée-Élan" not in text(recipient, f"{OURS}/seances/")


def test_everything_with_names_is_closed_before_the_agreement(adviser: Persona, cohort: Cohort, programme) -> None:
    session = SessionFactory(programme=programme)
    Programme.objects.filter(pk=programme.pk).update(agreement_signed_on=None)
    here = [f"{OURS}/cohortes/", f"{OURS}/seances/", f"{OURS}/seances/nouvelle/", f"/seances/{session.pk}/"]
    here += [f"/cohortes/{cohort.pk}/{page}" for page in ("", "commission/", "comparer/")]
    for address in here:
        assert "Données personnelles" in text(adviser, address), address


def test_queries_do_not_grow(
    coordinator: Persona, cohort: Cohort, one: Admission, assert_queries_do_not_grow: Callable[..., None]
) -> None:
    MeetingFactory(programme=cohort.programme)
    session = SessionFactory(programme=cohort.programme, cohort=cohort)
    AttendanceFactory(session=session)

    def grow() -> None:
        AdmissionFactory.create_batch(5, cohort=cohort)
        AdmissionFactory.create_batch(5, cohort=cohort, admitted=True, entry_barriers={"5": 2})
        AttendanceFactory.create_batch(5, session=session)

    for where, budget in (
        (f"/cohortes/{cohort.pk}/commission/", 40),
        (f"/cohortes/{cohort.pk}/", 40),
        (f"/seances/{session.pk}/", 40),
        (f"{OURS}/cohortes/", 30),
        (f"{OURS}/seances/", 40),
    ):
        assert_queries_do_not_grow(coordinator.client, where, grow, budget=budget)


def test_a_restricted_record_is_on_no_list_of_those_who_are_not_named(
    coordinator: Persona, recipient: Persona, programme: Programme, cohort: Cohort, one: Admission
) -> None:
    session = SessionFactory(programme=programme, organisation=recipient.organisation)
    AttendanceFactory(session=session, beneficiary=one.beneficiary)
    RestrictionFactory(beneficiary=one.beneficiary)
    for who, address in (
        (coordinator, f"/cohortes/{cohort.pk}/commission/"),
        (recipient, f"/cohortes/{cohort.pk}/commission/"),
        (recipient, f"/seances/{session.pk}/"),
    ):
        assert "Inventée-Élan" not in text(who, address)
    assert "Une personne" not in text(recipient, f"/cohortes/{cohort.pk}/commission/")
