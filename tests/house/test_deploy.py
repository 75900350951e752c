"""What deploy/ gives to engines that do not run here is held to the code: commands, variables, files, who runs it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.urls import resolve

from house.project import ROOT
from house.test_docs import variables_documented
from sanscouture.cli.commands import COMMANDS

DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
OURS = {name: one for name, one in SERVICES.items() if name != "database"}
OF_PYTHON = {"PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
HARDENING = {
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "RestrictNamespaces": "yes",
    "SystemCallFilter": "@system-service",
    "UMask": "0077",
    "User": "sanscouture",
}


def documented() -> set[str]:
    return variables_documented((ROOT / "docs/operations.md").read_text(encoding="utf-8"))


def instructions() -> list[tuple[str, str]]:
    """The lines of the Containerfile: instruction, rest."""
    text = re.sub(r"\\\n\s*", " ", (DEPLOY / "Containerfile").read_text())
    lines = (line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines]


def settings_of(unit: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in unit.read_text().splitlines():
        if "=" in line and not line.startswith(("#", ";")):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def options_of(command: str) -> str:
    """The text of the module that reads a command's options."""
    module = COMMANDS[command].target.split(":")[0]
    return (ROOT / "src" / (module.replace(".", "/") + ".py")).read_text() if module else ""


def must_run(words: list[str]) -> None:
    """A command of ours, with options that it has."""
    assert words[0] in COMMANDS, f"« {words[0]} » is no command of the program."
    for option in words[1:]:
        if option.startswith("--"):
            assert f'"{option}"' in options_of(words[0]), f"« {words[0]} » has no option {option}."


def test_the_image_is_built_from_what_exists_and_runs_as_nobody() -> None:
    found = instructions()
    images = [rest.split()[0] for name, rest in found if name == "FROM"]
    assert images
    assert all(re.fullmatch(r"python:3\.\d+-slim", image) for image in images), "unqualified names, with a version"
    for name, rest in found:
        if name == "COPY" and "--from" not in rest:
            assert all((ROOT / word).exists() for word in rest.split()[:-1]), rest
    last = found[max(place for place, (name, _) in enumerate(found) if name == "FROM") :]
    names = [name for name, _ in last]
    assert [rest for name, rest in last if name == "USER"] == ["10001"]
    assert names.index("USER") > max(place for place, name in enumerate(names) if name in {"RUN", "COPY"})
    given = dict(last)
    assert given["ENTRYPOINT"] == '["sanscouture"]'
    must_run(yaml.safe_load(given["CMD"]))
    path = re.search(r"http://127\.0\.0\.1:8000(/\S*)'", given["HEALTHCHECK"])
    assert path
    assert resolve(path[1]).view_name == "health"
    variables = {word.split("=")[0] for name, rest in last if name == "ENV" for word in shlex.split(rest)}
    assert variables <= documented() | OF_PYTHON, variables


def test_only_what_the_image_needs_is_sent_to_its_builder() -> None:
    lines = (ROOT / ".dockerignore").read_text().split()
    assert lines[0] == "*"
    sent = {line[1:] for line in lines if line.startswith("!")}
    wanted = {word.split("/")[0] for name, rest in instructions() if name == "COPY" for word in rest.split()[:-1]}
    assert wanted - {"--from=build", ""} <= sent | {""}


@pytest.mark.parametrize("name", OURS)
def test_each_container_of_ours_runs_a_command_with_known_variables_and_few_powers(name: str) -> None:
    service = OURS[name]
    must_run(service["command"])
    assert set(service["environment"]) <= documented()
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert ("DATABASE_URL" in service["environment"]) == (name == "migrate"), "one process has the owner's password"
    assert ("DATABASE_BACKUP_URL" in service["environment"]) == (name == "backup")
    assert set(service["depends_on"]) <= set(SERVICES)


def test_images_have_plain_names_and_files_are_there() -> None:
    from sanscouture.database.binaries import clients  # noqa: PLC0415 — looks at the machine

    assert {one["image"] for one in OURS.values()} == {"sanscouture"}
    major = re.fullmatch(r"postgres:(\d+)", SERVICES["database"]["image"])
    assert major
    assert int(major[1]) == clients()[-1].major, "the image of the server is the version whose programs we carry"
    for service in SERVICES.values():
        for volume in service["volumes"]:
            source = volume.split(":")[0]
            assert not source.startswith(".") or (DEPLOY / source).exists(), volume


def test_what_compose_asks_for_is_in_the_example() -> None:
    asked = set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text()))
    example = set(re.findall(r"^(\w+)=", (DEPLOY / "env.example").read_text(), re.MULTILINE))
    assert asked == example
    used = set(re.findall(r"\$(\w+_PASSWORD)", (DEPLOY / "roles.sh").read_text()))
    assert used <= set(SERVICES["database"]["environment"])


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_each_unit_runs_a_command_and_is_closed(unit: Path) -> None:
    found = settings_of(unit)
    for key in ("ExecStart", "ExecStop"):
        for line in found.get(key, []):
            program, *words = line.split()
            assert program == "/opt/sanscouture/bin/sanscouture"
            must_run(words)
    assert {name: found.get(name, [None])[0] for name in HARDENING} == HARDENING
    assert {one.split("=")[0] for one in found["Environment"]} <= documented()
    assert "EnvironmentFile" in found


def test_units_name_units_and_variables_that_exist() -> None:
    names = {path.name for path in DEPLOY.iterdir()}
    for unit in UNITS:
        named = re.findall(r"sanscouture-\w+\.\w+", unit.read_text())
        assert set(named) <= names
    assert "sanscouture-backup.timer" in names
    example = set(re.findall(r"^(\w+)=", (DEPLOY / "systemd.env.example").read_text(), re.MULTILINE))
    assert example <= documented()


def test_a_command_or_an_option_that_is_gone_is_seen() -> None:
    with pytest.raises(AssertionError, match="no command"):
        must_run(["fly"])
    with pytest.raises(AssertionError, match="no option"):
        must_run(["backup", "--high"])
