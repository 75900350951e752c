"""Asking for permission on one object."""

from __future__ import annotations

from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404
from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm
from sanscouture.access.managers import ScopedQuerySet

M = TypeVar("M", bound=models.Model)


def scoped(model: type[M]) -> ScopedQuerySet[M]:
    """Every row of a model, ready to be narrowed to an actor."""
    return ScopedQuerySet(model)


def can(actor: Actor, perm: Perm, obj: models.Model) -> bool:
    """Say whether an actor may touch an object: by construction, whether `visible_to` holds it."""
    return scoped(type(obj)).visible_to(actor, perm).filter(pk=obj.pk).exists()


def fetch(model: type[M], actor: Actor, perm: Perm, **lookup: Any) -> M:
    """Fetch one object for an act: the one way to fetch.

    Raises:
        PermissionDenied: the actor's roles never carry this permission (403, whatever the object).
        Http404: outside the actor's scope, or nowhere.

    """
    if not actor.holds(perm):
        raise PermissionDenied(_("Votre rôle ne permet pas cet acte."))
    found = scoped(model).visible_to(actor, perm).filter(**lookup).first()
    if found is None:
        raise Http404
    return found
