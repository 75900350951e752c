"""A note is read by those it was meant for, and by nobody else (chapter 02)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from factories import BeneficiaryFactory, InvolvementFactory, NoteFactory, PartnershipFactory
from personas import Persona, persona
from sanscouture.access.enums import Perm, Role
from sanscouture.audit.models import JournalEntry
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.partners.enums import OrganisationKind
from sanscouture.pathways.enums import NoteReaders
from sanscouture.pathways.models import Note
from sanscouture.pathways.rules import notes as rules
from sanscouture.pathways.selectors.life import writing_for
from sanscouture.pathways.services import notes
from sanscouture.people.enums import InvolvementKind
from sanscouture.people.models import Involvement

WORDS = "Préfère être appelée le matin."


@pytest.fixture
def person(adviser: Persona) -> Any:
    return BeneficiaryFactory(
        programme=adviser.programme, captured_by=adviser.organisation, created_by=adviser.user, first_name="Lina"
    )


@pytest.fixture
def page(person) -> str:
    return f"/personnes/{person.pk}/"


def take_part(person, kind: InvolvementKind) -> Persona:
    """An adviser of one more organisation that takes part at a title."""
    organisation = PartnershipFactory(programme=person.programme).organisation
    InvolvementFactory(beneficiary=person, organisation=organisation, kind=kind)
    return persona(Role.ADVISER, person.programme, organisation)


@pytest.mark.parametrize("kind", OrganisationKind)
def test_what_is_proposed_first_may_be_chosen(kind: OrganisationKind) -> None:
    assert rules.proposed(kind) in rules.choices(kind) == list(NoteReaders)


@pytest.mark.parametrize(
    ("kind", "readers"),
    [
        (OrganisationKind.CCAS, NoteReaders.ME),
        (OrganisationKind.DEPARTMENT_SOCIAL, NoteReaders.ME),
        (OrganisationKind.CSAPA, NoteReaders.ME),
        (OrganisationKind.MISSION_LOCALE, NoteReaders.SUPPORT),
        (None, NoteReaders.TEAM),
    ],
)
def test_professional_secrecy_is_the_first_choice_of_those_bound_by_it(kind, readers) -> None:
    assert rules.proposed(kind) == readers


def test_the_team_of_the_programme_has_no_organisation_to_keep_a_note_in() -> None:
    assert NoteReaders.ORGANISATION not in rules.choices(None)


ALL = {"writer", "colleague", "contributor", "receiver", "coordinator"}


@pytest.mark.parametrize(
    ("readers", "expected"),
    [
        (NoteReaders.ME, {"writer"}),
        (NoteReaders.ORGANISATION, {"writer", "colleague"}),
        (NoteReaders.SUPPORT, {"writer", "colleague", "contributor"}),
        (NoteReaders.TEAM, ALL),
    ],
)
def test_each_choice_opens_to_those_it_names_and_to_nobody_else(
    readers, expected, person, page, adviser, coordinator, outreach_worker, other_programme_adviser
) -> None:
    who = {
        "writer": adviser,
        "colleague": persona(Role.ADVISER, person.programme, adviser.organisation),
        "contributor": take_part(person, InvolvementKind.CONTRIBUTOR),
        "receiver": take_part(person, InvolvementKind.RECEIVES),
        "coordinator": coordinator,
    }
    note = NoteFactory(beneficiary=person, text=WORDS, readers=readers)
    assert {name for name, one in who.items() if WORDS in one.client.get(page).text} == expected
    for one in (*who.values(), outreach_worker, other_programme_adviser):
        seen = Note.objects.visible_to(one.actor, Perm.PERSON_READ).filter(pk=note.pk).exists()
        assert seen == (one in [who[name] for name in expected])


def test_the_programme_s_team_reads_its_own_notes(person, page, coordinator, adviser) -> None:
    notes.write_note(person, text=WORDS, readers="me", organisation=None, actor=coordinator.actor)
    assert WORDS in coordinator.client.get(page).text
    assert WORDS not in adviser.client.get(page).text


def test_a_note_follows_the_record_out_of_sight(person, adviser) -> None:
    NoteFactory(beneficiary=person)
    contributor = take_part(person, InvolvementKind.CONTRIBUTOR)
    assert Note.objects.visible_to(contributor.actor, Perm.PERSON_READ).exists()
    Involvement.objects.filter(organisation=contributor.organisation).update(until=clock.today())
    assert not Note.objects.visible_to(contributor.actor, Perm.PERSON_READ).exists()


class TestActs:
    @pytest.mark.parametrize(
        "wrong",
        [
            {"text": "  "},
            {"readers": "everybody"},
            {"readers": "organisation", "organisation": None},
            {"on": clock.today() + timedelta(days=1)},
        ],
        ids=str,
    )
    def test_an_unsound_note_is_refused(self, wrong, person, adviser) -> None:
        said = {"text": WORDS, "readers": "support", "organisation": adviser.organisation, **wrong}
        with pytest.raises(Refused):
            notes.write_note(person, actor=adviser.actor, **said)

    def test_its_writer_alone_corrects_it_and_takes_it_back(self, person, adviser, recipient) -> None:
        note = NoteFactory(beneficiary=person)
        for act in (
            lambda: notes.edit_note(note, text="Autre", readers="me", version=1, actor=recipient.actor),
            lambda: notes.remove_note(note, actor=recipient.actor),
            lambda: notes.restore_note(note, actor=recipient.actor),
        ):
            with pytest.raises(Refused, match="Seule la personne"):
                act()

    def test_a_stale_page_or_a_second_click_is_told(self, person, adviser) -> None:
        note = NoteFactory(beneficiary=person)
        actor = adviser.actor
        notes.edit_note(note, text="Autre", readers="me", version=1, actor=actor)
        with pytest.raises(Conflict, match="entre-temps"):
            notes.edit_note(note, text="Encore", readers="me", version=1, actor=actor)
        with pytest.raises(Refused):
            notes.edit_note(note, text="", readers="me", version=2, actor=actor)
        with pytest.raises(Conflict, match="déjà revenue"):
            notes.restore_note(note, actor=actor)
        notes.remove_note(note, actor=actor)
        with pytest.raises(Conflict, match="déjà retirée"):
            notes.remove_note(note, actor=actor)

    def test_one_writes_for_the_organisation_that_follows_the_person(self, person, adviser, coordinator) -> None:
        assert writing_for(coordinator.actor, person) is None
        assert writing_for(adviser.actor, person) == adviser.organisation
        assert writing_for(take_part(person, InvolvementKind.RECEIVES).actor, person) is not None


class TestViews:
    def test_a_note_is_written_corrected_taken_back_and_put_back(self, person, page, adviser, coordinator) -> None:
        client = adviser.client
        form = client.get(f"{page}notes/nouvelle/")
        assert 'value="support"' in form.text
        today = clock.today().isoformat()
        assert client.post(f"{page}notes/nouvelle/", {"text": "", "readers": "me", "on": today}).status_code == 422
        future = (clock.today() + timedelta(days=1)).isoformat()
        said = {"text": WORDS, "readers": "me"}
        assert client.post(f"{page}notes/nouvelle/", {**said, "on": future}).status_code == 422
        assert client.post(f"{page}notes/nouvelle/", {**said, "on": today}).status_code == 302
        note = Note.objects.get()
        assert WORDS in client.get(f"{page}?voir=notes").text
        edit = f"/notes/{note.pk}/modifier/"
        assert client.post(edit, {"text": "Appeler à 9 h", "readers": "team", "version": 1}).status_code == 302
        assert client.post(edit, {"text": "Autre", "readers": "team", "version": 1}).status_code == 409
        assert "Appeler à 9 h" in coordinator.client.get(page).text
        assert client.post(f"/notes/{note.pk}/retirer/", follow=True).redirect_chain == [(page, 302)]
        for one in (client, coordinator.client):
            assert "Appeler à 9 h" not in one.get(page).text
        assert coordinator.client.get(edit).status_code == 404
        assert f"/notes/{note.pk}/remettre/" in client.get(page).text
        assert client.post(f"/notes/{note.pk}/remettre/").status_code == 302
        assert "Appeler à 9 h" in coordinator.client.get(page).text
        written = JournalEntry.objects.filter(model="pathways.note", is_read=False).values_list("verb", flat=True)
        assert set(written) == {"note.write", "note.edit", "note.remove", "note.restore"}
        assert not JournalEntry.objects.filter(note__contains="Appeler").exists()

    def test_a_reader_is_sent_back_and_told(self, person, page, coordinator) -> None:
        note = NoteFactory(beneficiary=person)
        answer = coordinator.client.get(f"/notes/{note.pk}/modifier/", follow=True)
        assert answer.redirect_chain == [(page, 302)]
        assert "Seule la personne qui a écrit" in answer.text
        for act in ("retirer", "remettre"):
            assert "Seule la personne" in coordinator.client.post(f"/notes/{note.pk}/{act}/", follow=True).text

    def test_a_ccas_keeps_it_private_unless_it_chooses(self, programme) -> None:
        ccas = PartnershipFactory(programme=programme, organisation__kind=OrganisationKind.CCAS).organisation
        who = persona(Role.ADVISER, programme, ccas)
        person = BeneficiaryFactory(programme=programme, captured_by=ccas)
        form = who.client.get(f"/personnes/{person.pk}/notes/nouvelle/").context["form"]
        assert form.initial["readers"] == "me"

    def test_the_name_of_a_sensitive_organisation_stays_veiled(self, person, page, coordinator) -> None:
        csapa = PartnershipFactory(
            programme=person.programme, organisation__kind=OrganisationKind.CSAPA, organisation__name="CSAPA inventé"
        ).organisation
        NoteFactory(beneficiary=person, organisation=csapa, text=WORDS)
        answer = coordinator.client.get(page).text
        assert WORDS in answer
        assert "CSAPA inventé" not in answer

    def test_methods(self, person, page, adviser) -> None:
        note = NoteFactory(beneficiary=person)
        assert adviser.client.put(f"{page}notes/nouvelle/").status_code == 405
        assert adviser.client.get(f"/notes/{note.pk}/retirer/").status_code == 405

    def test_queries_do_not_grow(self, person, page, adviser, assert_queries_do_not_grow) -> None:
        NoteFactory(beneficiary=person)
        assert_queries_do_not_grow(
            adviser.client, page, lambda: NoteFactory.create_batch(5, beneficiary=person), budget=70
        )
