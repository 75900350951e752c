"""100,000 people carried away in each kind of file: seconds, size, and the memory that the process gained.

Run with `make bench`, or `.venv/bin/python bench/export.py [PEOPLE]`. The people are copied by the database from one
invented record; each file leaves as for a coordinator, row after row, and is thrown away.
"""

from __future__ import annotations

import resource
from typing import Any

from house import number_asked, own_database, seconds, table

COPY = """
INSERT INTO people_beneficiary
SELECT (jsonb_populate_record(one, jsonb_build_object(
    'id', gen_random_uuid(), 'last_name', 'Inventé' || rank, 'name_key', 'invente' || lpad(rank::text, 7, '0')))).*
FROM people_beneficiary one, generate_series(2, %s) rank
"""


def peak() -> int:
    """The most memory that this process ever held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    count = number_asked(100_000)
    with own_database():
        import scoping

        with scoping.writing():
            measure(count)


def measure(count: int) -> None:
    from django.db import connection, transaction

    from factories import BeneficiaryFactory, ProgrammeFactory
    from personas import persona
    from sanscouture.access.enums import Role
    from sanscouture.core.sheets import Format, written
    from sanscouture.pathways.enums import ExportColumn
    from sanscouture.pathways.selectors.exporting import people_sheet
    from sanscouture.pathways.selectors.people import PeopleFilters, people_of

    with transaction.atomic():
        programme: Any = ProgrammeFactory()
        BeneficiaryFactory(programme=programme)
        actor = persona(Role.COORDINATOR, programme).actor
        with connection.cursor() as cursor:
            cursor.execute(COPY, [count])
    rows = []
    for form in Format:
        before, size = peak(), [0]

        def carry(form: Format = form, size: list[int] = size) -> None:
            found = people_of(programme, actor, PeopleFilters())
            for piece in written("Personnes", people_sheet(found, list(ExportColumn), actor=actor), form):
                size[0] += len(piece)

        spent = seconds(carry)
        rows.append((form.value, f"{count}", f"{spent:.1f} s", f"{size[0] / 1e6:.1f} Mo", f"+{peak() - before} Mo"))
    table("Emporter la liste des personnes", rows, ("lignes", "durée", "taille", "mémoire en plus"))


if __name__ == "__main__":
    main()
