from __future__ import annotations

from typing import Any, ClassVar, cast
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from sanscouture.access.personal import Activity, Concerned, Data, Kept, Personal
from sanscouture.access.where import SYSTEM, Where
from sanscouture.accounts.rules import InvitationState, invitation_state
from sanscouture.core import clock
from sanscouture.core.models import Entity


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> User:
        """Create an account whose address is known to be its owner's."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save()
        cast("Any", user).emailaddress_set.create(email=user.email, primary=True, verified=True)
        return user


class User(Entity, AbstractBaseUser):
    """A professional's account, known by e-mail."""

    access_scope: ClassVar[Where] = SYSTEM
    personal_data: ClassVar[Personal] = Personal(
        Activity.ACCOUNTS,
        about=(Concerned.ACCOUNT,),
        kept=Kept.ACCOUNT,
        fields={
            Data.IDENTITY: ("first_name", "last_name"),
            Data.REACH: ("email", "phone", "language"),
            Data.SECURITY: ("password", "last_login", "is_active"),
        },
    )

    email = models.EmailField(_("adresse électronique"), unique=True)
    first_name = models.CharField(_("prénom"), max_length=80, blank=True)
    last_name = models.CharField(_("nom"), max_length=80, blank=True)
    phone = models.CharField(_("téléphone"), max_length=20, blank=True)
    language = models.CharField(_("langue"), max_length=2, choices=settings.LANGUAGES, default="fr")
    is_active = models.BooleanField(_("actif"), default=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name = _("compte")
        verbose_name_plural = _("comptes")

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.email


class Invitation(Entity):
    """A promise of an account, sent by e-mail. What it will open is kept by the app that asked for it.

    Only a fingerprint of the link is stored: who reads the table cannot accept in somebody's place.
    """

    access_scope: ClassVar[Where] = SYSTEM
    personal_data: ClassVar[Personal] = Personal(
        Activity.ACCOUNTS,
        about=(Concerned.ACCOUNT, Concerned.CONTACT),
        kept=Kept.ACCOUNT,
        fields={
            Data.REACH: ("email", "language"),
            Data.SECURITY: ("fingerprint", "expires_at", "accepted_at", "revoked_at"),
            Data.TRACE: ("invited_by", "accepted_by", "context_label", "context_id"),
        },
    )

    email = models.EmailField(_("adresse électronique"))
    language = models.CharField(_("langue"), max_length=2, choices=settings.LANGUAGES, default="fr")
    invited_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="invitations_sent", verbose_name=_("invité par")
    )
    context_label = models.CharField(_("pour rejoindre"), max_length=200, blank=True)
    context_id: models.UUIDField[UUID | None, UUID | None] = models.UUIDField(
        _("contexte"), null=True, blank=True, editable=False
    )
    fingerprint = models.CharField(_("empreinte du lien"), max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField(_("valable jusqu’au"))
    accepted_at = models.DateTimeField(_("acceptée le"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="invitations_accepted", verbose_name=_("acceptée par")
    )
    revoked_at = models.DateTimeField(_("annulée le"), null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(
                name="invitation_accepted_or_revoked",
                condition=models.Q(accepted_at=None) | models.Q(revoked_at=None),
                violation_error_message=_("Une invitation acceptée ne peut pas être annulée."),
            ),
            models.CheckConstraint(
                name="invitation_accepted_by_someone",
                condition=models.Q(accepted_at=None, accepted_by=None)
                | models.Q(accepted_at__isnull=False, accepted_by__isnull=False),
                violation_error_message=_("Une invitation acceptée l’est par un compte."),
            ),
        )

    def __str__(self) -> str:
        return self.context_label or str(self.pk)

    @property
    def state(self) -> InvitationState:
        """Whether the link still works now, and why not."""
        return invitation_state(
            expires_at=self.expires_at, accepted_at=self.accepted_at, revoked_at=self.revoked_at, now=clock.now()
        )


class Connection(Entity):
    """A session of an account, as its owner sees it. It leaves with the session."""

    access_scope: ClassVar[Where] = SYSTEM
    personal_data: ClassVar[Personal] = Personal(
        Activity.ACCOUNTS,
        about=(Concerned.ACCOUNT,),
        kept=Kept.SESSION,
        fields={
            Data.SECURITY: ("user", "session_key", "browser", "by_proconnect"),
        },
    )

    user = models.ForeignKey(User, models.CASCADE, related_name="connections", verbose_name=_("compte"))
    session_key = models.CharField(_("session"), max_length=40, unique=True, editable=False)
    browser = models.CharField(_("navigateur"), max_length=60, blank=True)
    by_proconnect = models.BooleanField(_("par ProConnect"), default=False)

    class Meta:
        verbose_name = _("connexion")
        verbose_name_plural = _("connexions")
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return self.browser or str(self.pk)


class TrustedDevice(Entity):
    """A browser spared the second step for 30 days. It holds a token; only its fingerprint is stored."""

    access_scope: ClassVar[Where] = SYSTEM
    personal_data: ClassVar[Personal] = Personal(
        Activity.ACCOUNTS,
        about=(Concerned.ACCOUNT,),
        kept=Kept.DEVICE,
        fields={
            Data.SECURITY: ("user", "fingerprint", "browser", "expires_at"),
        },
    )

    user = models.ForeignKey(User, models.CASCADE, related_name="trusted_devices", verbose_name=_("compte"))
    fingerprint = models.CharField(_("empreinte"), max_length=64, unique=True, editable=False)
    browser = models.CharField(_("navigateur"), max_length=60, blank=True)
    expires_at = models.DateTimeField(_("jusqu’au"))

    class Meta:
        verbose_name = _("appareil de confiance")
        verbose_name_plural = _("appareils de confiance")
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return self.browser or str(self.pk)


class Recovery(Entity):
    """A way back for somebody who lost every factor, opened by who answers for them. Only its print is kept."""

    access_scope: ClassVar[Where] = SYSTEM
    personal_data: ClassVar[Personal] = Personal(
        Activity.ACCOUNTS,
        about=(Concerned.ACCOUNT,),
        kept=Kept.ACCOUNT,
        fields={
            Data.SECURITY: ("user", "fingerprint", "expires_at", "used_at"),
            Data.TRACE: ("issued_by", "reason"),
        },
    )

    user = models.ForeignKey(User, models.CASCADE, related_name="recoveries", verbose_name=_("compte"))
    issued_by = models.ForeignKey(User, models.PROTECT, related_name="recoveries_issued", verbose_name=_("émis par"))
    reason = models.CharField(_("raison"), max_length=200)
    fingerprint = models.CharField(_("empreinte"), max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField(_("valable jusqu’au"))
    used_at = models.DateTimeField(_("utilisé le"), null=True, blank=True)

    class Meta:
        verbose_name = _("lien de secours")
        verbose_name_plural = _("liens de secours")
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(
                name="recovery_not_by_oneself",
                condition=~models.Q(user=models.F("issued_by")),
                violation_error_message=_("On ne rouvre pas son propre accès : demandez à une autre personne."),
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def works(self) -> bool:
        """Whether the link still works now."""
        return self.used_at is None and clock.now() < self.expires_at
