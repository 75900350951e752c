"""Jobs of the messages: sending, and erasing what has served."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import UUID

from sanscouture.jobs.services import RETRY, Reach, every_programme, task
from sanscouture.notifications import services


def of_message(*, programme_id: str, **_arguments: str) -> Reach:
    """The programme of the message, if it has one."""
    return Reach(programmes=[UUID(programme_id)] if programme_id else [])


@task(reach=of_message, retry=RETRY, apart=True)
def send_message(
    *, message_id: str, programme_id: str, opening: Callable[[], AbstractContextManager[None]]
) -> Exception | None:
    """Send one message, in three transactions: taken, handed over, noted (ADR 0016)."""
    return services.deliver(UUID(message_id), opening=opening)


@task(reach=every_programme, cron="17 3 * * *")
def purge_messages() -> None:
    """Erase each night the text of old messages."""
    services.purge_messages()
