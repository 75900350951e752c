"""The walk's main form by the keyboard alone."""

from __future__ import annotations

from playwright.sync_api import expect

from e2e.conftest import Arrive
from e2e.visitor import BROWSER, PHONE, Visitor

pytestmark = BROWSER

STOPS = 80  # the most presses of Tab before something is found: the page is too long to be walked beyond
FOCUS_SHOWN = """
() => {
  const one = document.activeElement, label = one.id && document.querySelector(`label[for="${one.id}"]`);
  return [one, label].some(seen => seen && ["", "::before", "::after"].some(part => {
    const style = getComputedStyle(seen, part || null);
    return (style.outlineStyle !== "none" && style.outlineWidth !== "0px") || style.boxShadow !== "none";
  }));
}
"""


def press_tab_until(visitor: Visitor, selector: str) -> None:
    """Go forward until the thing has the focus; each stop on the way shows where it is."""
    for _ in range(STOPS):
        visitor.page.keyboard.press("Tab")
        assert visitor.page.evaluate(FOCUS_SHOWN), f"Nothing shows the focus on {focused(visitor)}"
        if visitor.page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is never reached by Tab.")


def focused(visitor: Visitor) -> str:
    outer: str = visitor.page.evaluate("document.activeElement.outerHTML.slice(0, 160)")
    return outer


def test_a_person_is_welcomed_without_a_mouse(arrive: Arrive) -> None:
    visitor = arrive("conseil.maubeuge")
    page = visitor.page
    visitor.go("/programmes/maubeuge/personnes/nouvelle/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Contenu", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()

    press_tab_until(visitor, "[name=phone]")
    page.keyboard.type("12")
    press_tab_until(visitor, "main form button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.locator("[data-focus]")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[name=first_name]")).to_be_focused()

    page.keyboard.type("Isaure")
    press_tab_until(visitor, "[name=phone]")
    page.keyboard.press("Control+A")
    page.keyboard.type(PHONE)
    press_tab_until(visitor, "main form button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Isaure")
