"""A pathway ends by an exit and by nothing else; news are asked three and six months later (chapter 02)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from factories import (
    BasisFactory,
    BeneficiaryFactory,
    EpisodeFactory,
    ExitFactory,
    FollowUpFactory,
    InvolvementFactory,
    PartnershipFactory,
    PathwayFactory,
    ProgressFactory,
    RestrictionFactory,
    SafeContactFactory,
    StepFactory,
)
from personas import Persona, persona
from sanscouture.access.enums import Role
from sanscouture.audit.models import JournalEntry
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.notifications.models import OutgoingMessage
from sanscouture.pathways import tasks
from sanscouture.pathways.enums import AfterExit, ExitKind
from sanscouture.pathways.models import Exit, ExitDefinition, FollowUp, FollowUpLink, Pathway, Referent
from sanscouture.pathways.rules import exits as rules
from sanscouture.pathways.rules.exits import Ending
from sanscouture.pathways.selectors.definitions import locally_positive
from sanscouture.pathways.services import exits, following
from sanscouture.people.enums import InvolvementKind
from sanscouture.people.models import Beneficiary
from sanscouture.programmes.models import RoleGrant

DAY = date(2026, 3, 2)


@pytest.fixture
def person(adviser: Persona) -> Any:
    return BeneficiaryFactory(
        programme=adviser.programme, captured_by=adviser.organisation, created_by=adviser.user, first_name="Lina"
    )


@pytest.fixture
def pathway(person) -> Any:
    return PathwayFactory(beneficiary=person, opened_on=clock.today() - timedelta(days=200))


@pytest.fixture
def page(person) -> str:
    return f"/personnes/{person.pk}/"


def close(pathway: Pathway, who: Persona, kind: str = "lasting", **more: Any) -> Exit:
    return exits.close_pathway(pathway, ending=Ending(kind=kind, on=clock.today(), **more), actor=who.actor)


class TestRules:
    @pytest.mark.parametrize("kind", ExitKind)
    def test_health_and_death_are_not_described(self, kind) -> None:
        for words in ({"contract": "CDI"}, {"unblocked_by": "Le permis"}, {"unblocked": (5,)}):
            wrong = rules.wrong_exit(Ending(kind=kind, on=DAY, **words), opened_on=DAY, today=DAY)
            assert bool(wrong) == (kind in rules.WITHOUT_WORDS)

    @pytest.mark.parametrize(
        ("ending", "words"),
        [
            (Ending("holiday", DAY), "Choisissez comment"),
            (Ending("lasting", DAY - timedelta(days=1)), "entre l’ouverture"),
            (Ending("lasting", DAY + timedelta(days=1)), "entre l’ouverture"),
            (Ending("lasting", DAY, unblocked=(9,)), "huit champs"),
            (Ending("lasting", DAY, unblocked=(1, 8)), ""),
        ],
    )
    def test_what_cannot_be_is_said(self, ending, words) -> None:
        said = rules.wrong_exit(ending, opened_on=DAY, today=DAY)
        assert words in said
        assert bool(words) == bool(said)

    def test_news_fall_due_on_working_days_and_never_after_a_death(self) -> None:
        assert rules.follow_up_days("lasting", date(2026, 8, 31)) == {3: date(2026, 11, 30), 6: date(2027, 3, 1)}
        assert rules.follow_up_days("death", DAY) == {}

    def test_silence_is_not_a_no(self) -> None:
        assert [rules.gives_up(n) for n in range(5)] == [False, False, False, True, True]
        assert rules.asks_again("searching", ())
        assert rules.asks_again("working", (5,))
        assert not rules.asks_again("working", ())


class TestClosing:
    def test_only_an_exit_closes_and_both_definitions_are_kept(self, pathway, adviser, coordinator) -> None:
        exits.define_exits(pathway.programme, positive=["mainstream"], actor=coordinator.actor)
        made = close(pathway, adviser, "mainstream", unblocked=(5, 5, 3), unblocked_by=" Le permis ")
        pathway.refresh_from_db()
        assert pathway.closed_on == made.on
        assert (made.positive_local, made.positive_national) == (True, False)
        assert (made.unblocked, made.unblocked_by) == ([3, 5], "Le permis")
        assert [row.months for row in made.follow_ups.order_by("months")] == [3, 6]
        assert not Referent.objects.filter(pathway=pathway, until=None).exists()
        with pytest.raises(Conflict, match="déjà clos"):
            close(pathway, adviser)

    def test_an_unsound_exit_is_refused(self, pathway, adviser) -> None:
        with pytest.raises(Refused, match="Choisissez"):
            close(pathway, adviser, "holiday")

    def test_the_database_closes_no_pathway_without_its_exit(self, pathway) -> None:
        @transaction.atomic
        def close_alone() -> None:
            Referent.objects.filter(pathway=pathway).update(until=clock.now())
            Pathway.objects.filter(pk=pathway.pk).update(closed_on=clock.today())
            connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")

        with pytest.raises(IntegrityError, match="ne se clôt que par une sortie"):
            close_alone()

    def test_the_database_lets_a_pathway_close_and_open_by_its_exit(self, pathway, adviser) -> None:
        made = close(pathway, adviser)
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        exits.reopen_exit(made, reason="Contrat rompu", actor=adviser.actor)
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")

    def test_a_definition_holds_for_what_comes_and_not_for_what_was(self, pathway, adviser, coordinator) -> None:
        made = close(pathway, adviser, "short")
        exits.define_exits(pathway.programme, positive=["lasting"], actor=coordinator.actor)
        made.refresh_from_db()
        assert made.positive_local
        assert locally_positive(pathway.programme_id) == {"lasting"}
        with pytest.raises(Conflict, match="déjà la définition"):
            exits.define_exits(pathway.programme, positive=["lasting"], actor=coordinator.actor)
        with pytest.raises(Refused):
            exits.define_exits(pathway.programme, positive=["holiday"], actor=coordinator.actor)


class TestReopening:
    def test_the_exit_stays_written_and_the_last_referent_answers_again(self, pathway, adviser) -> None:
        made = close(pathway, adviser)
        with pytest.raises(Refused, match="pourquoi"):
            exits.reopen_exit(made, reason=" ", actor=adviser.actor)
        exits.reopen_exit(made, reason="Contrat rompu", actor=adviser.actor)
        made.refresh_from_db()
        assert (made.reopening_reason, made.reopened_by_id) == ("Contrat rompu", adviser.user.pk)
        assert Referent.objects.get(pathway=pathway, until=None).user_id == adviser.user.pk
        assert Referent.objects.filter(pathway=pathway).count() == 2
        with pytest.raises(Conflict, match="déjà rouvert"):
            exits.reopen_exit(made, reason="Encore", actor=adviser.actor)
        close(pathway, adviser, "short")
        assert Exit.objects.filter(pathway=pathway).count() == 2

    def test_when_the_referent_may_not_read_it_any_more_whoever_opens_it_answers(self, pathway, adviser) -> None:
        made = close(pathway, adviser)
        reader = persona(Role.ADVISER, pathway.programme, adviser.organisation)
        restriction = RestrictionFactory(beneficiary=pathway.beneficiary, readers=[reader.user])
        restriction.readers.filter(user=adviser.user).update(until=clock.now())
        exits.reopen_exit(made, reason="Contrat rompu", actor=reader.actor)
        assert Referent.objects.get(pathway=pathway, until=None).user_id == reader.user.pk

    def test_when_the_referent_left_whoever_opens_it_answers(self, pathway, adviser, coordinator) -> None:
        made = close(pathway, adviser)
        RoleGrant.objects.filter(user=adviser.user).update(revoked_at=clock.now())
        with pytest.raises(Refused, match="n’est plus là"):
            exits.reopen_exit(made, reason="Contrat rompu", actor=coordinator.actor)
        colleague = persona(Role.ADVISER, pathway.programme, adviser.organisation)
        exits.reopen_exit(made, reason="Contrat rompu", actor=colleague.actor)
        assert Referent.objects.get(pathway=pathway, until=None).user_id == colleague.user.pk


class TestNews:
    @pytest.fixture
    def news(self, pathway) -> FollowUp:
        return FollowUpFactory(exit__pathway=pathway)

    def test_an_answer_is_written_once(self, news, adviser) -> None:
        with pytest.raises(Refused, match="réponse"):
            exits.answer_follow_up(news, answer="no_answer", actor=adviser.actor)
        with pytest.raises(Refused, match="huit champs"):
            exits.answer_follow_up(news, answer="working", barriers=[9], actor=adviser.actor)
        exits.answer_follow_up(news, answer="working", barriers=[5], actor=adviser.actor)
        with pytest.raises(Conflict, match="déjà notée"):
            exits.answer_follow_up(news, answer="training", actor=adviser.actor)
        assert not OutgoingMessage.objects.exists(), "the referent wrote it"

    def test_three_calls_in_vain_close_it_and_it_may_still_be_answered(self, news, adviser, coordinator) -> None:
        for day in range(3):
            with clock.at(clock.now() + timedelta(days=day)):
                exits.note_call(news, actor=adviser.actor)
                with pytest.raises(Conflict):
                    exits.note_call(news, actor=adviser.actor)
        news.refresh_from_db()
        assert news.answer == AfterExit.NO_ANSWER
        exits.answer_follow_up(news, answer="searching", actor=coordinator.actor)
        assert OutgoingMessage.objects.get().kind == "pathways.follow_up_alert"

    def test_a_message_leaves_once_to_those_who_accept_messages(self, news, person) -> None:
        def ask() -> int:
            return following.ask_for_news(person.programme_id, today=clock.today())

        assert ask() == 0, "nobody was told that messages may be sent"
        BasisFactory(beneficiary=person, scopes=["sms"])
        assert ask() == 0, "she is called, not written to"
        Beneficiary.objects.filter(pk=person.pk).update(channel="email", email="lina@exemple.example", language="ar")
        assert ask() == 1
        assert ask() == 0
        message = OutgoingMessage.objects.get()
        assert "Lina" not in f"{message.subject} {message.body_text}"
        assert "/nouvelles/" in message.body_text

    @pytest.mark.parametrize("way", [{"avoided": ["email"]}, {"avoided": [], "neutral": True}, None])
    def test_no_message_leaves_by_an_unsafe_way_nor_of_a_restricted_record(self, news, person, way) -> None:
        BasisFactory(beneficiary=person, scopes=["sms"])
        Beneficiary.objects.filter(pk=person.pk).update(channel="email", email="lina@exemple.example")
        if way is None:
            RestrictionFactory(beneficiary=person)
        else:
            SafeContactFactory(beneficiary=person, **way)
        assert following.ask_for_news(person.programme_id, today=clock.today()) == 0
        assert not OutgoingMessage.objects.exists()

    def test_each_morning_there_is_one_job_per_programme(self, news, person, monkeypatch) -> None:
        asked = []
        monkeypatch.setattr(tasks.ask_for_news_of, "defer", lambda **said: asked.append(said["programme_id"]))
        tasks.ask_for_news.func()
        assert str(person.programme_id) in asked


class TestByLink:
    @pytest.fixture
    def url(self, pathway, person) -> str:
        BasisFactory(beneficiary=person, scopes=["sms"])
        Beneficiary.objects.filter(pk=person.pk).update(channel="sms", phone="+33639980107")
        FollowUpFactory(exit__pathway=pathway)
        following.ask_for_news(person.programme_id, today=clock.today())
        body = OutgoingMessage.objects.get(kind="pathways.follow_up_person").body_text
        return body[body.index("/nouvelles/") :].strip()

    def test_one_tap_and_one_confirmation(self, url, client) -> None:
        said = client.get(url)
        assert "Je travaille" in said.text
        assert "Lina" not in said.text
        assert said["Referrer-Policy"] == "no-referrer"
        assert client.get(f"{url}emploi/").status_code == 200
        assert client.post(url).status_code == 302
        assert FollowUp.objects.get().answer == "", "reading changes nothing"
        assert client.post(f"{url}recherche/", {"barriers": ["99"]}).status_code == 422
        assert client.post(f"{url}recherche/", {"barriers": ["5"]}).status_code == 302
        row = FollowUp.objects.get()
        assert (row.answer, row.barriers, row.by_link, row.answered_by) == ("searching", [5], True, None)
        assert "Merci" in client.get(url).text
        assert client.post(f"{url}emploi/", {}).status_code == 409
        alert = OutgoingMessage.objects.get(kind="pathways.follow_up_alert")
        assert "Lina" not in f"{alert.subject} {alert.body_text}"
        assert JournalEntry.objects.get(verb="followup.answer").actor_label == "lien de suivi"

    def test_a_link_closes_in_time_or_when_the_pathway_opens_again(self, url, client, adviser) -> None:
        with clock.at(clock.now() + timedelta(days=31)):
            late = client.get(url)
        assert late.status_code == 410
        assert "la personne qui vous accompagnait" in late.text
        exits.reopen_exit(Exit.objects.get(), reason="Contrat rompu", actor=adviser.actor)
        assert client.post(f"{url}emploi/", {}).status_code == 410
        assert FollowUp.objects.get().answer == ""

    def test_the_secret_is_not_kept_and_another_opens_nothing(self, url, client) -> None:
        token = url.strip("/").rpartition("/")[2]
        assert token not in FollowUpLink.objects.get().token_hash
        assert client.get(f"/r/{token}/").status_code == 404, "a person's link is no partner's"
        assert client.get(f"/nouvelles/{token[:-2]}/").status_code == 404


class TestViews:
    def test_a_pathway_ends_and_opens_again_on_screen(self, pathway, page, adviser) -> None:
        client, url = adviser.client, f"/parcours/{pathway.pk}/sortie/"
        assert client.get(url).status_code == 200
        today = clock.today().isoformat()
        assert client.post(url, {"kind": "health", "on": today, "contract": "CDI"}).status_code == 422
        assert client.post(url, {"kind": "lasting", "on": "2999-01-01"}).status_code == 422
        assert client.post(url, {}).status_code == 422
        said = {"kind": "lasting", "on": today, "contract": "CDI 28 h", "unblocked": ["5"], "unblocked_by": "Le permis"}
        assert client.post(url, said).status_code == 302
        assert client.post(url, said).status_code == 302
        assert Exit.objects.count() == 1
        told = client.get(page).text
        assert "Parcours clos" in told
        assert "CDI 28 h. Le permis" in told
        assert "sans référent" not in told
        reopen = f"/sorties/{Exit.objects.get().pk}/rouvrir/"
        assert client.get(reopen).status_code == 200
        assert client.post(reopen, {"reason": ""}).status_code == 422
        assert client.post(reopen, {"reason": "Contrat rompu"}).status_code == 302
        assert "Contrat rompu" in client.get(f"{page}?voir=vie").text
        assert client.post(reopen, {"reason": "Encore"}).status_code == 409

    def test_an_exit_for_health_is_read_on_its_step_alone(self, pathway, page, person, adviser, coordinator) -> None:
        organisation = PartnershipFactory(programme=person.programme).organisation
        InvolvementFactory(beneficiary=person, organisation=organisation, kind=InvolvementKind.CONTRIBUTOR)
        contributor = persona(Role.ADVISER, person.programme, organisation)
        ExitFactory(pathway=pathway, kind="health")
        assert "Sortie\u00a0: santé" in adviser.client.get(f"{page}?voir=vie").text
        for other in (contributor, coordinator):
            assert "Sortie\u00a0: autre motif" in other.client.get(f"{page}?voir=vie").text

    def test_the_call_list(self, pathway, programme, adviser, recipient) -> None:
        url = f"/programmes/{programme.slug}/suivis/"
        assert "Personne à rappeler aujourd’hui" in adviser.client.get(url).text
        news = FollowUpFactory(exit__pathway=pathway)
        FollowUpFactory(exit=news.exit, months=6, due_on=clock.today() + timedelta(days=90))
        listed = adviser.client.get(url)
        assert "Lina" in listed.text
        assert listed.context["total"] == 1
        assert JournalEntry.objects.get(verb="followup.list").object_ids == [news.pk]
        assert "Lina" not in recipient.client.get(url).text
        assert adviser.client.post(f"/suivis/{news.pk}/appel/").status_code == 302
        assert "1 appel sans réponse" in adviser.client.get(url).text
        assert "vient d’être noté" in adviser.client.post(f"/suivis/{news.pk}/appel/", follow=True).text
        assert adviser.client.get(f"/suivis/{news.pk}/").status_code == 200
        assert adviser.client.post(f"/suivis/{news.pk}/", {}).status_code == 422
        said = {"answer": "working", "barriers": ["4"]}
        assert adviser.client.post(f"/suivis/{news.pk}/", said).status_code == 302
        assert adviser.client.post(f"/suivis/{news.pk}/", said).status_code == 409
        told = adviser.client.get(f"/personnes/{pathway.beneficiary_id}/?voir=vie").text.replace("\u00a0", " ")
        assert "en emploi, freins revenus : Contraintes familiales" in told

    def test_the_call_list_says_how_to_reach_somebody_safely(self, pathway, programme, adviser) -> None:
        news = FollowUpFactory(exit__pathway=pathway)
        Beneficiary.objects.filter(pk=pathway.beneficiary_id).update(phone="+33639980001")
        pages = [f"/programmes/{programme.slug}/suivis/", f"/suivis/{news.pk}/"]
        assert all("tel:+33639980001" in adviser.client.get(page).text for page in pages)
        SafeContactFactory(beneficiary=pathway.beneficiary)
        for page in pages:
            text = adviser.client.get(page).text
            assert "Ne jamais passer par" in text
            assert "tel:" not in text

    def test_the_third_call_in_vain_says_that_it_is_over(self, pathway, adviser) -> None:
        news = FollowUpFactory(exit__pathway=pathway, attempts=2)
        assert "clos, sans réponse" in adviser.client.post(f"/suivis/{news.pk}/appel/", follow=True).text

    def test_outcomes_are_counted_by_both_definitions(self, pathway, programme, adviser, coordinator) -> None:
        url = f"/programmes/{programme.slug}/sorties/"
        assert "Aucune sortie depuis un an" in adviser.client.get(url).text
        closing = ExitFactory(pathway=pathway, positive_national=False)
        FollowUpFactory(exit=closing, answer="working", answered_at=clock.now())
        ProgressFactory(beneficiary=pathway.beneficiary)
        EpisodeFactory(beneficiary=pathway.beneficiary)
        counted = coordinator.client.get(url)
        found = counted.context["outcomes"]
        assert (found.exits, found.local, found.national) == (1, 1, 0)
        assert found.progress == [("permis obtenu", 1)]
        assert found.episodes == [("emploi", 1)]
        asked = found.asked[0]
        assert (asked.due, asked.answered, asked.positive, asked.silent) == (1, 1, 1, 0)

    def test_the_coordination_says_what_counts(self, programme, coordinator, adviser) -> None:
        url = f"/programmes/{programme.slug}/sorties/definition/"
        assert "définition nationale" in coordinator.client.get(url).text
        assert coordinator.client.post(url, {"positive": ["lasting"]}).status_code == 302
        assert coordinator.client.post(url, {"positive": ["lasting"]}).status_code == 409
        assert ExitDefinition.objects.get().positive == ["lasting"]
        assert adviser.client.get(url).status_code == 403

    def test_names_closed_show_no_list(self, programme, adviser) -> None:
        type(programme).objects.filter(pk=programme.pk).update(agreement_signed_on=None)
        for page in ("sorties", "suivis"):
            assert adviser.client.get(f"/programmes/{programme.slug}/{page}/").status_code == 200

    @pytest.mark.parametrize("page", ["sorties", "suivis"])
    def test_queries_do_not_grow(self, page, programme, adviser, organisation, assert_queries_do_not_grow) -> None:
        def grow(n: int = 5) -> None:
            for _ in range(n):
                person = BeneficiaryFactory(programme=programme, captured_by=organisation, created_by=adviser.user)
                FollowUpFactory(exit__pathway=PathwayFactory(beneficiary=person))
                StepFactory(pathway=PathwayFactory(beneficiary=person))

        grow(1)
        assert_queries_do_not_grow(adviser.client, f"/programmes/{programme.slug}/{page}/", grow, budget=40)
