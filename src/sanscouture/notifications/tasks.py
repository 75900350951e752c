"""Jobs of the messages: sending, and erasing what has served."""

from __future__ import annotations

from uuid import UUID

from sanscouture.jobs.services import RETRY, Reach, every_programme, task
from sanscouture.notifications import services


def of_message(*, programme_id: str, **_arguments: str) -> Reach:
    """The programme of the message, if it has one."""
    return Reach(programmes=[UUID(programme_id)] if programme_id else [])


@task(reach=of_message, retry=RETRY)
def send_message(*, message_id: str, programme_id: str) -> Exception | None:
    """Send one message."""
    return services.deliver(UUID(message_id))


@task(reach=every_programme, cron="17 3 * * *")
def purge_messages() -> None:
    """Erase each night the text of old messages."""
    services.purge_messages()
