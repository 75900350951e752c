"""Every form of the site, filled to hurt; `make fuzz-forms` does it longer (FUZZ_ROUNDS, FUZZ_SEED).

For each address, the forms of its page are read as a browser reads them, filled with what they propose, then a few of
their values are replaced by hostile ones and sent; so are bodies that are no form at all. The site must answer: a page,
a sentence, a redirection; never a fault of the server, never markup of ours come back, never a row half written.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from random import Random
from typing import Any
from urllib.parse import quote_plus, urljoin
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client

from factories import ReferralFactory
from sanscouture.core import clock
from sanscouture.pathways.models import Referral
from sanscouture.pathways.rules import referrals as rules
from sanscouture.pathways.services import links
from test_addresses import ASKING, Address, World, asked, holder, url_of, world

__all__ = ["world"]

ROUNDS = int(os.environ.get("FUZZ_ROUNDS", "2"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))
ANSWERS = {200, 302, 303, 400, 403, 404, 405, 409, 410, 413, 422, 429}
MARK = "<script>alert(7)</script>"
HOSTILE = [
    *(
        "",
        " ",
        "\0",
        "a\0b",
        MARK,
        f'"{MARK}',
        "'; DROP TABLE people_beneficiary; --",
        "{{ 7*7 }}{% debug %}",
        "%s%n%(x)s",
    ),
    *(
        "\u202eelttam",
        "e\u0301" * 200,
        "👩🏽" * 50,
        "x" * 100_000,
        "=cmd|' /C calc'!A0",
        "../../etc/passwd",
        "\r\nX-Evil: 1",
    ),
    *(
        "NaN",
        "inf",
        "-inf",
        "1e309",
        "-1",
        "0",
        "²",
        "٣",
        "9" * 30,
        "9" * 5_000,
        "1,5",
        "0x10",
        "1_000",
        "True",
        "null",
        "[]",
    ),
    *(
        "0000-00-00",
        "0001-01-01",
        "9999-12-31",
        "1900-02-29",
        "31/02/2026",
        "2026-13-01",
        "2026-11-25T25:61",
        "12:00:00Z",
    ),
    *("00000000-0000-0000-0000-000000000000", "11111111-1111-7111-8111-111111111111", "javascript:alert(7)", "{}"),
    *("//evil.example/", "+33 6 39 98 00 00 00 00", "a@b", "a@" + "b" * 300 + ".example", "\ufffe", "ﬀ", "İ", "ß"),
]
FORM, PARTS = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="label"'
BODIES = [
    (FORM, b"%ff%fe=%c3%28&first_name=%ed%a0%80&%00=1"),
    (FORM, b"&".join(b"a%d=1" % rank for rank in range(1_500))),
    (f"{FORM}; charset=utf-7", b"+ADw-script+AD4-=1"),
    (f"{FORM}; charset=nowhere", b"first_name=x"),
    (PARTS, PART + b"\r\n\r\nunfinished"),
    (PARTS, PART + b'; filename="a\0.exe"\r\n\r\nMZ\r\n--x--\r\n'),
    ("multipart/form-data", b"no boundary"),
    ("application/json", b'{"first_name": NaN, "first_name": [' + b"[" * 5_000),
    ("text/plain", b"\xff" * 1_000),
]


@dataclass
class Form:
    """A form of a page: where it goes, and each field with the values that it proposes."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)


class Forms(HTMLParser):
    """Reads the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        is_ = dict(attrs)
        name, value = is_.get("name") or "", is_.get("value") or ""
        if tag == "form":
            self.found.append(Form(is_.get("action") or "", (is_.get("method") or "get").lower()))
        elif self.found and tag in {"input", "textarea", "select", "button"} and name:
            self.found[-1].fields.setdefault(name, []).append(value)
            self.select = name if tag == "select" else self.select
        elif self.found and tag == "option" and self.select:
            self.found[-1].fields[self.select].append(value)

    def handle_endtag(self, tag: str) -> None:
        self.select = "" if tag == "select" else self.select


def forms_of(page: str) -> list[Form]:
    reader = Forms()
    reader.feed(page)
    return reader.found


def filled(form: Form, luck: Random) -> dict[str, Any]:
    """Fill a form as it proposes, then harm some of it: other values, values twice, values missing."""
    sent: dict[str, Any] = {name: luck.choice(values) for name, values in form.fields.items()}
    for name in luck.sample(sorted(sent), k=min(len(sent), luck.choice([1, 1, 2, 4, 99]))):
        way = luck.random()
        if way < 0.08:
            del sent[name]
        elif way < 0.16:
            sent[name] = [luck.choice(HOSTILE), luck.choice(HOSTILE)]
        elif way < 0.24:
            sent[luck.choice([f"{name}[]", f"{name}.x", name.upper(), "__proto__"])] = luck.choice(HOSTILE)
        else:
            sent[name] = luck.choice(HOSTILE)
    return sent


@dataclass
class Attack:
    """One address under attack; what it answered, and what it should not have."""

    client: Client
    luck: Random
    answers: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def try_out(self, method: str, url: str, data: Any, **more: Any) -> None:
        self.client.raise_request_exception = False
        with transaction.atomic():
            if isinstance(data, bytes):
                answer = self.client.generic(method.upper(), url, data, **more)
            else:
                answer = getattr(self.client, method)(url, data)
            self.answers[answer.status_code] += 1
            if answer.status_code not in ANSWERS:
                told = repr(answer.exc_info[1])[:300] if getattr(answer, "exc_info", None) else ""
                self.faults.append(f"{method} {url} → {answer.status_code} {told} for {str(data)[:600]!r}")
            if not answer.streaming and MARK.encode() in answer.content:
                self.faults.append(f"{method} {url}: markup comes back for {str(data)[:300]!r}")
            if "evil.example" in answer.get("Location", "") or "X-Evil" in answer:
                self.faults.append(f"{method} {url}: leads to {answer.get('Location')}")
            if answer.status_code < 400 and self.luck.random() < 0.7:
                transaction.set_rollback(True)  # the next one finds the object as it was; some go on from here

    def all_forms(self, url: str, rounds: int) -> None:
        page = self.client.get(url)
        readable = page.status_code == 200 and page["Content-Type"].startswith("text/html")
        here = [one for one in forms_of(page.text) if one.fields] if readable else []
        here = [one for one in here if "langue" not in one.action and "deconnexion" not in one.action]
        here.append(Form(url, "post", {"reason": [""], "text": [""], "state": [""]}))
        for _ in range(rounds):
            form = self.luck.choice(here)
            self.try_out(form.method, urljoin(url, form.action or url), filled(form, self.luck))
        for kind, body in self.luck.sample(BODIES, k=min(rounds, len(BODIES))):
            self.try_out("post", url, body, content_type=kind)
        query = "&".join(
            f"{name}={quote_plus(self.luck.choice(HOSTILE))[:2000]}" for name in ("page", "tri", "q", "next")
        )
        self.try_out("get", f"{url}?{query}", None)


def nothing_half_written() -> None:
    """Every referral that lives still has somebody who holds it, and a day by which they act."""
    for referral in Referral.objects.get_queryset().order_by("pk"):
        if referral.state in rules.AWAITING:
            assert referral.sent_at is not None
            assert referral.deadline is not None
        assert (referral.state == "refused") == bool(referral.refusal_reason)
        assert referral.state not in {"accepted", "refused"} or referral.decided_at is not None


@pytest.mark.timeout(600)
@pytest.mark.parametrize("address", ASKING, ids=lambda address: address.name)
def test_forms(address: Address, world: World) -> None:
    attack = Attack(holder(asked(address), world).client, Random(f"{SEED} {address.name}"))  # noqa: S311 not a secret
    attack.all_forms(url_of(address, world), ROUNDS)
    nothing_half_written()
    assert not attack.faults, "\n".join(attack.faults[:10])


@pytest.mark.timeout(600)
@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    ["/connexion/", "/mot-de-passe-oublie/", "/inscription/", "/langue/", "/annuaire/", "/invitation/x/", "/acces/x/"],
)
def test_forms_of_nobody(path: str) -> None:
    attack = Attack(Client(), Random(f"{SEED} {path}"))  # noqa: S311 not a secret
    attack.all_forms(path, ROUNDS)
    assert not attack.faults, "\n".join(attack.faults[:10])


def altered(token: str, luck: Random) -> str:
    """Change a link where a thief or a mailer would: a letter, its case, its end, its order, its signature."""
    at = luck.randrange(len(token))
    return luck.choice(
        [
            token[:at] + luck.choice("ABCxyz019-_") + token[at + 1 :],
            token.swapcase(),
            token[:at],
            token + luck.choice("=A."),
            token[::-1],
            quote_plus(luck.choice(HOSTILE)[:300].replace("/", "")) or "x",
            str(uuid4()),
        ]
    )


@pytest.mark.timeout(600)
@pytest.mark.parametrize("way", ["altered", "expired", "replayed", "live"])
def test_links(way: str, world: World) -> None:
    luck = Random(f"{SEED} {way}")  # noqa: S311 not a secret
    referral = ReferralFactory(need__beneficiary=world.person(), recipient=world.recipient)
    token = links.make_link(referral)
    attack = Attack(Client(), luck)
    acts = ["", "identite/", "accepter/", "refuser/", "rendez-vous/", "liste-d-attente/", "question/"]
    if way == "altered":
        for _ in range(ROUNDS * 2):
            wrong = altered(token, luck)
            if wrong != token:
                answer = attack.client.get(f"/r/{wrong}/")
                assert answer.status_code in {301, 404}, wrong
                assert world.programme.name not in answer.text
        return
    if way == "expired":
        with clock.at(clock.now() + timedelta(days=120)):
            for act in acts:
                attack.all_forms(f"/r/{token}/{act}", min(ROUNDS, 5))
        referral.refresh_from_db()
        assert referral.state == "sent"
    elif way == "replayed":
        for _ in range(5):
            attack.try_out("post", f"/r/{token}/accepter/", {})
            attack.try_out("post", f"/r/{token}/refuser/", {"reason": "no_place"})
        referral.refresh_from_db()
        assert referral.events.filter(kind__in=["accepted", "refused"]).count() <= 1
    else:
        for act in acts:
            attack.all_forms(f"/r/{token}/{act}", ROUNDS)
    nothing_half_written()
    assert not attack.faults, "\n".join(attack.faults[:10])
