"""`sanscouture check`: each question, and what the whole says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection

from sanscouture.cli import main, probes
from sanscouture.cli.probes import State
from sanscouture.jobs.selectors import QueueHealth

GOOD, DOUBTFUL, WRONG = State.GOOD, State.DOUBTFUL, State.WRONG


@pytest.mark.parametrize(
    ("given", "state"),
    [
        ({"BASE_URL": "https://cite.example", "ALLOWED_HOSTS": ["cite.example"]}, GOOD),
        ({"BASE_URL": "https://cite.example", "ALLOWED_HOSTS": [".example"]}, GOOD),
        ({"BASE_URL": "https://cite.example", "ALLOWED_HOSTS": ["autre.example"]}, WRONG),
        ({"BASE_URL": "http://cite.example"}, WRONG),
        ({"BASE_URL": "http://cite.example", "DEMO": True}, DOUBTFUL),
        (
            {
                "BASE_URL": "https://cite.example",
                "ALLOWED_HOSTS": ["cite.example"],
                "ALLAUTH_TRUSTED_PROXY_COUNT": 0,
            },
            DOUBTFUL,
        ),
    ],
)
def test_the_address_is_safe_and_answered_to(settings: Any, given: dict[str, Any], state: State) -> None:
    for name, value in {"ALLAUTH_TRUSTED_PROXY_COUNT": 1, "DEMO": False, **given}.items():
        setattr(settings, name, value)
    assert probes.address().state is state


@pytest.mark.parametrize(
    ("probe", "given", "state"),
    [
        (probes.mode, {"DEBUG": True}, WRONG),
        (probes.mode, {"DEMO": True}, DOUBTFUL),
        (probes.mode, {}, GOOD),
        (probes.secret_key, {"SECRET_KEY": "court"}, WRONG),
        (probes.secret_key, {"SECRET_KEY": "x" * 50}, GOOD),
        (probes.publisher, {"PUBLISHER": ""}, DOUBTFUL),
        (probes.publisher, {"PUBLISHER": "Ville inventée"}, GOOD),
        (probes.mail_sender, {"DEFAULT_FROM_EMAIL": "x@sanscouture.example"}, WRONG),
        (probes.mail_sender, {"DEFAULT_FROM_EMAIL": "x@ville.test"}, GOOD),
        (probes.mail_sender, {"DEMO": True}, GOOD),
        (probes.sms, {}, DOUBTFUL),
        (probes.sms, {"MESSAGE_CHANNELS": {"sms": "prestataire.Canal"}}, GOOD),
        (probes.mail_server, {}, GOOD),
        (probes.mail_server, {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend", "EMAIL_PORT": 1}, WRONG),
    ],
)
def test_what_the_environment_says(settings: Any, probe: Any, given: dict[str, Any], state: State) -> None:
    for name, value in {"DEBUG": False, "DEMO": False, **given}.items():
        setattr(settings, name, value)
    assert probe().state is state


def test_the_checks_of_deployment_are_told_one_a_line(settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = False
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if "clickjacking" not in one]
    said = [one.sentence for one in probes.framework()]
    assert any(one.startswith("security.W002") for one in said)
    assert not any(one.startswith("security.W008") for one in said)
    settings.SILENCED_SYSTEM_CHECKS = [one.split("\u00a0")[0] for one in said] + ["security.W008"]
    assert [one.state for one in probes.framework()] == [GOOD]


def test_secrets_that_others_may_read_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    assert probes.secret_files().state is GOOD
    (tmp_path / "secrets").mkdir(mode=0o700)
    (tmp_path / "secrets/django").write_text("x")
    (tmp_path / "secrets/django").chmod(0o640)
    found = probes.secret_files()
    assert found.state is WRONG
    assert "django" in found.sentence
    (tmp_path / "secrets/django").chmod(0o600)
    assert probes.secret_files().state is GOOD


@pytest.mark.parametrize(("free", "state"), [(50, GOOD), (9, DOUBTFUL), (1, WRONG)])
def test_a_full_disk_is_told_before_it_is_full(free: int, state: State) -> None:
    assert probes.room("disque", free * 10**9, 100 * 10**9).state is state


@pytest.mark.parametrize(
    ("hours", "state"), [(None, DOUBTFUL), (1, GOOD), (26, GOOD), (27, DOUBTFUL), (168, DOUBTFUL), (169, WRONG)]
)
def test_the_age_of_the_last_backup_is_judged(hours: int | None, state: State) -> None:
    assert probes.backups(None if hours is None else hours * 3600).state is state


@pytest.mark.parametrize(("apart", "state"), [(0, GOOD), (5, GOOD), (-6, WRONG), (6, WRONG)])
def test_two_clocks_apart_are_told(apart: float, state: State) -> None:
    assert probes.clocks(apart).state is state


@pytest.mark.parametrize(
    ("queue", "state"),
    [
        (QueueHealth(0, 0, 0, 0), WRONG),
        (QueueHealth(9, 0, 1, 301), DOUBTFUL),
        (QueueHealth(0, 1, 1, 0), DOUBTFUL),
        (QueueHealth(3, 0, 1, 10), GOOD),
    ],
)
def test_somebody_does_the_work(queue: QueueHealth, state: State) -> None:
    assert probes.worker(queue).state is state


def test_the_archive_is_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "external", lambda: False)
    for folder, trouble, age, state in (
        (None, "", None, DOUBTFUL),
        (tmp_path, "", None, DOUBTFUL),
        (tmp_path, "", 3600.0, GOOD),
        (tmp_path, "plein", 3600.0, WRONG),
    ):
        monkeypatch.setattr(probes, "folder_of", lambda _place, folder=folder: folder)
        monkeypatch.setattr(probes, "trouble_of", lambda _place, trouble=trouble: trouble)
        monkeypatch.setattr(probes, "age_of", lambda _place, age=age: age)
        assert probes.archive().state is state
    monkeypatch.setattr(probes, "external", lambda: True)
    assert probes.archive().state is DOUBTFUL


@pytest.mark.django_db
def test_the_database_is_guarded_and_up_to_date() -> None:
    found = {one.name: one for one in probes.of_database()}
    assert {name: one.state for name, one in found.items() if name != "travaux"} == dict.fromkeys(
        ("base", "horloge", "rôle", "tables", "règles", "chiffrement"), GOOD
    )
    assert "tables fermées" in found["règles"].sentence


@pytest.mark.django_db
def test_a_table_left_open_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    policies = dict.fromkeys(probes.POLICIES, (("another_name", "ALL", "", ""),))
    monkeypatch.setattr(probes, "POLICIES", policies)
    found = probes.policies()
    assert found.state is WRONG
    assert "people_beneficiary" in found.sentence


@pytest.mark.django_db
def test_a_role_that_can_too_much_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "POWERS", "SELECT false, true")
    assert probes.role().state is WRONG


@pytest.mark.django_db
def test_tables_that_are_late_end_the_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "pending_migrations", lambda: ["people.0002"])
    assert [one.name for one in probes.of_database()] == ["base", "horloge", "rôle", "tables"]

    def broken() -> Any:
        raise OperationalError("gone")

    monkeypatch.setattr(probes, "server", broken)
    assert [one.state for one in probes.of_database()] == [WRONG]


@pytest.mark.django_db
def test_people_read_lines_and_machines_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert connection.settings_dict["USER"]
    assert main(["check"]) == 1, "no worker lives here"
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) >= 15
    assert all(line[0] in "✔⚠✘" for line in lines)
    assert main(["check", "--json", "--mail"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["fit"] is False
    assert {"name", "state", "text"} == set(said["checks"][0])


def test_a_database_that_is_away_is_one_line_of_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_APP_URL", "postgresql://x@127.0.0.1:1/x")
    assert main(["check", "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    (base,) = [one for one in said["checks"] if one["name"] == "base"]
    assert base["state"] == "wrong"
    assert "ne répond pas" in base["text"]
