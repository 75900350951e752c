"""A small ProConnect over HTTP on this machine: as strict as the real one, and able to misbehave.

It refuses what ProConnect refuses (short `state` or `nonce`, a parameter it does not know, another address of return,
a code used twice); `wrong` says in which way it lies.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

CLIENT, SECRET = "sans-couture", "secret de test"
BACK = "http://localhost:8000/connexion/proconnect/retour/"
GONE = "http://localhost:8000/deconnexion/proconnect/"
KNOWN = {"client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "claims", "acr_values", "prompt"}
PKCE = {"code_challenge", "code_challenge_method"}


@dataclass
class Provider:
    """What the provider knows, and whom it says is there."""

    url: str
    wrong: str = ""
    pkce: bool = False
    signature: str = "RS256"
    sub: str = "704e024229015d2bd47f7a5e5ab05b35c8336ab403c38022985f8cfadc86fe91"
    email: str = "awa.inventee@structure.example"
    acr: str = "eidas1"
    amr: list[str] = field(default_factory=lambda: ["pwd"])
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    """The parameters of each request of authorization."""
    ended: list[dict[str, str]] = field(default_factory=list)

    @cached_property
    def keys(self) -> dict[str, Any]:
        return {
            "RS256": rsa.generate_private_key(public_exponent=65537, key_size=2048),
            "ES256": ec.generate_private_key(ec.SECP256R1()),
            "stranger": rsa.generate_private_key(public_exponent=65537, key_size=2048),
        }

    def reset(self) -> None:
        fresh = Provider(self.url)
        for name in ("wrong", "pkce", "signature", "sub", "email", "acr", "amr", "codes", "asked", "ended"):
            setattr(self, name, getattr(fresh, name))

    def is_wrong(self, *ways: str) -> bool:
        return self.wrong in ways

    def discovery(self) -> dict[str, Any]:
        paths = {"authorization_endpoint": "authorize", "token_endpoint": "token", "userinfo_endpoint": "userinfo"}
        paths |= {"jwks_uri": "jwks", "end_session_endpoint": "session/end"}
        document: dict[str, Any] = {name: f"{self.url}/{path}" for name, path in paths.items()}
        document["issuer"] = "http://ailleurs.example" if self.is_wrong("discovery issuer") else self.url
        document["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
        if self.is_wrong("discovery endpoint"):
            document["token_endpoint"] = "http://ailleurs.example/token"
        return document | ({"code_challenge_methods_supported": ["S256"]} if self.pkce else {})

    def jwks(self) -> dict[str, Any]:
        public = {name: key.public_key() for name, key in self.keys.items()}
        rsa_key = RSAAlgorithm.to_jwk(public["RS256"], as_dict=True)
        ec_key = ECAlgorithm.to_jwk(public["ES256"], as_dict=True)
        known = [rsa_key | {"kid": "RS256", "use": "sig"}, ec_key | {"kid": "ES256", "use": "sig"}]
        return {"keys": [] if self.is_wrong("keys") else known}

    def signed(self, claims: dict[str, Any], *, of: str) -> str:
        """Sign a token, well or not."""
        if self.is_wrong(f"{of} alg none"):
            return jwt.encode(claims, None, algorithm="none", headers={"kid": "RS256"})
        if self.is_wrong(f"{of} alg HS256"):
            return jwt.encode(claims, SECRET * 3, algorithm="HS256", headers={"kid": "RS256"})
        key = self.keys["stranger" if self.is_wrong(f"{of} signature") else self.signature]
        kid = "inconnue" if self.is_wrong(f"{of} key") else self.signature
        return jwt.encode(claims, key, algorithm=self.signature, headers={"kid": kid})

    def claims(self, *, of: str, **more: Any) -> dict[str, Any]:
        """What a token says of itself, truly or not."""
        late = 3600 if self.is_wrong(f"{of} expired") else 0
        made = int(time.time()) - late
        claims = {"iss": self.url, "aud": CLIENT, "sub": self.sub, "iat": made, "exp": made + 60, **more}
        lies = {
            "issuer": {"iss": "http://ailleurs.example"},
            "audience": {"aud": "un-autre-service"},
            "two audiences": {"aud": [CLIENT, "un-autre-service"]},
            "person": {"sub": "quelqu-un-d-autre"},
            "long person": {"sub": "x" * 192},
            "nonce": {"nonce": secrets.token_urlsafe(32)},
            "future": {"iat": made + 3600, "exp": made + 7200},
        }
        claims |= lies.get(self.wrong.removeprefix(f"{of} "), {}) if self.wrong.startswith(of) else {}
        for lacking in ("nonce", "exp"):
            if self.is_wrong(f"{of} without {lacking}"):
                claims.pop(lacking)
        return claims

    def authorize(self, asked: dict[str, str]) -> str:
        """Check the request as ProConnect does; give where to send the browser back, or an empty text to refuse."""
        self.asked.append(asked)
        known = KNOWN | (PKCE if self.pkce else set())
        good = (
            set(asked) <= known
            and (asked["client_id"], asked["redirect_uri"], asked["response_type"]) == (CLIENT, BACK, "code")
            and min(len(asked["state"]), len(asked["nonce"])) >= 32
            and "openid" in asked["scope"].split()
        )
        if not good:
            return ""
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{BACK}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, form: dict[str, str]) -> Any:
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET):
            return None
        if "code_challenge" in asked:
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
                return None
        if self.is_wrong("tokens list", "tokens number"):
            return ["access_token"] if self.is_wrong("tokens list") else 7
        claims = self.claims(of="id_token", nonce=asked["nonce"], acr=self.acr, amr=self.amr)
        tokens = {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "expires_in": "bientôt"}
        if self.is_wrong("no id_token"):
            return tokens
        return tokens | {"id_token": self.signed(claims, of="id_token")}

    def userinfo(self) -> str:
        claims = self.claims(of="userinfo", email=self.email)
        return json.dumps(claims) if self.is_wrong("userinfo unsigned") else self.signed(claims, of="userinfo")

    def end(self, asked: dict[str, str]) -> str:
        """End the session, if the hint is a token of ours and the address is known."""
        options = {"verify_aud": False, "verify_exp": False}
        jwt.decode(asked["id_token_hint"], self.keys["RS256"].public_key(), algorithms=["RS256"], options=options)
        if asked["post_logout_redirect_uri"] != GONE or len(asked["state"]) < 32:
            return ""
        self.ended.append(asked)
        return f"{GONE}?{urlencode({'state': asked['state']})}"


class Handler(BaseHTTPRequestHandler):
    """HTTP, and nothing of what is said."""

    provider: Provider

    def do_GET(self) -> None:
        """Everything but the exchange of the code."""
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        path = parts.path.removeprefix("/api/v2/")
        if path == ".well-known/openid-configuration":
            document = self.provider.discovery()
            self.answer("pas du JSON" if self.provider.is_wrong("discovery") else json.dumps(document))
        elif path == "jwks":
            self.answer(json.dumps(self.provider.jwks()))
        elif path == "userinfo":
            kind = "application/json" if self.provider.is_wrong("userinfo unsigned") else "application/jwt"
            self.answer(self.provider.userinfo(), kind=kind)
        elif path in {"authorize", "session/end"}:
            where = self.provider.authorize(asked) if path == "authorize" else self.provider.end(asked)
            self.answer("", status=303 if where else 400, where=where)
        else:
            self.answer("", status=404)

    def do_POST(self) -> None:
        """Change a code for tokens."""
        read = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.provider.is_wrong("token cut"):
            return
        tokens = self.provider.token({name: values[0] for name, values in parse_qs(read).items()})
        self.answer(json.dumps(tokens), status=400 if tokens is None else 200)

    def answer(self, text: str, *, status: int = 200, kind: str = "application/json", where: str = "") -> None:
        body = text.encode()
        self.send_response(503 if self.provider.is_wrong("down") else status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if where:
            self.send_header("Location", where)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: Any) -> None:
        """Say nothing."""


@contextmanager
def running() -> Iterator[Provider]:
    """Run a provider on a free port of this machine."""
    handler = type("OneHandler", (Handler,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        handler.provider = Provider(f"http://127.0.0.1:{server.server_address[1]}/api/v2")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield handler.provider
        server.shutdown()
        thread.join()
