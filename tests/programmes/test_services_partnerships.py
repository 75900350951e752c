from __future__ import annotations

from datetime import date, timedelta

import pytest

from factories import OrganisationFactory
from personas import Persona
from sanscouture.audit.models import JournalEntry
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.partners.models import Organisation
from sanscouture.programmes import services
from sanscouture.programmes.enums import TeamFunction
from sanscouture.programmes.models import Partnership, Programme


def verbs() -> list[str]:
    return list(JournalEntry.objects.order_by("pk").values_list("verb", flat=True))


def test_an_organisation_becomes_a_partner_once(coordinator: Persona, programme: Programme) -> None:
    organisation = OrganisationFactory()
    made = services.add_partner(programme, organisation=organisation, role="Accueil", actor=coordinator.actor)
    assert made.since == clock.today()
    with pytest.raises(Conflict, match="déjà partenaire"):
        services.add_partner(programme, organisation=organisation, actor=coordinator.actor)
    assert verbs() == ["partnership.add"]


def test_a_partnership_is_edited_ended_and_reopened(
    coordinator: Persona, programme: Programme, organisation: Organisation
) -> None:
    partnership = Partnership.objects.get(organisation=organisation)
    edited = services.edit_partnership(
        partnership, role="Repérage", contribution="", referent=None, since=date(2026, 1, 5), actor=coordinator.actor
    )
    assert edited.role == "Repérage"
    ended = services.end_partnership(edited, actor=coordinator.actor)
    assert ended.until == clock.today()
    with pytest.raises(Conflict, match="déjà terminé"):
        services.end_partnership(ended, actor=coordinator.actor)
    assert services.reopen_partnership(ended, actor=coordinator.actor).until is None
    assert services.reopen_partnership(ended, actor=coordinator.actor).until is None
    assert verbs() == ["partnership.edit", "partnership.end", "partnership.reopen"]


def test_a_partnership_never_ends_before_it_begins(coordinator: Persona, organisation: Organisation) -> None:
    partnership = Partnership.objects.get(organisation=organisation)
    today, before = clock.today(), clock.today() - timedelta(days=1)
    services.edit_partnership(
        partnership, role="", contribution="", referent=None, since=today, actor=coordinator.actor
    )
    with pytest.raises(Refused, match="avant le début"):
        services.end_partnership(partnership, until=before, actor=coordinator.actor)


def test_a_partnership_is_not_reopened_beside_a_newer_one(
    coordinator: Persona, programme: Programme, organisation: Organisation
) -> None:
    ended = services.end_partnership(Partnership.objects.get(organisation=organisation), actor=coordinator.actor)
    services.add_partner(programme, organisation=organisation, actor=coordinator.actor)
    with pytest.raises(Conflict, match="déjà partenaire"):
        services.reopen_partnership(ended, actor=coordinator.actor)


def test_the_team_and_the_copilots_are_dated(coordinator: Persona, programme: Programme) -> None:
    organisation = OrganisationFactory()
    member = services.add_team_member(
        programme,
        first_name="Malik",
        last_name="Inventé",
        function=TeamFunction.COORDINATOR,
        employer=organisation,
        actor=coordinator.actor,
    )
    copilot = services.add_copilot(programme, organisation=organisation, actor=coordinator.actor)
    with pytest.raises(Conflict, match="copilote déjà"):
        services.add_copilot(programme, organisation=organisation, actor=coordinator.actor)
    assert services.end_team_member(member, actor=coordinator.actor).until == clock.today()
    assert services.end_copilot(copilot, actor=coordinator.actor).until == clock.today()
    assert verbs() == ["team.add", "copilot.add", "team.end", "copilot.end"]
