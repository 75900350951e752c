"""Which database, as which role.

Rule: the application is the role `app`; only migrations, backups and database creation are the role `owner`.
Source: chapter 08 (isolation), chapter 09 (stack).
"""

from __future__ import annotations

import os
from typing import Any, Literal

DatabaseRole = Literal["app", "owner"]


def current_role() -> DatabaseRole:
    """The role this process asked for by SANSCOUTURE_DB_ROLE; the application's unless it says `owner`."""
    return "owner" if os.environ.get("SANSCOUTURE_DB_ROLE") == "owner" else "app"


def django_database(role: DatabaseRole | None = None) -> dict[str, Any]:
    """Give Django's DATABASES entry for a role."""
    raise NotImplementedError(role)
