from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sanscouture.accounts.rules import InvitationState, fingerprint, invitation_state

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
