"""Boxes narrowed, and views kept under a name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from factories import ReferralFactory
from personas import Persona
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.pathways.enums import Box
from sanscouture.pathways.models import SavedFilter
from sanscouture.pathways.rules import filters as rules
from sanscouture.pathways.services.filters import keep_filter
from sanscouture.programmes.models import Programme

RECEIVED = "/orientations/recues/"
KEEP = "/orientations/filtres/"


@pytest.fixture
def referrals(programme: Programme, recipient: Persona) -> Any:
    def make(field: int, days: int, **more: Any) -> Any:
        return ReferralFactory(
            need__beneficiary__programme=programme,
            need__field=field,
            recipient=recipient.organisation,
            clock_on=clock.today() + timedelta(days=days),
            **more,
        )

    return [make(5, -2, owner=recipient.user), make(5, 3), make(2, 30), make(8, -1)]


def test_an_address_keeps_only_what_a_box_knows_in_one_order() -> None:
    assert rules.kept({"qui": "moi", "page": "3", "champ": "5", "delai": "", "x": "y"}) == "champ=5&qui=moi"


@pytest.mark.parametrize(
    ("asked", "n"),
    [
        ("", 4),
        ("champ=5", 2),
        ("champ=2", 1),
        ("champ=8", 4),
        ("champ=x", 4),
        ("delai=retard", 2),
        ("delai=semaine", 1),
        ("qui=moi", 1),
        ("champ=5&delai=retard&qui=moi", 1),
    ],
)
def test_filters_live_in_the_address_and_never_tell_of_health(
    asked: str, n: int, referrals: Any, recipient: Persona
) -> None:
    assert recipient.client.get(f"{RECEIVED}?{asked}").context["box"].total == n


def test_a_view_is_kept_with_its_count_then_forgotten(referrals: Any, recipient: Persona, adviser: Persona) -> None:
    page = recipient.client.get(f"{RECEIVED}?champ=5&page=1")
    assert "Garder cette vue" in page.text
    said = {"name": "Mobilité", "box": "received", "query": "champ=5&page=1"}
    assert recipient.client.post(KEEP, said).status_code == 302
    [(item, kept)] = recipient.client.get(f"{RECEIVED}?champ=5").context["saved"]
    assert (item.label, item.count, item.current, kept.query) == ("Mobilité", 2, True, "champ=5")
    assert "saved" in adviser.client.get("/orientations/envoyees/").context
    assert adviser.client.get("/orientations/envoyees/").context["saved"] == []
    forget = f"{KEEP}{kept.pk}/retirer/"
    adviser.client.post(forget)
    assert SavedFilter.objects.exists(), "nobody forgets the view of somebody else"
    assert recipient.client.post(forget).status_code == 302
    assert not SavedFilter.objects.exists()


def test_a_view_of_the_sent_comes_back_there(adviser: Persona) -> None:
    answer = adviser.client.post(KEEP, {"name": "En retard", "box": "sent", "query": "delai=retard"})
    assert answer.headers["location"] == "/orientations/envoyees/?delai=retard"


def test_what_is_against_it_is_said(recipient: Persona) -> None:
    answer = recipient.client.post(KEEP, {"name": "", "box": "nowhere"}, follow=True)
    assert "Donnez un nom" in answer.text
    assert recipient.client.get(KEEP).status_code == 405


def test_a_name_once_and_ten_at_most(recipient: Persona) -> None:
    def keep(name: str) -> SavedFilter:
        return keep_filter(box=Box.RECEIVED, name=name, asked={"champ": "5"}, actor=recipient.actor)

    with pytest.raises(Refused, match="nom"):
        keep(" ")
    keep("Vue")
    with pytest.raises(Conflict):
        keep("Vue")
    for n in range(rules.MOST - 1):
        keep(f"Vue {n}")
    with pytest.raises(Refused, match="10"):
        keep("Une de trop")
