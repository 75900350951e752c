"""Acts on the diagnosis: the eight fields, saved one by one, and what helps."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.audit.services import record
from sanscouture.core.errors import Conflict, Refused
from sanscouture.core.verbs import verb
from sanscouture.directory.rules import vocabulary
from sanscouture.pathways.enums import Severity
from sanscouture.pathways.models import Barrier, Strength
from sanscouture.pathways.rules import diagnosis as rules
from sanscouture.pathways.rules.diagnosis import HEALTH
from sanscouture.people.models import Beneficiary


@verb
def save_barrier(
    beneficiary: Beneficiary,
    *,
    field: int,
    severity: int,
    priority: bool = False,
    situations: Sequence[str] = (),
    objective: str = "",
    note: str = "",
    version: int | None = None,
    actor: Actor,
) -> Barrier:
    """Save one field of the diagnosis.

    Rule: one row per field; health says only « yes » and how much it weighs. `version` is the one the form was opened
    with (None for a field never saved): somebody who saved in between is never overwritten in silence. Raises Refused
    for an unknown field or words that are not of the vocabulary, Conflict when the field moved on.
    """
    if field not in range(1, 9):
        raise Refused(_("Choisissez l’un des huit champs d’action."))
    if severity not in Severity.values:
        raise Refused(_("Choisissez une gravité."))
    _must_be_known(field, situations, objective)
    if field == HEALTH and note.strip():
        raise Refused(_("La santé ne se décrit pas : cochez seulement, et notez le service utile comme un besoin."))
    Beneficiary.objects.get_queryset().select_for_update().get(pk=beneficiary.pk)
    barrier = Barrier.objects.get_queryset().filter(beneficiary=beneficiary, field=field).first()
    if (version or 0) != (barrier.version if barrier else 0):
        raise Conflict(
            _("%(name)s a modifié ce champ entre-temps. Relisez, puis enregistrez de nouveau.")
            % {"name": barrier.updated_by.full_name if barrier else _("Quelqu’un")}
        )
    if barrier is None:
        barrier = Barrier(programme_id=beneficiary.programme_id, beneficiary=beneficiary, field=field, version=0)
    barrier.severity, barrier.priority, barrier.note = severity, priority, note.strip()
    barrier.situations, barrier.objective = list(situations), objective
    barrier.version += 1
    barrier.updated_by_id = actor.user_id
    barrier.save()
    record(actor, "barrier.save", barrier)
    return barrier


@verb
def add_strength(beneficiary: Beneficiary, *, label: str, actor: Actor) -> Strength:
    """Write down what helps. Raises Refused without words."""
    if not label.strip():
        raise Refused(_("Dites en quelques mots ce qui aide : un savoir-faire, un permis, un proche…"))
    strength = Strength.objects.create(
        programme_id=beneficiary.programme_id,
        beneficiary=beneficiary,
        label=label.strip(),
        created_by_id=actor.user_id,
    )
    record(actor, "strength.add", strength)
    return strength


@verb
def remove_strength(strength: Strength, *, actor: Actor) -> str:
    """Take a strength back; gives its words, so that the page can offer to write it again.

    Raises Conflict when somebody else took it back first.
    """
    locked = Strength.objects.get_queryset().select_for_update().filter(pk=strength.pk).first()
    if locked is None:
        raise Conflict(_("Ce point d’appui est déjà retiré."))
    record(actor, "strength.remove", locked)
    locked.delete()
    return locked.label


def _must_be_known(field: int, situations: Sequence[str], objective: str) -> None:
    if not set(situations) <= {term.slug for term in rules.may_tick(field)}:
        raise Refused(_("Une situation cochée n’existe pas dans ce champ."))
    if objective and objective not in {term.slug for term in vocabulary.objectives_of(field)}:
        raise Refused(_("Cet objectif n’existe pas dans ce champ."))
