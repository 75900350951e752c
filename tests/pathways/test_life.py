"""Episodes overlap and close nothing; progress counts beside exits (chapter 02)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from factories import BeneficiaryFactory, EpisodeFactory, PathwayFactory, ProgressFactory
from personas import Persona
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.pathways.enums import EpisodeKind, ProgressKind
from sanscouture.pathways.models import Episode, Pathway, Progress
from sanscouture.pathways.rules import life as rules
from sanscouture.pathways.services import life

DAY = date(2026, 3, 2)


@pytest.fixture
def person(adviser: Persona) -> Any:
    made = BeneficiaryFactory(
        programme=adviser.programme, captured_by=adviser.organisation, created_by=adviser.user, first_name="Lina"
    )
    PathwayFactory(beneficiary=made)
    return made


@pytest.fixture
def page(person) -> str:
    return f"/personnes/{person.pk}/"


class TestRules:
    @pytest.mark.parametrize("kind", ProgressKind)
    def test_a_level_is_said_where_it_is_measured_and_there_alone(self, kind) -> None:
        for level in ("", "b1", "7", "11"):
            right = level in rules.LEVELS.get(kind, ("",))
            assert (not rules.wrong_progress(kind, level, DAY, today=DAY)) == right

    def test_what_cannot_be_is_said(self) -> None:
        assert "Choisissez" in rules.wrong_progress("money", "", DAY, today=DAY)
        assert "jour passé" in rules.wrong_progress("licence", "", DAY + timedelta(days=1), today=DAY)
        assert "avant le début" in rules.wrong_dates(DAY, DAY - timedelta(days=1))
        assert rules.wrong_dates(DAY, DAY) == rules.wrong_dates(DAY, None) == ""

    @pytest.mark.parametrize(
        ("kind", "level", "before", "said"),
        [
            ("confidence", "6", "3", "6 sur 10 (auparavant 3)"),
            ("confidence", "6", "", "6 sur 10"),
            ("language", "a2", "a1", "A2 (auparavant A1)"),
            ("language", "a2", "", "A2"),
            ("licence", "", "", ""),
        ],
    )
    def test_a_level_is_said_with_the_one_before(self, kind, level, before, said) -> None:
        assert rules.said_level(kind, level, before).replace("\u00a0", " ") == said


class TestActs:
    def test_episodes_overlap_and_a_job_closes_nothing(self, person, adviser) -> None:
        for kind in (EpisodeKind.JOB, EpisodeKind.TRAINING):
            life.add_episode(person, kind=kind, starts_on=DAY, actor=adviser.actor)
        assert Episode.objects.filter(beneficiary=person, ends_on=None).count() == 2
        assert Pathway.objects.get(beneficiary=person).closed_on is None

    def test_an_episode_that_cannot_be_is_refused(self, person, adviser) -> None:
        with pytest.raises(Refused, match="avant le début"):
            life.add_episode(person, kind="job", starts_on=DAY, ends_on=DAY - timedelta(days=1), actor=adviser.actor)
        with pytest.raises(Refused, match="Choisissez"):
            life.add_episode(person, kind="prison", starts_on=DAY, actor=adviser.actor)

    def test_an_episode_ends_once_after_it_began(self, person, adviser) -> None:
        episode = EpisodeFactory(beneficiary=person, starts_on=DAY)
        with pytest.raises(Refused, match="avant le début"):
            life.end_episode(episode, on=DAY - timedelta(days=1), actor=adviser.actor)
        life.end_episode(episode, on=DAY, actor=adviser.actor)
        with pytest.raises(Conflict, match="déjà notée"):
            life.end_episode(episode, on=DAY, actor=adviser.actor)

    def test_what_was_written_by_mistake_is_taken_back_once(self, person, adviser) -> None:
        for row, act in ((EpisodeFactory, life.remove_episode), (ProgressFactory, life.remove_progress)):
            made = row(beneficiary=person)
            kept = type(made).objects.get(pk=made.pk)
            assert act(made, actor=adviser.actor) == person
            with pytest.raises(Conflict):
                act(kept, actor=adviser.actor)

    def test_progress_is_sound_or_refused(self, person, adviser) -> None:
        assert life.note_progress(person, kind="confidence", level="7", actor=adviser.actor).on == clock.today()
        with pytest.raises(Refused, match="niveau"):
            life.note_progress(person, kind="language", actor=adviser.actor)


class TestViews:
    def test_an_episode_is_written_ended_and_told(self, person, page, adviser) -> None:
        client = adviser.client
        assert client.get(f"{page}episodes/nouveau/").status_code == 200
        said = {"kind": "training", "label": "Hôtellerie", "starts_on": "2026-03-02", "ends_on": "2026-03-01"}
        assert client.post(f"{page}episodes/nouveau/", said).status_code == 422
        assert client.post(f"{page}episodes/nouveau/", {**said, "ends_on": ""}).status_code == 302
        episode = Episode.objects.get()
        here = f"/episodes/{episode.pk}/"
        assert "En ce moment" in client.get(page).text
        assert "Hôtellerie" in client.get(here).text
        assert client.post(here, {"on": "2026-03-01"}).status_code == 422
        assert client.post(here, {"on": "2026-04-01"}).status_code == 302
        assert client.post(here, {"on": "2026-04-01"}).status_code == 409
        told = client.get(f"{page}?voir=vie").text.replace("\u00a0", " ")
        assert "En ce moment" not in told
        assert "Début : formation" in told
        assert "Fin : formation" in told
        client.post(f"{here}retirer/")
        assert not Episode.objects.exists()
        assert client.post(f"{here}retirer/").status_code == 404

    def test_an_episode_ahead_is_not_told_yet(self, person, page, adviser) -> None:
        EpisodeFactory(beneficiary=person, starts_on=clock.today() + timedelta(days=5))
        assert "Début" not in adviser.client.get(f"{page}?voir=vie").text

    def test_progress_is_written_told_and_taken_back(self, person, page, adviser) -> None:
        client = adviser.client
        new = f"{page}progres/nouveau/"
        assert client.get(new).status_code == 200
        for wrong in (
            {"kind": "language", "on": "2026-03-02"},
            {"kind": "licence", "on": "2999-01-01"},
            {"kind": "confidence", "confidence": "12", "on": "2026-03-02"},
            {},
        ):
            assert client.post(new, wrong).status_code == 422
        for mark in ("3", "6"):
            said = {"kind": "confidence", "confidence": mark, "on": "2026-03-02", "label": "Après l’atelier"}
            assert client.post(new, said).status_code == 302
        told = client.get(f"{page}?voir=vie").text.replace("\u00a0", " ")
        assert "6 sur 10 (auparavant 3), Après l’atelier" in told
        here = f"/progres/{Progress.objects.order_by('created_at').last().pk}/retirer/"
        assert client.get(here).status_code == 200
        assert client.post(here).status_code == 302
        assert Progress.objects.count() == 1

    def test_those_who_may_not_are_kept_out(self, person, page, copilot, other_programme_adviser) -> None:
        here = f"/episodes/{EpisodeFactory(beneficiary=person).pk}/"
        for url in (f"{page}episodes/nouveau/", f"{page}progres/nouveau/", here):
            assert copilot.client.get(url).status_code == 403
            assert other_programme_adviser.client.get(url).status_code == 404

    def test_methods(self, person, page, adviser) -> None:
        assert adviser.client.put(f"{page}episodes/nouveau/").status_code == 405
        assert adviser.client.get(f"/episodes/{EpisodeFactory(beneficiary=person).pk}/retirer/").status_code == 405

    def test_queries_do_not_grow(self, person, page, adviser, assert_queries_do_not_grow) -> None:
        EpisodeFactory(beneficiary=person)
        ProgressFactory(beneficiary=person)

        def grow() -> None:
            EpisodeFactory.create_batch(5, beneficiary=person)
            ProgressFactory.create_batch(5, beneficiary=person)

        assert_queries_do_not_grow(adviser.client, page, grow, budget=70)
