"""A real Chromium on the real demonstration. One worker runs these tests: `pytestmark = BROWSER`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from e2e.site import Site, running_demo
from e2e.visitor import Visitor, Watch

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
Arrive = Callable[..., Visitor]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demonstration, from nothing, once for all the tests; E2E_URL names one that already runs, to work faster."""
    if os.environ.get("E2E_URL"):
        yield Site(os.environ["E2E_URL"])
        return
    with running_demo(tmp_path_factory.mktemp("demo")) as site:
        yield site


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The machine's Chromium. It leaves with these tests: its event loop would hinder Django's in the next ones."""
    missing, path = os.environ.get("CHROMIUM_MISSING"), os.environ.get("CHROMIUM")
    if missing or not path:
        pytest.fail(missing or "Lancez ces tests par « make e2e », qui trouve le navigateur.", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def keys() -> dict[str, object]:
    """The session of each persona that has signed in once."""
    return {}


def window(browser: Browser, site: Site, keys: dict[str, object], persona: str, javascript: bool) -> BrowserContext:
    """Open a private window, with the session of the persona if it has one."""
    context = browser.new_context(
        base_url=site.url,
        locale="fr-FR",
        timezone_id="Europe/Paris",
        java_script_enabled=javascript,
        reduced_motion="reduce",
        storage_state=keys.get(persona),
    )
    context.set_default_timeout(20_000)
    return context


def enter(context: BrowserContext, site: Site, keys: dict[str, object], persona: str, width: int) -> Visitor:
    """Open a page in the window; the persona signs in the first time."""
    visitor = Visitor(context.new_page(), site)
    visitor.page.set_viewport_size({"width": width, "height": 900})
    if persona and persona not in keys:
        visitor.sign_in(persona)
        keys[persona] = context.storage_state()
    return visitor


@pytest.fixture
def arrive(browser: Browser, site: Site, keys: dict[str, object]) -> Iterator[Arrive]:
    """Come in a private window: `arrive(persona="", javascript=True, width=1280)`.

    At the end, what the browser complained of (errors, refused by the security policy, another host) fails the test.
    """
    contexts: list[BrowserContext] = []
    watch = Watch(site.url)

    def new(persona: str = "", *, javascript: bool = True, width: int = 1280) -> Visitor:
        context = window(browser, site, keys, persona, javascript)
        contexts.append(context)
        watch.over(context)
        return enter(context, site, keys, persona, width)

    yield new
    for context in contexts:
        context.close()
    assert not watch.complaints, "The browser complains:\n" + "\n".join(watch.complaints)


@pytest.fixture(scope="package")
def windows() -> Iterator[dict[tuple[str, bool], tuple[Visitor, Watch]]]:
    """The windows that tests which only look share: one for each persona, with and without JavaScript."""
    opened: dict[tuple[str, bool], tuple[Visitor, Watch]] = {}
    yield opened
    for visitor, _watch in opened.values():
        visitor.page.context.close()


@pytest.fixture
def look(
    browser: Browser, site: Site, keys: dict[str, object], windows: dict[tuple[str, bool], tuple[Visitor, Watch]]
) -> Iterator[Arrive]:
    """As `arrive`, in a window that stays open: for tests that read pages and act on nothing."""

    def old(persona: str = "", *, javascript: bool = True, width: int = 1280) -> Visitor:
        if (persona, javascript) not in windows:
            context = window(browser, site, keys, persona, javascript)
            watch = Watch(site.url)
            watch.over(context)
            windows[persona, javascript] = (enter(context, site, keys, persona, width), watch)
        visitor, _watch = windows[persona, javascript]
        visitor.page.set_viewport_size({"width": width, "height": 900})
        return visitor

    yield old
    complaints = [each for _visitor, watch in windows.values() for each in watch.taken()]
    assert not complaints, "The browser complains:\n" + "\n".join(complaints)


@pytest.fixture(scope="session")
def album() -> Path | None:
    """The folder where screenshots go, when SCREENSHOTS names one."""
    named = os.environ.get("SCREENSHOTS")
    if not named:
        return None
    folder = Path(named)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
