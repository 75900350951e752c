"""Somebody in front of a window: what they do, in their words, and what their browser complains of."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, expect

from e2e.site import Site

BROWSER = [pytest.mark.browser, pytest.mark.timeout(600)]
PHONE = " ".join(["06", "39", "98", *(f"{uuid4().int % 100:02}" for _ in range(2))])  # invented, new each time
EXPECTED = re.compile(r"the server responded with a status of (403|404|409|410|422)")


Link = tuple[str, str]  # where it leads, its words


def matching(links: list[Link], pattern: str) -> list[str]:
    """The addresses of the links that match, or whose words begin so."""
    return [href for href, words in links if re.fullmatch(pattern, href) or re.match(pattern, words)]


@dataclass
class Watch:
    """What no page may do: write an error in the console, break the security policy, ask another host."""

    url: str
    complaints: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        context.on("console", self.heard)
        context.on("weberror", lambda error: self.complaints.append(f"{error.page and error.page.url}: {error.error}"))
        context.on("request", self.asked)

    def taken(self) -> list[str]:
        """Give the complaints, and forget them."""
        taken, self.complaints = self.complaints, []
        return taken

    def heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not EXPECTED.search(message.text):
            self.complaints.append(f"{message.page and message.page.url}: {message.text}")

    def asked(self, request: Request) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.complaints.append(f"{request.frame.url} asks another host: {request.url}")


@dataclass(frozen=True)
class Visitor:
    """A window, and the acts of the person in front of it."""

    page: Page
    site: Site

    def sign_in(self, persona: str) -> None:
        """Enter by the persona's button."""
        self.page.goto("/connexion/")
        form = self.page.locator("form", has=self.page.locator(f'input[value="{persona}@demo.example"]'))
        folded = self.page.locator("details:not([open])").filter(has=form)
        if folded.count():
            folded.locator("summary").first.click()
        form.get_by_role("button").click()
        expect(self.page.get_by_role("heading", level=1)).to_be_visible()
        assert "/connexion/" not in self.page.url

    def go(self, path: str) -> None:
        """Open a page that must answer well."""
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.status == 200, f"{path} answers {answer.status}"

    def follow(self, name: str) -> None:
        """Follow a link or press a button, by its name."""
        target = self.page.get_by_role("link", name=name, exact=True)
        target = target.or_(self.page.get_by_role("button", name=name, exact=True))
        target.first.click()

    def title(self) -> str:
        return self.page.get_by_role("heading", level=1).inner_text()

    def links(self) -> list[Link]:
        """The links of the page, in order."""
        found = self.page.locator("a[href]").evaluate_all(
            "all => all.map(one => [one.getAttribute('href'), one.textContent.trim()])"
        )
        return [(href, words) for href, words in found]

    def overflow(self) -> int:
        """How many pixels the page is wider than the window."""
        width: int = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        return width
