"""Answering by link: reading changes nothing, one tap and one confirmation, identity after acceptance and a code."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from factories import BeneficiaryFactory, NeedFactory, OrganisationFactory
from personas import Persona
from sanscouture.core import clock
from sanscouture.notifications.models import OutgoingMessage
from sanscouture.pathways.enums import ReferralState
from sanscouture.pathways.models import AnswerLink, Referral
from sanscouture.pathways.services import links
from sanscouture.pathways.services import referrals as services
from sanscouture.programmes.models import Programme


@pytest.fixture(autouse=True)
def _no_count_left(db: None) -> None:
    cache.clear()


@pytest.fixture
def referral(adviser: Persona) -> Referral:
    person = BeneficiaryFactory(
        programme=adviser.programme,
        captured_by=adviser.organisation,
        created_by=adviser.user,
        first_name="Zoélia",
        phone="+33639980107",
    )
    need = NeedFactory(beneficiary=person, label="Apprendre à conduire")
    asked = OrganisationFactory(name="Auto-école solidaire", email="accueil@auto-ecole.example")
    travels = ["first_name", "phone", "language"]
    return services.refer(need, recipient=asked, travels=travels, actor=adviser.actor)


@pytest.fixture
def url(referral: Referral) -> str:
    """The address found in the mail that was sent."""
    body = OutgoingMessage.objects.get(to="accueil@auto-ecole.example").body_text
    found = re.search(r"(/r/\S+/)", body)
    assert found
    return found[1]


def read(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def state(referral: Referral) -> str:
    referral.refresh_from_db()
    return referral.state


def test_the_page_says_who_asks_what_for_and_no_identity(client, url, adviser) -> None:
    said = read(client, url)
    assert adviser.organisation.name in said
    assert "Apprendre à conduire" in said
    assert "français" in said
    assert "Zoélia" not in said
    assert "06 39 98" not in said
    for slug in ("accepter", "rendez-vous", "refuser", "question"):
        assert f"{url}{slug}/" in said


def test_nothing_is_kept_of_the_page(client, url) -> None:
    answer = client.get(url)
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("slug", ["", "accepter/", "rendez-vous/", "refuser/", "question/", "identite/"])
def test_a_mail_scanner_changes_nothing(slug, client, url, referral) -> None:
    client.get(f"{url}{slug}")
    client.head(f"{url}{slug}")
    assert state(referral) == ReferralState.SENT
    assert referral.answer_links.get().opened_at is None


def test_one_tap_and_one_confirmation_accept_then_the_page_says_what_is_next(url, referral) -> None:
    client = Client(enforce_csrf_checks=True)
    assert "Accepter" in read(client, f"{url}accepter/")
    assert client.post(f"{url}accepter/", {"comment": ""})["Location"] == url
    assert state(referral) == ReferralState.ACCEPTED
    said = read(client, url)
    assert "fixer un rendez-vous" in said
    assert "Zoélia" not in said
    assert referral.decided_by_label == "Auto-école solidaire"


@pytest.mark.parametrize(
    ("slug", "data", "expected"),
    [
        ("refuser/", {"reason": "no_place", "instead": "La Roue tourne"}, ReferralState.REFUSED),
        ("question/", {"text": "Quels jours ?"}, ReferralState.RECEIVED),
        ("liste-d-attente/", {"weeks": "2"}, ReferralState.ACCEPTED),
        (
            "rendez-vous/",
            {"day": (clock.today() + timedelta(days=2)).isoformat(), "at": "09:00", "minutes": "30", "place": "Ici"},
            ReferralState.ACCEPTED,
        ),
    ],
)
def test_other_answers(slug, data, expected, client, url, referral) -> None:
    assert client.post(f"{url}{slug}", data).status_code == 302
    assert state(referral) == expected
    read(client, url)
    if slug == "refuser/":
        assert referral.refusal_text == "piste\u00a0: La Roue tourne"


def test_a_refusal_asks_its_reason(client, url, referral) -> None:
    assert client.post(f"{url}refuser/", {}).status_code == 422
    assert client.post(f"{url}refuser/", {"reason": "other"}).status_code == 422
    assert state(referral) == ReferralState.SENT


def test_answering_twice_shows_who_did_and_when(client, url) -> None:
    client.post(f"{url}accepter/")
    again = client.post(f"{url}refuser/", {"reason": "no_place"})
    assert again.status_code == 409
    assert "Auto-école solidaire a déjà accepté" in again.content.decode()
    assert "déjà" in read(client, f"{url}refuser/") or "Ce n’est plus" in read(client, f"{url}refuser/")


def test_withdrawn_says_so(client, url, referral, adviser) -> None:
    services.withdraw_referral(referral, actor=adviser.actor)
    assert "a retiré cette orientation" in read(client, url)


def code_sent() -> str:
    body = OutgoingMessage.objects.filter(kind="pathways.referral_code_recipient").order_by("-created_at")[0].body_text
    found = re.search(r"\b(\d{6})\b", body)
    assert found
    return found[1]


def test_identity_appears_after_acceptance_and_a_code_in_that_browser_only(client, url, referral) -> None:
    assert client.get(f"{url}identite/")["Location"] == url
    client.post(f"{url}accepter/")
    assert "ac…@auto-ecole.example" in read(client, f"{url}identite/")
    assert client.post(f"{url}identite/", {"envoyer": "1"}).status_code == 302
    wrong = client.post(f"{url}identite/", {"code": "abcdef"})
    assert (wrong.status_code, "Essais restants" in wrong.content.decode()) == (422, True)
    assert client.post(f"{url}identite/", {"code": code_sent()})["Location"] == url
    said = read(client, url)
    assert "Zoélia" in said
    assert "06 39 98 01 07" in said
    assert "Zoélia" not in read(Client(), url)
    assert referral.answer_links.get().identity_shown_at


def test_a_code_serves_ten_minutes_and_five_attempts(client, url, referral) -> None:
    client.post(f"{url}accepter/")
    client.post(f"{url}identite/", {"envoyer": "1"})
    for _attempt in range(5):
        client.post(f"{url}identite/", {"code": "abcdef"})
    assert "Trop d’essais" in client.post(f"{url}identite/", {"code": code_sent()}).content.decode()
    client.post(f"{url}identite/", {"envoyer": "1"})
    AnswerLink.objects.filter(referral=referral).update(code_expires_at=clock.now() - timedelta(seconds=1))
    assert "plus valable" in client.post(f"{url}identite/", {"code": code_sent()}).content.decode()


def test_codes_and_posts_are_limited(client, url, monkeypatch) -> None:
    client.post(f"{url}accepter/")
    for _time in range(5):
        assert client.post(f"{url}identite/", {"envoyer": "1"}).status_code == 302
    assert client.post(f"{url}identite/", {"envoyer": "1"}).status_code == 422
    monkeypatch.setattr(links, "POSTS_PER_LINK", 3)
    answer = client.post(f"{url}refuser/", {"reason": "no_place"})
    assert (answer.status_code, "Trop d’essais" in answer.content.decode()) == (429, True)


def altered(url: str) -> list[str]:
    token = url.split("/")[2]
    other = token[:-1] + ("A" if token[-1] != "A" else "B")
    return [f"/r/{one}/" for one in (other, token[:-3], "A" * len(token), "bonjour", "é€")]


def test_unknown_and_altered_links_say_the_same(client, url, referral) -> None:
    pages = {client.get(one).content for one in altered(url)}
    assert {client.get(one).status_code for one in altered(url)} == {404}
    AnswerLink.objects.filter(referral=referral).update(token_hash="0" * 64)
    unknown = client.get(url)
    assert unknown.status_code == 404
    pages.add(unknown.content)
    assert len({re.sub(rb'nonce="[^"]*"|value="\w{64}"|/r/[^"]*', b"", page) for page in pages}) == 1


def test_expired_and_closed_links_say_what_to_do(client, url, referral, adviser) -> None:
    page = f"/orientations/{referral.pk}/"
    assert "Fermer les liens" in adviser.client.get(page).text
    assert adviser.client.post(f"{page}fermer-les-liens/")["Location"] == page
    assert "Fermer les liens" not in adviser.client.get(page).text
    answer = client.get(url)
    assert (answer.status_code, "n’est plus valable" in answer.content.decode()) == (410, True)
    AnswerLink.objects.filter(referral=referral).update(revoked_at=None, expires_at=clock.now())
    assert client.post(f"{url}accepter/").status_code == 410
    assert state(referral) == ReferralState.SENT


def test_a_link_lives_thirty_days_after_the_deadline(referral) -> None:
    assert (referral.answer_links.get().expires_at.date() - referral.deadline).days == 30


def test_links_close_with_the_names_of_their_programme(client, url, referral) -> None:
    Programme.objects.filter(pk=referral.programme_id).update(agreement_signed_on=None)
    assert client.get(url).status_code == 404


def test_only_the_fingerprint_is_kept(url, referral) -> None:
    assert url.split("/")[2] not in str(AnswerLink.objects.values().get())


def test_wrong_methods(client, url) -> None:
    assert client.put(url).status_code == 405
    assert client.delete(f"{url}accepter/").status_code == 405
    assert client.post(url)["Location"] == url


def test_the_service_goes_on_by_link_to_its_end(client: Client, url: str, referral: Any) -> None:
    client.post(f"{url}accepter/")
    client.post(f"{url}rencontre/", {"on": clock.today().isoformat()})
    client.post(f"{url}commencer/")
    assert client.post(f"{url}terminer/", {"outcome": "covered", "evidence": "partner"}).status_code == 302
    assert "Besoin couvert" in read(client, url)
    assert client.get(f"{url}identite/")["Location"] == url
