"""Kill the site at random under load, then compare what it told its visitors with what it holds (chapter 08, Faults).

`make faults ARGS="--kills 200 --seed 1"`. Real processes (gunicorn's arbiter and worker, the worker of jobs, the
embedded PostgreSQL with fsync and its keeper), real forms over HTTP on loopback, a mail server that counts. Ends with
an error when an acknowledged act is lost or done twice, a mail came twice, somebody is held by nobody, a state is half
written, or the queue does not drain. Needs Linux (/proc). What a power cut does to a disk is not tried.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Any

from browser import Diary
from installation import Site
from sink import Sink
from visitors import everybody

HERE = Path(__file__).resolve().parent
FAULTS = ("lost", "doubled", "orphaned", "half", "mails_unsent", "mails_said_sent_that_never_came")
EVERYTHING = "all at once"
DRAIN = 180.0  # seconds for the queue to empty, jobs of dead workers included
SAMPLE = 5  # sentences shown of each fault
Recoveries = dict[str, list[float]]


def kill_at_random(site: Site, sink: Sink, kills: int, luck: Random) -> Recoveries:
    """Kill one process after another, each once the site is well again. Gives the seconds that it took, by target."""
    took: Recoveries = defaultdict(list)
    targets = site.targets()
    bag: list[str] = []
    done = 0
    while done < kills:
        time.sleep(luck.uniform(0.3, 2.0))
        bag = bag or luck.sample([*targets, EVERYTHING], len(targets) + 1)
        name = bag.pop()
        before = time.monotonic()
        aimed = {key: pid for key in (targets if name == EVERYTHING else [name]) if (pid := targets[key]())}
        killed = [key for key, pid in aimed.items() if site.kill(pid)]
        if not killed:
            continue
        done += 1
        if not site.wait(lambda: all(targets[key]() not in {None, aimed[key]} for key in killed)):  # noqa: B023 now
            raise SystemExit(f"{name} n’est pas revenu : lisez le journal du site.")
        come_back(site, sink, mail_too=name in {"jobs", EVERYTHING}, since=before)
        took[name].append(time.monotonic() - before)
        print(f"  {done:>3}/{kills}  {name:<12} {took[name][-1]:6.1f} s", flush=True)
    return took


def come_back(site: Site, sink: Sink, *, mail_too: bool, since: float) -> None:
    """Wait until pages are served from the database, and mails leave when who sends them was killed."""
    if not site.wait(site.well):
        raise SystemExit("Le site n’est pas revenu : lisez son journal.")
    if mail_too and not site.wait(lambda: sink.last > since):
        raise SystemExit("Les travaux n’ont pas repris.")


def drained(site: Site) -> bool:
    """Whether no job waits to be done now."""
    return site.health().get("jobs_waiting") == 0


def verdict(site: Site, sink: Sink, diary: Diary, programme: str) -> dict[str, Any]:
    """Ask another process what is in the database."""
    seen = diary.path.with_name("mails.json")
    seen.write_text(json.dumps(sink.seen))
    found: dict[str, Any] = json.loads(
        site.run(sys.executable, str(HERE / "verdict.py"), str(diary.path), str(seen), programme)
    )
    return found


def report(took: Recoveries, diary: Diary, found: dict[str, Any], seconds: float) -> int:
    """Print the tables; give the exit code."""
    print("\n| tué | fois | retour médian (s) | le plus long (s) |\n|---|---|---|---|")
    for name, times in sorted(took.items()):
        print(f"| {name} | {len(times)} | {statistics.median(times):.1f} | {max(times):.1f} |")
    every = [one for times in took.values() for one in times]
    print(f"| tout | {len(every)} | {statistics.median(every):.1f} | {max(every):.1f} |")
    again = sum(act["told"] and act["tries"] > 1 for act in diary.acts)
    rows = [("durée (s)", round(seconds)), *sorted(diary.counts.items()), ("acknowledged after a retry", again)]
    rows += [(name, len(value) if isinstance(value, list) else value) for name, value in found.items()]
    print("\n| compté | |\n|---|---|")
    for row in rows:
        print("| {} | {} |".format(*row))
    unfinished = [f"{state}: {n}" for state, n in found["jobs"].items() if state not in {"succeeded", "todo"}]
    faults = {name: found[name] for name in FAULTS if found[name]} | ({"jobs": unfinished} if unfinished else {})
    for name, sentences in faults.items():
        print(f"\n{name} :", *sentences[:SAMPLE], sep="\n  ")
    print("\nÉCHEC" if faults else "\nRien de perdu, rien en double.")
    return 1 if faults else 0


def main() -> int:
    """Build the site, load it, kill it, let it rest, judge it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="garder le dossier de l’essai")
    parser.add_argument("--careless", action="store_true", help="sans fsync : l’essai doit alors échouer")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="sanscouture-faults-"))
    os.chmod(folder, 0o700)
    sink = Sink(options.seed)
    site = Site(folder, sink.port, careless=options.careless)
    diary = Diary(folder / "diary.jsonl")
    diary.path.touch()
    began = time.monotonic()
    try:
        site.start()
        world = json.loads(site.run(sys.executable, str(HERE / "world.py")))
        if not site.wait(site.well):
            raise SystemExit("Le site n’a pas commencé : lisez son journal.")
        left = Event()
        crowd = everybody(site.port, world, sink, diary, options.seed)
        threads = [Thread(target=one.live, args=[left], daemon=True) for one in crowd]
        for thread in threads:
            thread.start()
        luck = Random(options.seed)  # noqa: S311 the same moments each time, not a secret
        took = kill_at_random(site, sink, options.kills, luck)
        left.set()
        for thread in threads:
            thread.join(300)
        site.wait(lambda: drained(site), DRAIN)
        time.sleep(25)  # a job begun by the last worker killed is taken up twenty seconds after its last sign
        site.wait(lambda: drained(site), DRAIN)
        return report(took, diary, verdict(site, sink, diary, world["programme"]), time.monotonic() - began)
    finally:
        site.stop()
        if options.keep:
            print(f"Gardé : {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    raise SystemExit(main())
