"""What a programme's agreement is made of, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import translation

from sanscouture.access.enums import Role
from sanscouture.access.matrix import reaches_names
from sanscouture.documents.rules.content import Document, fingerprint
from sanscouture.documents.selectors import LANGUAGE, answering, holdings, sights
from sanscouture.programmes.enums import VersionState
from sanscouture.programmes.models import (
    AgreementSignature,
    AgreementVersion,
    CoPilot,
    DataProtection,
    Partnership,
    Perimeter,
    Programme,
    RoleGrant,
)
from sanscouture.programmes.rules import configuration as rules
from sanscouture.programmes.rules.agreement import Code, agreement
from sanscouture.programmes.rules.assessment import assessment
from sanscouture.programmes.rules.configuration import Configuration, Difference, Missing, Party


@dataclass(frozen=True)
class Standing:
    """Where the agreement of a programme stands."""

    configuration: Configuration
    fingerprint: str
    lacks: Sequence[Missing]
    versions: Sequence[AgreementVersion]
    differences: Sequence[Difference]
    unsigned: Sequence[str]
    """Organisations whose accounts reach names and that did not sign the version in force."""
    text_changed: bool
    """Whether the program keeps other data, or says it otherwise, than in the version in force."""

    @property
    def live(self) -> AgreementVersion | None:
        """The version in force."""
        return next((one for one in self.versions if one.state == VersionState.SIGNED), None)

    @property
    def waiting(self) -> AgreementVersion | None:
        """The latest version prepared, if nobody recorded it yet."""
        latest = self.versions[0] if self.versions else None
        return latest if latest and latest.state == VersionState.PREPARED else None

    @property
    def ready(self) -> bool:
        """Whether a version to prepare would say something new, and nothing required is missing."""
        now = (one.fingerprint == self.fingerprint for one in (self.live, self.waiting) if one)
        return not self.blocked and not any(now)

    @property
    def blocked(self) -> bool:
        """Whether something required is missing."""
        return any(one.required for one in self.lacks)

    @property
    def to_amend(self) -> bool:
        """Whether an amendment is to be signed."""
        return self.text_changed or any(one.amends for one in self.differences)


def documents_of(configuration: Configuration) -> tuple[Document, Document]:
    """Give the agreement and the impact assessment that a configuration makes today, in French."""
    with translation.override(LANGUAGE):
        code = Code(holdings(), sights())
        return agreement(configuration, code), assessment(configuration, code)


def configuration_of(programme: Programme) -> Configuration:
    """Give what the documents of a programme say of it today, in French."""
    settings = protection_of(programme)
    installation = answering()
    with translation.override(LANGUAGE):
        return Configuration(
            programme.name,
            programme.get_kind_display(),
            programme.carrier,
            tuple(programme.communes.order_by("name_key", "code").values_list("name", flat=True)),
            _quarters(programme),
            _parties(programme),
            settings.rights_organisation.name if settings.rights_organisation else "",
            settings.rights_contact,
            settings.officer_name,
            settings.officer_contact,
            settings.officer_opinion,
            settings.officer_opinion_on.isoformat() if settings.officer_opinion_on else "",
            installation.publisher,
            installation.hosting,
        )


def protection_of(programme: Programme) -> DataProtection:
    """Give the settings of a programme's agreement; new ones, not kept yet, when nobody wrote them."""
    found = DataProtection.objects.filter(programme=programme).select_related("rights_organisation").first()
    return found or DataProtection(programme=programme)


def reaching(programme: Programme) -> frozenset[str]:
    """Give the organisations that hold, today, an account which names would be opened to."""
    roles = [role for role in Role if reaches_names(role)]
    held = RoleGrant.objects.filter(programme=programme, role__in=roles, revoked_at=None, organisation__isnull=False)
    return frozenset(str(one) for one in held.order_by().values_list("organisation", flat=True).distinct())


def standing_of(programme: Programme) -> Standing:
    """Give where the agreement of a programme stands: what lacks, its versions, what changed since it was signed."""
    now = configuration_of(programme)
    versions = versions_of(programme)
    coordinators = RoleGrant.objects.filter(programme=programme, role=Role.COORDINATOR, revoked_at=None).count()
    live = next((one for one in versions if one.state == VersionState.SIGNED), None)
    found: list[Difference] = []
    unsigned: list[str] = []
    changed = False
    if live is not None:
        signed = rules.read(live.configuration)
        found = rules.differences(signed, now)
        changed = fingerprint(*documents_of(signed)) != live.fingerprint
        having = {str(one.organisation_id) for one in live.signatures.all()}
        seeing = reaching(programme)
        unsigned = [one.name for one in now.parties if one.id in seeing and one.id not in having]
    return Standing(
        now,
        fingerprint(*documents_of(now)),
        rules.missing(now, coordinators=coordinators),
        versions,
        found,
        unsigned,
        changed,
    )


def versions_of(programme: Programme) -> list[AgreementVersion]:
    """Give the versions of a programme's agreement, the latest first, with who signed each."""
    found = AgreementVersion.objects.filter(programme=programme)
    found = found.select_related("prepared_by", "recorded_by", "withdrawn_by").prefetch_related(
        "signatures__organisation"
    )
    return list(found.order_by("-number"))


def signed_in(version: AgreementVersion) -> dict[str, AgreementSignature]:
    """Give the signatures of a version by organisation."""
    return {str(one.organisation_id): one for one in version.signatures.order_by("pk")}


def _quarters(programme: Programme) -> tuple[str, ...]:
    rows = Perimeter.objects.filter(programme=programme, until=None, candidate=False)
    return tuple(rows.order_by("qpv__name", "qpv_id").values_list("qpv__name", flat=True))


def _parties(programme: Programme) -> tuple[Party, ...]:
    partners = Partnership.objects.filter(programme=programme, until=None)
    partners = partners.select_related("organisation", "referent").order_by("organisation__name_key", "pk")
    copilots = CoPilot.objects.filter(programme=programme, until=None).select_related("organisation")
    steering = {one.organisation_id: one for one in copilots.order_by("organisation__name_key", "pk")}
    parties = [
        Party(
            str(one.organisation_id),
            one.organisation.name,
            one.organisation.get_category_display(),
            one.role,
            one.contribution,
            one.referent.full_name if one.referent else "",
            one.since.isoformat() if one.since else "",
            steers=steering.pop(one.organisation_id, None) is not None,
        )
        for one in partners
    ]
    alone = [
        Party(
            str(one.organisation_id),
            one.organisation.name,
            one.organisation.get_category_display(),
            since=one.since.isoformat() if one.since else "",
            steers=True,
        )
        for one in steering.values()
    ]
    return (*parties, *alone)
