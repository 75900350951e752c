"""The demonstration opens, and its doors work."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from e2e.conftest import Arrive
from e2e.visitor import BROWSER

pytestmark = BROWSER


@pytest.mark.parametrize("javascript", [True, False])
def test_one_click_signs_in_and_one_signs_out(arrive: Arrive, javascript: bool) -> None:
    visitor = arrive(javascript=javascript)
    visitor.sign_in("conseil.maubeuge")
    visitor.page.get_by_role("button", name="Se déconnecter").first.click()
    visitor.go("/connexion/")
    expect(visitor.page.get_by_role("button", name="Se déconnecter")).to_have_count(0)


def test_the_language_is_a_choice_of_the_reader(arrive: Arrive) -> None:
    visitor = arrive()
    visitor.go("/connexion/")
    expect(visitor.page.locator("html")).to_have_attribute("lang", "fr")
    visitor.page.get_by_role("button", name="English").first.click()
    expect(visitor.page.locator("html")).to_have_attribute("lang", "en")
