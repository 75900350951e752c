"""The way back of somebody who lost every factor: opened by who answers for them, taken by them alone."""

from __future__ import annotations

import secrets

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.accounts.models import Recovery, TrustedDevice, User
from sanscouture.accounts.rules import RECOVERY_LIFE, fingerprint
from sanscouture.accounts.services.connections import end_connections
from sanscouture.accounts.services.identities import forget_identities
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.core.verbs import verb
from sanscouture.notifications.services import Address, notify


@verb
def open_recovery(user: User, *, reason: str, actor: Actor) -> Recovery:
    """Send somebody who lost every factor a link that works once, for 24 hours; former links stop working.

    Rule (chapter 08): reasoned, journalled, told to its owner at their own address; whoever issues it never receives
    it. Nothing changes until the link is used. Who may issue it is the caller's to say (`programmes`). Raises
    `Refused` without a reason, or for one's own account.
    """
    if not reason.strip():
        raise Refused(_("Dites en quelques mots pourquoi, et comment vous avez vérifié."))
    if user.pk == actor.user_id:
        raise Refused(_("On ne rouvre pas son propre accès : demandez à une autre personne."))
    User.objects.select_for_update().get(pk=user.pk)
    Recovery.objects.filter(user=user, used_at=None, expires_at__gt=clock.now()).update(expires_at=clock.now())
    token = secrets.token_urlsafe(32)
    made = Recovery.objects.create(
        user=user,
        issued_by_id=actor.user_id,
        reason=reason.strip(),
        fingerprint=fingerprint(token),
        expires_at=clock.now() + RECOVERY_LIFE,
    )
    record(actor, "account.recovery", user)
    link = reverse("accounts:recover", args=[token])
    notify("accounts.recovery", to=[Address(user.email, user.language)], programme_id=None, url=link)
    return made


@verb
def use_recovery(recovery: Recovery, *, password: str) -> User:
    """Take the way back: every factor, session, trust and ProConnect link goes; a new factor will be asked.

    Rule: a link is used once; of two who hold it, the first wins. It signs nobody in. Raises `Conflict` when it has
    been used, replaced, or is over 24 hours old.
    """
    locked = Recovery.objects.select_for_update(of=("self",)).get(pk=recovery.pk)
    if not locked.works:
        raise Conflict(_("Ce lien a déjà servi, ou n’est plus valable."))
    user = User.objects.select_for_update().get(pk=locked.user_id)
    locked.used_at = clock.now()
    locked.save(update_fields=["used_at"])
    Authenticator.objects.filter(user=user).delete()
    TrustedDevice.objects.filter(user=user).delete()
    forget_identities(user)
    user.set_password(password)
    user.save(update_fields=["password"])
    EmailAddress.objects.filter(user=user, email=user.email).update(verified=True)
    end_connections(user)
    record(Actor(user.pk), "account.recovered", user)
    notify("accounts.recovered", to=[user], programme_id=None)
    return user
