"""Every app has the same rooms, in the same order, and each act happens in its room (chapter 09, Layers)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from house.project import INFRASTRUCTURE, PACKAGE, Source, faults, functions, package, python

ORDER = ("enums", "rules", "models", "selectors", "services", "tasks", "forms", "views", "admin", "urls")
ROOMS = {*ORDER, "__init__", "apps"}
FOLDERS = {"migrations", "management", "templates", "templatetags", "static"}
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "stuff"}
WRITES = {
    "save",
    "delete",
    "create",
    "bulk_create",
    "update",
    "bulk_update",
    "get_or_create",
    "update_or_create",
}
WRITING_MANAGER = re.compile(r"objects$|_set$|\.(filter|all|exclude|visible_to)\(")


def known_room(source: Source) -> Iterator[str]:
    """An app holds only files of known names; over 400 lines a room becomes a folder of the same name."""
    room = source.inside.split("/")[0].removesuffix(".py")
    words = set(source.inside.removesuffix(".py").split("/"))
    if words & VAGUE:
        yield f"{source.path}: the name says nothing; name the file after what it holds."
    if source.app and source.app not in INFRASTRUCTURE and room not in ROOMS | FOLDERS:
        yield f"{source.path}: an app has no such room; put it in one of {', '.join(ORDER)}."


def _imported(source: Source) -> Iterator[tuple[int, str]]:
    """Each module imported, by its full name, with its line."""
    here = source.path.removeprefix("src/").removesuffix(".py").split("/")
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(here[: -node.level]) + "." if node.level else ""
            module = f"{base}{node.module or ''}".rstrip(".")
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def imports_go_down(source: Source) -> Iterator[str]:
    """Inside an app, a room imports only those before it."""
    room = source.inside.split("/")[0].removesuffix(".py")
    if source.app in INFRASTRUCTURE or room not in ORDER:
        return
    prefix = f"sanscouture.{source.app}."
    for line, module in _imported(source):
        if module.startswith(prefix):
            other = module.removeprefix(prefix).split(".")[0]
            if other in ORDER and ORDER.index(other) > ORDER.index(room):
                yield f"{source.path}:{line} imports {other} from {room}: the order is {' → '.join(ORDER)}."


IMPURE = (
    "django.db",
    "django.http",
    "django.shortcuts",
    "django.urls",
    "django.utils.timezone",
    "sanscouture.core.clock",
    "time",
)


def pure_rules(source: Source) -> Iterator[str]:
    """Rules are functions of values: no ORM, no HTTP, no clock."""
    if source.inside.split("/")[0].removesuffix(".py") != "rules" or source.app in INFRASTRUCTURE:
        return
    for line, module in _imported(source):
        parts = module.split(".")
        if any(module == name or module.startswith(f"{name}.") for name in IMPURE) or "models" in parts[:-1]:
            yield f"{source.path}:{line} imports {module}: give the rule the values it needs, `today` too."
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and re.search(r"\b(date\.today|datetime\.(now|utcnow))$", ast.unparse(node.func)):
            yield f"{source.path}:{node.lineno} asks the time: take `today` or `now` as an argument."


def views_never_write(source: Source) -> Iterator[str]:
    """A view fetches, calls a service and renders."""
    if source.inside.split("/")[0].removesuffix(".py") != "views":
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name, owner = node.func.attr, ast.unparse(node.func.value)
            if (name == "save" and not owner.endswith(("session", "cache"))) or (
                name in WRITES and WRITING_MANAGER.search(owner)
            ):
                yield f"{source.path}:{node.lineno} writes ({owner}.{name}): call a service."
            elif name == "delete" and not owner.endswith(("session", "cache")):
                yield f"{source.path}:{node.lineno} deletes ({owner}.delete): call a service."


def no_shortcut(source: Source) -> Iterator[str]:
    """No `locals()`; content is marked safe by `ui` only; nothing listens to signals."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called == "locals":
                yield f"{source.path}:{node.lineno} calls locals(): name what the template receives."
            elif called.rsplit(".", 1)[-1] == "mark_safe" and source.app != "ui":
                yield f"{source.path}:{node.lineno} calls mark_safe: use format_html, or a component of ui."
            elif re.search(r"(^|_)(save|delete|init|migrate|changed|logged_in|signed_up|signal)\.connect$", called):
                yield f"{source.path}:{node.lineno} listens to a signal: let the service call what follows."
        elif isinstance(node, ast.ImportFrom) and node.module == "django.dispatch":
            yield f"{source.path}:{node.lineno} imports signals: let the service call what follows."


BANNER = re.compile(r"^\s*#\s*([-=#*_~─━═])\1{3,}|^\s*#.*([-=#*_~─━═])\2{5,}\s*$")
SIGNED = re.compile(r"^\s*#\s*(author|auteur|date|created|modified)\s*:", re.IGNORECASE)


def no_banner(source: Source) -> Iterator[str]:
    """Comments say why; the history is git's."""
    for number, line in enumerate(source.text.splitlines(), 1):
        if BANNER.search(line):
            yield f"{source.path}:{number} is a banner: split the file if its parts need titles."
        elif SIGNED.search(line):
            yield f"{source.path}:{number} signs or dates the code: git knows."


def documented(source: Source) -> Iterator[str]:
    """A public function of services or rules says its rule."""
    if source.inside.split("/")[0].removesuffix(".py") not in {"services", "rules"}:
        return
    for node in source.tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node):
            yield (
                f"{source.path}:{node.lineno} {node.name} has no docstring: say the rule in a sentence, "
                "its arguments with their units, what it raises, and the source."
            )


def test_apps_hold_only_known_rooms() -> None:
    assert not (said := faults(known_room, package())), said


def test_rooms_import_downwards_only() -> None:
    assert not (said := faults(imports_go_down, package())), said


def test_rules_are_pure() -> None:
    assert not (said := faults(pure_rules, package())), said


def test_views_do_not_write() -> None:
    assert not (said := faults(views_never_write, package())), said


def test_no_shortcut_is_taken() -> None:
    assert not (said := faults(no_shortcut, package())), said


def test_no_banner_comments() -> None:
    assert not (said := faults(no_banner, python())), said


def test_public_services_and_rules_are_documented() -> None:
    assert not (said := faults(documented, package())), said


def test_every_app_is_a_package() -> None:
    """A folder without __init__ would escape the import contracts."""
    folders = {source.path.rsplit("/", 1)[0] for source in package()}
    packages = {source.path.rsplit("/", 1)[0] for source in package() if source.name == "__init__.py"}
    parents = {folder for folder in folders if folder.count("/") >= PACKAGE.count("/")}
    missing = sorted(folder for folder in parents - packages if "/management" not in folder)
    assert not missing, f"Add an __init__.py to {', '.join(missing)}."


def _app(room: str, text: str) -> Source:
    return Source(f"{PACKAGE}people/{room}.py", text)


@pytest.mark.parametrize(
    ("guard", "bad"),
    [
        (known_room, _app("helpers", "")),
        (known_room, _app("geometry", "")),
        (known_room, Source(f"{PACKAGE}core/utils.py", "")),
        (imports_go_down, _app("rules", "from sanscouture.people.models import Beneficiary")),
        (imports_go_down, _app("models", "from sanscouture.people import services")),
        (imports_go_down, _app("selectors", "from .services import create")),
        (pure_rules, _app("rules", "from django.db.models import Q")),
        (pure_rules, _app("rules", "from sanscouture.core.clock import today")),
        (pure_rules, _app("rules", "from sanscouture.core import clock")),
        (pure_rules, _app("rules", "from sanscouture.people.models import Need")),
        (pure_rules, _app("rules", "def f() -> date:\n    return date.today()")),
        (views_never_write, _app("views", "person.save()")),
        (views_never_write, _app("views", "Person.objects.create(name='x')")),
        (views_never_write, _app("views", "Person.objects.filter(pk=1).update(name='x')")),
        (views_never_write, Source(f"{PACKAGE}people/views/lists.py", "person.delete()")),
        (no_shortcut, _app("views", "render(request, 'a.html', locals())")),
        (no_shortcut, _app("views", "mark_safe(text)")),
        (no_shortcut, _app("models", "post_save.connect(f)")),
        (no_shortcut, _app("models", "from django.dispatch import receiver")),
        (no_banner, _app("models", "# ------------ Models")),
        (no_banner, _app("models", "# Models =========")),
        (no_banner, _app("models", "# Author: somebody")),
        (documented, _app("services", "def create() -> None: ...")),
    ],
)
def test_these_guards_can_fail(guard, bad) -> None:
    assert faults(guard, [bad])


@pytest.mark.parametrize(
    ("guard", "good"),
    [
        (imports_go_down, _app("services", "from sanscouture.people.models import Beneficiary")),
        (pure_rules, _app("rules", "from datetime import date\nfrom sanscouture.people.enums import Kind")),
        (views_never_write, _app("views", "form.cleaned_data.update(x=1)\nservices.create(actor)")),
        (no_banner, _app("models", "x = 1  # because a - b")),
    ],
)
def test_these_guards_let_good_code_pass(guard, good) -> None:
    assert not (said := faults(guard, [good])), said


def test_functions_of_a_source_are_found() -> None:
    nested = Source("a.py", "class A:\n    def f(self) -> None:\n        def g() -> None: ...")
    assert [function.name for function in functions(nested)] == ["f", "g"]
