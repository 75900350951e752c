from __future__ import annotations

import json
import re
from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.test import Client
from django.urls import NoReverseMatch, reverse

from sanscouture.access.scope import scope
from sanscouture.accounts.models import User
from sanscouture.audit.models import JournalEntry
from sanscouture.core import clock
from sanscouture.demo.management.commands import demo_accounts
from sanscouture.demo.rules.cast import MAIN, PASSWORD, PERSONAS, PROGRAMMES, persona, town
from sanscouture.demo.rules.places import MAUBEUGE
from sanscouture.demo.services.cast import ensure_cast
from sanscouture.notifications.services import Address, notify
from sanscouture.programmes.models import CoPilot, Programme, RoleGrant

COORDINATOR = "coordination.maubeuge@demo.example"


def sign_in(client: Client, email: str = COORDINATOR, **more: str):
    return client.post("/demo/connexion/", {"email": email, **more})


def test_a_button_signs_in(visitor) -> None:
    page = visitor.get("/connexion/")
    assert page.status_code == 200
    assert page.text.count('name="email"') == len(town(MAUBEUGE).personas) + 1
    assert "Copilote, pour la préfecture" in page.text
    answer = sign_in(visitor)
    assert answer.status_code == 302
    assert visitor.get("/compte/").status_code == 200


def test_one_of_each_role_comes_first_and_the_others_are_folded_by_programme(cast) -> None:
    page = Client().get("/connexion/").text
    assert page.count('name="email"') == len(PERSONAS)
    open_, folded = page.split("<details", 1)
    assert re.findall(r'name="email" value="([^"]+)"', open_) == [persona(key).email for key in MAIN]
    assert folded.count("<summary>") == len(PROGRAMMES)
    assert "Grand Narbonne" in folded
    assert "5 rôles" in folded


def test_it_goes_where_one_wanted_to_go_and_nowhere_else(visitor) -> None:
    assert sign_in(visitor, next="/compte/").url == "/compte/"
    assert sign_in(visitor, next="https://ailleurs.example/").url == "/"


def test_only_the_cast_has_a_button(visitor) -> None:
    User.objects.create_user("vraie@personne.example", PASSWORD)
    assert sign_in(visitor, "vraie@personne.example").status_code == 404
    assert sign_in(visitor, "").status_code == 404
    assert visitor.get("/demo/connexion/").status_code == 405


def test_the_password_opens_the_same_door(visitor) -> None:
    answer = visitor.post("/connexion/", {"login": COORDINATOR, "password": PASSWORD})
    assert answer.status_code == 302


def test_nothing_of_it_exists_outside_the_demonstration(db: None) -> None:
    User.objects.create_user(COORDINATOR, PASSWORD)
    client = Client()
    for path in ("/demo/connexion/", "/demo/boite-envoi/"):
        assert client.get(path).status_code == 404
    assert sign_in(client).status_code == 404
    assert "_auth_user_id" not in client.session
    assert "demo" not in client.get("/connexion/").text
    with pytest.raises(NoReverseMatch):
        reverse("demo:sign_in")
    for name in ("sign_in", "banner", "outbox"):
        with pytest.raises(TemplateDoesNotExist):
            get_template(f"demo/{name}.html")


def test_the_views_themselves_refuse_outside_the_demonstration(visitor, settings) -> None:
    settings.DEMO = False
    assert sign_in(visitor).status_code == 404
    assert visitor.get("/demo/boite-envoi/").status_code == 404


def test_the_outbox_shows_what_was_sent(visitor, django_capture_on_commit_callbacks) -> None:
    notify(
        "accounts.invitation",
        to=[Address("accueil@toit-commun.example")],
        programme_id=None,
        context={"label": "Cité", "days": 14},
        url="/invitation/abc/",
    )
    page = visitor.get("/demo/boite-envoi/")
    assert "accueil@toit-commun.example" in page.text
    assert "Démonstration" in page.text
    assert "Aucun message" in visitor.get("/demo/boite-envoi/?destinataire=personne").text
    link = page.context["table"].rows[0].pk
    letter = visitor.get(f"/demo/boite-envoi/{link}/")
    assert 'href="http://localhost:8000/invitation/abc/"' in letter.text
    assert visitor.get(f"/demo/boite-envoi/{uuid4()}/").status_code == 404
    assert visitor.post("/demo/boite-envoi/").status_code == 405


def test_the_outbox_asks_as_much_for_one_message_as_for_many(visitor, assert_queries_do_not_grow) -> None:
    def write(count: int = 6) -> None:
        to = [Address(f"a{rank}@b.example") for rank in range(count)]
        notify("accounts.invitation", to=to, programme_id=None, context={"label": "Cité", "days": 14}, url="/x/")

    write(1)
    assert_queries_do_not_grow(visitor, "/demo/boite-envoi/", write)


def told(*words: str) -> str:
    """What the command writes."""
    out = StringIO()
    call_command(demo_accounts.Command(), *words, stdout=out)
    return out.getvalue()


def test_the_accounts_are_told_to_machines(places) -> None:
    found = json.loads(told("--json"))
    assert len(found) == len(PERSONAS)
    assert set(found[0]) == {"persona", "email", "password", "programme", "organisation"}
    assert all(one["email"].endswith("@demo.example") and one["password"] == PASSWORD for one in found)
    assert len({one["programme"] for one in found}) == len(PROGRAMMES) + 1
    assert {"Maubeuge", "Saint-Omer", "Sedan", "Val-de-Reuil", ""} <= {one["programme"] for one in found}
    assert COORDINATOR in told()


def test_the_cast_comes_once(cast) -> None:
    assert ensure_cast() == 0


def test_the_programmes_have_co_pilots_partners_and_roles_since_before_the_stories(cast) -> None:
    limit = clock.now() - timedelta(days=390)
    for programme in Programme.objects.filter(official_id__in=PROGRAMMES).order_by("pk"):
        with scope(programmes=[programme.pk], named=[programme.pk]):
            copilots = CoPilot.objects.filter(programme=programme).select_related("organisation").order_by("pk")
            assert {one.organisation.kind for one in copilots} == {"prefecture", "intermunicipality"}
            assert all(one.since < clock.today() - timedelta(days=330) for one in copilots)
            assert programme.agreement_signed_on < limit.date()
            assert not RoleGrant.objects.filter(programme=programme, created_at__gt=limit).exists()
            told = JournalEntry.objects.filter(programme_id=programme.pk, actor_label="démonstration")
            assert set(told.order_by().values_list("verb", flat=True)) == {
                "agreement.prepare",
                "copilot.add",
                "partnership.add",
                "partnership.edit",
                "programme.agreement",
                "programme.data_protection",
                "role.grant",
                "team.add",
            }
            assert not told.filter(created_at__gt=clock.now() - timedelta(days=330)).exists()


def test_the_buttons_come_before_the_form_and_the_outbox_is_in_the_menu(visitor) -> None:
    page = visitor.get(reverse("account_login")).text
    assert page.index("Entrer dans la démonstration") < page.index('type="password"')
    sign_in(visitor)
    assert re.search(r'fr-nav__link" href="/demo/boite-envoi/"', visitor.get("/").text)
