"""Reading a diagnosis: its eight fields, each with the services that match now and the need it opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.directory.enums import ActionField
from sanscouture.directory.rules import vocabulary
from sanscouture.directory.selectors import ServiceMatches
from sanscouture.directory.selectors.matching import matching_services_by
from sanscouture.pathways.enums import NeedState
from sanscouture.pathways.models import Barrier, Need, Strength
from sanscouture.pathways.rules import diagnosis as rules
from sanscouture.pathways.selectors.health import HealthReader
from sanscouture.pathways.selectors.offer import person_facts, wanted_in
from sanscouture.people.models import Beneficiary

SHOWN = 3


@dataclass(frozen=True)
class FieldRow:
    """One of the eight fields for one person; `barrier` is None while nobody looked at it.

    `veiled`: health, for a reader who is not on that step (chapter 02).
    """

    field: int
    barrier: Barrier | None
    services: ServiceMatches
    needs: Sequence[Need]
    veiled: bool = False

    @property
    def label(self) -> str:
        return str(ActionField(self.field).label)

    @property
    def is_health(self) -> bool:
        return self.field == rules.HEALTH

    @property
    def said(self) -> list[tuple[str, str]]:
        """What is saved now, in words: shown beside what somebody else was writing."""
        if self.barrier is None:
            return []
        saved = self.barrier
        objective = vocabulary.term(saved.objective).label if saved.objective else ""
        facts = [
            (_("Gravité"), str(saved.get_severity_display())),
            (_("Prioritaire pour la personne"), _("oui") if saved.priority else _("non")),
        ]
        if self.is_health:
            return facts
        ticked = ", ".join(rules.labels(saved.situations))
        return [*facts, (_("Situations"), ticked), (_("Objectif"), objective), (_("Précision"), saved.note)]


def field_rows(person: Beneficiary, actor: Actor, fields: Sequence[int] = rules.FIELDS) -> list[FieldRow]:
    """Gather fields of a person's diagnosis: one reading of the offer for all, however many they are."""
    saved = Barrier.objects.get_queryset().filter(beneficiary=person, field__in=fields).select_related("updated_by")
    barriers = {barrier.field: barrier for barrier in saved.order_by("field")}
    noted = Need.objects.get_queryset().filter(beneficiary=person, field__in=fields)
    needs = list(noted.prefetch_related("referrals").order_by("created_at", "pk"))
    hidden = set() if HealthReader(person, actor).weighs(barriers.get(rules.HEALTH), needs) else {rules.HEALTH}
    wanted = {field: wanted_in(field, barriers.get(field)) for field in fields}
    tried = frozenset(
        referral.service_id
        for need in needs
        if need.state == NeedState.OPEN
        for referral in need.referrals.all()
        if referral.service_id is not None
    )
    services = matching_services_by(wanted, person_facts(person), limit=SHOWN, excluding=tried)
    return [
        FieldRow(
            field,
            None if field in hidden else barriers.get(field),
            services[field],
            [need for need in needs if need.field == field and need.state == NeedState.OPEN and field not in hidden],
            veiled=field in hidden,
        )
        for field in fields
    ]


def fields_seen(person: Beneficiary, actor: Actor) -> int:
    """How many fields somebody looked at; health counts for those on its step alone (chapter 02)."""
    saved = {one.field: one for one in Barrier.objects.get_queryset().filter(beneficiary=person)}
    needs = Need.objects.get_queryset().filter(beneficiary=person, field=rules.HEALTH).prefetch_related("referrals")
    weighs = HealthReader(person, actor).weighs(saved.get(rules.HEALTH), list(needs.order_by("created_at", "pk")))
    return len(saved if weighs else saved.keys() - {rules.HEALTH})


def strengths_of(person: Beneficiary) -> list[Strength]:
    """What helps a person, in the order it was noted."""
    return list(Strength.objects.get_queryset().filter(beneficiary=person).order_by("created_at", "pk"))
