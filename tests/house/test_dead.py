"""Deleting is a feature: what nobody uses any more fails (chapter 09, habit 8)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from django.conf import global_settings

from house.project import PACKAGE, Source, package, sources, templates

TEMPLATES_OF_OTHERS = ("account/", "allauth/", "mfa/", "usersessions/", "django/", "registration/", "admin/", "dsfr/")
LED_TO_BY_OTHERS = ("account_", "socialaccount_", "mfa_", "usersessions_")  # allauth reverses them
FOUND_BY_NAME = {"400.html", "403.html", "403_csrf.html", "404.html", "500.html", "base.html"}
SETTINGS_OF_OTHERS = re.compile(
    r"(ALLAUTH|NINJA|ACCOUNT|SOCIALACCOUNT|MFA|USERSESSIONS|DSFR|WHITENOISE|LEAFLET|PROCRASTINATE|CONTENT_SECURITY_POLICY|SERIALIZATION|PHONENUMBER|HEADLESS)(_|$)"
)


def template_name(source: Source) -> str:
    return source.path.split("/templates/", 1)[1]


def made_of_parts(files: Iterable[Source]) -> list[re.Pattern[str]]:
    """Names computed at run time: f"people/{kind}.html" may be any template that fits."""
    return [
        re.compile(
            "".join(re.escape(part.value) if isinstance(part, ast.Constant) else r"[\w/]+" for part in node.values)
        )
        for source in files
        for node in ast.walk(source.tree)
        if isinstance(node, ast.JoinedStr)
        and any(isinstance(part, ast.Constant) for part in node.values)
        and re.search(r"\.(html|txt)$", str(getattr(node.values[-1], "value", "")))
    ]


def dead_templates(pages: Iterable[Source], code: Iterable[Source]) -> Iterator[str]:
    """Templates that no view, mail or other template names."""
    pages, code = list(pages), list(code)
    computed = made_of_parts(code)
    for page in pages:
        name = template_name(page)
        if name in FOUND_BY_NAME or name.startswith(TEMPLATES_OF_OTHERS):
            continue
        others = [*code, *(other for other in pages if other is not page)]
        stem = Path(name).stem
        named = re.compile(
            rf"""["']{re.escape(name)}(#\w+)?["']|["']{re.escape(name.rsplit(".", 1)[0])}["']"""
            + (
                rf"""|\{{%-?\s*(?:ui|box|slot|component)\w*\s+["']{stem}["']|["']{stem}["']"""
                if "/components/" in page.path
                else ""
            )
        )
        if not any(named.search(other.text) for other in others) and not any(p.fullmatch(name) for p in computed):
            yield f"{page.path} is used by nobody: delete it."


def url_names(source: Source) -> Iterator[str]:
    """Names that a urls.py gives, with the name of the app."""
    app = re.search(r'^app_name = "(\w+)"', source.text, re.MULTILINE)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.keyword) and node.arg == "name" and isinstance(node.value, ast.Constant):
            yield f"{app[1]}:{node.value.value}" if app else str(node.value.value)


def dead_urls(urls: Iterable[Source], others: Iterable[Source]) -> Iterator[str]:
    """Addresses to which no page, mail or document leads."""
    others = list(others)
    for source in urls:
        for name in url_names(source):
            if name.startswith(LED_TO_BY_OTHERS):
                continue
            if not any(re.search(rf"(?<![\w:]){re.escape(name)}(?!\w)", other.text) for other in others):
                yield f"{source.path}: no page leads to « {name} »: link it, name it in docs/, or delete it."


def members(source: Source, enum: str) -> list[str]:
    for node in source.tree.body:
        if isinstance(node, ast.ClassDef) and node.name == enum:
            return [
                target.id
                for line in node.body
                if isinstance(line, ast.Assign)
                for target in line.targets
                if isinstance(target, ast.Name)
            ]
    return []


def dead_perms(enums: Source, others: Iterable[Source]) -> Iterator[str]:
    """Permissions that nothing asks for."""
    others = list(others)
    for member in members(enums, "Perm"):
        if not any(re.search(rf"\bPerm\.{member}\b", other.text) for other in others):
            yield f"Perm.{member} is asked for by nobody: require it in a view, or delete it from access."


def dead_settings(settings: Source, others: Iterable[Source]) -> Iterator[str]:
    """Settings of ours that nothing reads."""
    others = list(others)
    for node in settings.tree.body:
        for target in node.targets if isinstance(node, ast.Assign) else []:
            if not isinstance(target, ast.Name) or hasattr(global_settings, target.id) or target.id == "ROOT_URLCONF":
                continue
            name = target.id
            used_here = len(re.findall(rf"\b{name}\b", settings.text)) > 1
            used = used_here or any(re.search(rf"\b{name}\b", other.text) for other in others)
            if not used and not SETTINGS_OF_OTHERS.match(name):
                yield f"{settings.path}: nothing reads {name}: delete it."


def _but(*names: str) -> list[Source]:
    return [source for source in package() if not source.path.removeprefix(PACKAGE).startswith(names)]


def test_every_template_is_used() -> None:
    assert not (said := "\n".join(dead_templates(templates(), package()))), said


def test_every_address_is_led_to() -> None:
    urls = [source for source in package() if source.name == "urls.py"]
    others = [source for source in package() if source.name != "urls.py"]
    said = "\n".join(dead_urls(urls, [*others, *templates(), *sources(".md", ".js")]))
    assert not said, said


def test_every_permission_is_asked_for() -> None:
    enums = next(source for source in package() if source.path == f"{PACKAGE}access/enums.py")
    assert not (said := "\n".join(dead_perms(enums, [*_but("access/"), *templates()]))), said


def test_every_setting_is_read() -> None:
    settings = next(source for source in package() if source.path == f"{PACKAGE}config/settings.py")
    assert not (said := "\n".join(dead_settings(settings, [*_but("config/settings"), *templates()]))), said


PAGE = Source(f"{PACKAGE}people/templates/people/a.html", "{% extends 'ui/layout.html' %}")
URLS = Source(f"{PACKAGE}people/urls.py", 'app_name = "people"\nurlpatterns = [path("x/", view, name="list")]')
PERMS = Source("enums.py", "class Perm(TextChoices):\n    READ = 'read', _('Lire')")
SETTINGS = Source("settings.py", "OURS = 1\nDEBUG = True\nACCOUNT_X = 2")


@pytest.mark.parametrize(
    "said",
    [
        dead_templates([PAGE], [Source("views.py", 'render(request, "people/b.html")')]),
        dead_urls([URLS], [Source("views.py", 'redirect("people:list_all")')]),
        dead_perms(PERMS, [Source("views.py", "Perm.READER")]),
        dead_settings(SETTINGS, [Source("views.py", "settings.OURSELVES")]),
    ],
)
def test_these_guards_can_fail(said) -> None:
    assert list(said)


@pytest.mark.parametrize(
    "said",
    [
        dead_templates([PAGE], [Source("views.py", 'render(request, "people/a.html#rows")')]),
        dead_templates([PAGE], [Source("views.py", 'render(request, f"people/{kind}.html")')]),
        dead_urls([URLS], [Source("a.html", "{% url 'people:list' %}")]),
        dead_perms(PERMS, [Source("views.py", "@requires(Perm.READ)")]),
        dead_settings(SETTINGS, [Source("views.py", "settings.OURS")]),
    ],
)
def test_these_guards_let_what_is_used_live(said) -> None:
    assert not list(said)
