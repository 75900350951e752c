"""A real account, no persona: a passkey that the browser makes and uses, the second step, a code that saves the day."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import expect

from e2e.conftest import Arrive
from e2e.test_pages import POCKET, inaccessible, too_wide
from e2e.visitor import BROWSER, Visitor

pytestmark = BROWSER

PASSWORD = "une aiguille dans la meule 2026"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
DESK = {"width": 1280, "height": 900}


@dataclass
class Screens:
    """What is wrong with the screens seen on the way."""

    album: Path | None
    faults: list[str] = field(default_factory=list)

    def at(self, visitor: Visitor, name: str, words: str) -> None:
        """Look at the screen that says so, as at the others (test_pages): axe at a desk, whole on a phone."""
        expect(visitor.page.get_by_role("main")).to_contain_text(words)
        found = inaccessible(visitor)
        visitor.page.set_viewport_size(POCKET)
        found += too_wide(visitor)
        if self.album:
            visitor.page.screenshot(path=self.album / f"{name}-320.png", full_page=True)
        visitor.page.set_viewport_size(DESK)
        self.faults += [f"{name}: {one}" for one in found]


def invite(coordinator: Visitor, address: str) -> None:
    """Invite somebody to a role that reaches names."""
    page = coordinator.page
    coordinator.go("/programmes/maubeuge/equipe/inviter/")
    page.get_by_label("Adresse électronique").fill(address)
    page.get_by_label("Référence de parcours de la cité").check(force=True)
    page.get_by_role("main").locator("form button[type=submit]").first.click()
    expect(page.get_by_role("main")).to_contain_text(address)


def open_account(newcomer: Visitor) -> None:
    """Follow the invitation's link in the outbox, choose a password."""
    page = newcomer.page
    newcomer.go("/demo/boite-envoi/")
    page.get_by_role("link", name=re.compile("invit", re.IGNORECASE)).first.click()
    page.get_by_role("main").locator("a[href*='/invitation/']").click()
    page.get_by_label("Prénom").fill("Ondine")
    page.get_by_label("Nom", exact=True).fill("Inventée")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password_again]").fill(PASSWORD)
    newcomer.follow("Ouvrir mon compte")


def add_a_passkey(newcomer: Visitor, screens: Screens) -> str:
    """Add it where names ask for one, prove who is there first; give a recovery code."""
    page = newcomer.page
    expect(page.get_by_role("main")).to_contain_text("Votre rôle donne accès à des noms")
    newcomer.follow("Ajouter une clé d’accès")
    screens.at(newcomer, "confirmer", "Cet acte demande de prouver")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    newcomer.follow("Confirmer")
    screens.at(newcomer, "cle-ajouter", "Nom de la clé")
    page.get_by_label("Nom de la clé").fill("Mon ordinateur")
    newcomer.follow("Ajouter la clé")
    newcomer.follow("Montrer mes codes")
    screens.at(newcomer, "codes", "Imprimez ou recopiez")
    return page.get_by_role("main").locator("code").first.inner_text()


def leave(visitor: Visitor) -> None:
    visitor.page.get_by_role("button", name="Se déconnecter").first.click()
    visitor.go("/connexion/")


def second_step(visitor: Visitor, address: str) -> None:
    """Sign in by password, as far as the second step."""
    page = visitor.page
    visitor.go("/connexion/")
    page.get_by_label("Adresse électronique").fill(address)
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Se connecter", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Deuxième étape")


def test_a_passkey_signs_in_alone_and_a_code_saves_the_day(arrive: Arrive, album: Path | None) -> None:
    address, screens = f"ondine.{uuid4().hex[:8]}@exemple.example", Screens(album)
    invite(arrive("coordination.maubeuge"), address)
    newcomer = arrive()
    page = newcomer.page
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    open_account(newcomer)
    code = add_a_passkey(newcomer, screens)

    leave(newcomer)
    newcomer.follow("Utiliser une clé d’accès")
    expect(page.get_by_role("button", name="Se déconnecter").first).to_be_visible()
    newcomer.go("/programmes/maubeuge/personnes/")

    newcomer.go("/compte/securite/")
    newcomer.follow("Ajouter une application")
    newcomer.follow("Avec une clé d’accès")
    screens.at(newcomer, "confirmer-cle", "Avec mon mot de passe")
    newcomer.follow("Utiliser une clé d’accès")
    screens.at(newcomer, "application-ajouter", "lisez ce dessin")

    leave(newcomer)
    second_step(newcomer, address)
    screens.at(newcomer, "deuxieme-etape", "Téléphone perdu")
    newcomer.follow("Utiliser une clé d’accès")
    screens.at(newcomer, "appareil", "Pendant 30 jours")
    newcomer.follow("Non, pas cette fois")
    newcomer.go("/programmes/maubeuge/personnes/")

    elsewhere = arrive(javascript=False, width=POCKET["width"])
    second_step(elsewhere, address)
    elsewhere.page.get_by_label("code de secours").fill(code)
    elsewhere.follow("Continuer")
    elsewhere.follow("Non, pas cette fois")
    elsewhere.go("/programmes/maubeuge/personnes/")
    assert not screens.faults, "\n".join(screens.faults)
