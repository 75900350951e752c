"""Jobs of people: what a change of the official geography asks for."""

from __future__ import annotations

from uuid import UUID

from sanscouture.jobs.services import RETRY, Reach, task
from sanscouture.people.services import requalify
from sanscouture.territories.enums import Generation

WRITER = "nouvelle liste de QPV"


def of_programme(*, programme_id: str, generation: str) -> Reach:
    """One programme, names included."""
    return Reach(programmes=[UUID(programme_id)], named=[UUID(programme_id)])


@task(reach=of_programme, retry=RETRY)
def requalify_programme(*, programme_id: str, generation: str) -> None:
    """Compute again, by a list, whether the people of one programme live in a QPV."""
    requalify(UUID(programme_id), generation=Generation(generation), actor=WRITER)
