"""Names open when both documents are recorded as signed by who must, and close when that is taken back (chapter 08)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from factories import BeneficiaryFactory, PartnershipFactory
from personas import Persona
from programmes.agreements import prepared, signed
from sanscouture.access.scope import scope_of
from sanscouture.audit.models import JournalEntry
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.documents.rules.content import fingerprint, read
from sanscouture.notifications.models import Notice, OutgoingMessage
from sanscouture.partners.models import Organisation
from sanscouture.people.models import Beneficiary
from sanscouture.programmes import services
from sanscouture.programmes.enums import VersionState
from sanscouture.programmes.models import AgreementVersion, DataProtection, Partnership, Programme
from sanscouture.programmes.selectors.agreement import standing_of
from sanscouture.programmes.services import Signatory


@pytest.fixture
def closed(programme: Programme) -> Programme:
    Programme.objects.filter(pk=programme.pk).update(agreement_signed_on=None, impact_assessment_signed_on=None)
    programme.refresh_from_db()
    return programme


@pytest.fixture
def version(
    closed: Programme, organisation: Organisation, recipient_organisation: Organisation, adviser: Persona
) -> AgreementVersion:
    """A version of two partners; the accounts of one of them would see names."""
    return prepared(closed, recipient_organisation)


class TestPreparing:
    def test_what_is_required_and_missing_is_said(self, programme: Programme, organisation: Organisation) -> None:
        with pytest.raises(Refused, match=r"deux structures partenaires.*point de contact"):
            services.prepare_version(programme, actor="essai")

    def test_it_keeps_both_documents_word_for_word(
        self, version: AgreementVersion, organisation: Organisation, coordinator: Persona
    ) -> None:
        kept = (version.agreement, version.assessment)
        assert fingerprint(read(kept[0]), read(kept[1])) == version.fingerprint
        assert organisation.name in str(version.agreement)
        with pytest.raises(Conflict, match="rien n’a changé"):
            services.prepare_version(version.programme, actor=coordinator.actor)
        PartnershipFactory(programme=version.programme, organisation__name="Association nouvelle")
        second = services.prepare_version(version.programme, actor=coordinator.actor)
        assert (second.number, second.prepared_by) == (2, coordinator.user)
        version.refresh_from_db()
        assert (version.agreement, version.assessment) == kept
        assert second.fingerprint != version.fingerprint

    def test_an_opinion_has_its_day_and_is_not_to_come(
        self, programme: Programme, organisation: Organisation, coordinator: Persona
    ) -> None:
        said = {"rights_organisation": organisation, "rights_contact": "a@b.example", "actor": coordinator.actor}
        with pytest.raises(Refused, match="à venir"):
            services.save_data_protection(
                programme,
                officer_opinion="Oui.",
                officer_opinion_on=clock.today() + timedelta(days=1),
                **said,
            )
        services.save_data_protection(programme, officer_opinion="", officer_opinion_on=clock.today(), **said)
        services.save_data_protection(programme, officer_name="Ondine Inventée", **said)
        kept = DataProtection.objects.get(programme=programme)
        assert (kept.officer_name, kept.officer_opinion_on) == ("Ondine Inventée", None)


class TestSigning:
    def test_it_opens_the_names_in_the_database_itself(
        self,
        version: AgreementVersion,
        organisation: Organisation,
        recipient_organisation: Organisation,
        adviser: Persona,
        coordinator: Persona,
        copilot: Persona,
    ) -> None:
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            BeneficiaryFactory(programme=version.programme, captured_by=organisation)
        assert not adviser.actor.named
        signed(version, organisation, recipient_organisation, actor=coordinator.actor)
        BeneficiaryFactory(programme=version.programme, captured_by=organisation)
        assert adviser.actor.named == {version.programme_id}
        with scope_of(adviser.actor):
            assert Beneficiary.objects.count() == 1
        assert JournalEntry.objects.filter(verb="programme.agreement", actor_id=coordinator.user.pk).exists()
        told = set(Notice.objects.values_list("user", flat=True))
        assert told == {copilot.user.pk}, "who answers for names is told, but who acts"
        assert all(organisation.name not in one.body_text for one in OutgoingMessage.objects.all())

    def test_who_would_see_names_must_have_signed(
        self, version: AgreementVersion, organisation: Organisation, recipient_organisation: Organisation
    ) -> None:
        other = PartnershipFactory(programme=version.programme).organisation
        with pytest.raises(Refused, match="deux structures"):
            signed(version, organisation)
        with pytest.raises(Refused, match="n’est pas partie à cette version"):
            signed(version, organisation, other)
        third = services.prepare_version(version.programme, actor="essai")
        with pytest.raises(Refused, match=rf"verraient des noms.*{organisation.name}"):
            signed(third, recipient_organisation, other)
        version.programme.refresh_from_db()
        assert not version.programme.names_open

    def test_days_that_cannot_be(
        self, version: AgreementVersion, organisation: Organisation, recipient_organisation: Organisation
    ) -> None:
        both, day = (organisation, recipient_organisation), timedelta(days=1)
        with pytest.raises(Refused, match="à venir"):
            signed(version, *both, agreement_on=clock.today() + day)
        with pytest.raises(Refused, match="précéder"):
            signed(version, *both, assessment_on=clock.today() - day)

    def test_a_newer_signature_replaces_the_former(
        self, version: AgreementVersion, organisation: Organisation, recipient_organisation: Organisation
    ) -> None:
        both = (organisation, recipient_organisation)
        signed(version, *both)
        with pytest.raises(Conflict, match="déjà signée"):
            signed(version, *both)
        Partnership.objects.filter(organisation=organisation).update(contribution="Un accueil de plus")
        second = services.prepare_version(version.programme, actor="essai")
        signed(second, *both)
        version.refresh_from_db()
        assert (version.state, second.state) == (VersionState.REPLACED, VersionState.PREPARED)
        assert standing_of(version.programme).live == second
        with pytest.raises(Conflict, match="déjà remplacée"):
            signed(version, *both)

    def test_two_versions_are_never_in_force(
        self, version: AgreementVersion, organisation: Organisation, recipient_organisation: Organisation
    ) -> None:
        signed(version, organisation, recipient_organisation)
        PartnershipFactory(programme=version.programme)
        second = services.prepare_version(version.programme, actor="essai")
        today = clock.today()
        with pytest.raises(IntegrityError, match="agreement_one_signed"), transaction.atomic():
            AgreementVersion.objects.filter(pk=second.pk).update(
                state=VersionState.SIGNED, agreement_signed_on=today, assessment_signed_on=today
            )


class TestWithdrawing:
    def test_names_close_nothing_is_lost_and_it_can_be_undone(
        self,
        version: AgreementVersion,
        organisation: Organisation,
        recipient_organisation: Organisation,
        adviser: Persona,
        copilot: Persona,
    ) -> None:
        both = (organisation, recipient_organisation)
        signed(version, *both)
        BeneficiaryFactory(programme=version.programme, captured_by=organisation)
        with pytest.raises(Refused, match="pourquoi"):
            services.withdraw_agreement(version.programme, reason="  ", actor=copilot.actor)
        services.withdraw_agreement(version.programme, reason="Un partenaire s’est retiré.", actor=copilot.actor)
        version.refresh_from_db()
        assert (version.state, version.withdrawn_by) == (VersionState.WITHDRAWN, copilot.user)
        assert not adviser.actor.named
        with scope_of(adviser.actor):
            assert not Beneficiary.objects.exists()
        entry = JournalEntry.objects.get(verb="programme.agreement_withdraw")
        assert entry.note == "Un partenaire s’est retiré."
        with pytest.raises(Conflict, match="déjà fermés"):
            services.withdraw_agreement(version.programme, reason="Encore", actor=copilot.actor)
        signed(version, *both)
        version.refresh_from_db()
        assert (version.state, version.withdrawn_reason) == (VersionState.SIGNED, "")
        with scope_of(adviser.actor):
            assert Beneficiary.objects.count() == 1

    def test_a_signature_recorded_before_versions_were_kept_is_withdrawn_too(self, programme: Programme) -> None:
        services.withdraw_agreement(programme, reason="Reprise", actor="essai")
        programme.refresh_from_db()
        assert not programme.names_open


class TestStanding:
    def test_what_changed_since_is_said(
        self, version: AgreementVersion, organisation: Organisation, recipient_organisation: Organisation
    ) -> None:
        signed(version, organisation, recipient_organisation)
        same = standing_of(version.programme)
        assert (same.differences, same.to_amend, same.unsigned) == ([], False, [])
        assert same.waiting is None
        assert not same.ready, "the version in force says it already"
        PartnershipFactory(programme=version.programme, organisation__name="Régie nouvelle")
        changed = standing_of(version.programme)
        assert [one.text for one in changed.differences] == ["Régie nouvelle est partenaire depuis."]
        assert changed.to_amend
        assert changed.ready
        second = services.prepare_version(version.programme, actor="essai")
        after = standing_of(version.programme)
        assert (after.waiting, after.ready) == (second, False)
        assert changed.fingerprint != version.fingerprint

    def test_a_partner_who_sees_names_without_having_signed_is_named(
        self,
        version: AgreementVersion,
        organisation: Organisation,
        recipient_organisation: Organisation,
        recipient: Persona,
    ) -> None:
        version.signatures.all()
        services.record_agreement(
            version,
            agreement_on=clock.today(),
            assessment_on=clock.today(),
            signatures={one.pk: Signatory("A") for one in (organisation, recipient_organisation)},
            actor="essai",
        )
        version.signatures.filter(organisation=recipient_organisation).delete()
        assert standing_of(version.programme).unsigned == [recipient_organisation.name]

    def test_another_text_of_the_program_is_seen(
        self, version: AgreementVersion, organisation: Organisation, recipient_organisation: Organisation
    ) -> None:
        signed(version, organisation, recipient_organisation)
        AgreementVersion.objects.filter(pk=version.pk).update(fingerprint="0" * 64)
        standing = standing_of(version.programme)
        assert (standing.text_changed, standing.to_amend) == (True, True)
