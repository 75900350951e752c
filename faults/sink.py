"""A mail server on loopback that takes every mail, slowly, and counts how often each came."""

from __future__ import annotations

import email
import re
import socketserver
import time
from collections import Counter
from email.policy import default
from random import Random
from threading import Lock, Thread
from typing import Any

SLOWEST = 0.15  # seconds between taking a mail and saying so: where a killed sender does not know
LINK = re.compile(r"/r/[\w-]{40,}/")


class Sink(socketserver.ThreadingTCPServer):
    """Mails by Message-ID, and the answer links that they hold."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, seed: int) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.luck = Random(seed)  # noqa: S311 the same delays each time, not a secret
        self.seen: Counter[str] = Counter()
        self.links: list[str] = []
        self.last = 0.0
        self.lock = Lock()
        Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def handle_error(self, *_: object) -> None:
        """A sender killed while it speaks is what this is for."""

    def take(self, data: bytes) -> None:
        """Count a mail and keep its link."""
        mail: Any = email.message_from_bytes(data, policy=default)
        body = mail.get_body(("plain",))
        found = LINK.search(body.get_content() if body else "")
        with self.lock:
            self.seen[str(mail["Message-ID"]).strip("<>").partition("@")[0]] += 1
            self.last = time.monotonic()
            if found:
                self.links.append(found[0])
        time.sleep(self.luck.uniform(0, SLOWEST))


class Session(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as Django's client says."""

    def handle(self) -> None:
        self.say("220 sink")
        while line := self.rfile.readline():
            word = line.split(b" ", 1)[0].strip().upper()
            if word == b"DATA":
                self.say("354 go on")
                lines = []
                while (line := self.rfile.readline()) not in {b".\r\n", b""}:
                    lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
                if not line:
                    return
                self.server.take(b"".join(lines))  # type: ignore[attr-defined]
            self.say("221 bye" if word == b"QUIT" else "250 ok")
            if word == b"QUIT":
                return

    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")
