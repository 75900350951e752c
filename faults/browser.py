"""A visitor's browser: pages over HTTP, forms sent until they are answered, and what was told written down."""

from __future__ import annotations

import http.client
import json
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import urlencode, urlsplit

PATIENCE = 120.0  # seconds that a visitor tries again before giving up
TIMEOUT = 30
AWAY = 500  # from this status on, nobody answered for the act
CHOICE = re.compile(r'<option value="([^"]+)"')


class GaveUp(Exception):
    """No answer came in all this time, or the page has no form: the visitor does something else."""


@dataclass
class Diary:
    """What visitors sent and what they were told, kept in a file as it happens."""

    path: Path
    acts: list[dict[str, Any]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)

    def count(self, what: str) -> None:
        with self.lock:
            self.counts[what] += 1

    def keep(self, **act: Any) -> None:
        """Write down an act: `told` is true when the site acknowledged it."""
        with self.lock:
            self.acts.append(act)
            with self.path.open("a") as file:
                file.write(json.dumps(act) + "\n")


class Browser:
    """One visitor, with cookies."""

    def __init__(self, port: int, diary: Diary, session: str = "") -> None:
        self.port, self.diary = port, diary
        self.address = "10.0.0.1"
        self.cookies = {"sessionid": session} if session else {}

    def ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str, str]:
        """Send one request; give the status, where it leads, the page."""
        self.diary.count("requests")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "X-Forwarded-For": self.address,
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            page = answer.read().decode()
        finally:
            connection.close()
        for line in answer.msg.get_all("Set-Cookie") or ():
            name, _, rest = line.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return answer.status, answer.msg.get("Location") or "", page

    def get(self, path: str) -> str:
        """Read a page, trying again while nobody answers."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                status, _, page = self.ask("GET", path)
            except (OSError, http.client.HTTPException):
                self.diary.count("no answer")
            else:
                if status == 200:
                    return page
                if status < AWAY:
                    raise GaveUp(f"{status} {path}")
                self.diary.count(f"status {status}")
            time.sleep(0.2)
        raise GaveUp(path)

    def send(self, page_path: str, kind: str, marker: str, **fields: Any) -> str:
        """Fill the form of a page and send it until somebody answers. Give where it leads, empty when refused.

        Each act of the diary says whether it was acknowledged, after how many tries, and which words find it again.
        """
        page = self.get(page_path)
        hidden = {
            name: found[1]
            for name in ("csrfmiddlewaretoken", "envoi")
            if (found := re.search(rf'name="{name}" value="([^"]+)"', page))
        }
        body = urlencode({**hidden, **fields}, doseq=True)
        tries, deadline, answered = 0, time.monotonic() + PATIENCE, None
        while answered is None and time.monotonic() < deadline:
            tries += 1
            try:
                status, location, page = self.ask("POST", page_path, body)
                if status < AWAY:
                    answered = status
                else:
                    self.diary.count(f"status {status}")
            except (OSError, http.client.HTTPException):
                self.diary.count("no answer")
            if answered is None:
                time.sleep(0.2)
        told = answered in {302, 303}
        self.diary.count("acknowledged" if told else "refused" if answered else "unknown")
        leads = urlsplit(location).path if told else ""
        self.diary.keep(kind=kind, marker=marker, told=told, status=answered, tries=tries, leads=leads)
        return leads
