"""A new migration that would lock a busy table is refused before it runs (chapter 08, Faults)."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import migrations

from house.project import ROOT

sys.path.insert(0, str(ROOT / "scripts"))

import locks


def migration(*operations: Any, **more: Any) -> Any:
    return SimpleNamespace(operations=operations, atomic=True, **more)


@pytest.mark.parametrize(
    "statement",
    [
        'CREATE INDEX "a_b" ON "people_beneficiary" ("b")',
        'CREATE UNIQUE INDEX "a_b" ON "people_beneficiary" ("b") WHERE "c" IS NULL',
        'ALTER TABLE "people_beneficiary" ALTER COLUMN "a" TYPE varchar(9) USING "a"::varchar(9)',
        'ALTER TABLE "people_beneficiary" ALTER COLUMN "a" SET NOT NULL',
        'ALTER TABLE "people_beneficiary" ADD COLUMN "a" integer NOT NULL',
        'ALTER TABLE "people_beneficiary" ADD CONSTRAINT "x" CHECK ("a" > 0)',
        'ALTER TABLE "people_beneficiary" ADD CONSTRAINT "x" FOREIGN KEY ("a") REFERENCES "b" ("id")',
        'ALTER TABLE "people_beneficiary" ADD CONSTRAINT "x" UNIQUE ("a")',
        'ALTER TABLE "people_beneficiary" DROP COLUMN "a" CASCADE',
        'ALTER TABLE "people_beneficiary" RENAME COLUMN "a" TO "b"',
        'UPDATE "people_beneficiary" SET a = 1',
        "DELETE FROM people_beneficiary",
        "LOCK TABLE people_beneficiary",
    ],
)
def test_what_locks_a_table_in_use_is_told(statement: str) -> None:
    (fault,) = locks.faults_of(migration(), [statement], set())
    assert "people_beneficiary" in fault
    assert not locks.faults_of(migration(), [statement], {"people_beneficiary"}), "a table just made is nobody's yet"
    assert not locks.faults_of(migration(lock_reason="ten rows"), [statement], set())


@pytest.mark.parametrize(
    "statement",
    [
        'CREATE TABLE "people_thing" ("id" uuid NOT NULL PRIMARY KEY)',
        'CREATE INDEX CONCURRENTLY "a_b" ON "people_beneficiary" ("b")',
        'ALTER TABLE "people_beneficiary" ADD COLUMN "a" integer NULL',
        'ALTER TABLE "people_beneficiary" ADD COLUMN "a" integer DEFAULT 0 NOT NULL',
        'ALTER TABLE "people_beneficiary" ADD CONSTRAINT "x" CHECK ("a" > 0) NOT VALID',
        'ALTER TABLE "people_beneficiary" VALIDATE CONSTRAINT "x"',
        'ALTER TABLE "people_beneficiary" ALTER COLUMN "a" DROP DEFAULT',
        'ALTER TABLE "people_beneficiary" ADD CONSTRAINT "x" UNIQUE USING INDEX "a_b"',
        'CREATE POLICY inside ON "people_beneficiary" FOR UPDATE USING (true)',
        "-- Alter field on beneficiary",
    ],
)
def test_what_is_short_passes(statement: str) -> None:
    assert not locks.faults_of(migration(), [statement], set())


def test_rows_are_filled_by_batches_and_apart() -> None:
    filling = migrations.RunPython(migrations.RunPython.noop)
    assert locks.faults_of(migration(filling), [], set())
    apart = migration(filling)
    apart.atomic = False
    assert not locks.faults_of(apart, [], set())


def test_the_baseline_names_apps_and_numbers_that_exist() -> None:
    for app, number in locks.BASELINE.items():
        found = [int(path.name[:4]) for path in Path(ROOT, f"src/sanscouture/{app}/migrations").glob("0*.py")]
        assert number in found, app


@pytest.mark.usefixtures("fresh_db")  # an index made beside those who write is not asked for inside a transaction
def test_the_migrations_of_today_pass() -> None:
    assert locks.check() == []
