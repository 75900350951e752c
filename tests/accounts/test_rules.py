from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured

from sanscouture.accounts.rules import (
    TWO_FACTOR_LEVELS,
    WELL_KNOWN,
    Fault,
    InvitationState,
    fingerprint,
    identity_fault,
    invitation_state,
    proconnect_apps,
    proved_lately,
    proves_two_factors,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER, EARLIER = NOW + timedelta(seconds=1), NOW - timedelta(seconds=1)


@pytest.mark.parametrize(
    ("expires", "accepted", "revoked", "state"),
    [
        (LATER, None, None, InvitationState.OPEN),
        (NOW, None, None, InvitationState.EXPIRED),
        (LATER, EARLIER, None, InvitationState.ACCEPTED),
        (EARLIER, EARLIER, None, InvitationState.ACCEPTED),
        (LATER, None, EARLIER, InvitationState.REVOKED),
        (EARLIER, None, EARLIER, InvitationState.REVOKED),
    ],
)
def test_why_a_link_no_longer_works(
    expires: datetime, accepted: datetime | None, revoked: datetime | None, state: InvitationState
) -> None:
    assert invitation_state(expires_at=expires, accepted_at=accepted, revoked_at=revoked, now=NOW) is state


def test_a_fingerprint_tells_nothing_of_its_link() -> None:
    assert len(fingerprint("token")) == 64
    assert "token" not in fingerprint("token")
    assert fingerprint("token") != fingerprint("tokem")


APP = {"discovery": "https://proconnect.example/api/v2" + WELL_KNOWN, "client_id": "nous", "secret": "s", "levels": ""}
TRUE = {"sub": "qui", "aud": "nous", "nonce": "n" * 43, "acr": "eidas1"}
THEM = {"sub": "qui", "aud": "nous", "email": "awa.inventee@structure.example"}


class TestProConnectConfiguration:
    def test_nothing_or_everything(self) -> None:
        assert proconnect_apps(discovery="", client_id="", secret="", levels="eidas2") == []
        [app] = proconnect_apps(**{**APP, "levels": "eidas2  eidas3"})
        assert (app["provider_id"], app["settings"]["levels"]) == ("proconnect", ["eidas2", "eidas3"])
        for lacking in ("discovery", "client_id", "secret"):
            with pytest.raises(ImproperlyConfigured, match="all three"):
                proconnect_apps(**{**APP, lacking: ""})

    @pytest.mark.parametrize(
        "address",
        ["https://proconnect.example/api/v2", "http://proconnect.example" + WELL_KNOWN, "ftp://localhost" + WELL_KNOWN],
    )
    def test_an_address_that_is_none_or_can_be_listened_to_is_refused(self, address: str) -> None:
        with pytest.raises(ImproperlyConfigured, match="https"):
            proconnect_apps(**{**APP, "discovery": address})


class TestTwoFactors:
    @pytest.mark.parametrize("acr", sorted(TWO_FACTOR_LEVELS))
    def test_the_levels_that_proconnect_defines_by_two_factors_prove_them(self, acr: str) -> None:
        assert proves_two_factors({"acr": acr})

    @pytest.mark.parametrize("acr", ["eidas0", "eidas1", "eidas4", "EIDAS2", "mfa", "", None, 2, ["eidas2"]])
    @pytest.mark.parametrize("amr", [None, [], ["pwd"], ["pwd", "mail"], ["hwk"], ["otp"], "mfa", {"x": "mfa"}])
    def test_nothing_else_does(self, acr: object, amr: object) -> None:
        assert not proves_two_factors({"acr": acr, "amr": amr})

    def test_the_method_does_whatever_the_level(self) -> None:
        assert proves_two_factors({"acr": "eidas1", "amr": ["pwd", "otp", "mfa"]})
        assert proves_two_factors({"amr": ["mfa"]})


def fault(claims: dict[str, object], person: dict[str, object], *, nonce: str = "n" * 43, levels: str = "") -> object:
    return identity_fault(claims, person, client_id="nous", nonce=nonce, levels=levels.split())


class TestIdentity:
    def test_what_agrees_is_believed(self) -> None:
        assert fault(TRUE, THEM) is None
        assert fault({**TRUE, "aud": ["nous"]}, {**THEM, "aud": ["nous"]}, levels="eidas1 eidas2") is None

    @pytest.mark.parametrize(
        "lie",
        [
            {"aud": "un autre"},
            {"aud": ["nous", "un autre"]},
            {"aud": None},
            {"nonce": "m" * 43},
            {"nonce": None},
            {"nonce": "é"},
            {"sub": "une autre"},
            {"sub": ""},
            {"sub": 3},
            {"sub": None},
            {"sub": "x" * 192},
        ],
    )
    def test_each_lie_is_refused(self, lie: dict[str, object]) -> None:
        person = {**THEM, "sub": lie["sub"]} if "sub" in lie and lie["sub"] != "une autre" else THEM
        assert fault({**TRUE, **lie}, person) is Fault.UNTRUSTED

    def test_a_userinfo_of_another_or_for_another_is_refused(self) -> None:
        assert fault(TRUE, {**THEM, "sub": "une autre"}) is Fault.UNTRUSTED
        assert fault(TRUE, {**THEM, "aud": "un autre"}) is Fault.UNTRUSTED

    def test_a_request_without_nonce_believes_nothing(self) -> None:
        assert fault({**TRUE, "nonce": ""}, THEM, nonce="") is Fault.UNTRUSTED

    def test_a_level_demanded_and_not_reached_is_said(self) -> None:
        assert fault(TRUE, THEM, levels="eidas2 eidas3") is Fault.WEAK
        assert fault({**TRUE, "acr": ["eidas2"]}, THEM, levels="eidas2") is Fault.WEAK


class TestOwnProof:
    NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("method", "ago", "enough"),
        [("password", 14, True), ("mfa", 14, True), ("password", 15, False), ("socialaccount", 1, False)],
    )
    def test_ones_own_means_within_a_quarter_of_an_hour(self, method: str, ago: int, enough: bool) -> None:
        record = {"method": method, "at": (self.NOW - timedelta(minutes=ago)).timestamp()}
        assert proved_lately([{"method": "mfa"}, record], now=self.NOW) is enough

    def test_nothing_noted_is_no_proof(self) -> None:
        assert not proved_lately([], now=self.NOW)
