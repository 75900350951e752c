"""What is told to people: a notice in the application, a message outside it."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sanscouture.access.personal import Activity, Concerned, Data, Kept, Personal
from sanscouture.access.where import Kind, Where
from sanscouture.core.models import Entity
from sanscouture.notifications.enums import Channel, MessageState


class Notice(Entity):
    """A line in somebody's list of news. Its title names no person."""

    access_scope: ClassVar[Where] = Where(Kind.OWN)
    personal_data: ClassVar[Personal] = Personal(
        Activity.MESSAGES,
        about=(Concerned.ACCOUNT,),
        kept=Kept.ACCOUNT,
        fields={
            Data.MESSAGE: ("user", "kind", "title", "url", "read_at"),
        },
    )

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", verbose_name=_("compte"))
    programme_id: models.UUIDField[UUID, UUID] = models.UUIDField(_("programme"))
    kind = models.CharField(_("sujet"), max_length=60)
    title = models.CharField(_("titre"), max_length=200)
    url = models.CharField(_("adresse"), max_length=300, blank=True)
    read_at = models.DateTimeField(_("lu le"), null=True)

    class Meta:
        verbose_name = _("nouvelle")
        verbose_name_plural = _("nouvelles")
        ordering = ("-created_at", "-id")
        indexes = (
            models.Index(fields=("user", "-created_at"), name="notice_user_at"),
            models.Index(fields=("user",), condition=models.Q(read_at=None), name="notice_user_unread"),
        )

    def __str__(self) -> str:
        return self.title


class OutgoingMessage(Entity):
    """An e-mail or a text message, written in the transaction that decides it and sent once by a job.

    Its body may hold a signed link: it is a secret, kept no longer than it serves and never logged.
    """

    access_scope: ClassVar[Where] = Where(Kind.MESSAGE)
    personal_data: ClassVar[Personal] = Personal(
        Activity.MESSAGES,
        about=(Concerned.RESIDENT, Concerned.ACCOUNT, Concerned.CONTACT),
        kept=Kept.MESSAGE,
        fields={
            Data.REACH: ("to",),
            Data.MESSAGE: (
                "channel",
                "kind",
                "subject",
                "body_text",
                "body_html",
                "state",
                "attempts",
                "last_error",
                "taken_as",
                "neutral",
                "sent_at",
                "purged_at",
            ),
            Data.TECHNICAL: ("key",),
        },
    )

    channel = models.CharField(_("canal"), max_length=4, choices=Channel.choices, default=Channel.MAIL)
    to = models.CharField(_("destinataire"), max_length=254)
    kind = models.CharField(_("sujet"), max_length=60)
    programme_id: models.UUIDField[UUID | None, UUID | None] = models.UUIDField(_("programme"), null=True)
    key = models.CharField(_("clé d’unicité"), max_length=200, unique=True)
    subject = models.CharField(_("objet"), max_length=200, blank=True)
    body_text = models.TextField(_("texte"), blank=True)
    body_html = models.TextField(_("texte mis en forme"), blank=True)
    state = models.CharField(_("état"), max_length=9, choices=MessageState.choices, default=MessageState.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    taken_as: models.UUIDField[UUID | None, UUID | None] = models.UUIDField(_("prise en charge"), null=True)
    neutral = models.BooleanField(_("expéditeur neutre"), default=False, db_default=False)
    last_error = models.CharField(_("dernière erreur"), max_length=80, blank=True)
    sent_at = models.DateTimeField(_("parti le"), null=True)
    purged_at = models.DateTimeField(_("texte effacé le"), null=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("-created_at", "-id")
        indexes = (
            models.Index(fields=("programme_id", "-created_at"), name="message_programme_at"),
            models.Index(fields=("created_at",), condition=models.Q(purged_at=None), name="message_to_purge"),
            models.Index(fields=("created_at",), condition=models.Q(state="uncertain"), name="message_uncertain"),
        )
        constraints = (
            models.CheckConstraint(
                name="message_sent_has_date",
                condition=~models.Q(state="sent") | models.Q(sent_at__isnull=False),
                violation_error_message=_("Un message parti porte la date de son départ."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} ({self.get_state_display()})"
