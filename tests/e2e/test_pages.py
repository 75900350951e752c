"""Every kind of page: accessible at a desk, whole on a phone, with and without JavaScript."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from e2e.conftest import Arrive
from e2e.visitor import BROWSER, Link, Visitor, matching

pytestmark = BROWSER

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
POCKET = {"width": 320, "height": 720}
PROGRAMME = "/programmes/maubeuge/"
TRIES = 5
LIGHT, DARK = "rgb(255, 255, 255)", "rgb(22, 22, 22)"
Atlas = dict[tuple[str, str], list[Link]]


@dataclass(frozen=True)
class Screen:
    """A page: who looks at it, where they start, then which link they follow, as often as it takes."""

    name: str
    persona: str
    start: str
    then: tuple[str, ...] = ()
    status: int = 200

    def __str__(self) -> str:
        return self.name


ID = r"[0-9a-f-]{36}"
A_PERSON = (rf"/personnes/{ID}/",)
A_NEED = (*A_PERSON, r".*/diagnostic/", rf"/besoins/{ID}/")
COMPOSE = (*A_NEED, rf"/besoins/{ID}/orienter/")
MAIL = ("Une personne vous est orientée",)
BY_LINK = (*MAIL, r"(http://localhost:\d+)?/r/[^/]+/")

NOBODY = (
    Screen("connexion", "", "/connexion/"),
    Screen("mot-de-passe", "", "/mot-de-passe-oublie/"),
    Screen("page-absente", "", "/nulle-part/", status=404),
    Screen("accessibilite", "", "/accessibilite/"),
    Screen("mentions", "", "/mentions-legales/"),
    Screen("donnees", "", "/donnees-personnelles/"),
    Screen("affichage", "", "/affichage/"),
    Screen("composants", "", "/dev/composants/"),
    Screen("boite-envoi", "", "/demo/boite-envoi/"),
    Screen("courriel", "", "/demo/boite-envoi/", MAIL),
    Screen("lien", "", "/demo/boite-envoi/", BY_LINK),
    Screen("lien-refuser", "", "/demo/boite-envoi/", (*BY_LINK, r"/r/[^/]+/refuser/")),
)
ADVISER = (
    Screen("portefeuille", "conseil.maubeuge", "/"),
    Screen("personnes", "conseil.maubeuge", PROGRAMME + "personnes/"),
    Screen("personnes-emporter", "conseil.maubeuge", PROGRAMME + "personnes/exporter/"),
    Screen("personnes-importer", "conseil.maubeuge", PROGRAMME + "personnes/importer/"),
    Screen("personne-nouvelle", "conseil.maubeuge", PROGRAMME + "personnes/nouvelle/"),
    Screen("personne", "conseil.maubeuge", PROGRAMME + "personnes/", A_PERSON),
    Screen("personne-modifier", "conseil.maubeuge", PROGRAMME + "personnes/", (*A_PERSON, r".*/modifier/")),
    Screen("qui-voit-quoi", "conseil.maubeuge", PROGRAMME + "personnes/", (*A_PERSON, r".*/qui-voit-quoi/")),
    Screen(
        "reserver",
        "conseil.maubeuge",
        PROGRAMME + "personnes/",
        (*A_PERSON, r".*/qui-voit-quoi/", r".*/acces-reserve/"),
    ),
    Screen("situation", "conseil.maubeuge", PROGRAMME + "personnes/", (*A_PERSON, r".*/situation/")),
    Screen("histoire", "conseil.maubeuge", PROGRAMME + "personnes/", (*A_PERSON, r".*/histoire/")),
    Screen("joindre", "conseil.maubeuge", PROGRAMME + "personnes/", (*A_PERSON, r".*/contact/")),
    Screen("diagnostic", "conseil.maubeuge", PROGRAMME + "personnes/", (*A_PERSON, r".*/diagnostic/")),
    Screen("etape", "conseil.maubeuge", PROGRAMME + "personnes/", (*A_PERSON, r".*/etapes/nouvelle/")),
    Screen("note", "conseil.maubeuge", PROGRAMME + "personnes/", (*A_PERSON, r".*/notes/nouvelle/")),
    Screen("episode", "conseil.maubeuge", PROGRAMME + "personnes/", (*A_PERSON, r".*/episodes/nouveau/")),
    Screen("progres", "conseil.maubeuge", PROGRAMME + "personnes/", (*A_PERSON, r".*/progres/nouveau/")),
    Screen("sortie", "conseil.maubeuge", PROGRAMME + "personnes/", (*A_PERSON, r"/parcours/.*/sortie/")),
    Screen("sorties", "conseil.maubeuge", PROGRAMME + "sorties/"),
    Screen("a-rappeler", "conseil.maubeuge", PROGRAMME + "suivis/"),
    Screen("nouvelles-suivi", "conseil.maubeuge", PROGRAMME + "suivis/", (rf"/suivis/{ID}/",)),
    Screen("passations", "conseil.maubeuge", "/passations/"),
    Screen("passation-nouvelle", "conseil.maubeuge", PROGRAMME + "passations/nouvelle/"),
    Screen("information", "conseil.maubeuge", PROGRAMME + "personnes/", (*A_PERSON, r".*/information/")),
    Screen("referent", "conseil.maubeuge", PROGRAMME + "personnes/", (*A_PERSON, r".*/referent/")),
    Screen("besoin-nouveau", "conseil.maubeuge", PROGRAMME + "personnes/", (*A_PERSON, r".*/besoins/nouveau/")),
    Screen("besoin", "conseil.maubeuge", PROGRAMME + "personnes/", A_NEED),
    Screen("orienter", "conseil.maubeuge", PROGRAMME + "personnes/", COMPOSE),
    Screen("orienter-vers", "conseil.maubeuge", PROGRAMME + "personnes/", (*COMPOSE, r".*\?service=.*")),
    Screen("recues", "mobilite.maubeuge", "/orientations/recues/"),
    Screen("envoyees", "conseil.maubeuge", "/orientations/envoyees/"),
    Screen("orientation", "conseil.maubeuge", "/orientations/envoyees/", (rf"/orientations/{ID}/",)),
    Screen("annuaire", "conseil.maubeuge", "/annuaire/"),
    Screen("service", "conseil.maubeuge", "/annuaire/", (rf"/annuaire/services/{ID}/.*",)),
    Screen("nouvelles", "conseil.maubeuge", "/notifications/"),
    Screen("compte", "conseil.maubeuge", "/compte/"),
    Screen("securite", "conseil.maubeuge", "/compte/securite/"),
    Screen("connexions", "conseil.maubeuge", "/compte/connexions/"),
    Screen("adresses", "conseil.maubeuge", "/territoires/adresses/"),
)
COORDINATOR = (
    Screen("matin", "coordination.maubeuge", "/"),
    Screen(
        "service-corriger",
        "coordination.maubeuge",
        "/annuaire/",
        (rf"/annuaire/services/{ID}/.*", rf"/annuaire/services/{ID}/corriger/"),
    ),
    Screen("sorties-definition", "coordination.maubeuge", PROGRAMME + "sorties/definition/"),
    Screen("doublons", "coordination.maubeuge", PROGRAMME + "doublons/"),
    Screen("fusion", "coordination.maubeuge", PROGRAMME + "doublons/", (rf"/personnes/{ID}/fusionner/{ID}/",)),
    Screen("ruptures", "coordination.maubeuge", PROGRAMME + "ruptures/"),
    Screen("rupture", "coordination.maubeuge", PROGRAMME + "ruptures/", (rf"/ruptures/{ID}/",)),
    Screen("accueil-des-orientations", "coordination.maubeuge", PROGRAMME + "accueil/"),
    Screen("orienter-ensemble", "coordination.maubeuge", PROGRAMME + "orienter-ensemble/?q=atelier"),
    Screen("charge", "coordination.maubeuge", PROGRAMME + "charge/"),
    Screen("rupture-plus-tard", "coordination.maubeuge", PROGRAMME + "ruptures/", (rf"/ruptures/{ID}/plus-tard/",)),
    Screen("ruptures-regles", "coordination.maubeuge", PROGRAMME + "ruptures/regles/"),
    Screen("rupture-regle", "coordination.maubeuge", PROGRAMME + "ruptures/regles/no_contact/"),
    Screen("rupture-clore", "coordination.maubeuge", PROGRAMME + "ruptures/", (rf"/ruptures/{ID}/clore/",)),
    Screen("france", "coordination.maubeuge", "/programmes/"),
    Screen("programme", "coordination.maubeuge", PROGRAMME),
    Screen("partenaires", "coordination.maubeuge", PROGRAMME + "partenaires/"),
    Screen("partenaire-ajouter", "coordination.maubeuge", PROGRAMME + "partenaires/ajouter/"),
    Screen("equipe", "coordination.maubeuge", PROGRAMME + "equipe/"),
    Screen("inviter", "coordination.maubeuge", PROGRAMME + "equipe/inviter/"),
    Screen("convention", "coordination.maubeuge", PROGRAMME + "donnees-personnelles/"),
    Screen("convention-reglages", "coordination.maubeuge", PROGRAMME + "donnees-personnelles/reglages/"),
    Screen("convention-fermer", "coordination.maubeuge", PROGRAMME + "donnees-personnelles/fermer/"),
    Screen("registre", "coordination.maubeuge", "/registre-des-traitements/"),
    Screen("structures", "coordination.maubeuge", "/structures/"),
    Screen("structure", "coordination.maubeuge", "/structures/", (rf"/structures/{ID}/",)),
    Screen("journal", "coordination.maubeuge", "/journal/"),
    Screen("rattachements", "coordination.maubeuge", "/rattachements/"),
    Screen("reunions", "coordination.maubeuge", PROGRAMME + "reunions/"),
    Screen("reunion", "coordination.maubeuge", PROGRAMME + "reunions/", (rf"/reunions/{ID}/",)),
    Screen("cohortes", "coordination.maubeuge", PROGRAMME + "cohortes/"),
    Screen("cohorte", "coordination.maubeuge", PROGRAMME + "cohortes/", (rf"/cohortes/{ID}/",)),
    Screen("cohorte-nouvelle", "coordination.maubeuge", PROGRAMME + "cohortes/nouvelle/"),
    Screen("commission", "coordination.maubeuge", PROGRAMME + "cohortes/", (rf"/cohortes/{ID}/commission/",)),
    Screen("seances", "coordination.maubeuge", PROGRAMME + "seances/"),
    Screen("feuille", "coordination.maubeuge", PROGRAMME + "seances/", (rf"/seances/{ID}/",)),
)
OTHERS = (
    Screen("copilote", "copilote.maubeuge", "/"),
    Screen("national", "animation.nationale", "/"),
    Screen("sans-droit", "animation.nationale", PROGRAMME + "personnes/", status=403),
)


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    """The links of the pages that lead to others, read once: whoever looks, on which page."""
    return {}


def lead(visitor: Visitor, atlas: Atlas, persona: str, path: str, then: tuple[str, ...]) -> str:
    """Follow the links from here, trying the next one where a page does not lead further; an empty text: nowhere."""
    if not then:
        return path
    if (persona, path) not in atlas:
        visitor.page.goto(path, wait_until="domcontentloaded")
        atlas[persona, path] = visitor.links()
    onwards = matching(atlas[persona, path], then[0])[:TRIES]
    return next(filter(None, (lead(visitor, atlas, persona, href, then[1:]) for href in onwards)), "")


def find(visitor: Visitor, atlas: Atlas, screen: Screen) -> str:
    """Go where the screen is; give its address."""
    path = lead(visitor, atlas, screen.persona, screen.start, screen.then)
    assert path, f"No link leads from {screen.start} to {screen}."
    answer = visitor.page.goto(path)
    assert answer is not None
    assert answer.status == screen.status, f"{path} answers {answer.status}"
    return visitor.page.url


def inaccessible(visitor: Visitor) -> list[str]:
    """What axe finds wrong, a line each."""
    found = Axe().run(visitor.page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response["violations"]
    return [
        f"{one['id']} ({one['help']}): " + " | ".join(node["html"][:200] for node in one["nodes"][:4]) for one in found
    ]


def ground(visitor: Visitor) -> str:
    """The colour behind the page."""
    colour: str = visitor.page.evaluate("getComputedStyle(document.body).backgroundColor")
    return colour


def unreadable(visitor: Visitor) -> list[str]:
    """What axe finds too pale, a line each."""
    found = Axe().run(visitor.page, options={"runOnly": {"type": "rule", "values": ["color-contrast"]}}).response
    return [
        f"{node['html'][:200]}: {node['failureSummary'][:300]}" for one in found["violations"] for node in one["nodes"]
    ]


def too_wide(visitor: Visitor) -> list[str]:
    """Name what makes the page wider than a phone."""
    if visitor.overflow() <= 0:
        return []
    culprits = visitor.page.locator("main *").evaluate_all(
        "all => all.filter(one => one.getBoundingClientRect().right > innerWidth + 1)"
        ".map(one => one.outerHTML.slice(0, 120)).slice(0, 3)"
    )
    return [f"{visitor.overflow()} px too wide at 320 px: {culprits}"]


@pytest.mark.parametrize("screen", [*NOBODY, *ADVISER, *COORDINATOR, *OTHERS], ids=str)
def test_a_page_serves_everybody(look: Arrive, album: Path | None, atlas: Atlas, screen: Screen) -> None:
    visitor = look(screen.persona)
    address = find(visitor, atlas, screen)
    if album:
        visitor.page.screenshot(path=album / f"{screen.name}-1280.png", full_page=True)
    faults = inaccessible(visitor)

    visitor.page.set_viewport_size(POCKET)
    if album:
        visitor.page.screenshot(path=album / f"{screen.name}-320.png", full_page=True)
    faults += too_wide(visitor)

    bare = look(screen.persona, javascript=False, width=POCKET["width"])
    bare.page.goto(address)
    faults += too_wide(bare)
    faults += re.findall(r"\{[{%].*|\bNone\b.*", bare.page.get_by_role("main").inner_text())
    assert not faults, "\n".join([address, *faults])


IN_THE_DARK = (
    "matin",
    "portefeuille",
    "personne",
    "diagnostic",
    "recues",
    "annuaire",
    "programme",
    "composants",
    "affichage",
)


@pytest.mark.parametrize("name", IN_THE_DARK)
def test_a_page_is_read_in_the_dark(look: Arrive, album: Path | None, atlas: Atlas, name: str) -> None:
    screen = next(one for one in (*NOBODY, *ADVISER, *COORDINATOR) if one.name == name)
    visitor = look(screen.persona)
    visitor.page.emulate_media(color_scheme="dark")
    try:
        find(visitor, atlas, screen)
        expect(visitor.page.locator("html")).to_have_attribute("data-fr-theme", "dark")
        faults = unreadable(visitor)
        if album:
            visitor.page.screenshot(path=album / f"{name}-dark.png", full_page=True)
    finally:
        visitor.page.emulate_media(color_scheme="light")
    assert not faults, "\n".join([visitor.page.url, *faults])


def test_the_choice_of_colours_needs_no_script(arrive: Arrive) -> None:
    visitor = arrive(javascript=False)
    page = visitor.page
    page.emulate_media(color_scheme="dark")
    visitor.go("/accessibilite/")
    assert ground(visitor) == DARK, "the system's choice, by the style alone"
    visitor.follow("Paramètres d’affichage")
    page.get_by_label("Thème clair").check(force=True)
    visitor.follow("Enregistrer")
    assert page.url.endswith("/accessibilite/")
    assert ground(visitor) == LIGHT
    page.emulate_media(color_scheme="dark", media="print")
    assert ground(visitor) == LIGHT


def test_what_the_script_keeps_does_not_overrule_the_choice(arrive: Arrive) -> None:
    visitor = arrive()
    page = visitor.page
    visitor.go("/accessibilite/")
    assert ground(visitor) == LIGHT
    visitor.follow("Paramètres d’affichage")
    page.get_by_label("Thème sombre").check(force=True)
    visitor.follow("Enregistrer")
    expect(page.locator("html")).to_have_attribute("data-fr-theme", "dark")
    page.wait_for_function("localStorage.getItem('scheme') === 'dark'")
    assert ground(visitor) == DARK
    page.emulate_media(media="print")
    assert ground(visitor) == LIGHT, "paper is white"
