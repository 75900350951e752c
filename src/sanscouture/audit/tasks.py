"""Jobs of the journal and of forms sent."""

from __future__ import annotations

from sanscouture.audit import services
from sanscouture.jobs.services import nothing, task


@task(reach=nothing, cron="37 3 * * *")
def forget_submissions() -> None:
    """Forget each night the forms that nobody will send again."""
    services.forget_submissions()
