"""Whatever is sent, an address answers with a page: never a fault of the server."""

from __future__ import annotations

from typing import Any

import pytest

from factories import ReferralFactory
from sanscouture.pathways.services import links
from test_addresses import ASKING, Address, World, asked, holder, url_of, world

__all__ = ["world"]

BAD = {
    "nul": "a\0b",
    "digits": "9" * 5_000,
    "odd": "²",
    "last day": "9999-12-31",
    "markup": "<script>alert(1)</script>👩🏽",
}
NAMES_ASKED = """
q lieu rayon champ theme public mode places page tri voir vue orientation nom besoin referent qpv information
etape categorie region annee forme personne acte du au service structure programme regle qui etat next
"""
NAMES_SENT = """
first_name last_name phone email birth_date language channel address job_seeker french_level version
organisation need_field need_label proceed reason informed information-ground information-given_on ground informed_by
scopes given_on label due_on carrier referent severity priority situations objective note theme state text instead
comment weeks day at minutes place with_whom on outcome evidence travels message deadline granted role since until
function share employer siret kind name commune category code envoyer password user apercu
"""
ASKED, SENT = NAMES_ASKED.split(), NAMES_SENT.split()
ACTS = ["", "identite/", "accepter/", "refuser/", "rendez-vous/", "liste-d-attente/", "question/"]


@pytest.mark.parametrize("address", ASKING, ids=lambda address: address.name)
def test_bad_input_is_answered(address: Address, world: World) -> None:
    client = holder(asked(address), world).client
    client.raise_request_exception = False
    failures = []
    for name, value in BAD.items():
        query: dict[str, Any] = dict.fromkeys(ASKED, value)
        got = client.get(url_of(address, world), query)
        sent = client.post(url_of(address, world), {**dict.fromkeys(SENT, value), "proceed": "attach"})
        for what, answer in (("GET", got), ("POST", sent)):
            if answer.status_code >= 500:
                failures.append(f"{what} {name}: {answer.exc_info[1]!r}"[:300])
            if "<script>alert" in getattr(answer, "text", ""):
                failures.append(f"{what} {name} comes back as markup")
    assert not failures, "\n".join(failures)


@pytest.mark.parametrize(
    "act", ["", "identite/", "accepter/", "refuser/", "rendez-vous/", "liste-d-attente/", "question/"]
)
def test_bad_input_by_link_is_answered(act: str, world: World, client) -> None:
    token = links.make_link(ReferralFactory(need__beneficiary=world.person(), recipient=world.recipient))
    client.raise_request_exception = False
    for value in BAD.values():
        assert client.get(f"/r/{token}/{act}", dict.fromkeys(ASKED, value)).status_code < 500
        assert client.post(f"/r/{token}/{act}", dict.fromkeys(SENT, value)).status_code < 500
    for wrong in ("x", "é" * 50, "A" * 86, token[:-1], f"{token}A"):
        assert client.get(f"/r/{wrong}/{act}").status_code == 404
