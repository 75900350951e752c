from __future__ import annotations

from collections import Counter
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from sanscouture.core.errors import Refused
from sanscouture.directory.models import Service
from sanscouture.directory.services import generate_offer
from sanscouture.partners.models import Organisation
from sanscouture.programmes.models import Programme
from sanscouture.territories.models import Commune
from sanscouture.territories.services import load_starter_set

pytestmark = pytest.mark.django_db

COLUMNS = ("id", "external_id", "name", "lon", "lat", "capacity", "age_min", "organisation__name")


def offer() -> list[tuple[object, ...]]:
    return list(Service.objects.order_by("external_id").values_list(*COLUMNS))


def test_the_same_seed_gives_the_same_offer_and_another_one_another() -> None:
    load_starter_set()
    generate_offer(40, seed=3, around=["59392"])
    first = offer()
    Service.objects.all().delete()
    Organisation.objects.all().delete()
    generate_offer(40, seed=3, around=["59392"])
    assert offer() == first
    generate_offer(40, seed=4, around=["59392"])
    assert Service.objects.count() == 80


def test_generating_twice_adds_nothing() -> None:
    load_starter_set()
    generate_offer(20, around=["59392"])
    generate_offer(20, around=["59392"])
    assert Service.objects.count() == 20


def test_every_row_is_marked_invented_and_carried_by_an_invented_organisation() -> None:
    load_starter_set()
    generate_offer(64, around=["59392"])
    assert not Service.objects.exclude(fictitious=True, organisation__fictitious=True, source="fictif").exists()
    assert not Service.objects.exclude(email__endswith=".example", phone__startswith="+3363998").exists()


def test_each_area_receives_the_eight_fields() -> None:
    load_starter_set()
    generate_offer(16, around=["59392", "62765"])
    fields = Counter(field for each in Service.objects.all() for field in set(each.action_fields))
    assert set(fields) == set(range(1, 9))
    assert Organisation.objects.count() == 16


def test_by_default_services_are_spread_over_the_programmes() -> None:
    load_starter_set()
    programme = Programme.objects.create(slug="maubeuge", name="Cité de l’emploi de Maubeuge")
    programme.communes.add(Commune.objects.get(code="59392"))
    Programme.objects.create(slug="vide", name="Cité sans commune")
    assert generate_offer(10).organisations == 8
    assert set(Service.objects.values_list("commune_id", flat=True)) == {"59392"}


def test_every_generated_row_passes_the_rules_of_the_model() -> None:
    load_starter_set()
    generate_offer(80, around=["59392"])
    for each in [*Organisation.objects.all(), *Service.objects.select_related("organisation")]:
        each.full_clean(exclude=["search"])


def test_without_a_commune_it_says_what_to_do_first() -> None:
    with pytest.raises(Refused, match="territoires"):
        generate_offer(10)


def test_the_command_says_what_it_made_or_why_not() -> None:
    with pytest.raises(CommandError, match="territoires"):
        call_command("generate_offer", "--services", "5")
    load_starter_set()
    said = StringIO()
    call_command("generate_offer", "--services", "5", "--around", "59392", stdout=said)
    assert "5 services inventés, portés par 8 structures inventées" in said.getvalue()
