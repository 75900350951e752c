"""What a view needs before it runs. Every view carries exactly one of these; a test says so."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm
from sanscouture.access.matrix import WITHOUT_SECOND_FACTOR
from sanscouture.access.models import NamedModel
from sanscouture.access.policy import fetch
from sanscouture.access.readonly import reading_only
from sanscouture.access.scope import scope, scope_of

READING = frozenset({"GET", "HEAD"})
P = ParamSpec("P")
View = Callable[Concatenate[Any, P], HttpResponseBase]


class ActorRequest(HttpRequest):
    """A request whose account is known."""

    actor: Actor


@dataclass(frozen=True)
class Requirement:
    """What a view asks for; None is everybody (`public`), and no permission is any account (`signed_in`)."""

    perm: Perm | None = None
    of: type[models.Model] | None = None
    everybody: bool = False
    by: str = "pk"
    """The argument of the address that names the object."""
    names: bool = False
    """Whether the page shows names though it asks for no permission."""

    @property
    def opens_names(self) -> bool:
        """Whether an account that reaches names proves its second factor before this page."""
        return self.names or (self.perm is not None and self.perm not in WITHOUT_SECOND_FACTOR)


def actor_of(user_id: Any) -> Actor:
    """Load the grants of an account, in the scope of that account alone."""
    loader: Callable[[Any], Actor] = import_string(settings.ACCESS_GRANTS_LOADER)
    with scope(user=user_id, whole=True):
        return loader(user_id)


def public(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let everybody in; the row-level scope stays empty unless the view opens one."""
    return _marked(_reading(view), view, Requirement(everybody=True))


def signed_in(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let any account in, whatever its roles."""
    return _with_actor(view, Requirement())


def signed_in_to_names(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let any account in, on a page that shows names to the roles that reach them."""
    return _with_actor(view, Requirement(names=True))


def recently_authenticated(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Ask again who is there before a view that carries data away or touches an account (chapter 08).

    Goes under the decorator that says who may enter.
    """

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        check: Callable[[HttpRequest], None] = import_string(settings.ACCESS_RECENT)
        check(request)
        return view(request, *args, **kwargs)

    return inner


def requires(
    perm: Perm, of: type[models.Model] | None = None, *, by: str = "pk"
) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Let in the accounts that hold a permission.

    With `of`, the object named by the URL argument `by` is fetched through the scope and handed to the view: 404
    outside the scope; without, the permission must be held somewhere: 403 otherwise.
    """

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        return _with_actor(view, Requirement(perm, of, by=by))

    return decorate


def _with_actor(view: Callable[..., HttpResponseBase], requirement: Requirement) -> Callable[..., HttpResponseBase]:
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        actor = actor_of(request.user.pk)
        if requirement.perm is not None and not actor.holds(requirement.perm):
            raise PermissionDenied(_("Votre rôle ne permet pas d’ouvrir cette page."))
        if actor.reaches_names and (page := _second_factor_page(request)):
            if requirement.opens_names:
                return redirect_to_login(request.get_full_path() if request.method in READING else "/", page)
            actor = actor.without_names()
        cast("ActorRequest", request).actor = actor
        with scope_of(actor, whole=True):
            if requirement.of is not None and requirement.perm is not None:
                lookup = {requirement.by: kwargs.pop(requirement.by)}
                try:
                    found = fetch(requirement.of, actor, requirement.perm, **lookup)
                except Http404:
                    if page := _page_of_successor(request, actor, requirement):
                        return _unkept(HttpResponseRedirect(page))
                    raise
                response = _once(request, actor, lambda: view(request, found, *args, **kwargs))
                _note_reading(request, response, actor, found)
                return _unkept(response)
            return _unkept(_once(request, actor, lambda: view(request, *args, **kwargs)))

    return _marked(_reading(inner), view, requirement)


def _once(request: HttpRequest, actor: Actor, act: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Let a form that is sent again, because its answer was lost, do nothing more (chapter 08, Faults)."""
    if request.method != "POST":
        return act()
    keep: Callable[..., HttpResponseBase] = import_string(settings.ACCESS_ONCE)
    return keep(request, actor.user_id, act)


def _page_of_successor(request: HttpRequest, actor: Actor, requirement: Requirement) -> str:
    """Give the same page of the record that stands for one that was merged, empty when there is none to read."""
    successor_of: Callable[[Any], Any] | None = getattr(requirement.of, "successor_of", None)
    match = request.resolver_match
    if request.method not in READING or successor_of is None or match is None:
        return ""
    successor = successor_of(match.kwargs[requirement.by])
    if successor is None or requirement.of is None or requirement.perm is None:
        return ""
    fetch(requirement.of, actor, requirement.perm, pk=successor)
    return reverse(match.view_name, kwargs={**match.kwargs, requirement.by: successor})


def _second_factor_page(request: HttpRequest) -> str:
    """Give where to go and prove a second factor before any name (chapter 08), empty when it is proved."""
    page: Callable[[HttpRequest], str] = import_string(settings.ACCESS_SECOND_FACTOR)
    return page(request)


def _note_reading(request: HttpRequest, response: HttpResponseBase, actor: Actor, found: models.Model) -> None:
    """Leave in the journal that a page of a named record was read (chapter 08); lists note their own rows."""
    if isinstance(found, NamedModel) and request.method in READING and response.status_code == HTTPStatus.OK:
        note: Callable[..., None] = import_string(settings.ACCESS_READ_JOURNAL)
        note(actor, f"{found._meta.model_name}.read", found, read=True)


def _unkept(response: HttpResponseBase) -> HttpResponseBase:
    """Leave no copy of the page in a browser that others may use."""
    patch_cache_control(response, private=True, no_store=True)
    return response


def _reading(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with ExitStack() as stack:
            _ = request.user.is_authenticated  # a session ended elsewhere is erased here, before writing is refused
            if request.method in {*READING, "OPTIONS"}:
                stack.enter_context(reading_only())
            return view(request, *args, **kwargs)

    return inner


def _marked(
    wrapper: Callable[..., HttpResponseBase], view: Callable[..., HttpResponseBase], requirement: Requirement
) -> Callable[..., HttpResponseBase]:
    wrapped = wraps(view)(wrapper)
    wrapped.requirement = requirement  # type: ignore[attr-defined]
    return wrapped
