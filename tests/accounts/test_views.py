from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.test_services import EMAIL, PASSWORD, accepted, hook, joined, last_token, send  # noqa: F401
from factories import UserFactory
from personas import Persona, persona
from sanscouture.accounts import services
from sanscouture.accounts.models import Invitation, User
from sanscouture.core import clock
from sanscouture.core.errors import Conflict
from sanscouture.notifications.models import OutgoingMessage

pytestmark = pytest.mark.django_db
KNOWN = "mot de passe de test 42"
FORM = {
    "first_name": "Nadia",
    "last_name": "Inventée",
    "phone": "06 39 98 00 01",
    "password": PASSWORD,
    "password_again": PASSWORD,
}


def sign_in(client: Client, email: str, password: str = KNOWN) -> Any:
    return client.post("/connexion/", {"login": email, "password": password})


class TestSigningIn:
    def test_by_address_and_password_in_the_language_of_the_account(self, client: Client) -> None:
        user = UserFactory(language="en")
        assert client.get("/connexion/").status_code == 200
        answer = sign_in(client, user.email.upper())
        assert (answer.status_code, answer["Location"]) == (302, "/")
        assert answer.cookies["django_language"].value == "en"
        assert client.get("/compte/").status_code == 200

    def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(self, client: Client) -> None:
        user = UserFactory()
        wrong = sign_in(client, user.email, "autre chose entièrement")
        unknown = sign_in(client, "personne@x.example", "autre chose entièrement")
        assert wrong.status_code == unknown.status_code == 422
        assert wrong.context["form"].errors == unknown.context["form"].errors

    def test_guessing_a_password_is_stopped_for_every_process(self, client: Client) -> None:
        user = UserFactory()
        for _ in range(5):
            sign_in(client, user.email, "autre chose entièrement")
        assert sign_in(Client(), user.email).status_code == 422
        assert not Client().get("/compte/").wsgi_request.user.is_authenticated

    def test_a_closed_account_does_not_enter(self, client: Client) -> None:
        user = UserFactory(is_active=False)
        sign_in(client, user.email)
        assert client.get("/compte/").status_code == 302
        assert client.get("/compte/ferme/").status_code == 200

    def test_leaving_is_a_form(self) -> None:
        client = persona(None).client
        assert client.get("/deconnexion/").status_code == 200
        assert client.get("/compte/").status_code == 200
        assert client.post("/deconnexion/").status_code == 302
        assert client.get("/compte/").status_code == 302

    def test_nobody_opens_an_account_alone(self, client: Client) -> None:
        assert "sur invitation" in client.get("/inscription/").content.decode()
        client.post("/inscription/", {"email": "x@x.example", "password1": PASSWORD})
        assert not User.objects.filter(email="x@x.example").exists()


class TestPassword:
    def test_a_forgotten_password_is_changed_by_a_link_that_works_once(self, client: Client) -> None:
        user = UserFactory()
        assert client.get("/mot-de-passe-oublie/").status_code == 200
        answer = client.post("/mot-de-passe-oublie/", {"email": user.email})
        assert answer["Location"] == reverse("account_reset_password_done")
        assert client.get(answer["Location"]).status_code == 200
        message = OutgoingMessage.objects.get()
        assert (message.kind, message.to) == ("accounts.password_reset", user.email)
        found = re.search(r"http://[^/]+(/mot-de-passe-oublie/\S+)", message.body_text)
        assert found
        form = client.get(found[1], follow=True)
        assert form.status_code == 200
        assert client.post(form.request["PATH_INFO"], {"password1": "court", "password2": "court"}).status_code == 422
        done = client.post(form.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD}, follow=True)
        assert done.status_code == 200
        user.refresh_from_db()
        assert user.check_password(PASSWORD)
        assert "ne marche plus" in Client().get(found[1], follow=True).content.decode()

    def test_an_unknown_address_gets_the_same_page_and_no_mail(self, client: Client) -> None:
        answer = client.post("/mot-de-passe-oublie/", {"email": "personne@x.example"})
        assert answer["Location"] == reverse("account_reset_password_done")
        assert not OutgoingMessage.objects.exists()

    def test_changing_it_asks_for_the_present_one_and_tells_by_mail(self) -> None:
        me = persona(None)
        assert me.client.get("/compte/mot-de-passe/").status_code == 200
        wrong = {"oldpassword": "faux", "password1": PASSWORD, "password2": PASSWORD}
        assert me.client.post("/compte/mot-de-passe/", wrong).status_code == 422
        assert me.client.post("/compte/mot-de-passe/", {**wrong, "oldpassword": KNOWN}).status_code == 302
        me.user.refresh_from_db()
        assert me.user.check_password(PASSWORD)

    @pytest.mark.parametrize("weak", ["court", "motdepasse", "123456789012", "nadia.inventee"])
    def test_a_weak_password_is_refused_with_a_reason(self, client: Client, weak: str) -> None:
        _, token = send("nadia.inventee@structure.example")
        answer = client.post(f"/invitation/{token}/", {**FORM, "password": weak, "password_again": weak})
        assert answer.status_code == 422
        assert answer.context["form"].errors["password"]


class TestAddress:
    def test_it_changes_when_the_new_one_is_proved(self) -> None:
        user = User.objects.create_user("avant@x.example", KNOWN, first_name="Awa", last_name="Fictive")
        client = Client()
        sign_in(client, user.email)
        assert client.get("/compte/adresse/").status_code == 200
        asked = client.post("/compte/adresse/", {"email": "apres@x.example", "action_add": "1"})
        assert asked.status_code == 302
        message = OutgoingMessage.objects.get(kind="accounts.address_confirmation")
        assert message.to == "apres@x.example"
        assert "apres@x.example" in client.get("/compte/adresse/").content.decode()
        found = re.search(r"http://[^/]+(/compte/adresse/\S+)", message.body_text)
        assert found
        assert client.get(found[1]).status_code == 200
        user.refresh_from_db()
        assert user.email == "avant@x.example"
        assert client.post(found[1]).status_code == 302
        user.refresh_from_db()
        assert user.email == "apres@x.example"

    def test_a_link_of_nothing_says_so(self, client: Client) -> None:
        assert "ne marche plus" in client.get("/compte/adresse/xyz/").content.decode()
        assert client.get("/compte/adresse/envoyee/").status_code == 200

    def test_an_account_made_without_it_sees_its_page(self) -> None:
        assert persona(None).client.get("/compte/adresse/").status_code == 200


class TestProfile:
    def test_one_says_who_one_is(self) -> None:
        me = persona(None)
        form = {"first_name": "Awa", "last_name": "Fictive", "phone": "06 39 98 00 02", "language": "en"}
        answer = me.client.post("/compte/", form)
        assert (answer.status_code, answer["Location"]) == (302, "/compte/")
        assert answer.cookies["django_language"].value == "en"
        me.user.refresh_from_db()
        assert (me.user.full_name, me.user.phone, me.user.language) == ("Awa Fictive", "+33639980002", "en")
        assert "06 39 98 00 02" in me.client.get("/compte/").content.decode()

    @pytest.mark.parametrize("phone", ["abc", "06", "06 39 98 00 02 03 04"])
    def test_a_number_that_is_none_is_refused(self, phone: str) -> None:
        form = {"first_name": "Awa", "last_name": "Fictive", "phone": phone, "language": "fr"}
        answer = persona(None).client.post("/compte/", form)
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == ["phone"]

    def test_a_visitor_is_asked_to_sign_in(self, client: Client) -> None:
        for address in ("/compte/", "/compte/adresse/", "/compte/mot-de-passe/", "/compte/confirmer/"):
            assert client.get(address)["Location"] == f"/connexion/?next={address}"

    def test_other_methods_are_refused(self) -> None:
        assert persona(None).client.put("/compte/").status_code == 405


class TestInvitation:
    def test_looking_changes_nothing_and_the_form_opens_the_account(self, client: Client) -> None:
        invitation, token = send(context_label="Mission locale des Trois-Ponts")
        url = f"/invitation/{token}/"
        for _ in range(2):
            page = client.get(url)
            assert page.status_code == 200
        text = page.content.decode()
        assert "Mission locale des Trois-Ponts" in text
        assert invitation.invited_by is not None
        assert invitation.invited_by.full_name in text
        answer = client.post(url, FORM)
        assert (answer.status_code, answer["Location"]) == (302, "/")
        user = User.objects.get(email=EMAIL)
        assert client.get("/compte/").wsgi_request.user == user
        assert [one for _, one in joined] == [user]
        assert Client().get(url).status_code == 410

    def test_two_different_passwords_are_told(self, client: Client) -> None:
        _, token = send()
        answer = client.post(f"/invitation/{token}/", {**FORM, "password_again": "autre"})
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == ["password_again"]

    def test_a_link_that_no_longer_works_says_why(self, client: Client) -> None:
        assert client.get("/invitation/inconnu/").status_code == 404
        invitation, token = send()
        services.revoke_invitation(invitation, actor=persona(None).actor)
        revoked = client.get(f"/invitation/{token}/")
        assert revoked.status_code == 410
        assert "annulée" in revoked.content.decode()
        late, token = send("tard@x.example")
        Invitation.objects.filter(pk=late.pk).update(expires_at=clock.now())
        assert "trop attendu" in client.post(f"/invitation/{token}/", FORM).content.decode()
        assert not User.objects.filter(email="tard@x.example").exists()

    def test_who_has_an_account_signs_in_to_accept(self, client: Client) -> None:
        user = UserFactory(email=EMAIL)
        _, token = send()
        url = f"/invitation/{token}/"
        assert "connectez-vous" in client.get(url).content.decode()
        assert client.post(url).status_code == 200
        other = persona(None)
        assert "autre compte" in other.client.get(url).content.decode()
        assert other.client.post(url).status_code == 422
        client.force_login(user)
        assert client.post(url).status_code == 302
        assert [one for _, one in joined] == [user]

    def test_who_comes_second_is_told(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        invitation, token = send()

        def somebody_else_first(*_args: Any, **_kwargs: Any) -> None:
            Invitation.objects.filter(pk=invitation.pk).update(accepted_at=clock.now(), accepted_by=UserFactory())
            raise Conflict("déjà acceptée")

        monkeypatch.setattr(services, "accept_invitation", somebody_else_first)
        assert client.post(f"/invitation/{token}/", FORM).status_code == 409


def test_the_menu_counts_the_news(adviser: Persona) -> None:
    assert "Nouvelles" in adviser.client.get("/compte/").content.decode()


def test_patience_is_asked_on_a_page_of_ours(client: Client, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "1/h/ip"}
    client.post("/mot-de-passe-oublie/", {"email": "a@x.example"})
    answer = client.post("/mot-de-passe-oublie/", {"email": "a@x.example"})
    assert answer.status_code == 429
    assert "Trop d’essais" in answer.content.decode()
