"""The colours of the screen: chosen by the reader, the system's otherwise, light on paper."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from sanscouture.ui import assets, scheme
from sanscouture.ui.scheme import Scheme

CSS = """@charset "utf-8";/* { */:root{--ink:#000;background:url("data:a,{}")}.a{color:var(--ink)}
:root[data-fr-theme=dark]{--ink:#fff}.b,[data-fr-theme=dark] .b:not(.c,.d){content:"}"}
@media (min-width:48em){.e{color:red}:root[data-fr-theme=dark] .e{color:blue}}@media print{.f{color:red}}"""


def test_the_dark_rules_are_said_again_for_whoever_chose_nothing() -> None:
    theme = "[data-fr-scheme=system]:not([data-fr-theme])"
    assert scheme.for_the_system([CSS]) == (
        "@media screen and (prefers-color-scheme:dark){"
        f":root{theme}{{--ink:#fff}}"
        f'{theme} .b:not(.c,.d){{content:"}}"}}'
        f"@media (min-width:48em){{:root{theme} .e{{color:blue}}}}"
        "}"
    )


def test_paper_gets_the_light_colours_back() -> None:
    assert scheme.for_paper([CSS]) == ':root:root:root{--ink:#000;background:url("data:a,{}")}'


def test_the_published_styles_hold_every_dark_rule() -> None:
    dark, paper = (assets.derived()[name].decode() for name in ("ui/system-dark.css", "ui/paper-light.css"))
    told = assets.sources()["dsfr/dist/dsfr.main.min.css"].read_text()
    assert dark.count(scheme.UNCHOSEN) == told.count(scheme.DARK) + 1
    assert scheme.DARK not in dark
    assert dark.count("{") == dark.count("}")
    hovered = {"--brighten", "--data-uri-svg"}
    assert set(re.findall(r"[{;](--[\w-]+):", dark)) - hovered <= set(re.findall(r"[{;](--[\w-]+):", paper))


@pytest.mark.parametrize(
    ("cookie", "expected"),
    [("dark", Scheme.DARK), ("light", Scheme.LIGHT), ("system", Scheme.SYSTEM), ("<b>", "system")],
)
def test_a_cookie_says_the_choice_and_nothing_else(cookie: str, expected: str) -> None:
    assert scheme.chosen({"scheme": cookie}) == expected
    assert scheme.chosen({}) == Scheme.SYSTEM


@pytest.mark.django_db
def test_the_choice_is_kept_and_the_server_writes_it(client: Client) -> None:
    page = client.get("/affichage/", headers={"Referer": "http://testserver/accessibilite/?a=1"})
    assert '<html lang="fr" data-fr-scheme="system">' in page.text
    assert 'name="next" value="/accessibilite/?a=1"' in page.text.replace("http://testserver", "")
    answer = client.post("/affichage/", {"scheme": "dark", "next": "/accessibilite/"})
    assert (answer.status_code, answer.url) == (302, "/accessibilite/")
    assert answer.cookies["scheme"]["httponly"]
    assert '<html lang="fr" data-fr-scheme="dark" data-fr-theme="dark">' in client.get("/accessibilite/").text
    assert re.search(r'value="dark"[^>]* checked', client.get("/affichage/").text)


@pytest.mark.django_db
def test_the_settings_refuse_what_they_do_not_know_and_lead_to_no_other_site(client: Client) -> None:
    wrong = client.post("/affichage/", {"scheme": "pink", "next": "https://ailleurs.example/"})
    assert wrong.status_code == 422
    assert "ailleurs.example" not in re.sub(r"<input[^>]*>", "", wrong.text)
    assert client.post("/affichage/", {"scheme": "light", "next": "https://ailleurs.example/"}).url == "/"
    assert client.put("/affichage/").status_code == 405
    assert "scheme" not in Client().get("/affichage/?scheme=dark").cookies
