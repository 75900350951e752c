"""Writing the journal: one act is one row, however many records it read. Letting one sending of a form act once."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.access.readonly import journalling
from sanscouture.audit.models import JournalEntry, Submission
from sanscouture.core import clock

NOTE_LENGTH = 200
SUBMISSIONS_KEPT = timedelta(days=2)
SENDING = "envoi"
"""The hidden field of every form that acts: an identifier made with the page, which goes along each time it is sent."""
APART_FROM_CONTENT = {"csrfmiddlewaretoken"}


def record(
    actor: Actor | str,
    verb: str,
    obj: Model | Iterable[Model],
    *,
    read: bool = False,
    note: str = "",
    within: UUID | None = None,
) -> None:
    """Add an act to the journal.

    Rule: every write, and every read of a named record, leaves one row per programme touched, in one statement
    (chapter 08). `actor` is an Actor, or a label for a writer without an account ("lien de réponse",
    "tâche de nuit"). `verb` is a stable code such as "referral.accept". `obj` is a record or the records of a list,
    all of one model; an empty list leaves no row. `note` is at most 200 characters and never holds personal data.
    `within` is the programme whose journal tells an act on a record that belongs to none.
    Raises `ValueError` when the note is too long or the list mixes models.
    """
    if len(note) > NOTE_LENGTH:
        raise ValueError("A journal note is at most 200 characters.")
    records = [obj] if isinstance(obj, Model) else list(obj)
    labels = {one._meta.label_lower for one in records}
    if len(labels) > 1:
        raise ValueError(f"A journal row is about one model, not {sorted(labels)}.")
    by_programme: defaultdict[UUID | None, list[object]] = defaultdict(list)
    for one in records:
        by_programme[programme_of(one) or within].append(one.pk)
    entries = [
        JournalEntry(
            **_signature(actor, programme_id),
            programme_id=programme_id,
            verb=verb,
            model=records[0]._meta.label_lower,
            object_ids=_identifiers(ids),
            is_read=read,
            note=note,
        )
        for programme_id, ids in by_programme.items()
    ]
    with journalling() if read else nullcontext():
        JournalEntry.objects.bulk_create(entries)


def once(request: HttpRequest, user_id: UUID | None, act: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Let one sending of a form act once, however often it comes: its answer may be lost on the way (ADR 0016).

    Rule: sent again by the same account with the same content, a form leads where it led the first time and does
    nothing more; two at once wait for each other. What did not lead anywhere (an error to correct, a preview) may be
    sent again. Called in the transaction of the act, which keeps both or neither. A form without identifier just acts.
    """
    fingerprint = _fingerprint(request, user_id)
    if fingerprint is None:
        return act()
    sent, is_first = Submission.objects.get_or_create(fingerprint=fingerprint)
    if not is_first:
        messages.info(request, _("C’était déjà enregistré : rien n’a été fait deux fois."))
        return HttpResponseRedirect(sent.answer)
    response = act()
    if isinstance(response, HttpResponseRedirect):
        sent.answer = response.url
        sent.save(update_fields=["answer"])
    else:
        sent.delete()
    return response


def forget_submissions() -> int:
    """Forget the forms sent more than two days ago. Gives how many."""
    return Submission.objects.filter(created_at__lt=clock.now() - SUBMISSIONS_KEPT).delete()[0]


def _fingerprint(request: HttpRequest, user_id: UUID | None) -> str | None:
    """Sum up who sends what where, under the identifier that the page made; files are not read."""
    if not request.POST.get(SENDING) or request.FILES:
        return None
    content = sorted((name, values) for name, values in request.POST.lists() if name not in APART_FROM_CONTENT)
    said = json.dumps([str(user_id), request.get_full_path(), content])
    return hashlib.sha256(said.encode()).hexdigest()


def programme_of(obj: Model) -> UUID | None:
    """Give the programme a record belongs to: its own `programme_id`, itself if it is a programme, else none."""
    if obj._meta.label_lower == "programmes.programme":
        return UUID(str(obj.pk))
    value = getattr(obj, "programme_id", None)
    return value if isinstance(value, UUID) else None


def _identifiers(keys: list[object]) -> list[UUID]:
    return [key for key in keys if isinstance(key, UUID)]


def _signature(actor: Actor | str, programme_id: UUID | None) -> dict[str, object]:
    if isinstance(actor, str):
        return {"actor_label": actor}
    organisations = actor.organisations(programme_id) if programme_id else frozenset()
    return {"actor_id": actor.user_id, "organisation_id": next(iter(organisations), None)}
