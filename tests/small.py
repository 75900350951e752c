"""A small database with what any of ours has: a queue, migrations, a table closed by row-level security."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest

from sanscouture.database import admin, server

SMALL = """
CREATE TABLE django_migrations (app text, name text);
CREATE TABLE procrastinate_jobs (id bigserial PRIMARY KEY, status text);
CREATE TABLE thing (id serial PRIMARY KEY, word text, programme_id int);
REVOKE DELETE ON thing FROM {app};
ALTER TABLE thing ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY inside ON thing USING (programme_id = NULLIF(current_setting('app.here', true), '')::int);
SELECT set_config('app.here', '1', false);
INSERT INTO thing (word, programme_id) VALUES ('été', 1), (NULL, 1), ('''; --', 1);
"""


@contextmanager
def database(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Make it the database of this test; give its name."""
    name = f"test_small_{uuid4().hex[:8]}"
    monkeypatch.setenv("SANSCOUTURE_DB_NAME", name)
    monkeypatch.delenv("BACKUP_RECIPIENT", raising=False)
    server.ensure_running()
    with psycopg.connect(admin.owner_dsn(name), autocommit=True) as owner:
        for statement in SMALL.strip().format(app=admin.app_name()).splitlines():
            owner.execute(statement)
    try:
        yield name
    finally:
        admin.drop_database(name)
