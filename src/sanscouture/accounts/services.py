"""Accounts: inviting, accepting, and what allauth asks of us."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from sanscouture.notifications.services import send_mail


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """How allauth behaves here: no sign-up without invitation, and mail through our queue."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse: an account is opened by an invitation."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue allauth's mail in the request's transaction, so that its time tells nothing about the account."""
        mail = self.render_mail(template_prefix, email, {**context, "email": email})
        send_mail(
            email,
            kind=template_prefix.rsplit("/", 1)[-1],
            subject=mail.subject,
            paragraphs=[" ".join(part.split()) for part in mail.body.split("\n\n") if part.strip()],
        )

    def format_email_subject(self, subject: str) -> str:
        """Leave the subject as it is written."""
        return subject
