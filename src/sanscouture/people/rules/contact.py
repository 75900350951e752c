"""Reaching somebody without putting them in danger: which channels never, at which hours, under which name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from django.utils.formats import time_format
from django.utils.translation import gettext as _

from sanscouture.people.enums import Channel

WRITTEN = (Channel.SMS, Channel.EMAIL)
"""Channels by which the application itself may write."""


@dataclass(frozen=True)
class SafeWay:
    """How a person may be reached. `since` and `until`: the hours of the day between which somebody may call."""

    avoided: frozenset[str] = frozenset()
    since: time | None = None
    until: time | None = None
    neutral: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether nothing particular is asked."""
        return self == SafeWay()

    @property
    def has_hours(self) -> bool:
        return self.since is not None or self.until is not None


def safest(one: SafeWay, other: SafeWay) -> SafeWay:
    """Heed both of two ways: what either avoids, the hours that both allow (the first one's when there are none)."""
    hours = [way for way in (one, other) if way.has_hours]
    since = max((way.since for way in hours if way.since), default=None)
    until = min((way.until for way in hours if way.until), default=None)
    if hours_fault(since, until):
        since, until = one.since, one.until
    return SafeWay(one.avoided | other.avoided, since, until, one.neutral or other.neutral)


def hours_fault(since: time | None, until: time | None) -> str:
    """Say why hours cannot be, empty when they can: both or none, the end after the beginning."""
    if (since is None) != (until is None):
        return _("Donnez les deux heures, ou aucune.")
    if since is not None and until is not None and since >= until:
        return _("La fin vient avant le début.")
    return ""


def automatic_channel(preferred: str, way: SafeWay, *, phone: str, email: str) -> Channel | None:
    """Give the channel by which the application may write to a person by itself, None when somebody must do it.

    Rule: the channel that the person prefers, and never another in its place; not one to avoid, and nothing at all when
    only some hours are safe, for a machine does not know who holds the phone (chapter 02).
    """
    reachable = {Channel.SMS: bool(phone), Channel.EMAIL: bool(email)}
    channel = next((one for one in WRITTEN if one == preferred), None)
    if channel is None or not reachable[channel] or channel in way.avoided or way.has_hours:
        return None
    return channel


def may_call(way: SafeWay) -> bool:
    """Say whether the person may be called at all."""
    return Channel.PHONE not in way.avoided


def way_words(way: SafeWay) -> list[str]:
    """Say in sentences what whoever would call or write must know; nothing when nothing is asked."""
    said = []
    if way.avoided:
        channels = [str(channel.label) for channel in Channel if channel in way.avoided]
        said.append(_("Ne jamais passer par\u00a0: %(channels)s.") % {"channels": ", ".join(channels)})
    if way.since is not None and way.until is not None:
        hours = {"since": time_format(way.since), "until": time_format(way.until)}
        said.append(_("Appeler seulement entre %(since)s et %(until)s.") % hours)
    if way.neutral:
        said.append(
            _("Ne dire ni votre nom de structure ni pourquoi vous appelez avant d’avoir la personne elle-même.")
        )
    return said
