"""ProConnect against a real provider over HTTP on this machine (tests/accounts/provider.py)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.provider import CLIENT, SECRET, Provider, running
from accounts.test_factors import SECRET as APPLICATION
from accounts.test_factors import code, confirmed, with_app
from accounts.test_recovery import NEW, issue, link
from accounts.test_views import KNOWN, sign_in
from factories import UserFactory
from personas import Persona
from sanscouture.accounts.models import Connection, User
from sanscouture.accounts.rules import WELL_KNOWN, proconnect_apps
from sanscouture.accounts.services.identities import ENTERED, PENDING, Pending, link_identity
from sanscouture.audit.models import JournalEntry
from sanscouture.core import clock
from sanscouture.core.errors import Conflict
from sanscouture.notifications.models import OutgoingMessage

pytestmark = pytest.mark.django_db
START, BACK, LINK = "/connexion/proconnect/", "/connexion/proconnect/retour/", "/compte/proconnect/"
HERE = re.compile(r'http-equiv="refresh" content="0; url=([^"]+)"')


@pytest.fixture(scope="module")
def running_provider() -> Iterator[Provider]:
    with running() as provider:
        yield provider


@pytest.fixture
def provider(running_provider: Provider, settings: Any) -> Provider:
    """The provider, honest again, and the site configured for it."""
    running_provider.reset()
    configure(settings, running_provider)
    return running_provider


def configure(settings: Any, provider: Provider, levels: str = "") -> None:
    apps = proconnect_apps(discovery=provider.url + WELL_KNOWN, client_id=CLIENT, secret=SECRET, levels=levels)
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": apps}}


def onward(page: Any) -> str:
    """Where the page that leaves for ProConnect moves on to."""
    found = HERE.search(page.content.decode())
    assert found, page
    return unescape(found[1])


def through(page: Any) -> str:
    """Go through the provider as a browser does; give the path where it sends back."""
    answer = requests.get(onward(page), allow_redirects=False, timeout=5)
    assert answer.status_code == 303, answer.status_code
    parts = urlsplit(answer.headers["Location"])
    return f"{parts.path}?{parts.query}"


def arrive(client: Client, start: str = START, **form: str) -> Any:
    """Leave for ProConnect and come back; give the answer to the form of the return."""
    back = through(client.post(start, form))
    shown = client.get(back)
    assert shown.status_code == 200
    assert f'action="{back.replace("&", "&amp;")}"' in shown.content.decode()
    return client.post(back)


def said(client: Client, answer: Any) -> str:
    """What the page where the answer leads tells."""
    return unescape(client.get(answer["Location"]).content.decode())


def linked(user: User, provider: Provider) -> User:
    link_identity(Pending(provider.sub, provider.email), user=user)
    return user


@pytest.fixture
def journal(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The verbs that the journal receives: who acts on their own account alone is in no programme, and is not read."""
    verbs: list[str] = []
    add = JournalEntry.objects.bulk_create

    def noting(entries: list[JournalEntry]) -> Any:
        verbs.extend(entry.verb for entry in entries)
        return add(entries)

    monkeypatch.setattr(type(JournalEntry.objects), "bulk_create", lambda _manager, entries: noting(entries))
    return verbs


def is_in(client: Client) -> bool:
    return client.get("/compte/").status_code == 200


class TestOff:
    def test_nothing_of_it_shows_or_answers_where_it_is_not_configured(self, client: Client, stranger: Persona) -> None:
        assert "ProConnect" not in client.get("/connexion/").content.decode()
        assert client.post(START).status_code == 404
        assert client.get(f"{BACK}?code=x&state=y").status_code == 404
        assert stranger.client.get(LINK).status_code == 404
        assert "ProConnect" not in stranger.client.get("/compte/").content.decode()


class TestSigningIn:
    def test_the_linked_account_and_no_other_is_entered(
        self, client: Client, provider: Provider, journal: list[str]
    ) -> None:
        user = linked(UserFactory(language="en"), provider)
        provider.email = "une.autre@adresse.example"
        page = unescape(client.get("/connexion/?next=/compte/").content.decode())
        assert "S’identifier avec ProConnect" in page
        assert "Qu’est-ce que ProConnect" in page
        answer = arrive(client, next="/compte/")
        assert (answer.status_code, answer["Location"]) == (302, "/compte/")
        assert answer.cookies["django_language"].value == "en"
        assert client.get("/compte/").wsgi_request.user == user
        user.refresh_from_db()
        assert user.email != provider.email, "an address that changes there changes nothing here"
        assert "by ProConnect" in client.get("/compte/connexions/").content.decode()
        assert journal == ["proconnect.link", "proconnect.sign_in"]
        kept = SocialAccount.objects.get()
        assert (kept.uid, kept.extra_data) == (provider.sub, {})
        assert not SocialToken.objects.exists()

    def test_the_request_is_one_that_proconnect_accepts(self, client: Client, provider: Provider) -> None:
        arrive(client)
        asked = provider.asked[-1]
        assert set(asked) == {"client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "claims"}
        assert json.loads(asked["claims"]) == {"id_token": {"amr": None, "acr": None}}
        assert set(asked["scope"].split()) == {"openid", "email"}
        again = client.post(f"{START}?scope=siret&auth_params=prompt%3Dnone")
        through(again)
        assert "prompt" not in provider.asked[-1]
        assert asked["nonce"] != provider.asked[-1]["nonce"]

    def test_pkce_is_used_where_it_is_known(self, client: Client, provider: Provider) -> None:
        user = linked(UserFactory(), provider)
        provider.pkce, provider.signature = True, "ES256"
        assert arrive(client)["Location"] == "/"
        assert provider.asked[-1]["code_challenge_method"] == "S256"
        assert client.get("/compte/").wsgi_request.user == user

    def test_it_leads_only_to_this_site(self, client: Client, provider: Provider) -> None:
        linked(UserFactory(), provider)
        assert arrive(client, next="https://ailleurs.example/")["Location"] == "/"

    def test_a_closed_account_does_not_enter(self, client: Client, provider: Provider) -> None:
        linked(UserFactory(is_active=False), provider)
        assert arrive(client)["Location"] == "/compte/ferme/"
        assert not is_in(client)

    def test_who_is_signed_in_as_another_changes_account(self, stranger: Persona, provider: Provider) -> None:
        user = linked(UserFactory(), provider)
        arrive(stranger.client)
        assert stranger.client.get("/compte/").wsgi_request.user == user


class TestSecondFactor:
    NAMES = "/orientations/recues/"

    def test_a_password_at_the_provider_does_not_spare_ours(self, adviser: Persona, provider: Provider) -> None:
        linked(with_app(adviser.user), provider)
        client = Client()
        assert arrive(client)["Location"] == "/connexion/deuxieme-etape/"
        assert not is_in(client)
        session = Session.objects.get(session_key=client.session.session_key).get_decoded()
        assert adviser.user.password not in json.dumps(session), "no copy of the account in the session"
        client.post("/connexion/deuxieme-etape/", {"code": code(APPLICATION)})
        assert client.post("/connexion/appareil/", {"action": "skip"})["Location"] == "/"
        assert client.get(self.NAMES).status_code == 200
        assert Connection.objects.get(session_key=client.session.session_key).by_proconnect

    def test_without_a_factor_names_stay_closed(self, adviser: Persona, provider: Provider) -> None:
        linked(adviser.user, provider)
        client = Client()
        arrive(client)
        assert client.get(self.NAMES)["Location"].startswith("/compte/securite/")

    @pytest.mark.parametrize(("acr", "amr"), [("eidas1", ["pwd", "otp", "mfa"]), ("eidas2", [])])
    def test_two_factors_proved_there_are_enough(
        self, adviser: Persona, provider: Provider, acr: str, amr: list[str]
    ) -> None:
        linked(with_app(adviser.user), provider)
        provider.acr, provider.amr = acr, amr
        client = Client()
        assert arrive(client)["Location"] == "/"
        assert client.get(self.NAMES).status_code == 200

    def test_the_proof_does_not_outlive_its_sign_in(self, adviser: Persona, provider: Provider) -> None:
        linked(with_app(adviser.user), provider)
        client = Client()
        arrive(client)
        assert client.session[ENTERED]["account"] == str(adviser.user.pk)
        client.post("/deconnexion/")
        assert sign_in(client, adviser.user.email)["Location"] == "/connexion/deuxieme-etape/"
        assert ENTERED not in client.session, "an abandoned ProConnect sign-in leaves nothing"

    def test_a_level_that_is_demanded_is_checked(self, client: Client, provider: Provider, settings: Any) -> None:
        linked(UserFactory(), provider)
        configure(settings, provider, levels="eidas2 eidas3")
        assert "pas demandé de deuxième facteur" in said(client, arrive(client))
        assert not is_in(client)
        asked = provider.asked[-1]
        assert asked["acr_values"] == "eidas2 eidas3"
        wanted = {"essential": True, "values": ["eidas2", "eidas3"]}
        assert json.loads(asked["claims"])["id_token"]["acr"] == wanted
        provider.acr = "eidas2"
        assert arrive(client)["Location"] == "/"


MISBEHAVIOURS = [
    *(
        f"{token} {way}"
        for token in ("id_token", "userinfo")
        for way in ("signature", "key", "alg none", "alg HS256", "expired", "issuer", "audience", "two audiences")
    ),
    *(f"id_token {way}" for way in ("nonce", "without nonce", "without exp", "future", "long person")),
    *("userinfo person", "userinfo unsigned", "no id_token", "tokens list", "tokens number", "keys"),
]


class TestMisbehaviour:
    @pytest.mark.parametrize("wrong", MISBEHAVIOURS)
    def test_a_provider_that_lies_is_not_believed(self, client: Client, provider: Provider, wrong: str) -> None:
        linked(UserFactory(), provider)
        provider.wrong = wrong
        answer = arrive(client)
        assert answer["Location"] == "/connexion/"
        assert "n’a pas pu être vérifiée" in said(client, answer)
        assert not is_in(client)
        assert PENDING not in client.session
        assert User.objects.count() == 1

    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [
            ("down", "ne répond pas"),
            ("discovery", "n’a pas pu être vérifiée"),
            ("discovery issuer", "n’a pas pu être vérifiée"),
            ("discovery endpoint", "n’a pas pu être vérifiée"),
        ],
    )
    def test_nobody_leaves_for_a_provider_that_is_not_itself(
        self, client: Client, provider: Provider, wrong: str, sentence: str
    ) -> None:
        provider.wrong = wrong
        assert sentence in said(client, client.post(START))
        assert not provider.asked

    @pytest.mark.parametrize("wrong", ["down", "token cut"])
    def test_a_provider_that_falls_silent_on_the_way_is_told(
        self, client: Client, provider: Provider, wrong: str
    ) -> None:
        back = through(client.post(START))
        provider.wrong = wrong
        assert "ne répond pas" in said(client, client.post(back))

    def test_a_return_serves_once_and_in_the_browser_that_left(self, client: Client, provider: Provider) -> None:
        linked(UserFactory(), provider)
        back = through(client.post(START))
        stranger = Client()
        assert "n’est pas attendu" in said(stranger, stranger.post(back))
        assert not is_in(stranger)
        assert client.post(back)["Location"] == "/"
        client.post("/deconnexion/")
        assert "n’est pas attendu" in said(client, client.post(back))
        assert not is_in(client)

    def test_the_code_of_another_return_does_not_open(self, client: Client, provider: Provider) -> None:
        """Who slips the code of their own identity under somebody's state is stopped by the nonce."""
        linked(UserFactory(), provider)
        other = Client()
        theirs, mine = through(other.post(START)), through(client.post(START))
        code_of_theirs = re.search(r"code=([^&]+)", theirs)
        assert code_of_theirs
        mixed = re.sub(r"code=[^&]+", f"code={code_of_theirs[1]}", mine)
        assert "n’a pas pu être vérifiée" in said(client, client.post(mixed))
        assert not is_in(client)

    @pytest.mark.parametrize(
        ("query", "sentence"),
        [
            ("error=access_denied&state=x", "Vous avez arrêté"),
            ("error=server_error", "n’est pas attendu"),
            ("", "n’est pas attendu"),
        ],
    )
    def test_a_return_without_code_says_what_happened(
        self, client: Client, provider: Provider, query: str, sentence: str
    ) -> None:
        assert provider
        assert sentence in said(client, client.get(f"{BACK}?{query}"))
        assert client.get(START).status_code == 405


class TestLinking:
    def test_an_address_that_has_an_account_does_not_open_it(
        self, client: Client, provider: Provider, journal: list[str]
    ) -> None:
        user = UserFactory(email=provider.email)
        answer = arrive(client)
        assert answer["Location"] == f"/connexion/?next={quote(LINK, safe='')}"
        assert "n’est encore lié à aucun compte" in said(client, answer)
        assert not is_in(client)
        assert not SocialAccount.objects.exists()
        signed = client.post(answer["Location"], {"login": user.email, "password": KNOWN, "next": LINK})
        assert signed["Location"] == LINK
        page = client.get(LINK).content.decode()
        assert provider.email in page
        assert "Lier les deux comptes" in page
        assert client.post(LINK, {"action": "link"})["Location"] == LINK
        assert "est lié à ProConnect depuis" in client.get(LINK).content.decode()
        assert journal == ["proconnect.link"]
        assert OutgoingMessage.objects.filter(kind="accounts.proconnect_changed", to=user.email).exists()
        assert PENDING not in client.session
        client.post("/deconnexion/")
        assert arrive(client)["Location"] == "/"

    def test_an_unknown_address_gets_the_same_answer_and_no_account(self, client: Client, provider: Provider) -> None:
        answer = arrive(client)
        assert "n’est encore lié à aucun compte" in said(client, answer)
        assert not User.objects.exists()

    def test_it_waits_a_quarter_of_an_hour(self, client: Client, provider: Provider) -> None:
        user = UserFactory()
        arrive(client)
        sign_in(client, user.email)
        with clock.at(clock.now() + timedelta(minutes=14, seconds=50)):
            assert "Lier les deux comptes" in client.get(LINK).content.decode()
        with clock.at(clock.now() + timedelta(minutes=15, seconds=1)):
            assert "Lier les deux comptes" not in client.get(LINK).content.decode()
            confirmed(client)
            assert client.post(LINK, {"action": "link"})["Location"].startswith("/compte/confirmer/")
        client.post(LINK, {"action": "leave"})
        assert client.post(LINK, {"action": "link"}).status_code == 422
        assert not SocialAccount.objects.exists()

    def test_from_my_account_after_saying_who_i_am(self, adviser: Persona, provider: Provider) -> None:
        client = Client()
        client.force_login(adviser.user)
        assert client.post(f"{LINK}lier/")["Location"].startswith("/compte/confirmer/")
        confirmed(client)
        assert "n’est pas lié" in client.get(LINK).content.decode()
        assert arrive(client, f"{LINK}lier/")["Location"] == LINK
        assert client.post(LINK, {"action": "link"})["Location"] == LINK
        assert SocialAccount.objects.get().user == adviser.user
        assert arrive(client, f"{LINK}lier/")["Location"] == LINK, "once more is harmless"

    def test_a_session_that_nobody_proved_does_not_link(self, stranger: Persona, provider: Provider) -> None:
        arrive(stranger.client)
        assert "Lier les deux comptes" in stranger.client.get(LINK).content.decode()
        answer = stranger.client.post(LINK, {"action": "link"})
        assert answer["Location"].startswith("/compte/confirmer/")
        assert not SocialAccount.objects.exists()

    def test_what_another_account_has_is_not_taken(self, stranger: Persona, provider: Provider) -> None:
        other = linked(UserFactory(), provider)
        confirmed(stranger.client)
        answer = arrive(stranger.client, f"{LINK}lier/")
        assert "déjà lié à un autre compte" in said(stranger.client, answer)
        assert stranger.client.get("/compte/").wsgi_request.user == stranger.user, "nobody changes account by linking"
        with pytest.raises(Conflict):
            link_identity(Pending(provider.sub, ""), user=stranger.user)
        with pytest.raises(Conflict):
            link_identity(Pending("une-deuxième", ""), user=other)

    def test_somebody_faster_is_told(self, stranger: Persona, provider: Provider) -> None:
        arrive(stranger.client)
        confirmed(stranger.client)
        linked(UserFactory(), provider)
        assert stranger.client.post(LINK, {"action": "link"}).status_code == 409

    def test_unlinking_closes_that_door_and_the_other_sessions(
        self, client: Client, provider: Provider, journal: list[str]
    ) -> None:
        user, elsewhere = linked(UserFactory(), provider), Client()
        arrive(elsewhere)
        sign_in(client, user.email)
        assert client.get(f"{LINK}delier/")["Location"].startswith("/compte/confirmer/")
        confirmed(client)
        assert client.get(f"{LINK}delier/").status_code == 200
        assert client.post(f"{LINK}delier/").status_code == 302
        assert journal.count("proconnect.unlink") == 1
        assert not is_in(elsewhere)
        assert is_in(client)
        arrive(elsewhere)
        assert not is_in(elsewhere)
        client.post(f"{LINK}delier/")
        assert journal.count("proconnect.unlink") == 1, "once is enough"

    def test_an_access_that_is_reopened_forgets_it(
        self, coordinator: Persona, adviser: Persona, provider: Provider
    ) -> None:
        linked(adviser.user, provider)
        issue(coordinator, adviser)
        assert Client().post(link(), NEW).status_code == 302
        assert not SocialAccount.objects.exists()


class TestLeaving:
    def test_the_session_of_proconnect_ends_too(self, client: Client, provider: Provider) -> None:
        linked(UserFactory(), provider)
        arrive(client)
        page = client.post("/deconnexion/")
        assert not is_in(client)
        back = through(page)
        assert provider.ended
        assert ENTERED not in client.session
        answer = client.get(back)
        assert answer["Location"] == "/connexion/"
        assert "de ProConnect aussi" in said(client, answer)
        assert "n’est pas attendu" in said(client, client.get(back)), "a state serves once"

    def test_it_works_while_proconnect_is_down_and_for_the_others(self, client: Client, provider: Provider) -> None:
        user = linked(UserFactory(), provider)
        arrive(client)
        provider.wrong = "down"
        assert client.post("/deconnexion/").status_code == 200
        assert not is_in(client)
        sign_in(client, user.email)
        assert client.post("/deconnexion/")["Location"] == "/connexion/"
