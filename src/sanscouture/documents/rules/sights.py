"""Who sees what, in French, from the matrix of permissions: the same table in the register and in the agreement."""

from __future__ import annotations

from collections.abc import Mapping

from sanscouture.access.enums import Perm, Reach, Role
from sanscouture.documents.rules.content import Table

SEEN = {
    "Fiches, freins et besoins": Perm.PERSON_READ,
    "Orientations": Perm.REFERRAL_READ,
    "Ruptures": Perm.RUPTURE_READ,
    "Journal": Perm.JOURNAL_READ,
}
FAR = {
    Reach.OWN: "ce que la personne a noté elle-même",
    Reach.ORGANISATION: "les personnes que sa structure accompagne ou reçoit",
    Reach.PROGRAMME: "tout le programme",
    Reach.NATION: "toute la France",
}
NEVER = "jamais"


def who_sees_what(matrix: Mapping[Role, Mapping[Perm, Reach]]) -> Table:
    """Give, for each role, how far it sees each kind of named record; a cell of the matrix that is empty is a refusal.

    Labels of roles are said in the language of the moment: French for a document.
    """
    rows = tuple(
        (str(role.label), *(FAR[reach] if (reach := matrix[role].get(perm)) else NEVER for perm in SEEN.values()))
        for role in Role
    )
    return Table(("Rôle", *SEEN), rows, (3, 3, 3, 3, 2))
