"""Every address of the site, replayed: nobody, another programme, the wrong role, the right role (chapter 08)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import models
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from factories import (
    AdmissionFactory,
    AppointmentFactory,
    AttachmentRequestFactory,
    AttendanceFactory,
    BasisFactory,
    BeneficiaryFactory,
    CohortFactory,
    EpisodeFactory,
    ExitFactory,
    FollowUpFactory,
    HandoverFactory,
    InvolvementFactory,
    MeetingFactory,
    NeedFactory,
    NoteFactory,
    OrganisationFactory,
    PartnershipFactory,
    PathwayFactory,
    PeopleImportFactory,
    ProgressFactory,
    ReferralFactory,
    RestrictionFactory,
    RuptureFactory,
    ServiceFactory,
    SessionFactory,
    StepFactory,
    StrengthFactory,
)
from people.test_restricted_records import merged_before
from personas import Persona, persona
from sanscouture.access.decorators import Requirement
from sanscouture.access.enums import ORGANISATION_ROLES, Perm, Role
from sanscouture.access.matrix import MATRIX
from sanscouture.access.models import NamedModel
from sanscouture.accounts.models import Invitation
from sanscouture.audit.models import JournalEntry
from sanscouture.core import clock
from sanscouture.directory.models import Correction, Service
from sanscouture.meetings.models import Meeting
from sanscouture.partners.models import Organisation
from sanscouture.pathways.models import (
    Admission,
    Attendance,
    Cohort,
    Episode,
    Exit,
    FollowUp,
    Handover,
    Need,
    Note,
    Pathway,
    Progress,
    Referral,
    Rupture,
    Session,
    Step,
    Strength,
)
from sanscouture.people.models import (
    AttachmentRequest,
    Basis,
    Beneficiary,
    Involvement,
    Merge,
    PeopleImport,
    Reader,
    Restriction,
)
from sanscouture.programmes.enums import TeamFunction
from sanscouture.programmes.models import (
    AgreementVersion,
    CoPilot,
    InvitedRole,
    Partnership,
    Programme,
    RoleGrant,
    TeamMember,
)

NO_ACCOUNT_NEEDED = {
    # The interface's own pages: they read no data. `ui` stands below `access` and cannot ask.
    "ui:language", "ui:accessibility", "ui:legal", "ui:privacy", "ui:components", "ui:display",
    # Coming in, and coming back
    "account_login", "account_logout", "account_signup", "account_inactive", "account_email_verification_sent",
    "account_confirm_email", "account_reset_password", "account_reset_password_done",
    "account_reset_password_from_key", "account_reset_password_from_key_done", "accounts:invitation",
    "mfa_login_webauthn", "mfa_authenticate", "mfa_trust", "accounts:recover",
    "accounts:proconnect", "accounts:proconnect_return", "accounts:proconnect_left",
    # Answering by link: the token is the key
    "portal:answer", "portal:identity", "portal:accept", "portal:propose", "portal:refuse", "portal:ask",
    "portal:news", "portal:news_working", "portal:news_training", "portal:news_searching", "portal:news_other",
    "portal:wait", "portal:meet", "portal:miss", "portal:start", "portal:pause", "portal:resume", "portal:end",
    # What the directory publishes
    "api:structures", "api:structure", "api:services", "api:service", "api:search", "api:search-words", "api:sources",
    "api:api-root", "api:openapi-json",
    # Official geography, and the machine's health
    "territories:qpv_geojson", "health",
    # Closed unless a token or an address opens it
    "metrics",
}  # fmt: skip


@dataclass(frozen=True)
class Address:
    name: str
    arguments: frozenset[str]
    requirement: Requirement | None


def addresses(resolver: Any = None, space: str = "") -> Iterator[Address]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern):
            arguments = frozenset(entry.pattern.regex.groupindex)
            yield Address(f"{space}{entry.name}", arguments, getattr(entry.callback, "requirement", None))


EVERY = sorted(addresses(), key=lambda address: address.name)
ASKING = [one for one in EVERY if one.requirement and one.requirement.perm]
OF_SOMETHING = [one for one in ASKING if one.requirement and one.requirement.of not in (None, Organisation)]
"""Addresses of something that belongs to a programme; organisations are public reference."""


@dataclass(frozen=True)
class World:
    """One programme where an organisation follows a person and hands a need over to another."""

    programme: Programme
    sender: Organisation
    recipient: Organisation

    def person(self) -> Beneficiary:
        return BeneficiaryFactory(programme=self.programme, captured_by=self.sender)

    def referral(self) -> Referral:
        return ReferralFactory(need__beneficiary=self.person(), recipient=self.recipient)

    def restriction(self) -> Restriction:
        """A restricted record, read by every account made before it."""
        grants = RoleGrant.objects.get_queryset().filter(programme=self.programme).select_related("user")
        return RestrictionFactory(beneficiary=self.person(), readers=[grant.user for grant in grants])

    def people_import(self) -> PeopleImport:
        """A list that comes in, of the last account made here: nobody else sees it."""
        last = RoleGrant.objects.get_queryset().filter(programme=self.programme).order_by("-created_at").first()
        author = {"author": last.user} if last else {}
        return PeopleImportFactory(programme=self.programme, organisation=self.sender, **author)

    def pathway(self) -> Pathway:
        return PathwayFactory(beneficiary=self.person())

    def partnership(self) -> Partnership:
        return PartnershipFactory(programme=self.programme)

    def invited(self) -> InvitedRole:
        waiting = Invitation.objects.create(
            email="attendue@exemple.example", fingerprint=uuid4().hex, expires_at=clock.now() + timedelta(days=14)
        )
        return InvitedRole.objects.create(
            programme=self.programme, invitation=waiting, role=Role.ADVISER, organisation=self.sender
        )

    def member(self) -> TeamMember:
        return TeamMember.objects.create(
            programme=self.programme, first_name="Maya", last_name="Inventée", function=TeamFunction.values[0]
        )

    def version(self) -> AgreementVersion:
        said = {"title": "Convention", "subtitle": "", "author": "", "sections": []}
        return AgreementVersion.objects.create(
            programme=self.programme,
            number=1,
            fingerprint="0" * 64,
            configuration={"programme": "Cité", "parties": []},
            agreement=said,
            assessment=said,
        )

    def admission(self) -> Admission:
        return AdmissionFactory(cohort__programme=self.programme, beneficiary=self.person())

    def attendance(self) -> Attendance:
        return AttendanceFactory(session__programme=self.programme, beneficiary=self.person())

    def grant(self) -> RoleGrant:
        return persona(Role.ADVISER, self.programme, self.sender).user.role_grants.get()


def another(person: Beneficiary) -> Beneficiary:
    """Another person of the same organisation."""
    return BeneficiaryFactory(programme=person.programme, captured_by=person.captured_by)


OBJECTS: dict[type[models.Model], Callable[[World], models.Model]] = {
    Programme: lambda world: world.programme,
    Organisation: lambda world: world.sender,
    Beneficiary: World.person,
    AttachmentRequest: lambda world: AttachmentRequestFactory(beneficiary=world.person()),
    Need: lambda world: NeedFactory(beneficiary=world.pathway().beneficiary),
    Involvement: lambda world: InvolvementFactory(beneficiary=world.person(), kind="contributor"),
    Handover: lambda world: HandoverFactory(pathway=world.pathway()),
    Exit: lambda world: ExitFactory(pathway=world.pathway()),
    FollowUp: lambda world: FollowUpFactory(exit__pathway=world.pathway()),
    Episode: lambda world: EpisodeFactory(beneficiary=world.person()),
    Progress: lambda world: ProgressFactory(beneficiary=world.person()),
    Note: lambda world: NoteFactory(beneficiary=world.person()),
    Pathway: World.pathway,
    PeopleImport: World.people_import,
    Step: lambda world: StepFactory(pathway=world.pathway()),
    Strength: lambda world: StrengthFactory(beneficiary=world.person()),
    Referral: World.referral,
    Rupture: lambda world: RuptureFactory(referral__need__beneficiary=world.person()),
    RoleGrant: World.grant,
    Partnership: World.partnership,
    InvitedRole: World.invited,
    TeamMember: World.member,
    AgreementVersion: World.version,
    Service: lambda world: ServiceFactory(organisation=world.sender),
    Correction: lambda world: ServiceFactory(organisation=world.sender).corrections.create(field="fees"),
    CoPilot: lambda world: CoPilot.objects.create(programme=world.programme, organisation=OrganisationFactory()),
    Meeting: lambda world: MeetingFactory(programme=world.programme),
    Cohort: lambda world: CohortFactory(programme=world.programme),
    Admission: World.admission,
    Session: lambda world: SessionFactory(programme=world.programme),
    Attendance: World.attendance,
    Restriction: World.restriction,
    Merge: lambda world: merged_before(world.person()),
    Reader: lambda world: world.restriction().readers.order_by("-since", "-pk").first(),
    Basis: lambda world: BasisFactory(beneficiary=world.person()),
}
"""How to make one object of each model that an address fetches, visible to whoever holds the permission."""

MORE: dict[str, Callable[[Any], dict[str, Any]]] = {
    "pathways:appointment_file": lambda referral: {"appointment": AppointmentFactory(referral=referral).pk},
    "pathways:rupture_rule": lambda _programme: {"rule": "no_contact"},
    "pathways:diagnosis_save": lambda _person: {"field": 5},
    "pathways:attendance_mark": lambda _attendance: {"presence": "present"},
    "pathways:commission_minutes": lambda _meeting: {"form": "docx"},
    "pathways:session_sheet": lambda _session: {"form": "docx"},
    "meetings:minutes": lambda _meeting: {"form": "docx"},
    "pathways:merge": lambda person: {"other": another(person).pk},
    "pathways:tell_apart": lambda person: {"other": another(person).pk},
    "directory:service": lambda _nothing: {"pk": ServiceFactory().pk},
    "partners:organisation": lambda _nothing: {"pk": OrganisationFactory().pk},
    "programmes:agreement_draft": lambda _programme: {"paper": "convention", "form": "docx"},
    "programmes:agreement_file": lambda _version: {"paper": "analyse-impact", "form": "docx"},
    "programmes:add_partner": lambda _programme: {"organisation": OrganisationFactory().pk},
}
"""What an address needs beside its object."""


def holder(perm: Perm, world: World) -> Persona:
    """Somebody whose role carries a permission in this world."""
    if perm is Perm.REFERRAL_ANSWER:
        return persona(Role.ADVISER, world.programme, world.recipient)
    order = (Role.ADVISER, Role.ORGANISATION_MANAGER, Role.COORDINATOR)
    role = next(role for role in order if perm in MATRIX[role])
    return persona(role, world.programme, world.sender if role in ORGANISATION_ROLES else None)


def lacker(perm: Perm, world: World) -> Persona:
    """Somebody of the same programme whose role never carries a permission."""
    order = (Role.COPILOT, Role.OUTREACH_WORKER, None)
    role = next(role for role in order if role is None or perm not in MATRIX[role])
    return persona(role, world.programme, world.sender if role in ORGANISATION_ROLES else None)


@pytest.fixture
def world(programme: Programme, organisation: Organisation, recipient_organisation: Organisation) -> World:
    return World(programme, organisation, recipient_organisation)


@pytest.fixture
def elsewhere(other_programme: Programme) -> World:
    return World(other_programme, OrganisationFactory(), OrganisationFactory())


def asked(address: Address) -> Perm:
    assert address.requirement
    assert address.requirement.perm
    return address.requirement.perm


def url_of(address: Address, world: World) -> str:
    """The address of one object of that world."""
    assert address.requirement is not None
    kwargs: dict[str, Any] = {}
    found: models.Model | None = None
    if address.requirement.of:
        assert address.requirement.of in OBJECTS, (
            f"{address.name} fetches {address.requirement.of.__name__}: say in OBJECTS how to make one."
        )
        found = OBJECTS[address.requirement.of](world)
        key = address.requirement.by
        kwargs[key] = getattr(found, key)
    for name in address.arguments - set(kwargs):
        extra = MORE[address.name](found) if address.name in MORE else {}
        kwargs[name] = extra.get(name, uuid4())
    return reverse(address.name, kwargs=kwargs)


@pytest.mark.parametrize("address", EVERY, ids=lambda address: address.name)
def test_each_view_says_what_it_asks_for(address: Address) -> None:
    open_to_all = address.requirement is None or address.requirement.everybody
    assert open_to_all == (address.name in NO_ACCOUNT_NEEDED), (
        f"{address.name}: put @requires, @signed_in or @public on its view; list here what needs no account."
    )
    assert address.requirement is not None or address.name.startswith("ui:"), f"{address.name} asks for nothing."


def knock(client: Client, url: str) -> HttpResponse:
    """Open an address; an act that only takes POST is tried as such."""
    answer = client.get(url)
    return client.post(url) if answer.status_code == 405 else answer


@pytest.mark.parametrize("address", ASKING, ids=lambda address: address.name)
def test_nobody_is_sent_to_sign_in(address: Address, world: World, client: Client) -> None:
    answer = knock(client, url_of(address, world))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("address", ASKING, ids=lambda address: address.name)
def test_the_wrong_role_is_refused(address: Address, world: World) -> None:
    who = lacker(asked(address), world)
    assert knock(who.client, url_of(address, world)).status_code == 403


@pytest.mark.parametrize("address", OF_SOMETHING, ids=lambda address: address.name)
def test_another_programme_finds_nothing_there(address: Address, world: World, elsewhere: World) -> None:
    who = holder(asked(address), elsewhere)
    url = url_of(address, world)
    assert knock(who.client, url).status_code == 404
    assert who.client.post(url).status_code in {404, 405}


@pytest.mark.parametrize("address", ASKING, ids=lambda address: address.name)
def test_the_right_role_gets_in(address: Address, world: World) -> None:
    who = holder(asked(address), world)
    answer = knock(who.client, url_of(address, world))
    assert answer.status_code in {200, 302, 409, 422}, f"{address.name} answers {answer.status_code}"
    assert not answer.get("Location", "").startswith(reverse("account_login"))


NAMED = [one for one in OF_SOMETHING if one.requirement and issubclass(one.requirement.of or Programme, NamedModel)]


@pytest.mark.parametrize("address", NAMED, ids=lambda address: address.name)
def test_reading_a_named_record_is_in_the_journal(address: Address, world: World) -> None:
    who = holder(asked(address), world)
    answer = who.client.get(url_of(address, world))
    reads = JournalEntry.objects.filter(actor_id=who.user.pk, is_read=True, verb__endswith=".read")
    assert reads.count() == (1 if answer.status_code == 200 else 0)
