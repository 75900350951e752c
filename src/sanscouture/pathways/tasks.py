"""Jobs of pathways: each night and each morning, what time alone decides."""

from __future__ import annotations

from uuid import UUID

from sanscouture.core import clock
from sanscouture.jobs.services import RETRY, Reach, all_programmes, nothing, task
from sanscouture.pathways.services import following, referrals, rupture_settings, ruptures


def of_programme(*, programme_id: str) -> Reach:
    """One programme, names included."""
    return Reach(programmes=[UUID(programme_id)], named=[UUID(programme_id)])


@task(reach=of_programme, retry=RETRY)
def keep_deadlines_of(*, programme_id: str) -> None:
    """Give back to their senders the referrals that nobody answered, and remind the others, in one programme."""
    today = clock.today()
    referrals.expire_unanswered(UUID(programme_id), today=today)
    referrals.send_due_reminders(UUID(programme_id), today=today)


@task(reach=nothing, cron="10 5 * * *")
def keep_deadlines() -> None:
    """Keep the deadlines of each programme, one job each, so that one's trouble stays its own."""
    for programme_id in all_programmes():
        keep_deadlines_of.defer(programme_id=str(programme_id))


@task(reach=of_programme, retry=RETRY)
def find_ruptures_of(*, programme_id: str) -> None:
    """Look for the ruptures of one programme, then hand over to its coordination what nobody caught up."""
    ruptures.evaluate(UUID(programme_id), today=clock.today())
    rupture_settings.escalate_overdue(UUID(programme_id), today=clock.today())


@task(reach=nothing, cron="30 5 * * *")
def find_ruptures() -> None:
    """Look for the ruptures of each programme, one job each, after the deadlines."""
    for programme_id in all_programmes():
        find_ruptures_of.defer(programme_id=str(programme_id))


@task(reach=of_programme, retry=RETRY)
def ask_for_news_of(*, programme_id: str) -> None:
    """Ask for news, three and six months after their exit, of the people of one programme."""
    following.ask_for_news(UUID(programme_id), today=clock.today())


@task(reach=nothing, cron="0 9 * * *")
def ask_for_news() -> None:
    """Ask for news in each programme, one job each, at an hour when people read."""
    for programme_id in all_programmes():
        ask_for_news_of.defer(programme_id=str(programme_id))
