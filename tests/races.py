"""Two people at once: acts that run at the same moment on connections that really commit."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread

from django.db import connection

from personas import Persona
from sanscouture.access.scope import scope_of
from sanscouture.core.errors import Refused


def at_once(*acts: tuple[Persona, Callable[[], object]]) -> list[object]:
    """Run acts at the same moment, each with its own connection and scope. Gives what each returned or raised."""
    ready, ends = Barrier(len(acts)), [None] * len(acts)

    def run(index: int, who: Persona, act: Callable[[], object]) -> None:
        try:
            actor = who.actor
            ready.wait(timeout=20)
            with scope_of(actor):
                ends[index] = act()
        except Refused as refusal:
            ends[index] = refusal
        finally:
            connection.close()

    threads = [Thread(target=run, args=(index, *one)) for index, one in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return ends
