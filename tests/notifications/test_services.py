from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.db import DatabaseError, InterfaceError, OperationalError, connections, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from factories import UserFactory
from personas import Persona
from sanscouture.access.scope import scope
from sanscouture.core import clock
from sanscouture.jobs.services import work
from sanscouture.notifications import services
from sanscouture.notifications.enums import Channel, MessageState
from sanscouture.notifications.models import Notice, OutgoingMessage
from sanscouture.notifications.selectors import count_in_doubt, in_doubt, notices_of, outbox, unread_count
from sanscouture.notifications.services import Address, deliver, mark_read, notify, purge_messages, send_sms
from sanscouture.programmes.models import Programme

TEMPLATE = """{% load i18n %}{% translate "Annuler" %}

{% translate "Fermer" %} {{ what }}

{{ url }}
"""


@pytest.fixture(autouse=True)
def kind(tmp_path: Path, settings: Any) -> str:
    """A kind of message for these tests."""
    folder = tmp_path / "tests" / "mail"
    folder.mkdir(parents=True)
    (folder / "said.txt").write_text(TEMPLATE)
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    return "tests.said"


def tell(*to: Any, **options: Any) -> list[OutgoingMessage]:
    wanted = {"programme_id": None, "url": "/orientations/1/", "context": {"what": "<b> & l’heure"}, **options}
    return notify("tests.said", to=to, **wanted)


@pytest.mark.django_db
class TestTelling:
    def test_a_message_is_written_in_both_forms_with_a_full_address(self) -> None:
        (message,) = tell("Accueil@Structure.example ")
        assert message.to == "accueil@structure.example"
        assert message.subject == "Annuler"
        assert message.body_text == "Fermer <b> & l’heure\n\nhttp://localhost:8000/orientations/1/\n"
        assert "Fermer &lt;b&gt; &amp; l’heure" in message.body_html
        assert 'href="http://localhost:8000/orientations/1/"' in message.body_html
        assert message.state == MessageState.QUEUED
        assert ProcrastinateJob.objects.get().args == {"message_id": str(message.pk), "programme_id": ""}

    def test_each_is_told_in_their_language(self) -> None:
        french, english = tell("a@x.example", Address("b@x.example", "en"))
        assert 'lang="fr"' in french.body_html
        assert 'lang="en"' in english.body_html

    def test_the_same_address_is_told_once_per_call_and_once_per_key(self) -> None:
        assert len(tell("a@x.example", "A@x.example", key="referral:1:sent")) == 1
        assert tell("a@x.example", key="referral:1:sent") == []
        assert len(tell("a@x.example", key="referral:1:reminded")) == 1
        assert OutgoingMessage.objects.count() == ProcrastinateJob.objects.count() == 2

    def test_an_account_gets_a_notice_too_inside_its_programme(self, adviser: Persona) -> None:
        actor = adviser.actor
        programme_id = adviser.programme.pk  # type: ignore[union-attr]
        tell(adviser.user, "partenaire@x.example", programme_id=programme_id, key="k")
        tell(adviser.user, programme_id=programme_id, key="k")
        notice = Notice.objects.get()
        assert (notice.title, notice.url, notice.user_id) == ("Annuler", "/orientations/1/", adviser.user.pk)
        assert unread_count(actor) == 1
        assert mark_read(actor) == 1
        assert unread_count(actor) == 0

    def test_nothing_is_told_if_the_act_is_undone(self) -> None:
        with transaction.atomic():
            tell("a@x.example")
            transaction.set_rollback(True)
        assert not OutgoingMessage.objects.exists()
        assert not ProcrastinateJob.objects.exists()

    def test_a_person_is_told_by_text_message_without_a_subject(self) -> None:
        message = send_sms("+33639980001", kind="tests.said", programme_id=None, context={"what": "x"}, key="k")
        assert message is not None
        assert (message.channel, message.subject, message.body_html) == (Channel.SMS, "", "")
        assert message.body_text.startswith("Fermer x")
        assert send_sms("+33639980001", kind="tests.said", programme_id=None, context={"what": "x"}, key="k") is None
        assert deliver(message.pk) is None
        assert mail.outbox == []


@pytest.mark.django_db
class TestIsolation:
    def test_a_programme_never_reads_the_messages_of_another(
        self, programme: Programme, other_programme: Programme
    ) -> None:
        (message,) = tell("a@x.example", programme_id=programme.pk)
        with scope(programmes=[other_programme.pk]):
            assert not outbox().exists()
            assert deliver(message.pk) is None
            with pytest.raises(DatabaseError), transaction.atomic():
                tell("b@x.example", programme_id=programme.pk)
        with scope(programmes=[programme.pk]):
            assert outbox().get().pk == message.pk
        assert mail.outbox == []

    def test_a_notice_of_a_programme_one_left_is_not_shown(self, adviser: Persona) -> None:
        tell(adviser.user, programme_id=adviser.programme.pk)  # type: ignore[union-attr]
        other = UserFactory()
        with scope(user=other.pk):
            assert not Notice.objects.exists()
        with scope(user=adviser.user.pk):
            assert Notice.objects.exists()
            assert not notices_of(type(adviser.actor)(adviser.user.pk)).exists()


@pytest.mark.django_db
class TestSending:
    def test_a_message_is_sent_once_under_an_identifier_that_does_not_change(self) -> None:
        (message,) = tell("a@x.example", programme_id=None)
        assert deliver(message.pk) is None
        assert deliver(message.pk) is None
        (sent,) = mail.outbox
        assert sent.to == ["a@x.example"]
        assert sent.extra_headers["Message-ID"].startswith(f"<{message.pk}@")
        message.refresh_from_db()
        assert (message.state, message.attempts) == (MessageState.SENT, 1)
        assert message.sent_at is not None

    def test_a_link_that_opens_an_account_is_erased_once_sent(self, settings: Any) -> None:
        (message,) = tell("a@x.example")
        deliver(message.pk)
        message.refresh_from_db()
        assert (message.body_text, message.body_html) == ("", "")
        settings.MESSAGES_KEEP_TEXT = True
        (kept,) = tell("a@x.example")
        deliver(kept.pk)
        kept.refresh_from_db()
        assert kept.body_text

    def test_what_the_channel_refuses_is_noted_without_its_text_and_tried_again(self, settings: Any) -> None:
        (message,) = tell("a@x.example")
        settings.MESSAGE_CHANNELS = {"mail": f"{__name__}.Closed"}
        failure = deliver(message.pk)
        assert isinstance(failure, services.NotDelivered)
        assert "a@x.example" not in str(failure)
        message.refresh_from_db()
        assert (message.state, message.attempts, message.last_error) == (MessageState.FAILED, 1, "Refusal")
        settings.MESSAGE_CHANNELS = {"mail": "sanscouture.notifications.services.Mail"}
        assert deliver(message.pk) is None
        message.refresh_from_db()
        assert (message.state, message.attempts, message.last_error) == (MessageState.SENT, 2, "")

    def test_a_text_message_that_nobody_carries_is_never_said_to_have_left(self) -> None:
        message = send_sms("+33639980001", kind="tests.said", programme_id=None, context={"what": "x"})
        assert message
        assert deliver(message.pk) is None
        assert deliver(message.pk) is None
        message.refresh_from_db()
        assert (message.state, message.attempts, message.sent_at) == (MessageState.STORED, 1, None)
        assert message.get_state_display() == "non envoyé (aucun prestataire SMS)"

    def test_what_may_have_left_is_never_sent_again_by_itself(self, settings: Any) -> None:
        (message,) = tell("a@x.example")
        settings.MESSAGE_CHANNELS = {"mail": f"{__name__}.Broken"}
        assert deliver(message.pk) is None
        settings.MESSAGE_CHANNELS = {"mail": "sanscouture.notifications.services.Mail"}
        assert deliver(message.pk) is None
        message.refresh_from_db()
        assert (message.state, message.last_error) == (MessageState.UNCERTAIN, "OSError")
        assert mail.outbox == []
        assert list(in_doubt()) == [message]

    def test_a_message_whose_worker_died_while_sending_is_in_doubt(self) -> None:
        (message,) = tell("a@x.example")
        OutgoingMessage.objects.update(state=MessageState.SENDING, attempts=1)
        assert deliver(message.pk) is None
        message.refresh_from_db()
        assert (message.state, message.attempts) == (MessageState.UNCERTAIN, 1)
        assert mail.outbox == []

    def test_an_operator_sees_what_is_in_doubt_and_decides(self, programme: Programme) -> None:
        (message,) = tell("accueil@x.example", programme_id=programme.pk)
        assert outbox_command() == "Aucun message en doute.\n"
        OutgoingMessage.objects.update(state=MessageState.UNCERTAIN, last_error="TimeoutError")
        (row,) = json.loads(outbox_command("--json"))
        assert (row["id"], row["to"], row["error"]) == (str(message.pk), "ac…@x.example", "TimeoutError")
        assert str(message.pk) in outbox_command()
        assert count_in_doubt() == 1
        outbox_command("--again", str(message.pk))
        assert ProcrastinateJob.objects.count() == 2
        assert deliver(message.pk) is None
        assert len(mail.outbox) == 1
        with pytest.raises(CommandError, match=str(message.pk)):
            outbox_command("--again", str(message.pk))

    def test_what_became_of_a_message_is_noted_when_the_database_comes_back(self, monkeypatch: Any) -> None:
        (message,) = tell("a@x.example")
        pauses: list[float] = []
        monkeypatch.setattr(services.time, "sleep", pauses.append)
        monkeypatch.setattr(services.connection, "close", lambda: None)
        falls = iter([None, OperationalError("gone"), InterfaceError("closed")])

        @contextmanager
        def opening() -> Iterator[None]:
            if fall := next(falls, None):
                raise fall
            with transaction.atomic():
                yield

        assert deliver(message.pk, opening=opening) is None
        assert pauses == [0.5, 1]
        message.refresh_from_db()
        assert message.state == MessageState.SENT

    def test_a_message_taken_by_a_commit_whose_answer_was_lost_leaves(self, monkeypatch: Any) -> None:
        (message,) = tell("a@x.example")
        monkeypatch.setattr(services.time, "sleep", lambda _seconds: None)
        monkeypatch.setattr(services.connection, "close", lambda: None)
        lost = iter([True])

        @contextmanager
        def opening() -> Iterator[None]:
            with transaction.atomic():
                yield
            if next(lost, False):
                raise OperationalError("server closed the connection unexpectedly")

        assert deliver(message.pk, opening=opening) is None
        message.refresh_from_db()
        assert (message.state, message.attempts, len(mail.outbox)) == (MessageState.SENT, 1, 1)

    def test_a_database_that_does_not_come_back_is_told(self, monkeypatch: Any) -> None:
        (message,) = tell("a@x.example")
        monkeypatch.setattr(services, "PATIENCE", ())
        monkeypatch.setattr(services, "_note", lambda *_: (_ for _ in ()).throw(OperationalError("gone")))
        with pytest.raises(OperationalError):
            deliver(message.pk)

    def test_a_message_that_is_gone_is_nothing_to_do(self) -> None:
        assert deliver(uuid4()) is None

    def test_the_text_of_old_messages_is_erased_and_their_trace_kept(self) -> None:
        old, recent = tell("a@x.example", "b@x.example")
        OutgoingMessage.objects.filter(pk=old.pk).update(created_at=clock.now() - timedelta(days=31))
        assert purge_messages() == 1
        assert purge_messages() == 0
        old.refresh_from_db()
        recent.refresh_from_db()
        assert (old.subject, old.body_text, old.body_html, old.kind) == ("", "", "", "tests.said")
        assert recent.body_text
        assert deliver(old.pk) is None
        assert mail.outbox == []


class Closed:
    leaves = True

    def send(self, message: OutgoingMessage) -> None:
        raise services.NotTaken("Refusal")


class Broken:
    leaves = True

    def send(self, message: OutgoingMessage) -> None:
        raise OSError(f"refused for {message.to}")


class Slow:
    leaves = True
    sent: list[str] = []

    def send(self, message: OutgoingMessage) -> None:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.3)")
        self.sent.append(message.to)


@pytest.fixture
def slow(settings: Any) -> Iterator[list[str]]:
    settings.MESSAGE_CHANNELS = {"mail": f"{__name__}.Slow"}
    Slow.sent.clear()
    return Slow.sent


@pytest.mark.usefixtures("fresh_db")
def test_two_workers_at_once_send_a_message_once(slow: list[str]) -> None:
    (message,) = tell("a@x.example")

    def send() -> None:
        try:
            deliver(message.pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(send) for _ in range(2)]:
            future.result()
    assert slow == ["a@x.example"]
    assert OutgoingMessage.objects.get().state == MessageState.SENT


class Server(EmailBackend):
    """A mail server that does as it is told: to the greeting, then to the mail."""

    greeting: Exception | None = None
    answer: Exception | None = None

    def open(self) -> bool:
        if self.greeting:
            raise self.greeting
        return super().open()

    def send_messages(self, messages: Any) -> int:
        if self.answer:
            raise self.answer
        return super().send_messages(messages)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("greeting", "answer", "state"),
    [
        (ConnectionRefusedError(), None, MessageState.FAILED),
        (SMTPServerDisconnected(), None, MessageState.FAILED),
        (None, SMTPDataError(451, b"later"), MessageState.FAILED),
        (None, SMTPRecipientsRefused({}), MessageState.FAILED),
        (None, SMTPServerDisconnected(), MessageState.UNCERTAIN),
        (None, TimeoutError(), MessageState.UNCERTAIN),
        (None, None, MessageState.SENT),
    ],
)
def test_only_a_clear_refusal_is_sent_again(
    greeting: Exception | None, answer: Exception | None, state: MessageState, settings: Any, monkeypatch: Any
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Server"
    monkeypatch.setattr(Server, "greeting", greeting)
    monkeypatch.setattr(Server, "answer", answer)
    (message,) = tell("a@x.example")
    assert (deliver(message.pk) is None) is (state != MessageState.FAILED)
    message.refresh_from_db()
    assert message.state == state


def outbox_command(*words: str) -> str:
    out = StringIO()
    call_command("outbox", *words, stdout=out)
    return out.getvalue()


@pytest.mark.usefixtures("fresh_db")
def test_the_job_sends_what_was_told() -> None:
    tell("a@x.example", "b@x.example")
    asyncio.run(work(until_empty=True))
    assert sorted(sent.to[0] for sent in mail.outbox) == ["a@x.example", "b@x.example"]
    assert {found.status for found in ProcrastinateJob.objects.all()} == {"succeeded"}
