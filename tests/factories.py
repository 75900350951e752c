"""Rows for tests, each valid by itself. Invented people only; phones of the range kept for fiction."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import factory
from django.db import transaction
from factory.django import DjangoModelFactory

import scoping
from sanscouture.accounts.models import User
from sanscouture.core import clock
from sanscouture.directory.models import Service
from sanscouture.meetings.enums import BodyKind
from sanscouture.meetings.models import Body, Meeting
from sanscouture.partners.enums import OrganisationKind
from sanscouture.partners.models import Organisation
from sanscouture.pathways.enums import AdmissionState, EventKind, ReferralState, RuptureRule, SessionKind
from sanscouture.pathways.models import (
    Admission,
    AnswerLink,
    Appointment,
    Attendance,
    Barrier,
    Cohort,
    Episode,
    Exit,
    FollowUp,
    Handover,
    Need,
    Note,
    Pathway,
    Progress,
    Referent,
    Referral,
    ReferralEvent,
    Rupture,
    Session,
    Step,
    Strength,
)
from sanscouture.people.enums import InvolvementKind, RestrictionReason
from sanscouture.people.models import (
    AttachmentRequest,
    Basis,
    Beneficiary,
    FactChange,
    FormerQpvAnswer,
    Involvement,
    PublicMark,
    Reader,
    Restriction,
    SafeContact,
)
from sanscouture.programmes.models import Partnership, Programme, RoleGrant


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"compte{n}@exemple.example")
    first_name = factory.Iterator(["Inès", "Malik", "Awa", "Théo"])
    last_name = factory.Sequence(lambda n: f"Fictif{n}")
    password = factory.django.Password("mot de passe de test 42")


class ProgrammeFactory(DjangoModelFactory[Programme]):
    class Meta:
        model = Programme
        skip_postgeneration_save = True

    slug = factory.Sequence(lambda n: f"cite-{n}")
    name = factory.Sequence(lambda n: f"Cité {n}")
    agreement_signed_on = date(2026, 1, 5)
    impact_assessment_signed_on = date(2026, 1, 5)

    class Params:
        names_closed = factory.Trait(agreement_signed_on=None, impact_assessment_signed_on=None)

    @factory.post_generation
    def widened(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        scoping.widen(self.pk)  # type: ignore[attr-defined]


class OrganisationFactory(DjangoModelFactory[Organisation]):
    class Meta:
        model = Organisation

    name = factory.Sequence(lambda n: f"Structure inventée {n}")
    kind = OrganisationKind.SOCIAL_CENTRE
    email = factory.Sequence(lambda n: f"accueil{n}@structure.example")
    fictitious = True


class ServiceFactory(DjangoModelFactory[Service]):
    class Meta:
        model = Service

    organisation = factory.SubFactory(OrganisationFactory)
    name = factory.Sequence(lambda n: f"Service inventé {n}")
    description = "Aide inventée pour les essais."
    thematiques = ["mobilite--preparer-un-permis"]
    reception_modes = ["en-presentiel"]
    source_updated_on = factory.LazyFunction(clock.today)
    fictitious = True


class PartnershipFactory(DjangoModelFactory[Partnership]):
    class Meta:
        model = Partnership

    programme = factory.SubFactory(ProgrammeFactory)
    organisation = factory.SubFactory(OrganisationFactory)


class RoleGrantFactory(DjangoModelFactory[RoleGrant]):
    class Meta:
        model = RoleGrant

    user = factory.SubFactory(UserFactory)
    programme = factory.SubFactory(ProgrammeFactory)


class BeneficiaryFactory(DjangoModelFactory[Beneficiary]):
    """A person whose basis holds, followed by the organisation that captured the record."""

    class Meta:
        model = Beneficiary
        skip_postgeneration_save = True

    programme = factory.SubFactory(ProgrammeFactory)
    first_name = factory.Iterator(["Lina", "Yanis", "Nadège", "Ousmane"])
    last_name = factory.Sequence(lambda n: f"Inventé{n}")
    name_key = factory.LazyAttribute(lambda o: f"{o.last_name} {o.first_name}".lower())
    phonetic_key = factory.LazyAttribute(lambda o: o.last_name[:4].lower())
    phone = "+33639980001"
    captured_by = factory.SubFactory(OrganisationFactory)
    created_by = factory.SubFactory(UserFactory)
    shared_until = factory.LazyFunction(lambda: clock.today() + timedelta(days=365))

    class Params:
        unshared = factory.Trait(shared_until=None)

    @factory.post_generation
    def involved(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        InvolvementFactory(beneficiary=self, organisation=self.captured_by)  # type: ignore[attr-defined]


class InvolvementFactory(DjangoModelFactory[Involvement]):
    class Meta:
        model = Involvement

    beneficiary = factory.SubFactory(BeneficiaryFactory)
    programme = factory.SelfAttribute("beneficiary.programme")
    organisation = factory.SubFactory(OrganisationFactory)
    kind = InvolvementKind.CAPTURED
    since = factory.LazyFunction(clock.today)


class BasisFactory(DjangoModelFactory[Basis]):
    class Meta:
        model = Basis

    beneficiary = factory.SubFactory(BeneficiaryFactory)
    programme = factory.SelfAttribute("beneficiary.programme")
    ground = "public_interest"
    informed_by = "oral"
    notice_version = "2026-1"
    given_on = factory.LazyFunction(clock.today)
    expires_on = factory.LazyAttribute(lambda o: o.given_on + timedelta(days=730))
    recorded_by = factory.SelfAttribute("beneficiary.created_by")


class FormerQpvAnswerFactory(DjangoModelFactory[FormerQpvAnswer]):
    class Meta:
        model = FormerQpvAnswer

    beneficiary = factory.SubFactory(BeneficiaryFactory)
    programme = factory.SelfAttribute("beneficiary.programme")
    state = "undetermined"
    replaced_on = factory.LazyFunction(clock.today)


class RestrictionFactory(DjangoModelFactory[Restriction]):
    """A record kept for its author, and whoever is given as `readers`."""

    class Meta:
        model = Restriction
        skip_postgeneration_save = True

    beneficiary = factory.SubFactory(BeneficiaryFactory)
    programme = factory.SelfAttribute("beneficiary.programme")
    reason = RestrictionReason.SAFETY
    since = factory.LazyFunction(clock.now)
    restricted_by = factory.SelfAttribute("beneficiary.created_by")

    @factory.post_generation
    def readers(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        for user in [self.restricted_by, *(extracted or ())]:  # type: ignore[attr-defined]
            ReaderFactory(restriction=self, user=user)


class FactChangeFactory(DjangoModelFactory[FactChange]):
    class Meta:
        model = FactChange

    beneficiary = factory.SubFactory(BeneficiaryFactory)
    programme = factory.SelfAttribute("beneficiary.programme")
    name = "vehicle"
    before = "not_asked"
    after = "yes"
    changed_by = factory.SelfAttribute("beneficiary.created_by")


class PublicMarkFactory(DjangoModelFactory[PublicMark]):
    class Meta:
        model = PublicMark

    beneficiary = factory.SubFactory(BeneficiaryFactory)
    programme = factory.SelfAttribute("beneficiary.programme")
    public = "retraining"
    belongs = True
    marked_by = factory.SelfAttribute("beneficiary.created_by")


class SafeContactFactory(DjangoModelFactory[SafeContact]):
    class Meta:
        model = SafeContact

    beneficiary = factory.SubFactory(BeneficiaryFactory)
    programme = factory.SelfAttribute("beneficiary.programme")
    avoided = ["phone"]
    updated_by = factory.SelfAttribute("beneficiary.created_by")


class ReaderFactory(DjangoModelFactory[Reader]):
    class Meta:
        model = Reader

    restriction = factory.SubFactory(RestrictionFactory)
    programme = factory.SelfAttribute("restriction.programme")
    user = factory.SubFactory(UserFactory)
    since = factory.LazyFunction(clock.now)
    named_by = factory.SelfAttribute("restriction.restricted_by")


class PathwayFactory(DjangoModelFactory[Pathway]):
    class Meta:
        model = Pathway
        skip_postgeneration_save = True

    beneficiary = factory.SubFactory(BeneficiaryFactory)
    programme = factory.SelfAttribute("beneficiary.programme")
    opened_on = factory.LazyFunction(clock.today)

    @classmethod
    def _generate(cls, strategy: str, params: dict[str, Any]) -> Pathway:
        """Make the pathway and its referent in one transaction: the database refuses one without the other."""
        with transaction.atomic():
            return super()._generate(strategy, params)

    @factory.post_generation
    def referent(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        person = self.beneficiary  # type: ignore[attr-defined]
        ReferentFactory(pathway=self, user=person.created_by, organisation=person.captured_by)


class ReferentFactory(DjangoModelFactory[Referent]):
    class Meta:
        model = Referent

    pathway = factory.SubFactory(PathwayFactory)
    programme = factory.SelfAttribute("pathway.programme")
    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    since = factory.LazyFunction(clock.now)


class StepFactory(DjangoModelFactory[Step]):
    class Meta:
        model = Step

    pathway = factory.SubFactory(PathwayFactory)
    programme = factory.SelfAttribute("pathway.programme")
    label = "Rendez-vous de suivi"
    due_on = factory.LazyFunction(lambda: clock.today() + timedelta(days=7))
    carrier_organisation = factory.SelfAttribute("pathway.beneficiary.captured_by")
    created_by = factory.SelfAttribute("pathway.beneficiary.created_by")


class BarrierFactory(DjangoModelFactory[Barrier]):
    class Meta:
        model = Barrier

    beneficiary = factory.SubFactory(BeneficiaryFactory)
    programme = factory.SelfAttribute("beneficiary.programme")
    field = 5
    severity = 2
    updated_by = factory.SelfAttribute("beneficiary.created_by")


class StrengthFactory(DjangoModelFactory[Strength]):
    class Meta:
        model = Strength

    beneficiary = factory.SubFactory(BeneficiaryFactory)
    programme = factory.SelfAttribute("beneficiary.programme")
    label = "Parle trois langues"
    created_by = factory.SelfAttribute("beneficiary.created_by")


class NeedFactory(DjangoModelFactory[Need]):
    class Meta:
        model = Need

    beneficiary = factory.SubFactory(BeneficiaryFactory)
    programme = factory.SelfAttribute("beneficiary.programme")
    field = 5
    label = "Un moyen d’aller travailler"
    owner = factory.SelfAttribute("beneficiary.created_by")
    owner_organisation = factory.SelfAttribute("beneficiary.captured_by")
    due_on = factory.LazyFunction(lambda: clock.today() + timedelta(days=15))
    created_by = factory.SelfAttribute("beneficiary.created_by")


class EpisodeFactory(DjangoModelFactory[Episode]):
    class Meta:
        model = Episode

    beneficiary = factory.SubFactory(BeneficiaryFactory)
    programme = factory.SelfAttribute("beneficiary.programme")
    kind = "job"
    label = "Agente d’entretien"
    starts_on = factory.LazyFunction(clock.today)
    recorded_by = factory.SelfAttribute("beneficiary.created_by")


class ExitFactory(DjangoModelFactory[Exit]):
    """An exit to a lasting job, by which the pathway is closed today."""

    class Meta:
        model = Exit
        skip_postgeneration_save = True

    pathway = factory.SubFactory(PathwayFactory)
    programme = factory.SelfAttribute("pathway.programme")
    kind = "lasting"
    on = factory.LazyFunction(clock.today)
    positive_local = True
    positive_national = True
    referent = factory.SelfAttribute("pathway.beneficiary.created_by")
    organisation = factory.SelfAttribute("pathway.beneficiary.captured_by")
    recorded_by = factory.SelfAttribute("pathway.beneficiary.created_by")

    @factory.post_generation
    def closed(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        pathway = self.pathway  # type: ignore[attr-defined]
        pathway.referents.filter(until=None).update(until=clock.now())
        pathway.closed_on = self.on  # type: ignore[attr-defined]
        pathway.save(update_fields=["closed_on"])


class FollowUpFactory(DjangoModelFactory[FollowUp]):
    """News due today, three months after."""

    class Meta:
        model = FollowUp

    exit = factory.SubFactory(ExitFactory)
    programme = factory.SelfAttribute("exit.programme")
    months = 3
    due_on = factory.LazyFunction(clock.today)


class HandoverFactory(DjangoModelFactory[Handover]):
    """The one pathway of a professional, proposed to a colleague of the same organisation."""

    class Meta:
        model = Handover
        skip_postgeneration_save = True

    class Params:
        pathway = factory.SubFactory(PathwayFactory)

    programme = factory.SelfAttribute("pathway.programme")
    giver = factory.SelfAttribute("pathway.beneficiary.created_by")
    giver_organisation = factory.SelfAttribute("pathway.beneficiary.captured_by")
    taker = factory.SubFactory(UserFactory)
    taker_organisation = factory.SelfAttribute("giver_organisation")
    proposed_by = factory.SelfAttribute("giver")


class ProgressFactory(DjangoModelFactory[Progress]):
    class Meta:
        model = Progress

    beneficiary = factory.SubFactory(BeneficiaryFactory)
    programme = factory.SelfAttribute("beneficiary.programme")
    kind = "licence"
    on = factory.LazyFunction(clock.today)
    recorded_by = factory.SelfAttribute("beneficiary.created_by")


class NoteFactory(DjangoModelFactory[Note]):
    """A note for the whole team of the pathway, by the author of the record."""

    class Meta:
        model = Note

    beneficiary = factory.SubFactory(BeneficiaryFactory)
    programme = factory.SelfAttribute("beneficiary.programme")
    text = "A retrouvé un garde d’enfants inventé."
    readers = "team"
    on = factory.LazyFunction(clock.today)
    author = factory.SelfAttribute("beneficiary.created_by")
    organisation = factory.SelfAttribute("beneficiary.captured_by")


class ReferralFactory(DjangoModelFactory[Referral]):
    """A referral on its way: sent today, an answer expected in ten days."""

    class Meta:
        model = Referral

    need = factory.SubFactory(NeedFactory)
    programme = factory.SelfAttribute("need.programme")
    beneficiary = factory.SelfAttribute("need.beneficiary")
    recipient = factory.SubFactory(OrganisationFactory)
    sender = factory.SelfAttribute("beneficiary.created_by")
    sender_organisation = factory.SelfAttribute("beneficiary.captured_by")
    travels = ["first_name", "phone"]
    state = ReferralState.SENT
    sent_at = factory.LazyFunction(clock.now)
    deadline = factory.LazyFunction(lambda: clock.today() + timedelta(days=10))
    owner_organisation = factory.SelfAttribute("recipient")
    clock_on = factory.SelfAttribute("deadline")


class ReferralEventFactory(DjangoModelFactory[ReferralEvent]):
    class Meta:
        model = ReferralEvent

    referral = factory.SubFactory(ReferralFactory)
    programme = factory.SelfAttribute("referral.programme")
    kind = EventKind.SENT
    at = factory.LazyFunction(clock.now)


class RuptureFactory(DjangoModelFactory[Rupture]):
    class Meta:
        model = Rupture

    referral = factory.SubFactory(ReferralFactory, state=ReferralState.UNANSWERED)
    programme = factory.SelfAttribute("referral.programme")
    beneficiary = factory.SelfAttribute("referral.beneficiary")
    rule = RuptureRule.UNANSWERED
    since = factory.LazyFunction(lambda: clock.today() - timedelta(days=3))
    due_on = factory.LazyFunction(clock.today)
    severity = 2
    responsible_organisation = factory.SelfAttribute("referral.sender_organisation")
    responsible = factory.SelfAttribute("referral.sender")


class AppointmentFactory(DjangoModelFactory[Appointment]):
    class Meta:
        model = Appointment

    referral = factory.SubFactory(ReferralFactory, state=ReferralState.ACCEPTED)
    programme = factory.SelfAttribute("referral.programme")
    starts_at = factory.LazyFunction(lambda: clock.now() + timedelta(days=5))
    place = "12 rue de l’Aiguille"


class AnswerLinkFactory(DjangoModelFactory[AnswerLink]):
    class Meta:
        model = AnswerLink

    referral = factory.SubFactory(ReferralFactory)
    programme = factory.SelfAttribute("referral.programme")
    email = factory.SelfAttribute("referral.recipient.email")
    token_hash = factory.Sequence(lambda n: f"{n:064}")
    expires_at = factory.LazyFunction(lambda: clock.now() + timedelta(days=30))


class AttachmentRequestFactory(DjangoModelFactory[AttachmentRequest]):
    class Meta:
        model = AttachmentRequest

    beneficiary = factory.SubFactory(BeneficiaryFactory)
    programme = factory.SelfAttribute("beneficiary.programme")
    organisation = factory.SubFactory(OrganisationFactory)
    requested_by = factory.SubFactory(UserFactory)
    reason = "Elle est venue à notre permanence."


class MeetingFactory(DjangoModelFactory[Meeting]):
    """A commission of today, which still decides."""

    class Meta:
        model = Meeting

    programme = factory.SubFactory(ProgrammeFactory)
    body = factory.LazyAttribute(
        lambda o: Body.objects.get_or_create(
            programme=o.programme, kind=BodyKind.ADMISSION, name="Commission d’intégration"
        )[0]
    )
    held_on = factory.LazyFunction(clock.today)
    created_by = factory.SubFactory(UserFactory)


class CohortFactory(DjangoModelFactory[Cohort]):
    class Meta:
        model = Cohort

    programme = factory.SubFactory(ProgrammeFactory)
    name = factory.Sequence(lambda n: f"Cohorte {n}")
    purpose = "Retrouver un rythme et un premier emploi."
    seats = 50
    starts_on = factory.LazyFunction(clock.today)


class AdmissionFactory(DjangoModelFactory[Admission]):
    """Somebody flagged, whom the commission has not seen."""

    class Meta:
        model = Admission

    cohort = factory.SubFactory(CohortFactory)
    programme = factory.SelfAttribute("cohort.programme")
    beneficiary = factory.SubFactory(BeneficiaryFactory, programme=factory.SelfAttribute("..cohort.programme"))
    flagged_by = factory.SelfAttribute("beneficiary.created_by")
    flagged_by_organisation = factory.SelfAttribute("beneficiary.captured_by")
    why = "Prête à reprendre un rythme."

    class Params:
        admitted = factory.Trait(
            state=AdmissionState.ADMITTED,
            decided_at=factory.LazyFunction(clock.now),
            decided_by=factory.SelfAttribute("flagged_by"),
        )


class SessionFactory(DjangoModelFactory[Session]):
    """A café-emploi of this morning."""

    class Meta:
        model = Session

    programme = factory.SubFactory(ProgrammeFactory)
    kind = SessionKind.CAFE
    title = "Café-emploi"
    starts_at = factory.LazyFunction(clock.now)
    place = "Maison de quartier"
    organisation = factory.SubFactory(OrganisationFactory)
    created_by = factory.SubFactory(UserFactory)


class AttendanceFactory(DjangoModelFactory[Attendance]):
    class Meta:
        model = Attendance

    session = factory.SubFactory(SessionFactory)
    programme = factory.SelfAttribute("session.programme")
    beneficiary = factory.SubFactory(BeneficiaryFactory, programme=factory.SelfAttribute("..session.programme"))
