"""Telling people. Messages are written in the transaction that decides them, and sent by a job once it commits.

No personal data in a subject, a body or a title: a message says that something happened and where to read it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any, Protocol, TypeVar, cast
from uuid import UUID, uuid4

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import InterfaceError, OperationalError, connection, transaction
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.utils import translation
from django.utils.module_loading import import_string

from sanscouture.access.actor import Actor
from sanscouture.core import clock
from sanscouture.jobs.services import enqueue
from sanscouture.notifications.enums import Channel, MessageState
from sanscouture.notifications.models import Notice, OutgoingMessage
from sanscouture.notifications.rules import Letter, letter, template_of

T = TypeVar("T")
logger = logging.getLogger(__name__)

PARTNER_LANGUAGE = "fr"
REFUSALS = (SMTPResponseException, SMTPRecipientsRefused, ValueError)
"""What says that a mail server did not take a mail: its own « no », or a mail that cannot be written."""
PATIENCE = (0.5, 1, 2, 4, 8, 16)
"""Seconds between the tries at noting what became of a message, while the database is away."""


class Account(Protocol):
    """What is needed of an account to tell it something."""

    pk: Any
    email: str
    language: str


@dataclass(frozen=True)
class Address:
    """Somebody without an account."""

    email: str
    language: str = PARTNER_LANGUAGE


def notify(
    kind: str,
    *,
    to: Iterable[Account | Address | str],
    programme_id: UUID | None,
    context: Mapping[str, Any] | None = None,
    url: str = "",
    key: str = "",
    neutral: bool = False,
) -> list[OutgoingMessage]:
    """Tell people that something happened: a mail each, and a notice for those who have an account.

    Rule: told in the recipient's language, once. `kind` is `app.event` and names the template
    `<app>/mail/<event>.txt`: first line the subject, then paragraphs; a paragraph that is only `{{ url }}` becomes the
    button. `url` is a path of the site. `key` makes the message unique (`f"referral:{pk}:sent"`): the same key to the
    same address is written and sent only once. Without a programme there is a mail and no notice. `neutral`: the mail
    bears no name of ours, in its sender or around its text. Gives the messages newly written.
    """
    told = {_email(one): one for one in to}
    written = []
    for email, one in told.items():
        with translation.override(one.language if not isinstance(one, str) else PARTNER_LANGUAGE):
            said = _compose(kind, dict(context or {}), url)
            message = _queue(
                OutgoingMessage(
                    to=email,
                    kind=kind,
                    programme_id=programme_id,
                    key=f"{key or uuid4()}:{email}",
                    subject=said.subject,
                    body_text=said.text,
                    body_html="" if neutral else _html(said),
                    neutral=neutral,
                )
            )
        if message is None:
            continue
        written.append(message)
        if programme_id is not None and not isinstance(one, Address | str):
            Notice.objects.create(user_id=one.pk, programme_id=programme_id, kind=kind, title=said.subject, url=url)
    return written


def send_sms(
    phone: str,
    *,
    kind: str,
    programme_id: UUID | None,
    context: Mapping[str, Any] | None = None,
    url: str = "",
    language: str = PARTNER_LANGUAGE,
    key: str = "",
) -> OutgoingMessage | None:
    """Queue a text message to a person: the paragraphs of the template of `kind`, without its subject."""
    with translation.override(language):
        said = _compose(kind, dict(context or {}), url)
    return _queue(
        OutgoingMessage(
            channel=Channel.SMS,
            to=phone,
            kind=kind,
            programme_id=programme_id,
            key=f"{key or uuid4()}:{phone}",
            body_text=" ".join(said.paragraphs),
        )
    )


def deliver(
    message_id: UUID, *, opening: Callable[[], AbstractContextManager[None]] = transaction.atomic
) -> Exception | None:
    """Hand one message to its channel, at most once (chapter 08, Faults; ADR 0016).

    Rule: three moments, each kept before the next begins: the message is taken, handed over, noted. Whoever finds it
    taken already does not send it: it has left, or may have, and stays « peut-être parti » until somebody decides. Only
    what the channel surely refused is given back, so that the job is tried again. What a channel only keeps is never
    said to have left. A message that left loses its text at once (it may hold a link or a code), outside the
    demonstration. `opening` opens one transaction, with its rows.
    """
    taking = uuid4()
    message = _surely(lambda: _take(message_id, taking), opening)
    if message is None:
        return None
    state, error = _hand_over(message)
    _surely(lambda: _note(message, state, error), opening)
    return NotDelivered(error) if state == MessageState.FAILED else None


def _take(message_id: UUID, taking: UUID) -> OutgoingMessage | None:
    """Take a message under a name of our own: the answer to our commit may be lost, and nothing has left then."""
    message = OutgoingMessage.objects.select_for_update().filter(pk=message_id).first()
    if message is None or message.purged_at:
        return None
    if message.state == MessageState.SENDING and message.taken_as == taking:
        return message
    if message.state == MessageState.SENDING:
        message.state = MessageState.UNCERTAIN
        message.save(update_fields=["state"])
    if message.state not in {MessageState.QUEUED, MessageState.FAILED}:
        return None
    message.state, message.taken_as = MessageState.SENDING, taking
    message.attempts += 1
    message.save(update_fields=["state", "attempts", "taken_as"])
    return message


def _hand_over(message: OutgoingMessage) -> tuple[MessageState, str]:
    channel = _channel(message.channel)
    try:
        channel.send(message)
    except NotTaken as refusal:
        return MessageState.FAILED, str(refusal)
    except Exception as error:
        logger.warning("Un message est peut-être parti (%s).", type(error).__name__)
        return MessageState.UNCERTAIN, type(error).__name__
    return MessageState.SENT if channel.leaves else MessageState.STORED, ""


def _note(message: OutgoingMessage, state: MessageState, error: str) -> None:
    message.state, message.last_error = state, error
    if state == MessageState.SENT:
        message.sent_at = clock.now()
    if state in {MessageState.SENT, MessageState.STORED} and not settings.MESSAGES_KEEP_TEXT:
        _erase(message)
    message.save()


def _surely(write: Callable[[], T], opening: Callable[[], AbstractContextManager[None]]) -> T:
    """Write what is known, waiting for a database that restarts: a fact forgotten now would be a doubt for ever."""
    for pause in PATIENCE:
        try:
            with opening():
                return write()
        except (OperationalError, InterfaceError):
            connection.close()
            time.sleep(pause)
    with opening():
        return write()


def send_again(message_id: UUID) -> bool:
    """Put back in the queue a message whose leaving is in doubt, because somebody decided to. False when it is not.

    Rule: never by itself (ADR 0016). Its text must still be there.
    """
    message = OutgoingMessage.objects.select_for_update().filter(pk=message_id, purged_at=None).first()
    if message is None or message.state not in {MessageState.SENDING, MessageState.UNCERTAIN, MessageState.FAILED}:
        return False
    message.state = MessageState.QUEUED
    message.save(update_fields=["state"])
    _enqueue(message)
    return True


def purge_messages() -> int:
    """Erase the text of messages older than MESSAGES_KEEP that never left; the trace of them stays."""
    limit = clock.now() - settings.MESSAGES_KEEP
    old = OutgoingMessage.objects.filter(purged_at=None, created_at__lt=limit)
    return old.update(subject="", body_text="", body_html="", purged_at=clock.now())


def mark_read(actor: Actor, notice_id: UUID | None = None) -> int:
    """Mark one notice of this account as read, or all of them."""
    unread = Notice.objects.filter(user_id=actor.user_id, programme_id__in=actor.programmes, read_at=None)
    if notice_id is not None:
        unread = unread.filter(pk=notice_id)
    return unread.update(read_at=clock.now())


class NotDelivered(Exception):
    """The channel refused a message. Holds the kind of error, never the text or the address."""


class NotTaken(Exception):
    """A channel surely did not take a message: it may be handed over again. Holds the kind of error alone."""


class MessageChannel(Protocol):
    """A way out of the application."""

    leaves: bool
    """Whether what it takes really goes out."""

    def send(self, message: OutgoingMessage) -> None:
        """Hand the message over; raise `NotTaken` when it surely was not taken. Any other error leaves a doubt."""


class Mail:
    """E-mail, by Django's configured backend."""

    leaves = True

    def send(self, message: OutgoingMessage) -> None:
        """Send both forms, under an identifier that never changes, so that a second copy can be recognised."""
        mail = EmailMultiAlternatives(
            message.subject,
            message.body_text,
            settings.NEUTRAL_FROM_EMAIL if message.neutral else None,
            to=[message.to],
            headers={"Message-ID": f"<{message.pk}@{settings.MAIL_DOMAIN}>", "Auto-Submitted": "auto-generated"},
        )
        if message.body_html:
            mail.attach_alternative(message.body_html, "text/html")
        mail.connection = get_connection()
        try:
            mail.connection.open()
        except Exception as error:  # nothing was said yet
            raise NotTaken(type(error).__name__) from error
        try:
            mail.send()
        except REFUSALS as error:
            raise NotTaken(type(error).__name__) from error
        finally:
            with suppress(OSError, SMTPException):
                mail.connection.close()


class StoredOnly:
    """Send nothing: the message is read where it is kept (demonstration, tests, no SMS contract yet)."""

    leaves = False

    def send(self, message: OutgoingMessage) -> None:
        """Take the message."""


def _channel(channel: str) -> MessageChannel:
    return cast("MessageChannel", import_string(settings.MESSAGE_CHANNELS[channel])())


def _queue(message: OutgoingMessage) -> OutgoingMessage | None:
    OutgoingMessage.objects.bulk_create([message], ignore_conflicts=True)
    if not OutgoingMessage.objects.filter(pk=message.pk).exists():
        return None
    _enqueue(message)
    return message


def _enqueue(message: OutgoingMessage) -> None:
    enqueue(
        "sanscouture.notifications.tasks.send_message",
        message_id=str(message.pk),
        programme_id=str(message.programme_id or ""),
    )


def _compose(kind: str, context: dict[str, Any], url: str) -> Letter:
    context["url"] = f"{settings.BASE_URL}{url}" if url.startswith("/") else url
    template = cast("Any", get_template(template_of(kind))).template
    return letter(template.render(Context(context, autoescape=False)))


def _html(said: Letter) -> str:
    return render_to_string("notifications/mail/layout.html", {"letter": said})


def _email(one: Account | Address | str) -> str:
    return (one if isinstance(one, str) else one.email).strip().lower()


def _erase(message: OutgoingMessage) -> None:
    message.body_text = message.body_html = ""
    message.purged_at = clock.now()
