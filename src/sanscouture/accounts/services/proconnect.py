"""ProConnect, as allauth's OpenID Connect provider: what it adds, and what it must prove (docs/adr/0013).

Its particularities: a nonce is required; userinfo is answered as a signed JWT; `state` and `nonce` have 32 characters
at least; a parameter that it does not know makes it refuse, so PKCE is used only where its discovery document says so.
"""

from __future__ import annotations

import json
import logging
import secrets
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import urlencode

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.utils import generate_code_challenge
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from requests import RequestException, Response

from sanscouture.accounts.rules import WELL_KNOWN, Fault, identity_fault, is_private, proves_two_factors

PROVIDER = "proconnect"
SIGNATURES = ("RS256", "ES256")
LATENESS = 30  # seconds that two clocks may differ
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "end_session_endpoint")
SCOPE = ("openid", "email")
ALWAYS = ("iss", "aud", "sub")
"""What both tokens say of themselves; the id_token also says when it was made and when it ends."""
log = logging.getLogger(__name__)


class Unbelieved(OAuth2Error):  # type: ignore[misc]
    """What ProConnect answered is not believed, or did not come."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True)
class Identity:
    """Whom ProConnect says is there, once everything is verified."""

    sub: str
    email: str
    """To be shown to its owner, never compared with an account's."""
    two_factors: bool
    id_token: str
    end_session: str


def refuse(fault: Fault, why: str) -> NoReturn:
    """Raise `Unbelieved`, and leave why in the log, without anything of the person."""
    log.warning("proconnect refused: %s", why)
    raise Unbelieved(fault)


class ProConnectAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """The conversation with ProConnect behind one sign-in."""

    nonce = ""
    _document: dict[str, Any] | None = None

    @property
    def openid_config(self) -> dict[str, Any]:
        """Give the discovery document, asked for once a request. Raises `Unbelieved`."""
        if self._document is None:
            url = self.get_provider().server_url
            document = self._read(url)
            if document.get("issuer") != url.removesuffix(WELL_KNOWN):
                refuse(Fault.UNTRUSTED, "the discovery document is another issuer's")
            if not all(is_private(str(document.get(name))) for name in ENDPOINTS):
                refuse(Fault.UNTRUSTED, "the discovery document lacks an endpoint, or gives one without TLS")
            self._document = document
        return self._document

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Give the address of return, exactly as it is declared to ProConnect."""
        return settings.BASE_URL + reverse("accounts:proconnect_return")

    def get_access_token_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Change the code for tokens. Raises `Unbelieved` when the answer has no shape."""
        try:
            data = super().get_access_token_data(*args, **kwargs)
        except (TypeError, ValueError, AttributeError):
            data = None
        if not isinstance(data, dict):
            refuse(Fault.UNTRUSTED, "the tokens are unreadable")
        return data

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        """Keep the access token for the time of this request; it is never stored."""
        return SocialToken(token=str(data["access_token"]))

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """Verify the id_token, then the userinfo, then both together. Raises `Unbelieved`."""
        keys = self._keys()
        id_token = kwargs["response"].get("id_token")
        claims = self._verified(id_token, keys, needs=(*ALWAYS, "exp", "iat", "nonce"))
        person = self._verified(self._userinfo(token.token), keys, needs=ALWAYS)
        fault = identity_fault(
            claims, person, client_id=app.client_id, nonce=self.nonce, levels=app.settings.get("levels", ())
        )
        if fault is not None:
            refuse(fault, "audience, nonce, person or level")
        login = self.get_provider().sociallogin_from_response(request, claims)
        login.identity = Identity(
            sub=claims["sub"],
            email=str(person.get("email", "")),
            two_factors=proves_two_factors(claims),
            id_token=id_token,
            end_session=self.openid_config["end_session_endpoint"],
        )
        return login

    def _verified(self, token: object, keys: jwt.PyJWKSet, *, needs: tuple[str, ...]) -> dict[str, Any]:
        """Read a token that a published key signed, by its issuer and in its time; the rest is for the rule."""
        try:
            key = keys[jwt.get_unverified_header(str(token))["kid"]]
            return jwt.decode(
                str(token),
                key,
                algorithms=list(SIGNATURES),
                issuer=self.openid_config["issuer"],
                leeway=LATENESS,
                options={"require": list(needs), "verify_aud": False},
            )
        except (jwt.PyJWTError, KeyError, TypeError, ValueError) as error:
            refuse(Fault.UNTRUSTED, f"a token: {type(error).__name__}")

    def _keys(self) -> jwt.PyJWKSet:
        try:
            return jwt.PyJWKSet.from_dict(self._read(self.openid_config["jwks_uri"]))
        except (jwt.PyJWTError, AttributeError, TypeError, ValueError):
            refuse(Fault.UNTRUSTED, "no key is readable")

    def _userinfo(self, access_token: str) -> str:
        answer = self._get(self.openid_config["userinfo_endpoint"], {"Authorization": f"Bearer {access_token}"})
        if answer.headers.get("Content-Type", "").split(";")[0].strip().lower() != "application/jwt":
            refuse(Fault.UNTRUSTED, "userinfo is not signed")
        return answer.text

    def _read(self, url: str) -> dict[str, Any]:
        try:
            found = self._get(url).json()
        except ValueError:
            found = None
        if not isinstance(found, dict):
            refuse(Fault.UNTRUSTED, "a document is unreadable")
        return found

    def _get(self, url: str, headers: dict[str, str] | None = None) -> Response:
        try:
            with get_adapter().get_requests_session() as session:
                answer: Response = session.get(url, headers=headers)
                answer.raise_for_status()
                return answer
        except RequestException as error:
            refuse(Fault.SILENT, type(error).__name__)


class ProConnect(OpenIDConnectProvider):  # type: ignore[misc]
    """ProConnect among allauth's providers. Of what it tells, `sub` alone is stored."""

    oauth2_adapter_class = ProConnectAdapter
    _adapter: ProConnectAdapter | None = None

    def get_oauth2_adapter(self, request: HttpRequest) -> ProConnectAdapter:
        """Give one conversation for the request."""
        if self._adapter is None:
            self._adapter = ProConnectAdapter(request, PROVIDER)
        return self._adapter

    def get_pkce_params(self) -> dict[str, str]:
        """Use PKCE where ProConnect says that it knows it; elsewhere the parameter would make it refuse."""
        document = self.get_oauth2_adapter(self.request).openid_config
        known = "S256" in (document.get("code_challenge_methods_supported") or ())
        return dict(generate_code_challenge()) if known else {}

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> HttpResponse:
        """Leave for ProConnect with a nonce that the session keeps; nothing of the request goes into the address."""
        nonce, levels = secrets.token_urlsafe(32), self.app.settings.get("levels", ())
        acr = {"essential": True, "values": list(levels)} if levels else None
        params = {"nonce": nonce, "claims": json.dumps({"id_token": {"amr": None, "acr": acr}})}
        if levels:
            params["acr_values"] = " ".join(levels)
        left: HttpResponse = super().redirect(
            request, process, next_url, data, auth_params=params, scope=list(SCOPE), nonce=nonce
        )
        return left

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Give what identifies somebody there for ever."""
        return str(data["sub"])

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Keep nothing else."""
        return {}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """Propose nothing for an account: none is made here."""
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        """Bring no address: none opens anything."""
        return []


class ProConnectReturn(OAuth2CallbackView):  # type: ignore[misc]
    """The return from ProConnect: allauth's, which checks `state`, and hands over the nonce kept with it."""

    def _get_state(self, request: HttpRequest, provider: ProConnect) -> tuple[Any, Any]:
        state, response = super()._get_state(request, provider)
        self.adapter.nonce = (state or {}).get("nonce", "")
        return state, response


def is_configured() -> bool:
    """Say whether this installation proposes ProConnect."""
    return bool(settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"])


def departure(request: HttpRequest, *, process: str, following: str = "") -> str:
    """Give the address of ProConnect where to go, its `state` and `nonce` kept in the session. Raises `Unbelieved`."""
    provider = get_adapter(request).get_provider(request, PROVIDER)
    return str(provider.redirect(request, process, following or None)["Location"])


def farewell(*, end_session: str, id_token: str, state: str) -> str:
    """Give the address where ProConnect ends its own session, then sends the person back to us."""
    back = settings.BASE_URL + reverse("accounts:proconnect_left")
    query = {"id_token_hint": id_token, "state": state, "post_logout_redirect_uri": back}
    return f"{end_session}?{urlencode(query)}"
