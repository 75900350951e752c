from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import docx
import pytest

from documents.test_writers import words_of_docx
from factories import PartnershipFactory
from personas import Persona
from programmes.agreements import prepared, signed
from sanscouture.core import clock
from sanscouture.documents.rules.content import shown
from sanscouture.partners.models import Organisation
from sanscouture.programmes.enums import VersionState
from sanscouture.programmes.models import AgreementVersion, Programme
from sanscouture.programmes.services import prepare_version

PAGE = "/programmes/trois-ponts/donnees-personnelles/"
HOSTILE = '#read("/etc/passwd") <b>$*'


@pytest.fixture
def partners(programme: Programme, organisation: Organisation, recipient_organisation: Organisation) -> Any:
    Programme.objects.filter(pk=programme.pk).update(agreement_signed_on=None, impact_assessment_signed_on=None)
    return organisation, recipient_organisation


@pytest.fixture
def version(partners: Any, programme: Programme) -> AgreementVersion:
    return prepared(programme, partners[0])


@pytest.fixture(autouse=True)
def recent(settings: Any) -> None:
    """Somebody has just signed in: the second question is tried on its own."""
    settings.ACCESS_RECENT = f"{__name__}.nothing"


def nothing(request: object) -> None:
    """Ask nothing more."""


class TestPage:
    def test_a_closed_programme_says_how_it_opens_and_what_is_missing(
        self, coordinator: Persona, adviser: Persona, partners: Any
    ) -> None:
        page = coordinator.client.get(PAGE).text
        assert "Les noms sont fermés" in page
        assert "Comment ouvrir les noms" in page
        assert "Le point de contact des habitants" in page
        assert f'href="{PAGE}reglages/"' in page
        assert "Préparer une version à signer" not in page, "something required is missing"
        theirs = adviser.client.get(PAGE).text
        assert "Les noms sont fermés" in theirs
        assert "reglages/" not in theirs
        assert "projet/convention.pdf" not in theirs

    def test_an_open_one_says_since_when_and_what_changed(
        self, coordinator: Persona, version: AgreementVersion, partners: Any
    ) -> None:
        signed(version, *partners)
        page = coordinator.client.get(PAGE).text
        assert "Les noms sont ouverts" in page
        assert "Rien n’a changé" in page
        assert "2 signatures" in page
        assert "Lazare Fictif" in page
        PartnershipFactory(programme=version.programme, organisation__name="Régie nouvelle")
        page = coordinator.client.get(PAGE).text
        assert "Avenant à signer" in page
        assert "Régie nouvelle est partenaire depuis." in page
        version.signatures.filter(organisation=partners[0]).delete()
        assert "Comment ouvrir les noms" not in page

    def test_a_signature_from_before_versions_is_understood(self, coordinator: Persona) -> None:
        page = coordinator.client.get(PAGE).text
        assert "avant que les versions ne soient gardées" in page
        assert "donnees-personnelles/fermer/" in page

    def test_the_pages_of_names_lead_here_while_they_are_closed(self, adviser: Persona, partners: Any) -> None:
        for url in ("/", "/programmes/trois-ponts/personnes/", "/programmes/trois-ponts/ruptures/"):
            page = adviser.client.get(url)
            assert page.status_code == 200, url
            assert "Les noms de ce programme sont fermés" in page.text, url
            assert f'href="{PAGE}"' in page.text, url

    def test_it_is_for_members(self, stranger: Persona, other_programme_adviser: Persona, partners: Any) -> None:
        assert stranger.client.get(PAGE).status_code == 403
        assert other_programme_adviser.client.get(PAGE).status_code == 404
        assert other_programme_adviser.client.post(PAGE).status_code == 405

    def test_queries_do_not_grow(
        self,
        coordinator: Persona,
        version: AgreementVersion,
        partners: Any,
        assert_queries_do_not_grow: Callable[..., None],
    ) -> None:
        signed(version, *partners)

        def grow() -> None:
            for _rank in range(5):
                PartnershipFactory(programme=version.programme)
                prepare_version(version.programme, actor=coordinator.actor)

        prepare_again = PartnershipFactory(programme=version.programme)
        prepare_version(prepare_again.programme, actor=coordinator.actor)
        assert_queries_do_not_grow(coordinator.client, PAGE, grow, budget=28)


class TestDocuments:
    @pytest.mark.parametrize("paper", ["convention", "analyse-impact"])
    def test_drafts_follow_the_configuration_and_never_run_it(
        self, coordinator: Persona, copilot: Persona, programme: Programme, partners: Any, paper: str
    ) -> None:
        PartnershipFactory(programme=programme, organisation__name=HOSTILE, role=HOSTILE)
        words = words_of_docx(coordinator.client.get(f"{PAGE}projet/{paper}.docx").content)
        assert HOSTILE in words
        assert partners[0].name in words
        made = copilot.client.get(f"{PAGE}projet/{paper}.pdf")
        assert made.content.startswith(b"%PDF-")
        assert made["Content-Disposition"] == f'attachment; filename="{paper}-trois-ponts-projet.pdf"'
        assert made["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in made["Cache-Control"]

    def test_a_version_is_printed_as_it_was(self, coordinator: Persona, version: AgreementVersion) -> None:
        url = f"/conventions/{version.pk}/convention.docx"
        before = words_of_docx(coordinator.client.get(url).content)
        PartnershipFactory(programme=version.programme, organisation__name="Régie nouvelle")
        assert words_of_docx(coordinator.client.get(url).content) == before
        foot = docx.Document(io.BytesIO(coordinator.client.get(url).content)).sections[0].footer.paragraphs[0].text
        assert f"version {shown(version.fingerprint)}" in foot
        assert shown(version.fingerprint) in coordinator.client.get(PAGE).text, "the page and the foot say the same"
        assert coordinator.client.get(url.replace(".docx", ".pdf")).content.startswith(b"%PDF-")

    def test_they_are_for_who_signs(
        self, adviser: Persona, other_programme_adviser: Persona, coordinator: Persona, version: AgreementVersion
    ) -> None:
        for url in (f"{PAGE}projet/convention.pdf", f"/conventions/{version.pk}/convention.pdf"):
            assert adviser.client.get(url).status_code == 403
            assert coordinator.client.post(url).status_code == 405
            assert coordinator.client.get(url.replace("convention.pdf", "convention.exe")).status_code == 404
            assert coordinator.client.get(url.replace("convention.pdf", "autre.pdf")).status_code == 404
        assert coordinator.client.get(f"/conventions/{uuid4()}/convention.pdf").status_code == 404


class TestActs:
    def test_settings_are_written_then_a_version_is_prepared(
        self, coordinator: Persona, partners: Any, programme: Programme
    ) -> None:
        said = {"rights_organisation": partners[0].pk, "rights_contact": "droits@a.example", "officer_name": "Ondine"}
        page = coordinator.client.post(f"{PAGE}reglages/", said, follow=True).text
        assert "droits@a.example" in page
        assert "Préparer une version à signer" in page
        wrong = coordinator.client.post(f"{PAGE}reglages/", {"officer_opinion_on": "hier"})
        assert wrong.status_code == 422
        page = coordinator.client.post(f"{PAGE}preparer/", follow=True).text
        assert "Version 1" in page
        assert "Enregistrer la signature" in page
        again = coordinator.client.post(f"{PAGE}preparer/", follow=True).text
        assert "rien n’a changé depuis" in again

    def test_a_copilot_records_the_signature(
        self, copilot: Persona, adviser: Persona, version: AgreementVersion, partners: Any
    ) -> None:
        url, today = f"/conventions/{version.pk}/signature/", clock.today().isoformat()
        page = copilot.client.get(url).text
        assert f"verront des noms\u00a0: {partners[0].name}" in page
        names = {f"name_{rank}": "Capucine Inventée" for rank in range(2)}
        wrong = copilot.client.post(url, {"agreement_on": today, "assessment_on": today, "name_0": "Seule"})
        assert wrong.status_code == 422
        assert "Au moins deux structures" in wrong.text
        assert copilot.client.post(url, {"agreement_on": "", **names}).status_code == 422
        done = copilot.client.post(url, {"agreement_on": today, "assessment_on": today, **names}, follow=True)
        assert "les noms sont ouverts" in done.text
        assert copilot.client.post(url, {"agreement_on": today, "assessment_on": today, **names}).status_code == 409
        version.refresh_from_db()
        assert version.state == VersionState.SIGNED

    def test_names_are_closed_with_a_reason_and_the_signature_restored(
        self, coordinator: Persona, version: AgreementVersion, partners: Any
    ) -> None:
        signed(version, *partners)
        url = f"{PAGE}fermer/"
        assert "Ce qui sera perdu" in coordinator.client.get(url).text
        assert coordinator.client.post(url, {"reason": ""}).status_code == 422
        page = coordinator.client.post(url, {"reason": "Convention dénoncée"}, follow=True).text
        assert "Rien n’est effacé" in page
        assert "Convention dénoncée" in page
        assert "Rétablir la signature" in page
        assert coordinator.client.post(url, {"reason": "Encore"}).status_code == 409
        again = coordinator.client.get(f"/conventions/{version.pk}/signature/").text
        assert 'value="Lazare Fictif"' in again

    def test_each_act_is_for_who_may(
        self, adviser: Persona, copilot: Persona, coordinator: Persona, version: AgreementVersion
    ) -> None:
        for act in ("reglages", "preparer"):
            assert copilot.client.post(f"{PAGE}{act}/").status_code == 403
        for url in (f"{PAGE}fermer/", f"/conventions/{version.pk}/signature/"):
            assert adviser.client.get(url).status_code == 403
            assert coordinator.client.put(url).status_code == 405
        assert coordinator.client.get(f"{PAGE}preparer/").status_code == 405


def test_who_is_there_is_asked_again_before_names_open_or_close(
    settings: Any, coordinator: Persona, version: AgreementVersion
) -> None:
    settings.ACCESS_RECENT = "sanscouture.accounts.services.must_be_recent"
    for url in (f"{PAGE}fermer/", f"/conventions/{version.pk}/signature/"):
        answer = coordinator.client.get(url)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/compte/confirmer/")
