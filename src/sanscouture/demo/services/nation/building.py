"""Building the country, programme by programme."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from sanscouture.access.scope import scope
from sanscouture.core import clock
from sanscouture.demo.rules.cast import PROGRAMMES
from sanscouture.demo.services.nation.alliance import Founder
from sanscouture.demo.services.nation.arrival import Arrival, homes_in
from sanscouture.demo.services.nation.book import Book
from sanscouture.demo.services.nation.life import Morning, Resident
from sanscouture.demo.services.player import at
from sanscouture.people.models import Beneficiary
from sanscouture.programmes.models import Programme

SEED = 84
INVENTED = "fictif-"
GROUP = 200
"""People kept in memory before their rows are written."""

Advance = Callable[[int], None]


@dataclass(frozen=True)
class Built:
    """What was written: programmes, people, rows of every kind."""

    programmes: int = 0
    people: int = 0
    rows: int = 0

    def __add__(self, other: Built) -> Built:
        return Built(self.programmes + other.programmes, self.people + other.people, self.rows + other.rows)


def build_nation(people: int, *, advance: Advance = lambda count: None) -> Built:
    """Bring so many people into each programme without a story that has none yet; `advance` is told each programme."""
    total = Built()
    for programme in Programme.objects.exclude(official_id__in=PROGRAMMES).order_by("slug"):
        total += build_programme(programme, people)
        advance(1)
    return total


def build_programme(programme: Programme, people: int) -> Built:
    """Bring so many people into one programme, all or nothing; none when it has some already."""
    luck = Random(f"{SEED}/{programme.slug}")  # noqa: S311 a fiction, not a secret
    now, today = clock.now(), clock.today()
    morning = Morning(today, min(at(today, 5, 10), now))
    with scope(programmes=[programme.pk], named=[programme.pk]):
        if Beneficiary.objects.get_queryset().filter(programme=programme).exists():
            return Built()
        book = Book(programme.pk, luck)
        alliance = Founder(programme, book, luck, people=people).found()
        arrival, rows = Arrival(alliance, book, today), 0
        for rank, home in enumerate(homes_in(alliance, luck, people)):
            own = Random(f"{SEED}/{programme.slug}/{rank}")  # noqa: S311
            Resident(arrival.welcome(home, own), alliance, morning, own).play()
            if rank % GROUP == GROUP - 1:
                rows += book.write()
        rows += book.write()
    return Built(1, people, rows)


def invent_programmes(count: int, like: Sequence[Programme]) -> list[Programme]:
    """Add programmes that do not exist, named so, in the communes of real ones: for benches larger than the country."""
    made = []
    known = Programme.objects.filter(slug__startswith=INVENTED).count()
    for rank in range(known, known + count):
        model = like[rank % len(like)]
        programme = Programme(
            slug=f"{INVENTED}{rank + 1}",
            name=f"Programme fictif {rank + 1}",
            lon=model.lon,
            lat=model.lat,
            source="demo",
        )
        with scope(programmes=[programme.pk]):
            programme.save()
            programme.communes.set(model.communes.all())
        made.append(programme)
    return made
