"""What the visitors of the rig do, over and over, until they are told to stop."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from random import Random
from threading import Event
from typing import Any

from browser import CHOICE, Browser, Diary, GaveUp
from sink import Sink

REFUSALS = ("no_place", "cost", "timing", "too_far")


class Visitor:
    """Somebody who acts at random. What one sends, others find in `waiting`, by organisation."""

    def __init__(self, number: int, browser: Browser, seed: int) -> None:
        self.number, self.browser = number, browser
        self.luck = Random(seed * 1000 + number)  # noqa: S311 the same acts each time, not a secret
        self.numbers = count()

    def mark(self, kind: str) -> str:
        """Words that nothing else holds."""
        return f"{kind}-{self.number}-{next(self.numbers)}"

    def live(self, stopping: Event) -> None:
        """Act until told to stop."""
        while not stopping.is_set():
            try:
                self.act()
            except GaveUp:
                self.browser.diary.count("gave up")

    def act(self) -> None:
        """Do one thing."""
        raise NotImplementedError

    def soon(self) -> str:
        return (date.today() + timedelta(days=self.luck.randint(8, 40))).isoformat()  # noqa: DTZ011 any day to come


class Sender(Visitor):
    """An adviser: welcomes people, writes needs and steps, sends referrals, reminds, withdraws."""

    def __init__(self, *args: Any, world: dict[str, Any], waiting: dict[str, deque[str]]) -> None:
        super().__init__(*args)
        self.world, self.waiting = world, waiting
        self.people: list[str] = []
        self.needs: list[str] = []
        self.sent: list[str] = []

    def act(self) -> None:
        ways: list[tuple[int, Callable[[], None]]] = [(3, self.welcome)]
        if self.people:
            ways += [(2, self.need), (2, self.step)]
        if self.needs:
            ways += [(6, self.refer)]
        if self.sent:
            ways += [(1, self.remind), (1, self.withdraw)]
        weights, acts = zip(*ways, strict=True)
        self.luck.choices(acts, weights)[0]()

    def welcome(self) -> None:
        name = self.mark("Personne")
        told = {
            "informed": "on",
            "information-ground": "public_interest",
            "information-informed_by": "oral",
            "information-scopes": ["partners", "statistics"],
        }
        leads = self.browser.send(
            "/programmes/essai/personnes/nouvelle/",
            "person",
            name,
            first_name="Lina",
            last_name=name,
            phone="06 39 98 01 02",
            organisation=self.world["organisation"],
            need_field="5",
            need_label=f"Un vélo pour {name}",
            proceed="create",
            **told,
        )
        if leads:
            self.people.append(leads)
            self.needs += re.findall(r"/besoins/[\w-]{36}/", self.browser.get(leads))[:1]

    def need(self) -> None:
        person, label = self.luck.choice(self.people), self.mark("Besoin")
        leads = self.browser.send(
            f"{person}besoins/nouveau/?champ=5", "need", label, label=label, theme="", due_on=self.soon()
        )
        if leads:
            self.needs.append(leads)

    def step(self) -> None:
        person, label = self.luck.choice(self.people), self.mark("Étape")
        page = f"{person}etapes/nouvelle/"
        carriers = CHOICE.findall(self.browser.get(page))
        self.browser.send(page, "step", label, label=label, due_on=self.soon(), carrier=carriers[0])

    def refer(self) -> None:
        need = self.needs.pop(self.luck.randrange(len(self.needs)))
        recipient, message = self.luck.choice(self.world["recipients"]), self.mark("Message")
        leads = self.browser.send(
            f"{need}orienter/?structure={recipient}",
            "referral",
            message,
            travels=["first_name", "phone"],
            message=message,
            deadline=self.soon(),
        )
        if leads:
            self.sent.append(leads)
            self.waiting.setdefault(recipient, deque()).append(leads)

    def remind(self) -> None:
        referral = self.luck.choice(self.sent)
        self.browser.send(f"{referral}relancer/", "reminded", referral)

    def withdraw(self) -> None:
        referral = self.sent.pop(self.luck.randrange(len(self.sent)))
        self.browser.send(f"{referral}retirer/", "withdrawn", referral, reason="")


class Receiver(Visitor):
    """An adviser of an organisation that receives: answers, meets, starts, ends."""

    def __init__(self, *args: Any, organisation: str, waiting: dict[str, deque[str]]) -> None:
        super().__init__(*args)
        self.inbox = waiting.setdefault(organisation, deque())
        self.accepted: list[str] = []

    def act(self) -> None:
        if self.accepted and self.luck.random() < 0.4:
            self.go_on(self.accepted.pop(0))
        elif self.inbox:
            self.answer(self.inbox.popleft())
        else:
            self.browser.get("/orientations/recues/")

    def answer(self, referral: str) -> None:
        way = self.luck.choice(("accept", "accept", "propose", "refuse", "ask"))
        if way == "accept":
            if self.browser.send(f"{referral}accepter/", "accepted", referral, comment=""):
                self.accepted.append(referral)
        elif way == "propose":
            propose(self, referral)
        elif way == "refuse":
            reason = self.luck.choice(REFUSALS)
            self.browser.send(f"{referral}refuser/", "refused", referral, reason=reason, text="", instead="")
        else:
            self.browser.send(f"{referral}question/", "question", referral, text=self.mark("Question"))

    def go_on(self, referral: str) -> None:
        if self.browser.send(f"{referral}commencer/", "started", referral):
            self.browser.send(
                f"{referral}terminer/", "ended", referral, outcome="covered", evidence="partner", reason=""
            )


class Partner(Visitor):
    """Somebody without an account, who answers by the links found in mails."""

    def __init__(self, *args: Any, sink: Sink) -> None:
        super().__init__(*args)
        self.sink, self.read = sink, 0

    def act(self) -> None:
        if self.read >= len(self.sink.links):
            self.browser.get("/healthz")
            return
        link = self.sink.links[self.read]
        self.read += 1
        self.browser.address = (
            f"10.{self.read >> 8 & 255}.{self.read & 255}.2"  # another partner: each is throttled apart
        )
        way = self.luck.choice(("accept", "propose", "refuse", "nothing"))
        if way == "accept":
            self.browser.send(f"{link}accepter/", "accepted", link, comment="")
        elif way == "propose":
            propose(self, link)
        elif way == "refuse":
            self.browser.send(
                f"{link}refuser/", "refused", link, reason=self.luck.choice(REFUSALS), text="", instead=""
            )


def propose(visitor: Visitor, referral: str) -> None:
    """Propose an appointment at a place that nothing else names."""
    place = visitor.mark("Lieu")
    visitor.browser.send(
        f"{referral}rendez-vous/", "appointment", place, day=visitor.soon(), at="09:30", minutes="30", place=place
    )


def everybody(port: int, world: dict[str, Any], sink: Sink, diary: Diary, seed: int) -> list[Visitor]:
    """Every visitor of the rig, each with their browser."""
    waiting: dict[str, deque[str]] = {}
    numbers = count()
    senders = [
        Sender(next(numbers), Browser(port, diary, one), seed, world=world, waiting=waiting) for one in world["senders"]
    ]
    receivers = [
        Receiver(
            next(numbers),
            Browser(port, diary, one["session"]),
            seed,
            organisation=one["organisation"],
            waiting=waiting,
        )
        for one in world["receivers"]
    ]
    return [*senders, *receivers, Partner(next(numbers), Browser(port, diary), seed, sink=sink)]
