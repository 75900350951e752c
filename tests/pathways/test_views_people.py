from __future__ import annotations

import re
from datetime import timedelta

import pytest

from factories import (
    AppointmentFactory,
    BasisFactory,
    BeneficiaryFactory,
    ExitFactory,
    InvolvementFactory,
    NeedFactory,
    PartnershipFactory,
    PathwayFactory,
    ProgrammeFactory,
    ReferralEventFactory,
    ReferralFactory,
    StepFactory,
)
from personas import persona
from sanscouture.access.enums import Role
from sanscouture.audit.models import JournalEntry
from sanscouture.core import clock
from sanscouture.partners.enums import OrganisationKind
from sanscouture.partners.rules import VEILED_NAME
from sanscouture.pathways.enums import AppointmentState, Delivery, EventKind, Outcome, ReferralState, StepState
from sanscouture.pathways.models import Pathway, Referent, Step
from sanscouture.pathways.services.people import welcome_person
from sanscouture.people.enums import FrenchLevel, InvolvementKind, Known
from sanscouture.people.models import AttachmentRequest, Basis, Beneficiary

LIST = "/programmes/trois-ponts/personnes/"
NEW = f"{LIST}nouvelle/"


@pytest.fixture
def lina(programme, organisation, adviser) -> Beneficiary:
    return welcome_person(
        programme, actor=adviser.actor, organisation=organisation, first_name="Lina", last_name="Inventée"
    )


@pytest.fixture
def home(lina) -> str:
    return f"/personnes/{lina.pk}/"


def shared_with(person: Beneficiary, organisation) -> None:
    BasisFactory(beneficiary=person)
    Beneficiary.objects.filter(pk=person.pk).update(shared_until=clock.today() + timedelta(days=300))
    InvolvementFactory(beneficiary=person, organisation=organisation, kind=InvolvementKind.CONTRIBUTOR)


def meeting_of(person: Beneficiary, organisation, state: AppointmentState, away: timedelta) -> None:
    need = NeedFactory(beneficiary=person)
    referral = ReferralFactory(need=need, sender_organisation=organisation, state=ReferralState.ACCEPTED)
    AppointmentFactory(referral=referral, state=state, starts_at=clock.now() + away)


class TestList:
    def test_i_see_the_people_of_my_organisation(self, lina, adviser) -> None:
        answer = adviser.client.get(LIST)
        assert answer.status_code == 200
        assert "Lina Inventée" in answer.text
        assert "n’a aucune étape à venir" in answer.text

    def test_reading_it_is_one_row_of_the_journal(self, lina, adviser) -> None:
        adviser.client.get(LIST)
        assert JournalEntry.objects.get(verb="beneficiary.list").object_ids == [lina.pk]

    def test_others_do_not_see_them(self, lina, recipient, coordinator) -> None:
        assert "Lina" not in recipient.client.get(LIST).text
        assert "Lina" not in coordinator.client.get(LIST).text

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("nom=inventee", True),
            ("nom=Lina", True),
            ("nom=Inventai", True),
            ("nom=Moussa", False),
            ("besoin=open", False),
            ("referent=moi", True),
            ("qpv=undetermined", True),
            ("qpv=inside", False),
            ("information=without", True),
            ("information=with", False),
            ("etape=none", True),
            ("qpv=nowhere", True),
        ],
    )
    def test_filters_live_in_the_address(self, lina, adviser, query: str, found: bool) -> None:
        assert ("Lina Inventée" in adviser.client.get(f"{LIST}?{query}").text) is found

    @pytest.mark.parametrize("sort", ["nom", "-nom", "referent", "besoins", "etape", "partage", "inconnu"])
    def test_it_sorts(self, lina, adviser, sort: str) -> None:
        assert adviser.client.get(f"{LIST}?tri={sort}").status_code == 200

    @pytest.mark.parametrize("state", [AppointmentState.PROPOSED, AppointmentState.CONFIRMED])
    def test_an_appointment_ahead_comes_next(self, lina, organisation, adviser, state) -> None:
        StepFactory(pathway=Pathway.objects.get(), label="Apporter le CV", due_on=clock.today() + timedelta(days=9))
        meeting_of(lina, organisation, state, timedelta(days=2))
        for page in (LIST, "/", f"/personnes/{lina.pk}/"):
            text = re.sub(r"<[^>]+>|\s+", " ", adviser.client.get(page).text)
            assert re.search(r"Rendez-vous ?, [^<]{5,40}, après-demain", text)
            assert not re.search(r"Aucune étape à venir|\baucune étape (?!à venir)", text)

    @pytest.mark.parametrize(
        ("state", "away", "ahead"),
        [
            (AppointmentState.CONFIRMED, timedelta(days=2), True),
            (AppointmentState.CONFIRMED, timedelta(days=-2), False),
            (AppointmentState.CANCELLED, timedelta(days=2), False),
            (AppointmentState.MISSED, timedelta(days=2), False),
        ],
    )
    def test_who_has_nothing_ahead(self, lina, organisation, adviser, state, away, ahead) -> None:
        meeting_of(lina, organisation, state, away)
        assert ("Lina Inventée" in adviser.client.get(f"{LIST}?etape=none").text) is not ahead

    def test_whoever_left_waits_for_no_step(self, lina, adviser) -> None:
        ExitFactory(pathway=Pathway.objects.get())
        assert "parcours clos" in adviser.client.get(LIST).text
        assert "Lina Inventée" not in adviser.client.get(f"{LIST}?etape=none").text

    def test_the_nearest_of_a_step_and_an_appointment_comes_first(self, lina, organisation, adviser) -> None:
        StepFactory(pathway=Pathway.objects.get(), label="Apporter le CV", due_on=clock.today())
        meeting_of(lina, organisation, AppointmentState.PROPOSED, timedelta(days=2))
        assert "Apporter le CV, <span" in adviser.client.get(LIST).text

    def test_nobody_yet_says_what_to_do(self, adviser, coordinator) -> None:
        assert NEW in adviser.client.get(LIST).text

    def test_queries_do_not_grow(self, lina, adviser, programme, organisation, assert_queries_do_not_grow) -> None:
        def grow() -> None:
            for _ in range(5):
                person = BeneficiaryFactory(programme=programme, captured_by=organisation)
                StepFactory(pathway=PathwayFactory(beneficiary=person))
                ReferralFactory(need=NeedFactory(beneficiary=person))

        assert_queries_do_not_grow(adviser.client, LIST, grow, budget=30)

    def test_a_copilot_has_no_names(self, lina, copilot, national_animator, stranger) -> None:
        assert [one.client.get(LIST).status_code for one in (copilot, national_animator, stranger)] == [403] * 3

    def test_another_programme_is_not_found(self, lina, other_programme_adviser) -> None:
        assert other_programme_adviser.client.get(LIST).status_code == 404

    def test_it_only_reads(self, adviser) -> None:
        assert adviser.client.post(LIST).status_code == 405

    def test_a_programme_closed_to_names_says_what_is_to_be_signed(self, db) -> None:
        closed = ProgrammeFactory(names_closed=True)
        adviser = persona(Role.ADVISER, closed, PartnershipFactory(programme=closed).organisation)
        for path in ("", "nouvelle/"):
            answer = adviser.client.get(f"/programmes/{closed.slug}/personnes/{path}")
            assert "analyse d’impact" in answer.text
            assert 'name="first_name"' not in answer.text


FIRST_DAY = {
    "first_name": "Yanis",
    "phone": "06 39 98 01 02",
    "need_field": "5",
    "need_label": "Aller au travail sans voiture",
}


class TestNew:
    def test_a_first_name_a_phone_and_a_need(self, programme, organisation, adviser) -> None:
        answer = adviser.client.post(NEW, FIRST_DAY | {"organisation": organisation.pk})
        person = Beneficiary.objects.get()
        assert answer["Location"] == f"/personnes/{person.pk}/"
        assert (person.phone, person.shared_until) == ("+33639980102", None)
        assert (person.job_seeker, person.french_level) == (Known.NOT_ASKED, FrenchLevel.NOT_ASKED)
        assert [need.field for need in person.needs.all()] == [5]

    def test_what_nobody_touches_is_said_not_asked(self, adviser) -> None:
        page = adviser.client.get(NEW).text
        assert page.count('<option value="not_asked" selected>') == 2
        assert '<option value="yes" selected>' not in page

    def test_with_what_was_told(self, programme, organisation, adviser) -> None:
        told = {
            "informed": "on",
            "information-ground": "public_interest",
            "information-informed_by": "oral",
            "information-scopes": ["partners"],
        }
        adviser.client.post(NEW, FIRST_DAY | told | {"organisation": organisation.pk})
        assert Beneficiary.objects.get().shared_until is not None

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"first_name": ""}, "obligatoire"),
            ({"phone": "06"}, "06 39 98 01 02"),
            ({"need_label": ""}, "Un besoin a un domaine"),
            ({"informed": "on"}, "Dites comment la personne a été informée"),
            ({"birth_date": "2090-01-01"}, "dans le futur"),
            ({"organisation": ""}, "obligatoire"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_is_lost(
        self, programme, organisation, adviser, change, sentence: str
    ) -> None:
        answer = adviser.client.post(NEW, FIRST_DAY | {"organisation": organisation.pk} | change)
        assert answer.status_code == 422
        assert sentence in answer.text
        assert "Yanis" in answer.text or "first_name" in change
        assert not Beneficiary.objects.exists()

    def close(self, organisation, **more: str) -> dict[str, object]:
        return {"first_name": "Lyna", "last_name": "Inventee", "organisation": organisation.pk} | more

    def test_a_close_record_is_told_without_disclosure(self, lina, recipient) -> None:
        answer = recipient.client.post(NEW, self.close(recipient.organisation))
        assert answer.status_code == 409
        assert "Une fiche proche existe" in answer.text
        assert "Inventée" not in answer.text
        assert str(lina.pk) not in answer.text
        assert lina.captured_by.name not in answer.text
        assert 'value="Lyna"' in answer.text

    def test_one_of_mine_is_linked(self, lina, adviser, home) -> None:
        assert home in adviser.client.post(NEW, self.close(adviser.organisation)).text

    def test_created_all_the_same(self, lina, recipient) -> None:
        answer = recipient.client.post(NEW, self.close(recipient.organisation, proceed="create"))
        assert answer.status_code == 302
        assert Beneficiary.objects.count() == 2

    def test_or_asked_to_be_attached(self, lina, recipient) -> None:
        answer = recipient.client.post(
            NEW, self.close(recipient.organisation, proceed="attach", reason="Vue à l’accueil")
        )
        assert answer["Location"] == LIST
        assert AttachmentRequest.objects.get().beneficiary_id == lina.pk
        assert Beneficiary.objects.count() == 1

    def test_asking_says_why(self, lina, recipient) -> None:
        answer = recipient.client.post(NEW, self.close(recipient.organisation, proceed="attach"))
        assert answer.status_code == 422
        assert "Écrivez en quelques mots pourquoi" in answer.text

    def test_the_coordination_chooses_among_partners(
        self, programme, organisation, recipient_organisation, coordinator
    ) -> None:
        page = coordinator.client.get(NEW).text
        assert organisation.name in page
        answer = coordinator.client.post(NEW, FIRST_DAY | {"organisation": organisation.pk})
        assert answer.status_code == 302

    def test_for_nobody_else_s_organisation(self, recipient_organisation, adviser) -> None:
        answer = adviser.client.post(NEW, FIRST_DAY | {"organisation": recipient_organisation.pk})
        assert answer.status_code == 422

    def test_doors(self, programme, copilot, other_programme_adviser, adviser) -> None:
        assert copilot.client.get(NEW).status_code == 403
        assert other_programme_adviser.client.get(NEW).status_code == 404
        assert adviser.client.put(NEW).status_code == 405
        assert adviser.client.get(NEW).status_code == 200


class TestPage:
    def test_it_shows_who_and_the_thread(self, lina, home, adviser) -> None:
        answer = adviser.client.get(home)
        assert answer.status_code == 200
        for words in ("Lina Inventée", "Le fil du parcours", "Personne non informée", adviser.user.full_name):
            assert words in answer.text

    def test_reading_it_is_journalled(self, lina, home, adviser) -> None:
        adviser.client.get(home)
        assert JournalEntry.objects.filter(verb="beneficiary.read", is_read=True, object_ids=[lina.pk]).count() == 1

    def test_what_happened_on_one_day_is_in_the_order_of_the_hours(self, lina, home, adviser) -> None:
        noon = clock.now()
        need = NeedFactory(beneficiary=lina, label="Un vélo")
        referral = ReferralFactory(need=need, sender_organisation=lina.captured_by)
        for minutes, kind in ((3, EventKind.ENDED), (1, EventKind.ACCEPTED), (2, EventKind.STARTED)):
            ReferralEventFactory(referral=referral, kind=kind, at=noon + timedelta(minutes=minutes))
        told = re.findall(r"sc-timeline__title\">(?:<a[^>]*>)?([^<]+)", adviser.client.get(home).text)
        assert [title.removeprefix("Orientation\u00a0: ") for title in told[:3]] == [
            "service terminé",
            "service commencé",
            "acceptée",
        ]
        assert told[-1] == "Fiche créée"

    def test_a_need_tells_how_its_service_ended(self, lina, home, adviser) -> None:
        ReferralFactory(
            need=NeedFactory(beneficiary=lina),
            sender_organisation=lina.captured_by,
            state=ReferralState.ACCEPTED,
            delivery=Delivery.ENDED,
            ended_at=clock.now(),
            outcome=Outcome.PARTLY,
            outcome_reason="Il manque le samedi",
            clock_on=None,
        )
        text = adviser.client.get(home).text
        assert "couvert en partie" in text
        assert ">acceptée<" not in text.lower()

    def test_what_happened_is_filtered(self, lina, home, adviser) -> None:
        NeedFactory(beneficiary=lina, label="Un vélo")
        assert "Besoin noté" in adviser.client.get(f"{home}?voir=besoins").text
        assert "Besoin noté" not in adviser.client.get(f"{home}?voir=orientations").text

    def test_a_sensitive_organisation_is_veiled_to_whoever_is_not_on_its_step(
        self, lina, home, adviser, coordinator, recipient, recipient_organisation
    ) -> None:
        type(recipient_organisation).objects.filter(pk=recipient_organisation.pk).update(kind=OrganisationKind.CSAPA)
        shared_with(lina, recipient_organisation)
        assert str(VEILED_NAME) in adviser.client.get(f"{home}qui-voit-quoi/").text
        assert recipient_organisation.name not in coordinator.client.get(f"{home}qui-voit-quoi/").text
        assert recipient_organisation.name in recipient.client.get(f"{home}qui-voit-quoi/").text

    def test_a_need_of_health_is_for_those_on_its_step(self, lina, home, adviser, coordinator) -> None:
        shared_with(lina, adviser.organisation)
        NeedFactory(beneficiary=lina, field=8, label="Voir un médecin")
        assert "Voir un médecin" in adviser.client.get(home).text
        seen = coordinator.client.get(home).text
        assert "Voir un médecin" not in seen
        assert "Besoin réservé" in seen

    def test_queries_do_not_grow(self, lina, home, adviser, assert_queries_do_not_grow) -> None:
        pathway = Pathway.objects.get(beneficiary=lina)
        NeedFactory(beneficiary=lina)

        def grow() -> None:
            for _ in range(6):
                StepFactory(pathway=pathway)
                ReferralFactory(need=NeedFactory(beneficiary=lina))
                BasisFactory(beneficiary=lina)

        assert_queries_do_not_grow(adviser.client, home, grow, budget=48)

    def test_doors(self, lina, home, copilot, recipient, other_programme_adviser, adviser) -> None:
        for path in (home, f"{home}qui-voit-quoi/", f"{home}modifier/", f"{home}information/"):
            assert copilot.client.get(path).status_code == 403
            assert recipient.client.get(path).status_code == 404
            assert other_programme_adviser.client.get(path).status_code == 404
            assert adviser.client.get(path).status_code == 200
            assert adviser.client.delete(path).status_code == 405
        assert adviser.client.get(f"{home}etapes/nouvelle/").status_code == 200


class TestEdit:
    FACTS = {"first_name": "Lina", "last_name": "Imaginée", "version": "1"}

    def test_it_saves(self, lina, home, adviser) -> None:
        answer = adviser.client.post(f"{home}modifier/", self.FACTS)
        assert answer["Location"] == home
        assert Beneficiary.objects.get().last_name == "Imaginée"

    def test_the_second_saver_chooses_between_both(self, lina, home, adviser, manager) -> None:
        manager.client.post(f"{home}modifier/", self.FACTS | {"phone": "06 39 98 01 02"})
        answer = adviser.client.post(f"{home}modifier/", self.FACTS | {"phone": "06 39 98 01 03"})
        assert answer.status_code == 409
        assert "06 39 98 01 02" in answer.text
        assert "06 39 98 01 03" in answer.text
        assert 'name="version" value="2"' in answer.text
        adviser.client.post(f"{home}modifier/", self.FACTS | {"phone": "+33639980103", "version": "2"})
        assert Beneficiary.objects.get().phone == "+33639980103"

    def test_what_only_the_other_changed_stays_theirs(self, lina, home, adviser, manager) -> None:
        page = adviser.client.get(f"{home}modifier/").text
        shown = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', page))
        assert shown["initial-last_name"] == "Inventée"
        assert shown["initial-language"] == "fr"
        manager.client.post(f"{home}modifier/", self.FACTS | {"phone": "06 39 98 01 02", "language": "ar"})
        mine = shown | {"first_name": "Lina", "last_name": "Inventée", "language": "fr", "phone": "06 39 98 01 03"}
        answer = adviser.client.post(f"{home}modifier/", mine)
        assert answer.status_code == 409
        assert re.findall(r'type="radio" id="(\w+)-mine"', answer.text) == ["phone"]
        kept = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', answer.text))
        assert (kept["last_name"], kept["language"]) == ("Imaginée", "ar")
        adviser.client.post(f"{home}modifier/", kept | {"phone": "+33639980103"})
        saved = Beneficiary.objects.get()
        assert (saved.last_name, saved.language, saved.phone) == ("Imaginée", "ar", "+33639980103")

    def test_two_people_who_change_two_things_both_win(self, lina, home, adviser, manager) -> None:
        page = adviser.client.get(f"{home}modifier/").text
        shown = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', page))
        manager.client.post(f"{home}modifier/", self.FACTS)
        mine = shown | {"first_name": "Lina", "last_name": "Inventée", "phone": "06 39 98 01 03"}
        assert adviser.client.post(f"{home}modifier/", mine)["Location"] == home
        saved = Beneficiary.objects.get()
        assert (saved.last_name, saved.phone) == ("Imaginée", "+33639980103")

    def test_every_kind_of_fact_can_differ(self, lina, home, adviser) -> None:
        Beneficiary.objects.update(version=2)
        changed = {"birth_date": "1990-04-03", "language": "ar", "job_seeker": "yes"}
        answer = adviser.client.post(f"{home}modifier/", self.FACTS | changed)
        for words in ("3 avril 1990", "arabe", "oui"):
            assert words in answer.text

    def test_what_is_wrong_is_said(self, lina, home, adviser) -> None:
        for version in ("x", "²", "9" * 5000):
            assert adviser.client.post(f"{home}modifier/", {"version": version}).status_code == 422


class TestInformation:
    TOLD = {"ground": "consent", "informed_by": "paper", "scopes": ["partners", "sms"]}

    def test_it_is_recorded_then_withdrawn(self, lina, home, adviser) -> None:
        assert adviser.client.post(f"{home}information/", self.TOLD)["Location"] == home
        basis = Basis.objects.get()
        path = f"/informations/{basis.pk}/retirer/"
        assert "Arrêter de partager" in adviser.client.get(path).text
        assert adviser.client.post(path)["Location"] == LIST
        assert Beneficiary.objects.get().shared_until is None
        assert adviser.client.post(path).status_code == 409

    def test_a_date_to_come_is_refused(self, lina, home, adviser) -> None:
        tomorrow = (clock.today() + timedelta(days=1)).isoformat()
        answer = adviser.client.post(f"{home}information/", self.TOLD | {"given_on": tomorrow})
        assert answer.status_code == 422
        assert adviser.client.post(f"{home}information/", {}).status_code == 422


class TestActs:
    def test_a_step_is_added_done_given_up(self, lina, home, adviser, organisation) -> None:
        told = {
            "label": "Préparer le CV",
            "due_on": clock.today().isoformat(),
            "carrier": f"{adviser.user.pk}:{organisation.pk}",
        }
        for _ in range(2):
            assert adviser.client.post(f"{home}etapes/nouvelle/", told)["Location"] == home
        first, second = Step.objects.order_by("pk")
        assert "Préparer le CV" in adviser.client.get(home).text
        assert adviser.client.post(f"/etapes/{first.pk}/faite/")["Location"] == home
        assert "déjà" in adviser.client.post(f"/etapes/{first.pk}/faite/", follow=True).text
        assert "Abandonner" in adviser.client.get(f"/etapes/{second.pk}/abandonner/").text
        assert adviser.client.post(f"/etapes/{second.pk}/abandonner/")["Location"] == home
        assert adviser.client.post(f"/etapes/{second.pk}/abandonner/").status_code == 409
        assert set(Step.objects.order_by("pk").values_list("state", flat=True)) == {StepState.DONE, StepState.CANCELLED}
        assert "Étape abandonnée" in adviser.client.get(f"{home}?voir=etapes").text

    def test_a_step_in_the_past_is_refused(self, lina, home, adviser) -> None:
        answer = adviser.client.post(f"{home}etapes/nouvelle/", {"label": "CV", "due_on": "2020-01-01"})
        assert answer.status_code == 422

    def test_without_an_open_pathway_there_is_no_step(self, lina, home, adviser) -> None:
        ExitFactory(pathway=Pathway.objects.get())
        assert adviser.client.get(f"{home}etapes/nouvelle/")["Location"] == home

    def test_the_referent_changes(self, lina, adviser, manager) -> None:
        path = f"/parcours/{Pathway.objects.get().pk}/referent/"
        assert manager.user.full_name in adviser.client.get(path).text
        chosen = {"referent": f"{manager.user.pk}:{manager.organisation.pk}"}
        assert adviser.client.post(path, chosen).status_code == 302
        assert Referent.objects.get(until=None).user_id == manager.user.pk
        assert adviser.client.post(path, chosen).status_code == 409
        assert adviser.client.post(path, {}).status_code == 422

    def test_doors(self, lina, recipient, copilot, adviser) -> None:
        step = StepFactory(pathway=Pathway.objects.get())
        basis = BasisFactory(beneficiary=lina)
        paths = [
            f"/etapes/{step.pk}/faite/",
            f"/etapes/{step.pk}/abandonner/",
            f"/informations/{basis.pk}/retirer/",
            f"/parcours/{step.pathway_id}/referent/",
        ]
        assert [recipient.client.post(path).status_code for path in paths] == [404] * 4
        assert [copilot.client.post(path).status_code for path in paths] == [403] * 4
        assert adviser.client.get(paths[0]).status_code == 405
