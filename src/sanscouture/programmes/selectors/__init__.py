from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from sanscouture.access.actor import Actor, Grant
from sanscouture.access.enums import Perm, Role
from sanscouture.accounts.models import User
from sanscouture.partners.enums import PartnerCategory
from sanscouture.partners.models import Organisation
from sanscouture.programmes.models import (
    CoPilot,
    InvitedRole,
    NationalRole,
    Partnership,
    Perimeter,
    Programme,
    RoleGrant,
    TeamMember,
)
from sanscouture.programmes.rules import missing_categories
from sanscouture.territories.models import Commune, Region
from sanscouture.territories.rules import search_key


def grants_of(user_id: UUID) -> Actor:
    """Load what an account may do: its roles, the programmes they open, the names among them.

    Called in the scope of that account alone (`access.decorators.actor_of`).
    """
    rows = RoleGrant.objects.get_queryset().filter(user_id=user_id, revoked_at=None).select_related("programme")
    held = list(rows.order_by("programme_id", "role"))
    grants = [Grant(Role(row.role), row.programme_id, row.organisation_id) for row in held]
    nation: frozenset[UUID] = frozenset()
    if NationalRole.objects.filter(user_id=user_id, revoked_at=None).exists():
        grants.append(Grant(Role.NATIONAL_ANIMATOR))
        nation = frozenset(Programme.objects.get_queryset().values_list("pk", flat=True))
    open_names = frozenset(row.programme_id for row in held if row.programme.names_open)
    return Actor.build(user_id, tuple(grants), open_names=open_names, nation=nation)


@dataclass(frozen=True)
class ProgrammeRow:
    """A programme as the list of France shows it. `inhabitants` are those of its QPV, None when nobody told."""

    programme: Programme
    departements: str
    regions: str
    qpvs: int
    inhabitants: int | None
    key: str
    """What it is sorted and searched by: no accent, no capital."""

    @property
    def year(self) -> int:
        return self.programme.label_year or 0

    @property
    def people(self) -> int:
        return self.inhabitants or 0


def programmes_of_france(
    *, text: str = "", region: str = "", year: int | None = None, kind: str = ""
) -> list[ProgrammeRow]:
    """Give the programmes in order of name, narrowed.

    `text` is looked for in their names, communes and départements; `region` is a code. Some hundred at most: they are
    narrowed and sorted here, where « É » comes beside « E ».
    """
    found = Programme.objects.get_queryset()
    found = found.filter(label_year=year) if year else found
    found = found.filter(kind=kind) if kind else found
    found = found.filter(communes__departement__region=region) if region else found
    told = Programme.objects.annotate(
        departements=StringAgg("communes__departement__name", ", ", distinct=True),
        regions=StringAgg("communes__departement__region__name", ", ", distinct=True),
        places=StringAgg("communes__name", " ", distinct=True),
    ).order_by()
    places = {pk: parts for pk, *parts in told.values_list("pk", "departements", "regions", "places")}
    counts = {
        pk: (qpvs, people)
        for pk, qpvs, people in Perimeter.objects.filter(until=None)
        .order_by()
        .values("programme")
        .values_list("programme", Count("pk"), Sum("qpv__population"))
    }
    words = search_key(text).split()
    rows = []
    for programme in found.distinct():
        departements, regions, communes = (part or "" for part in places[programme.pk])
        key = search_key(f"{programme.name} {departements} {communes}")
        if all(word in key for word in words):
            qpvs, people = counts.get(programme.pk, (0, None))
            rows.append(ProgrammeRow(programme, departements, regions, qpvs, people, search_key(programme.name)))
    return sorted(rows, key=lambda row: (row.key, str(row.programme.pk)))


def regions_with_programmes() -> list[Region]:
    """Give the regions where there is a programme, by name."""
    codes = Commune.objects.exclude(programmes=None).values_list("departement__region", flat=True)
    return sorted(Region.objects.filter(code__in=codes), key=lambda region: search_key(region.name))


def label_years() -> list[int]:
    """Give the years of the labels, the latest first."""
    years = Programme.objects.exclude(label_year=None).order_by("-label_year").values_list("label_year", flat=True)
    return [year for year in years.distinct() if year]


@dataclass(frozen=True)
class CategoryCount:
    """One of the eight categories and its partners."""

    category: PartnerCategory
    partnerships: Sequence[Partnership]

    @property
    def count(self) -> int:
        return len(self.partnerships)


@dataclass(frozen=True)
class Alliance:
    """What members of a programme see of it: who makes it."""

    team: Sequence[TeamMember]
    copilots: Sequence[CoPilot]
    categories: Sequence[CategoryCount]
    unreachable: Sequence[Partnership] = field(default=())
    """Partners that no referral can reach: no account, no address."""

    @property
    def total(self) -> int:
        return sum(each.count for each in self.categories)

    @property
    def missing(self) -> list[PartnerCategory]:
        return missing_categories({each.category: each.count for each in self.categories})


def perimeter_of(programme: Programme) -> list[Perimeter]:
    """Give the QPV of a programme today, confirmed ones first."""
    rows = Perimeter.objects.filter(programme=programme, until=None).select_related("qpv")
    return list(rows.prefetch_related("qpv__communes").order_by("candidate", "qpv__name", "qpv_id"))


def communes_of(programme: Programme) -> list[Commune]:
    """Give the communes of a programme, by name."""
    return list(programme.communes.select_related("departement__region").order_by("name_key", "code"))


def alliance_of(programme: Programme, actor: Actor) -> Alliance | None:
    """Give who makes a programme to those who may see it, None to others."""
    if not actor.holds_in(Perm.PROGRAMME_READ, programme.pk):
        return None
    partnerships = list(partnerships_of(programme, actor))
    rows: dict[str, list[Partnership]] = {category: [] for category in PartnerCategory}
    for each in partnerships:
        rows[each.organisation.category].append(each)
    team = TeamMember.objects.visible_to(actor, Perm.PROGRAMME_READ).filter(programme=programme)
    copilots = CoPilot.objects.visible_to(actor, Perm.PROGRAMME_READ).filter(programme=programme)
    joined = set(
        RoleGrant.objects.filter(programme=programme, revoked_at=None).order_by().values_list("organisation", flat=True)
    )
    return Alliance(
        list(team.filter(until=None).select_related("employer", "user")),
        list(
            copilots.select_related("organisation").order_by(
                F("until").desc(nulls_first=True), "organisation__name_key"
            )
        ),
        [CategoryCount(category, rows[category]) for category in PartnerCategory],
        [each for each in partnerships if not each.organisation.email and each.organisation_id not in joined],
    )


def partnerships_of(programme: Programme, actor: Actor, *, ended: bool = False) -> list[Partnership]:
    """Give the partnerships of a programme, those of today or those that ended, by name of organisation."""
    found = Partnership.objects.visible_to(actor, Perm.PROGRAMME_READ).filter(programme=programme)
    found = found.filter(~Q(until=None) if ended else Q(until=None))
    return list(found.select_related("organisation", "referent").order_by("organisation__name_key", "pk"))


def participation_of(organisation: Organisation, actor: Actor) -> list[Partnership]:
    """Give the partnerships of an organisation in the programmes that an actor may see, those of today first."""
    found = Partnership.objects.visible_to(actor, Perm.PROGRAMME_READ).filter(organisation=organisation)
    return list(found.select_related("programme").order_by(F("until").desc(nulls_first=True), "programme__name"))


def members_of(programme: Programme, actor: Actor, *, text: str = "") -> QuerySet[RoleGrant]:
    """Give the roles held today in a programme, of those whose account or organisation answers to a text.

    Each says whether this actor `may_withdraw` it.
    """
    found = RoleGrant.objects.visible_to(actor, Perm.PROGRAMME_READ).filter(programme=programme, revoked_at=None)
    for word in text.split():
        found = found.filter(
            Q(user__first_name__icontains=word)
            | Q(user__last_name__icontains=word)
            | Q(organisation__name_key__contains=search_key(word))
        )
    mine = RoleGrant.objects.visible_to(actor, Perm.COLLEAGUE_INVITE).filter(pk=OuterRef("pk"))
    return found.select_related("user", "organisation").annotate(may_withdraw=Exists(mine))


def waiting_invitations(programme: Programme, actor: Actor) -> list[InvitedRole]:
    """Give the invitations that an actor may send again or cancel, the latest first."""
    found = InvitedRole.objects.visible_to(actor, Perm.COLLEAGUE_INVITE).filter(
        programme=programme, invitation__accepted_at=None, invitation__revoked_at=None
    )
    return list(found.select_related("invitation__invited_by", "organisation").order_by("-created_at", "pk"))


def accounts_of(programme: Programme) -> QuerySet[User]:
    """Give the accounts that hold a role in a programme: who may be its referents."""
    held = RoleGrant.objects.filter(programme=programme, revoked_at=None).order_by()
    return User.objects.filter(pk__in=held.values("user")).order_by("last_name", "first_name", "pk")


def partners_of(programme: Programme) -> QuerySet[Organisation]:
    """Give the organisations that are partners today."""
    held = Partnership.objects.filter(programme=programme, until=None).order_by()
    return Organisation.objects.filter(pk__in=held.values("organisation")).order_by("name_key", "pk")
