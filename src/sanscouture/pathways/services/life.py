"""Acts on what a person lives through: episodes, and what moved."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.core.verbs import verb
from sanscouture.pathways.enums import EpisodeKind
from sanscouture.pathways.models import Episode, Progress
from sanscouture.pathways.rules import life as rules
from sanscouture.people.models import Beneficiary


@verb
def add_episode(
    beneficiary: Beneficiary,
    *,
    kind: str,
    starts_on: date,
    ends_on: date | None = None,
    label: str = "",
    actor: Actor,
) -> Episode:
    """Write an episode. It changes nothing else: a job never closes a pathway. Raises Refused for impossible dates."""
    if kind not in EpisodeKind.values:
        raise Refused(_("Choisissez ce que la personne vit."))
    if wrong := rules.wrong_dates(starts_on, ends_on):
        raise Refused(wrong)
    episode = Episode.objects.create(
        programme_id=beneficiary.programme_id,
        beneficiary=beneficiary,
        kind=kind,
        label=label.strip(),
        starts_on=starts_on,
        ends_on=ends_on,
        recorded_by_id=actor.user_id,
    )
    record(actor, "episode.add", episode)
    return episode


@verb
def end_episode(episode: Episode, *, on: date, actor: Actor) -> Episode:
    """Write when an episode ended. Raises Conflict when its end is already written, Refused for an impossible day."""
    row = Episode.objects.get_queryset().select_for_update().filter(pk=episode.pk).first()
    if row is None or row.ends_on is not None:
        raise Conflict(_("La fin de cet épisode est déjà notée, ou il a été retiré."))
    if wrong := rules.wrong_dates(row.starts_on, on):
        raise Refused(wrong)
    row.ends_on = on
    row.save(update_fields=["ends_on"])
    record(actor, "episode.end", row)
    return row


@verb
def remove_episode(episode: Episode, *, actor: Actor) -> Beneficiary:
    """Take back an episode that never was; gives the person. Raises Conflict when somebody else did first."""
    row = Episode.objects.get_queryset().select_for_update().filter(pk=episode.pk).first()
    if row is None:
        raise Conflict(_("Cet épisode est déjà retiré."))
    record(actor, "episode.remove", row)
    row.delete()
    return episode.beneficiary


@verb
def note_progress(
    beneficiary: Beneficiary, *, kind: str, level: str = "", label: str = "", on: date | None = None, actor: Actor
) -> Progress:
    """Write what moved. `level`: of the CECRL for the language, 0 to 10 for confidence, empty elsewhere.

    Raises Refused when it is not sound.
    """
    day = on or clock.today()
    if wrong := rules.wrong_progress(kind, level, day, today=clock.today()):
        raise Refused(wrong)
    progress = Progress.objects.create(
        programme_id=beneficiary.programme_id,
        beneficiary=beneficiary,
        kind=kind,
        level=level,
        label=label.strip(),
        on=day,
        recorded_by_id=actor.user_id,
    )
    record(actor, "progress.note", progress)
    return progress


@verb
def remove_progress(progress: Progress, *, actor: Actor) -> Beneficiary:
    """Take back a progress written by mistake; gives the person. Raises Conflict when somebody else did first."""
    row = Progress.objects.get_queryset().select_for_update().filter(pk=progress.pk).first()
    if row is None:
        raise Conflict(_("Ce progrès est déjà retiré."))
    record(actor, "progress.remove", row)
    row.delete()
    return progress.beneficiary
