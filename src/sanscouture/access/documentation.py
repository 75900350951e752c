"""The matrix of permissions as a page: what docs/permissions.md must say."""

from __future__ import annotations

from sanscouture.access.enums import Perm, Reach, Role
from sanscouture.access.matrix import MATRIX, reaches_names

_WORDS = {
    Reach.OWN: "ce qu’elle a noté",
    Reach.ORGANISATION: "sa structure",
    Reach.PROGRAMME: "le programme",
    Reach.NATION: "la France",
}
_HEAD = """# Permissions

Made from `src/sanscouture/access/matrix.py` by `make docs`; a test keeps it true. A role is held in a scope: a
programme, an organisation in a programme, or the nation. A cell says how far the permission reaches; an empty cell is
a refusal. Row-level security stands behind all of it (see [security](security.md)).
"""


def permissions_page() -> str:
    """Render the matrix: a row per permission, a column per role, then who may enter the named tables."""
    roles = list(Role)
    lines = [_HEAD, "| | " + " | ".join(str(role.label) for role in roles) + " |", "|---|" + "---|" * len(roles)]
    for perm in Perm:
        cells = [_WORDS[reach] if (reach := MATRIX[role].get(perm)) else "" for role in roles]
        lines.append(f"| {perm.label} (`{perm}`) | " + " | ".join(cells) + " |")
    named = ", ".join(f"« {role.label} »" for role in roles if not reaches_names(role))
    lines.append(f"\nRoles that never enter the named tables, whatever the page: {named}.")
    return "\n".join(lines) + "\n"
