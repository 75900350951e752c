"""What each rule would have found in the stories of the demonstration, and how many were false alarms.

Run with `.venv/bin/python bench/false_alarms.py`. Two towns live their year, the rules at their usual thresholds; a
false alarm is a rupture that somebody took up within the three days it leaves to act, without having been told.
"""

from __future__ import annotations

from house import own_database, table


def main() -> None:
    with own_database():
        measure()


def measure() -> None:
    from sanscouture.access.scope import scope
    from sanscouture.core import clock
    from sanscouture.demo.rules.cast import town
    from sanscouture.demo.rules.places import GRENOBLE, MAUBEUGE
    from sanscouture.demo.services.cast import bring_town
    from sanscouture.demo.services.stories.year import play
    from sanscouture.demo.services.stories.years import YEARS
    from sanscouture.pathways.rules.replay import replay, summed
    from sanscouture.pathways.rules.ruptures import RULES
    from sanscouture.pathways.selectors.rupture_replay import PAST_DAYS, pasts
    from sanscouture.programmes.models import Programme
    from sanscouture.programmes.services import load_starter_programmes
    from sanscouture.territories.services import load_starter_set

    load_starter_set()
    load_starter_programmes()
    years = {one.programme: one for one in YEARS}
    lives, people = [], 0
    for place in (MAUBEUGE, GRENOBLE):
        bring_town(town(place))
        people += play(years[place])
        programme = Programme.objects.get(official_id=place)
        with scope(programmes=[programme.pk], named=[programme.pk]):
            lives += pasts(programme.pk)
    today = clock.today()
    since = today.fromordinal(today.toordinal() - PAST_DAYS)
    rows = []
    for rule, one in RULES.items():
        if not one.replays:
            continue
        found = summed(replay(lives, rule, threshold=one.threshold.usual, since=since, until=today), until=today)
        share = f"{found.ended_alone / found.caught:.0%}" if found.caught else "–"
        figures = (found.caught, found.people, found.needed, found.ended_alone)
        rows.append((rule.value, str(one.threshold.usual), *map(str, figures), share))
    heads = ("threshold", "found", "people", "needed", "false alarms", "share")
    table(f"{people} people, {PAST_DAYS} days", rows, heads)


if __name__ == "__main__":
    main()
