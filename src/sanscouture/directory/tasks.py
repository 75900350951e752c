"""Jobs of the directory."""

from __future__ import annotations

from sanscouture.directory import services
from sanscouture.jobs.services import nothing, task


@task(reach=nothing, cron="47 3 * * *")
def forget_offer_changes() -> None:
    """Keep few traces of the writing of the offer, each night."""
    services.forget_offer_changes()
