"""Databases of the tests: one template per state of the migrations, one copy per worker, a fresh copy on request."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from django.db import connections

import sanscouture
from sanscouture.database import admin, server
from sanscouture.database.dsn import django_database
from sanscouture.database.secrets import data_dir

PACKAGE = Path(sanscouture.__file__).parent


def template_name() -> str:
    """Name the template after what the migrations say."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.glob("*/migrations/*.py")):
        digest.update(path.read_bytes())
    for path in (PACKAGE / "access" / "rls.py", PACKAGE / "config" / "settings.py"):
        digest.update(path.read_bytes())
    return f"template_{digest.hexdigest()[:12]}"


def ensure_template() -> str:
    """Migrate the template once, whoever comes first; the others wait."""
    server.ensure_running()
    name = template_name()
    with server.alone(data_dir() / "test-template.lock"):
        if not admin.database_exists(name):
            draft = f"draft_{uuid4().hex[:12]}"
            admin.create_database(draft)
            environment = {**os.environ, "SANSCOUTURE_DB_ROLE": "owner", "SANSCOUTURE_DB_NAME": draft}
            command = [sys.executable, "-W", "ignore", "-m", "django", "migrate", "--verbosity=0"]
            environment["DJANGO_SETTINGS_MODULE"] = "sanscouture.config.settings"
            subprocess.run(command, env=environment, check=True)
            with admin.connect() as connection:
                connection.execute(f'ALTER DATABASE "{draft}" RENAME TO "{name}"')
    return name


@contextmanager
def copy_of_template(name: str) -> Iterator[None]:
    """Work in a copy of the template; drop it afterwards."""
    template = ensure_template()
    admin.drop_database(name)
    with server.alone(data_dir() / "test-template.lock"):
        admin.create_database(name, template=template)
    settings = connections["default"].settings_dict
    before = dict(settings)
    connections["default"].close()
    settings.update(django_database("app") | {"NAME": name})
    try:
        yield
    finally:
        connections.close_all()
        settings.update(before)
        admin.drop_database(name)
