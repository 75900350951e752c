from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.test_views import KNOWN, sign_in
from factories import BeneficiaryFactory, UserFactory
from personas import Persona, persona
from sanscouture.accounts.models import Connection, TrustedDevice, User
from sanscouture.accounts.rules import browser_label
from sanscouture.accounts.services.allauth import FactorAdapter
from sanscouture.accounts.services.factors import must_be_recent, second_factor_page
from sanscouture.core import clock
from sanscouture.notifications.models import OutgoingMessage

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HOME = "/"
SECURITY = "/compte/securite/"


def code(secret: str, *, periods: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + periods))


def with_app(user: User) -> User:
    """Give an account an application of codes and its recovery codes."""
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    return user


def confirmed(client: Client, way: str = "/compte/confirmer/", **proof: str) -> None:
    assert client.post(way, proof or {"password": KNOWN}).status_code == 302


def unproved(who: Persona) -> Client:
    """A browser of the same account, signed in by its password alone."""
    client = Client()
    client.force_login(who.user)
    return client


class TestBeforeAName:
    def test_a_role_that_reaches_names_is_led_to_add_a_factor(self, adviser: Persona) -> None:
        client = unproved(adviser)
        for page in (HOME, "/programmes/trois-ponts/personnes/", "/orientations/recues/"):
            answer = client.get(page)
            assert answer["Location"] == f"{SECURITY}?next={page}"
        assert "donne accès à des noms" in client.get(SECURITY).content.decode()

    def test_inviting_somebody_asks_for_it_too(self, coordinator: Persona) -> None:
        page = "/programmes/trois-ponts/equipe/inviter/"
        assert unproved(coordinator).get(page).status_code == 302
        assert unproved(coordinator).post(page).status_code == 302
        assert coordinator.client.get(page).status_code == 200

    def test_the_database_gives_no_name_on_the_other_pages(self, coordinator: Persona) -> None:
        person = BeneficiaryFactory(programme=coordinator.programme)
        answer = unproved(coordinator).get("/programmes/trois-ponts/")
        assert answer.status_code == 200
        assert person.last_name not in answer.content.decode()
        assert answer.wsgi_request.actor.named == frozenset()

    def test_who_never_sees_a_name_is_not_asked(self, copilot: Persona, stranger: Persona) -> None:
        assert unproved(copilot).get(HOME).status_code == 200
        assert unproved(stranger).get(HOME).status_code == 200
        assert unproved(copilot).get("/programmes/trois-ponts/personnes/").status_code == 403

    def test_the_proof_of_one_account_is_not_that_of_another(self, adviser: Persona, coordinator: Persona) -> None:
        client = coordinator.client
        client.force_login(adviser.user)
        assert client.get(HOME).status_code == 302


class TestDemonstration:
    def test_its_personas_are_exempt_in_demonstration_mode_only(self, adviser: Persona, settings: Any) -> None:
        User.objects.filter(pk=adviser.user.pk).update(email="conseil.maubeuge@demo.example")
        client = unproved(adviser)
        assert settings.ACCOUNTS_EXEMPTION == ""
        assert client.get(HOME).status_code == 302
        settings.ACCOUNTS_EXEMPTION = "sanscouture.demo.selectors.is_persona"
        assert client.get(HOME).status_code == 302
        settings.DEMO = True
        assert second_factor_page(asking(adviser.user)) == ""
        must_be_recent(asking(adviser.user))
        settings.DEMO = False
        with pytest.raises(ReauthenticationRequired):
            must_be_recent(asking(adviser.user))

    def test_nobody_else_is_exempt_there(self, adviser: Persona, settings: Any) -> None:
        settings.DEMO, settings.ACCOUNTS_EXEMPTION = True, "sanscouture.demo.selectors.is_persona"
        assert second_factor_page(asking(adviser.user)) == SECURITY


def asking(user: User) -> Any:
    """A request of an account that has proved nothing more than its password."""
    request = RequestFactory().get(HOME)
    request.user, request.session = User.objects.get(pk=user.pk), {}  # type: ignore[assignment]
    return request


class TestApplication:
    def test_it_is_added_after_proving_who_one_is_and_opens_names(self, adviser: Persona) -> None:
        client, elsewhere = unproved(adviser), Client()
        sign_in(elsewhere, adviser.user.email)
        client.get(f"{SECURITY}?next=/orientations/recues/")
        page = client.get(f"{SECURITY}application/")
        assert page["Location"].startswith("/compte/confirmer/")
        confirmed(client)
        page = client.get(f"{SECURITY}application/")
        secret = page.context["form"].secret
        assert secret in page.content.decode()
        assert "data:image/svg+xml" in page.content.decode()
        assert client.post(f"{SECURITY}application/", {"code": "000000x"}).status_code == 422
        answer = client.post(f"{SECURITY}application/", {"code": code(secret)})
        assert answer["Location"] == f"{SECURITY}codes/"
        assert "/orientations/recues/" in client.get(f"{SECURITY}codes/").content.decode()
        assert client.get("/orientations/recues/").status_code == 200
        assert elsewhere.get("/compte/").status_code == 302, "the other sessions end"
        assert OutgoingMessage.objects.filter(kind="accounts.factor_changed", to=adviser.user.email).exists()
        stored = Authenticator.objects.get(user=adviser.user, type="totp").data["secret"]
        assert secret not in stored
        assert FactorAdapter().decrypt(stored) == secret

    def test_names_stay_open_while_another_factor_is_left(self, adviser: Persona) -> None:
        with_app(adviser.user)
        Authenticator.objects.create(user=adviser.user, type=Authenticator.Type.WEBAUTHN, data={"name": "Clé"})
        confirmed(adviser.client)
        assert adviser.client.post(f"{SECURITY}application/retirer/").status_code == 302
        assert adviser.client.get(HOME).status_code == 200

    def test_without_it_names_close_again(self, adviser: Persona) -> None:
        with_app(adviser.user)
        client = adviser.client
        confirmed(client)
        assert client.get(f"{SECURITY}application/retirer/").status_code == 200
        assert client.post(f"{SECURITY}application/retirer/").status_code == 302
        assert not Authenticator.objects.filter(user=adviser.user).exists()
        assert client.get(HOME)["Location"].startswith(SECURITY)


class TestSecondStep:
    def test_a_password_alone_no_longer_signs_in(self, adviser: Persona) -> None:
        with_app(adviser.user)
        client = Client()
        assert sign_in(client, adviser.user.email)["Location"] == "/connexion/deuxieme-etape/"
        assert client.get("/connexion/deuxieme-etape/").status_code == 200
        assert client.get("/compte/").status_code == 302
        assert client.post("/connexion/deuxieme-etape/", {"code": "111"}).status_code == 422
        given = code(SECRET)
        assert client.post("/connexion/deuxieme-etape/", {"code": given})["Location"] == "/connexion/appareil/"
        assert client.get("/connexion/appareil/").status_code == 200
        assert client.post("/connexion/appareil/", {"action": "skip"})["Location"] == "/"
        assert client.get(HOME).status_code == 200
        assert not TrustedDevice.objects.exists()
        again = Client()
        sign_in(again, adviser.user.email)
        assert again.post("/connexion/deuxieme-etape/", {"code": given}).status_code == 422, "a code serves once"

    def test_a_recovery_code_serves_once(self, adviser: Persona) -> None:
        with_app(adviser.user)
        held = RecoveryCodes(Authenticator.objects.get(user=adviser.user, type="recovery_codes"))
        one = held.get_unused_codes()[0]
        for status in (302, 422):
            client = Client()
            sign_in(client, adviser.user.email)
            assert client.post("/connexion/deuxieme-etape/", {"code": one}).status_code == status

    def test_guessing_codes_is_stopped(self, adviser: Persona) -> None:
        with_app(adviser.user)
        client = Client()
        sign_in(client, adviser.user.email)
        for _ in range(5):
            client.post("/connexion/deuxieme-etape/", {"code": "000000"})
        assert client.post("/connexion/deuxieme-etape/", {"code": code(SECRET)}).status_code == 422


class TestTrustedDevice:
    def trusted(self, who: Persona) -> Client:
        client = Client(HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Firefox/140.0")
        sign_in(client, with_app(who.user).email)
        client.post("/connexion/deuxieme-etape/", {"code": code(SECRET)})
        client.post("/connexion/appareil/", {"action": "trust"})
        client.post("/deconnexion/")
        return client

    def test_it_is_spared_the_second_step_for_thirty_days(self, adviser: Persona) -> None:
        client = self.trusted(adviser)
        assert sign_in(client, adviser.user.email)["Location"] == "/"
        assert client.get(HOME).status_code == 200
        client.post("/deconnexion/")
        with clock.at(clock.now() + timedelta(days=30, minutes=1)):
            assert sign_in(client, adviser.user.email)["Location"] == "/connexion/deuxieme-etape/"

    def test_it_is_listed_and_forgotten_by_its_owner_alone(self, adviser: Persona, stranger: Persona) -> None:
        client = self.trusted(adviser)
        assert "Firefox, Windows" in adviser.client.get("/compte/connexions/").content.decode()
        forget = f"/compte/appareils/{TrustedDevice.objects.get().pk}/oublier/"
        assert stranger.client.post(forget).status_code == 404
        assert adviser.client.get(forget).status_code == 405
        assert adviser.client.post(forget).status_code == 302
        assert sign_in(client, adviser.user.email)["Location"] == "/connexion/deuxieme-etape/"

    def test_it_serves_one_account(self, adviser: Persona, coordinator: Persona) -> None:
        client = self.trusted(adviser)
        with_app(coordinator.user)
        assert sign_in(client, coordinator.user.email)["Location"] == "/connexion/deuxieme-etape/"

    def test_a_new_password_ends_all_trust_and_other_sessions(self, adviser: Persona) -> None:
        client, new = self.trusted(adviser), "tout autre chose, bien long"
        sign_in(client, adviser.user.email)
        form = {"oldpassword": KNOWN, "password1": new, "password2": new}
        assert adviser.client.post("/compte/mot-de-passe/", form).status_code == 302
        assert adviser.client.get("/compte/").status_code == 200
        assert client.get("/compte/").status_code == 302
        assert sign_in(client, adviser.user.email, new)["Location"] == "/connexion/deuxieme-etape/"


class TestRecoveryCodes:
    PAGE = f"{SECURITY}codes/"

    def test_they_are_shown_once_after_proving_who_one_is(self, adviser: Persona) -> None:
        with_app(adviser.user)
        client = adviser.client
        assert client.get(self.PAGE)["Location"].startswith("/compte/confirmer/")
        confirmed(client, "/compte/confirmer/code/", code=code(SECRET))
        assert "Montrer mes codes" in client.get(self.PAGE).content.decode()
        shown = client.post(self.PAGE)
        codes = shown.context["codes"]
        assert len(codes) == 10
        assert codes[0] in shown.content.decode()
        assert "no-store" in shown["Cache-Control"]
        assert codes[0] not in client.get(self.PAGE).content.decode()
        assert client.post(self.PAGE).status_code == 409

    def test_new_ones_replace_them(self, adviser: Persona) -> None:
        with_app(adviser.user)
        client = adviser.client
        confirmed(client)
        before = client.post(self.PAGE).context["codes"]
        assert client.get(f"{self.PAGE}nouveaux/").status_code == 200
        assert client.post(f"{self.PAGE}nouveaux/").status_code == 302
        assert not set(before) & set(client.post(self.PAGE).context["codes"])

    def test_there_are_none_without_a_factor(self, adviser: Persona) -> None:
        confirmed(adviser.client)
        assert adviser.client.get(self.PAGE).status_code == 200
        assert adviser.client.post(self.PAGE).status_code == 409
        assert adviser.client.post(f"{self.PAGE}nouveaux/").status_code == 409


class TestConnections:
    def test_each_browser_is_listed_and_ended(self, client: Client, stranger: Persona) -> None:
        user = UserFactory()
        other = Client(HTTP_USER_AGENT="Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Safari/537.36")
        sign_in(client, user.email)
        sign_in(other, user.email)
        page = client.get("/compte/connexions/").content.decode()
        assert "Chrome, Android" in page
        line = Connection.objects.get(browser="Chrome, Android")
        end = reverse("accounts:end_connection", args=[line.pk])
        assert stranger.client.post(end).status_code == 404
        assert client.get(end).status_code == 405
        assert client.post(end).status_code == 302
        assert other.get("/compte/").status_code == 302
        assert client.get("/compte/").status_code == 200

    def test_all_the_others_end_at_once(self, client: Client) -> None:
        user, others = UserFactory(), [Client(), Client()]
        for each in (client, *others):
            sign_in(each, user.email)
        assert client.post("/compte/connexions/").status_code == 302
        assert [one.get("/compte/").status_code for one in others] == [302, 302]
        assert client.get("/compte/").status_code == 200

    @pytest.mark.parametrize(
        ("agent", "said"),
        [
            ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/18 Safari/605", "Safari, macOS"),
            ("Mozilla/5.0 (X11; Linux x86_64) Chrome/1 Safari/5 Edg/1", "Edge, Linux"),
            ("curl/8", ""),
        ],
    )
    def test_a_browser_is_named_as_its_owner_would(self, agent: str, said: str) -> None:
        assert browser_label(agent) == said


def test_each_page_answers_to_any_account(stranger: Persona) -> None:
    assert stranger.client.get(SECURITY).status_code == 200
    assert stranger.client.get("/compte/connexions/").status_code == 200
    assert Client().get(SECURITY).status_code == 302
    assert persona(None).client.post(SECURITY).status_code == 405


class TestPasskeys:
    ADD = f"{SECURITY}cles/ajouter/"

    def test_a_key_asks_for_its_owner_and_signs_in_alone(self, adviser: Persona) -> None:
        assert adviser.client.get(self.ADD)["Location"].startswith("/compte/confirmer/")
        confirmed(adviser.client)
        options = json.loads(adviser.client.get(self.ADD).context["options"])
        assert options["authenticatorSelection"]["userVerification"] == "required"
        assert options["authenticatorSelection"]["residentKey"] == "required"
        for nonsense in ("{}", '{"id": "x"}', "[]", "3"):
            assert adviser.client.post(self.ADD, {"credential": nonsense}).status_code == 422

    def test_the_browser_is_told_what_to_sign(self, client: Client) -> None:
        assert client.get("/connexion/cle/")["Location"] == "/connexion/"
        options = client.get("/connexion/cle/", HTTP_ACCEPT="application/json").json()["request_options"]["publicKey"]
        assert options["userVerification"] == "required"
        for nonsense in ('{"id": "x"}', "[]", "3", '{"response": []}'):
            assert client.post("/connexion/cle/", {"credential": nonsense})["Location"] == "/connexion/"
        assert client.get("/compte/").status_code == 302
