from __future__ import annotations

import pytest

from sanscouture.territories.models import Commune, Qpv
from sanscouture.territories.services import load_starter_set, starter_programmes

pytestmark = pytest.mark.django_db


def test_the_starter_set_tells_maubeuge_with_its_three_neighbourhoods() -> None:
    load_starter_set()
    maubeuge = Commune.objects.get(code="59392")
    assert {(q.code, q.population, q.poverty_rate) for q in maubeuge.qpvs.all()} == {
        ("QN05917M", 4000, 54),
        ("QN05918M", 10100, 48),
        ("QN05915M", 2100, 65),
    }
    assert Qpv.objects.filter(indicative=False).count() == 0


def test_loading_the_starter_set_twice_creates_nothing() -> None:
    load_starter_set()
    assert load_starter_set().created == 0


def test_every_programme_of_the_starter_set_stands_on_its_communes_and_qpv() -> None:
    load_starter_set()
    for facts in starter_programmes():
        assert Commune.objects.filter(code__in=facts.commune_codes).count() == len(facts.commune_codes)
        assert Qpv.objects.filter(code__in=facts.candidate_qpv_codes).count() == len(facts.candidate_qpv_codes)
