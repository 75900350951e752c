"""What one professional carries in a week: for them and the manager of their organisation, for nobody else."""

from __future__ import annotations

from dataclasses import dataclass

FULL_WEEK = 20
"""Appointments in one week beyond which one of them will be missed."""
MANY_PEOPLE = 60
"""People followed beyond which some are no longer followed."""


@dataclass(frozen=True)
class Load:
    """People followed as a referent, appointments of the week, steps past their day, ruptures to catch up."""

    people: int = 0
    appointments: int = 0
    steps_late: int = 0
    ruptures: int = 0

    @property
    def is_heavy(self) -> bool:
        """Whether it is more than one person can hold."""
        return self.appointments > FULL_WEEK or self.people > MANY_PEOPLE
