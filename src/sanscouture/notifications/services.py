"""Telling people. Messages are written in the transaction that decides them, and sent by a job once it commits.

No personal data in a subject, a body or a title: a message says that something happened and where to read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast
from uuid import UUID, uuid4

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
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

PARTNER_LANGUAGE = "fr"


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
) -> list[OutgoingMessage]:
    """Tell people that something happened: a mail each, and a notice for those who have an account.

    Rule: told in the recipient's language, once. `kind` is `app.event` and names the template
    `<app>/mail/<event>.txt`: first line the subject, then paragraphs; a paragraph that is only `{{ url }}` becomes the
    button. `url` is a path of the site. `key` makes the message unique (`f"referral:{pk}:sent"`): the same key to the
    same address is written and sent only once. Without a programme there is a mail and no notice. Gives the messages
    newly written.
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
                    body_html=_html(said),
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


def deliver(message_id: UUID) -> Exception | None:
    """Hand one message to its channel, once.

    Rule: the row is locked, so that two workers never send it both; a message already sent or purged is left alone;
    one that a channel only keeps is never said to have left;
    a message that left loses its text at once (it may hold a link or a code), outside the demonstration; what the
    channel refuses is noted without its text, and given back so that the job is tried again.
    """
    message = OutgoingMessage.objects.select_for_update().filter(pk=message_id).first()
    if message is None or message.state in {MessageState.SENT, MessageState.STORED} or message.purged_at:
        return None
    message.attempts += 1
    channel = _channel(message.channel)
    try:
        channel.send(message)
    except Exception as error:
        message.state = MessageState.FAILED
        message.last_error = type(error).__name__
        message.save(update_fields=["attempts", "state", "last_error"])
        return NotDelivered(type(error).__name__)
    message.last_error = ""
    if channel.leaves:
        message.state, message.sent_at = MessageState.SENT, clock.now()
    else:
        message.state = MessageState.STORED
    if not settings.MESSAGES_KEEP_TEXT:
        _erase(message)
    message.save()
    return None


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


class MessageChannel(Protocol):
    """A way out of the application."""

    leaves: bool
    """Whether what it takes really goes out."""

    def send(self, message: OutgoingMessage) -> None:
        """Hand the message over; raise when it was not taken."""


class Mail:
    """E-mail, by Django's configured backend."""

    leaves = True

    def send(self, message: OutgoingMessage) -> None:
        """Send both forms, under an identifier that never changes, so that a second copy can be recognised."""
        mail = EmailMultiAlternatives(
            message.subject,
            message.body_text,
            to=[message.to],
            headers={"Message-ID": f"<{message.pk}@{settings.MAIL_DOMAIN}>", "Auto-Submitted": "auto-generated"},
        )
        mail.attach_alternative(message.body_html, "text/html")
        mail.send()


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
    enqueue(
        "sanscouture.notifications.tasks.send_message",
        message_id=str(message.pk),
        programme_id=str(message.programme_id or ""),
    )
    return message


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
