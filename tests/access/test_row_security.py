"""The database itself refuses one programme's rows to another, and names to whoever has none (chapter 08)."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, models, transaction

from factories import (
    BarrierFactory,
    BeneficiaryFactory,
    NeedFactory,
    PartnershipFactory,
    ProgrammeFactory,
    ReferralFactory,
)
from personas import Persona
from sanscouture.access.rls import POLICIES
from sanscouture.access.scope import scope, scope_of
from sanscouture.access.where import Kind
from sanscouture.partners.models import Organisation
from sanscouture.pathways.models import Need, Referral
from sanscouture.people.models import Beneficiary
from sanscouture.programmes.models import Partnership, Programme

OURS = [model for model in apps.get_models() if model.__module__.startswith("sanscouture.")]
GUARDED = (Kind.PROGRAMME, Kind.NAMED, Kind.OWN, Kind.OPEN)


def kind_of(model: type[models.Model]) -> Kind:
    return model.access_scope.kind  # type: ignore[attr-defined,no-any-return]


def rows(sql: str, *params: object) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else []


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_each_model_says_where_it_belongs(model: type[models.Model]) -> None:
    assert hasattr(model, "access_scope"), f"{model.__name__}: declare access_scope (docs/add-a-feature.md)."
    if kind_of(model) in GUARDED:
        assert any(field.attname == "programme_id" for field in model._meta.fields), model.__name__


@pytest.mark.django_db
def test_each_table_with_a_programme_has_the_policy_of_its_kind_forced_on_its_owner() -> None:
    found: dict[str, set[str]] = {}
    for table, policy in rows("SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public'"):
        found.setdefault(table, set()).add(policy)
    forced = dict(rows("SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class WHERE relkind = 'r'"))
    columns = "SELECT table_name FROM information_schema.columns WHERE column_name = 'programme_id'"
    carrying = {table for (table,) in rows(columns)}
    expected = {}
    for model in OURS:
        if kind_of(model) in GUARDED:
            expected[model._meta.db_table] = {name for name, *_ in POLICIES[kind_of(model)]}
    assert {table: found.get(table, set()) for table in expected} == expected
    assert [table for table in expected if not forced[table]] == []
    bare = {table for table in carrying - set(expected) if not (found.get(table) and forced[table])}
    assert bare <= {"programmes_programme_communes"}, f"Tables with programme_id and no policy: {bare}"


@pytest.mark.django_db
def test_each_foreign_key_between_guarded_tables_stays_inside_the_programme() -> None:
    tied = {name for (name,) in rows("SELECT conname FROM pg_constraint WHERE conname LIKE '%%_same_programme'")}
    expected = set()
    for model in OURS:
        for field in model._meta.fields:
            target = field.related_model
            ours = field.is_relation and isinstance(target, type) and target in OURS
            if ours and kind_of(model) in GUARDED and kind_of(target) in GUARDED:
                expected.add(f"{model._meta.db_table}_{field.name}_same_programme")
    assert {name[:63] for name in expected} <= tied


@pytest.fixture
def two_programmes(db: None) -> tuple[Programme, Programme]:
    ours, theirs = ProgrammeFactory(), ProgrammeFactory()
    for programme in (ours, theirs):
        ReferralFactory(need__beneficiary__programme=programme)
        PartnershipFactory(programme=programme)
    return ours, theirs


NAMED_TABLES = [model._meta.db_table for model in OURS if kind_of(model) is Kind.NAMED]


@pytest.mark.parametrize("table", NAMED_TABLES)
def test_hand_written_sql_never_returns_a_row_of_another_programme(
    table: str, two_programmes: tuple[Programme, Programme]
) -> None:
    ours, theirs = two_programmes
    with scope(programmes=[ours.pk], named=[ours.pk]):
        assert rows(f"SELECT count(*) FROM {table} WHERE programme_id = %s", theirs.pk) == [(0,)]
        assert {row[0] for row in rows(f"SELECT programme_id FROM {table}")} <= {ours.pk}


@pytest.mark.parametrize("table", NAMED_TABLES)
def test_a_scope_without_names_returns_no_named_row(table: str, two_programmes: tuple[Programme, Programme]) -> None:
    ours, _ = two_programmes
    with scope(programmes=[ours.pk]):
        assert Partnership.objects.count() == 1
        assert rows(f"SELECT count(*) FROM {table}") == [(0,)]


def test_without_a_scope_there_is_no_row_at_all(two_programmes: tuple[Programme, Programme]) -> None:
    with scope():
        assert Beneficiary.objects.count() == Partnership.objects.count() == 0


def test_the_names_of_a_programme_without_signed_agreement_stay_closed(db: None) -> None:
    closed = ProgrammeFactory()
    person = BeneficiaryFactory(programme=closed)
    Programme.objects.filter(pk=closed.pk).update(agreement_signed_on=None)
    with scope(programmes=[closed.pk], named=[closed.pk]):
        assert Beneficiary.objects.filter(pk=person.pk).count() == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            NeedFactory(beneficiary=person)


def test_a_row_is_not_written_into_another_programme(two_programmes: tuple[Programme, Programme]) -> None:
    ours, theirs = two_programmes
    organisation = Organisation.objects.order_by("pk").first()
    with scope(programmes=[ours.pk], named=[ours.pk]):
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Partnership.objects.create(programme=theirs, organisation=organisation)
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Partnership.objects.update(programme=theirs)


def test_a_row_never_points_to_a_person_of_another_programme(
    two_programmes: tuple[Programme, Programme],
) -> None:
    ours, theirs = two_programmes
    person = BeneficiaryFactory(programme=theirs)
    rows("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match="same_programme"), transaction.atomic():
        BarrierFactory(beneficiary=person, programme=ours)


def test_a_copilot_reaches_the_programme_and_no_name(
    copilot: Persona, two_programmes: tuple[Programme, Programme]
) -> None:
    PartnershipFactory(programme=copilot.programme)
    ReferralFactory(need__beneficiary__programme=copilot.programme)
    with scope_of(copilot.actor):
        assert Partnership.objects.count() == 1
        assert Beneficiary.objects.count() == Need.objects.count() == Referral.objects.count() == 0


def test_the_national_level_reaches_every_programme_and_no_name(
    national_animator: Persona, two_programmes: tuple[Programme, Programme]
) -> None:
    with scope_of(national_animator.actor):
        assert Partnership.objects.count() == 2
        assert Beneficiary.objects.count() == 0


LIFTING = [
    "ALTER TABLE people_beneficiary DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE people_beneficiary NO FORCE ROW LEVEL SECURITY",
    "DROP POLICY inside_named ON people_beneficiary",
    "CREATE POLICY mine ON people_beneficiary USING (true)",
    "ALTER TABLE people_beneficiary OWNER TO sanscouture_app",
    "SET ROLE sanscouture_owner",
    "SET SESSION AUTHORIZATION sanscouture_owner",
    "ALTER ROLE sanscouture_app BYPASSRLS",
    "ALTER ROLE sanscouture_app SUPERUSER",
    "GRANT sanscouture_owner TO sanscouture_app",
    "CREATE OR REPLACE FUNCTION scope_named() RETURNS uuid[] LANGUAGE sql AS $$ SELECT NULL::uuid[] $$",
    "TRUNCATE people_beneficiary CASCADE",
    "COPY people_beneficiary TO PROGRAM 'cat'",
]


@pytest.mark.django_db
@pytest.mark.parametrize("statement", LIFTING)
def test_the_application_s_role_cannot_lift_it(statement: str) -> None:
    with pytest.raises(ProgrammingError) as refusal, transaction.atomic():
        rows(statement)
    assert isinstance(refusal.value.__cause__, psycopg.errors.InsufficientPrivilege)


def test_turning_row_security_off_gives_an_error_not_rows(two_programmes: tuple[Programme, Programme]) -> None:
    rows("SET LOCAL row_security = off")
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        rows("SELECT * FROM people_beneficiary")


@pytest.mark.django_db
def test_the_application_s_role_is_nobody_special() -> None:
    special = "rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication"
    assert rows(f"SELECT {special} FROM pg_roles WHERE rolname = current_user") == [(False,) * 5]
    me = "(SELECT oid FROM pg_roles WHERE rolname = current_user)"
    assert rows(f"SELECT count(*) FROM pg_auth_members WHERE member = {me}") == [(0,)]
    assert rows(f"SELECT count(*) FROM pg_class WHERE relowner = {me}") == [(0,)]


@pytest.fixture
def many_rows(db: None) -> Programme:
    programme = ProgrammeFactory()
    for _ in range(3):
        BeneficiaryFactory(programme=programme)
    return programme


@pytest.mark.parametrize("table", NAMED_TABLES)
def test_the_policy_is_evaluated_once_per_query_and_an_index_serves_it(table: str, many_rows: Programme) -> None:
    with scope(programmes=[many_rows.pk], named=[many_rows.pk]):
        rows("SET LOCAL enable_seqscan = off")
        plan = "\n".join(line for (line,) in rows(f"EXPLAIN SELECT count(*) FROM {table}"))
    assert "InitPlan" in plan, plan
    assert "Index" in plan, plan
    assert "SubPlan" not in plan, plan
