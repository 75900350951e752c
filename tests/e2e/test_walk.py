"""The newcomer's walk: a person is welcomed, oriented, answered without an account; a lost thread is found again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from e2e.conftest import Arrive
from e2e.visitor import BROWSER, PHONE, Visitor

pytestmark = BROWSER

NEED = "Un moyen d’aller travailler à cinq heures du matin"
PRINTED = re.compile(PHONE.replace(" ", r"\s"))


@pytest.mark.parametrize("javascript", [True, False], ids=["with-script", "without-script"])
def test_a_referral_cannot_get_lost(arrive: Arrive, album: Path | None, javascript: bool) -> None:
    first_name = "Maëlys" if javascript else "Loane"
    adviser = arrive("conseil.maubeuge", javascript=javascript)
    welcome(adviser, first_name)
    person = adviser.page.url
    recipient = refer(adviser, first_name)

    stranger = arrive(javascript=javascript)
    accept_by_link(stranger, first_name, recipient)

    adviser.page.goto(person)
    expect(adviser.page.get_by_role("main")).to_contain_text("acceptée")

    coordinator = arrive("coordination.maubeuge", javascript=javascript)
    find_the_thread_again(coordinator)


def welcome(adviser: Visitor, first_name: str) -> None:
    """Create a person with a phone, a need, and what they were told."""
    page = adviser.page
    adviser.go("/")
    adviser.follow("Accueillir une personne")
    page.get_by_label("Prénom").fill(first_name)
    page.get_by_label("Téléphone").fill(PHONE)
    page.get_by_label("Dans quel domaine").select_option(label="Mobilité")
    page.get_by_label("Ce dont la personne a besoin").fill(NEED)
    page.get_by_label("La personne a été informée", exact=False).first.check(force=True)
    for answer in ("mission d’intérêt public", "de vive voix"):
        page.get_by_label(answer, exact=True).check(force=True)
    adviser.follow("Créer la fiche")
    expect(page.get_by_role("heading", level=1)).to_contain_text(first_name)
    expect(page.get_by_role("main")).to_contain_text("Personne informée")
    expect(page.get_by_role("main")).to_contain_text(NEED)


def refer(adviser: Visitor, first_name: str) -> str:
    """Open the need, choose a service that fits, of an organisation without an account, send; give its name."""
    page = adviser.page
    adviser.follow("Orienter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(first_name)
    expect(page.get_by_role("main")).to_contain_text(re.compile("peu(t|vent) convenir"))
    without_account = page.get_by_role("article").filter(has_not_text=re.compile(r"\((fictif|fictive)\)"))
    without_account.get_by_role("link", name=re.compile("^Choisir")).first.click()
    recipient = page.locator(".sc-card__meta").first.inner_text()
    expect(page.get_by_role("complementary")).to_contain_text(first_name)
    despite = page.get_by_label("J’oriente quand même")
    if despite.count():  # the service has a waiting list: the page asks whether to go on
        despite.check(force=True)
    adviser.follow("Envoyer l’orientation")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Orientation –")
    expect(page.get_by_role("main")).to_contain_text(recipient)
    return recipient


def accept_by_link(stranger: Visitor, first_name: str, recipient: str) -> None:
    """Read the mail, open its link, accept, ask for the code, see who it is; all of it without an account."""
    page = stranger.page
    stranger.go("/demo/boite-envoi/")
    page.get_by_role("link", name=re.compile("^Une personne vous est orientée")).first.click()
    page.get_by_role("main").locator("a[href*='/r/']").click()
    unnamed(page.get_by_role("main"), first_name)
    answer = page.url
    stranger.follow("Accepter")
    unnamed(page.get_by_role("main"), first_name)
    stranger.follow("Accepter")
    expect(page.get_by_role("main")).to_contain_text("Orientation acceptée")
    unnamed(page.get_by_role("main"), first_name)
    stranger.follow("Voir le nom et le téléphone")
    stranger.follow("Envoyer le code")
    expect(page.get_by_role("main")).to_contain_text("Code envoyé")
    page.get_by_label("Code reçu").fill(code_of(stranger))
    stranger.follow("Voir l’identité")
    expect(page).to_have_url(answer)
    expect(page.get_by_role("main")).to_contain_text(first_name)
    expect(page.get_by_role("main")).to_contain_text(PRINTED)


def code_of(stranger: Visitor) -> str:
    """Read the last code in the outbox, in another tab of the same window."""
    reader = Visitor(stranger.page.context.new_page(), stranger.site)
    for _ in range(20):
        reader.go("/demo/boite-envoi/")
        codes = reader.page.get_by_role("link", name=re.compile("^Votre code"))
        if codes.count():
            codes.first.click()
            found = re.search(r"\b\d{6}\b", reader.page.get_by_role("main").inner_text())
            assert found is not None
            reader.page.close()
            return found[0]
        reader.page.wait_for_timeout(500)
    raise AssertionError("The code never came.")


def unnamed(place: Locator, first_name: str) -> None:
    """Nothing here says who the person is."""
    expect(place).not_to_contain_text(first_name)
    expect(place).not_to_contain_text(PRINTED)


def find_the_thread_again(coordinator: Visitor) -> None:
    """Find on the home page a referral that nobody answered, act on it, see it leave."""
    page = coordinator.page
    coordinator.go("/")
    lines = page.get_by_role("heading", name="À rattraper").locator("..").get_by_role("listitem")
    line = lines.filter(has_text="n’a pas répondu à l’orientation").first
    gap = line.get_by_role("link", name=re.compile("^rompu depuis")).get_attribute("href")
    line.get_by_role("link", name=re.compile("^Clore avec")).click()
    page.get_by_role("main").get_by_role("textbox").first.fill("La personne a trouvé une solution par une voisine.")
    page.get_by_role("main").get_by_role("button").first.click()
    coordinator.go("/")
    expect(page.locator(f'a[href="{gap}"]')).to_have_count(0)
