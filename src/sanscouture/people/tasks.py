"""Jobs of people: what a change of the official geography asks for, and lists that are brought in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from uuid import UUID

from sanscouture.access.decorators import actor_of
from sanscouture.core import clock
from sanscouture.jobs.services import RETRY, Reach, all_programmes, nothing, task
from sanscouture.people import services
from sanscouture.people.services import requalify
from sanscouture.territories.enums import Generation

WRITER = "nouvelle liste de QPV"
ABANDONED_AFTER = timedelta(days=1)


def of_programme(*, programme_id: str, generation: str) -> Reach:
    """One programme, names included."""
    return Reach(programmes=[UUID(programme_id)], named=[UUID(programme_id)])


@task(reach=of_programme, retry=RETRY)
def requalify_programme(*, programme_id: str, generation: str) -> None:
    """Compute again, by a list, whether the people of one programme live in a QPV."""
    requalify(UUID(programme_id), generation=Generation(generation), actor=WRITER)


def of_import(*, programme_id: str, import_id: str) -> Reach:
    """One programme, names included."""
    return Reach(programmes=[UUID(programme_id)], named=[UUID(programme_id)])


@task(reach=of_import, retry=RETRY, apart=True)
def bring_in(*, opening: Callable[[], AbstractContextManager[None]], programme_id: str, import_id: str) -> None:
    """Make what a list tells, some rows at a time; taken up again after a kill, it goes on where it was."""
    services.bring_in(UUID(import_id), opening=opening, actor=actor_of)


def of_names(*, programme_id: str) -> Reach:
    """One programme, names included."""
    return Reach(programmes=[UUID(programme_id)], named=[UUID(programme_id)])


@task(reach=of_names, retry=RETRY)
def forget_imports_of(*, programme_id: str) -> None:
    """Erase the lists that nobody confirmed for a day, in one programme."""
    services.forget_abandoned(UUID(programme_id), before=clock.now() - ABANDONED_AFTER)


@task(reach=nothing, cron="20 3 * * *")
def forget_imports() -> None:
    """Erase the lists that nobody confirmed, one job for each programme."""
    for programme_id in all_programmes():
        forget_imports_of.defer(programme_id=str(programme_id))
