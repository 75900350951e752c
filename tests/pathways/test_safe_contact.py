"""Reaching a person without putting them in danger: wherever somebody would call, and in what leaves by itself."""

from __future__ import annotations

from datetime import time

import pytest
from django.conf import settings
from django.core import mail

from factories import OrganisationFactory, ReferralFactory, RuptureFactory, SafeContactFactory
from sanscouture.audit.models import JournalEntry
from sanscouture.core.errors import Refused
from sanscouture.notifications.models import OutgoingMessage
from sanscouture.notifications.services import Mail, notify
from sanscouture.pathways.enums import ReferralState
from sanscouture.pathways.selectors.travelling import ways_to_reach
from sanscouture.pathways.services.people import NeedWanted, welcome_person
from sanscouture.pathways.services.referrals import refer
from sanscouture.people.enums import Channel, Ground, InformedBy
from sanscouture.people.models import Beneficiary, SafeContact
from sanscouture.people.rules import BasisGiven, SafeWay
from sanscouture.people.selectors import safe_way
from sanscouture.people.services import keep_contact_safe

NEVER_CALL = "Ne jamais passer par"


@pytest.fixture
def lina(programme, organisation, adviser) -> Beneficiary:
    return welcome_person(
        programme,
        actor=adviser.actor,
        organisation=organisation,
        first_name="Lina",
        phone="06 39 98 01 02",
        email="lina@exemple.example",
        channel=Channel.EMAIL,
        basis=BasisGiven(Ground.PUBLIC_INTEREST, InformedBy.ORAL),
        need=NeedWanted(5, "Aller travailler"),
    )


def written_to(lina: Beneficiary, adviser) -> list[OutgoingMessage]:
    OutgoingMessage.objects.all().delete()
    refer(lina.needs.get(), recipient=OrganisationFactory(), actor=adviser.actor)
    return list(OutgoingMessage.objects.filter(to__in=(lina.email, lina.phone)))


class TestWriting:
    def test_it_is_written_changed_and_erased(self, lina, adviser) -> None:
        keep_contact_safe(lina, way=SafeWay(frozenset({Channel.PHONE})), actor=adviser.actor)
        keep_contact_safe(lina, way=SafeWay(neutral=True), actor=adviser.actor)
        assert safe_way(lina.pk) == SafeWay(neutral=True)
        keep_contact_safe(lina, way=SafeWay(), actor=adviser.actor)
        assert not SafeContact.objects.exists()
        assert JournalEntry.objects.filter(verb="beneficiary.safe_contact").count() == 3

    def test_hours_that_cannot_be_are_refused(self, lina, adviser) -> None:
        with pytest.raises(Refused, match="La fin vient avant"):
            keep_contact_safe(lina, way=SafeWay(since=time(11), until=time(9)), actor=adviser.actor)

    def test_from_the_page_of_the_person(self, lina, adviser) -> None:
        url = f"/personnes/{lina.pk}/contact/"
        assert url in adviser.client.get(f"/personnes/{lina.pk}/").content.decode()
        assert adviser.client.post(url, {"call_from": "09:00"}).status_code == 422
        assert adviser.client.post(url, {"call_from": "quand il dort"}).status_code == 422
        sent = {"avoided": ["phone", "sms"], "call_from": "09:00", "call_until": "11:30", "neutral": "on"}
        assert adviser.client.post(url, sent).status_code == 302
        assert safe_way(lina.pk) == SafeWay(frozenset({"phone", "sms"}), time(9), time(11, 30), neutral=True)
        page = adviser.client.get(url).content.decode()
        assert 'value="09:00"' in page
        assert page.count("checked") == 3


class TestShown:
    def test_on_the_page_of_the_person_and_without_a_link_that_dials(self, lina, adviser) -> None:
        assert "tel:" in adviser.client.get(f"/personnes/{lina.pk}/").content.decode()
        SafeContactFactory(beneficiary=lina)
        page = adviser.client.get(f"/personnes/{lina.pk}/").content.decode()
        assert NEVER_CALL in page
        assert "tel:" not in page
        assert "ne pas appeler" in page

    def test_with_the_phone_to_whoever_receives_the_referral_and_not_without_it(
        self, lina, recipient, recipient_organisation
    ) -> None:
        SafeContactFactory(beneficiary=lina)
        referral = ReferralFactory(need=lina.needs.get(), recipient=recipient_organisation)
        page = recipient.client.get(f"/orientations/{referral.pk}/").content.decode()
        assert NEVER_CALL in page
        assert ways_to_reach(referral.need, ["first_name"]) == []
        assert ways_to_reach(referral.need, ["first_name", "phone"], identity=False) == []
        referral.state, referral.refusal_reason, referral.clock_on = ReferralState.REFUSED, "no_place", None
        referral.save()
        assert NEVER_CALL not in recipient.client.get(f"/orientations/{referral.pk}/").content.decode()

    def test_where_a_call_is_about_to_be_made(self, lina, adviser) -> None:
        SafeContactFactory(beneficiary=lina)
        rupture = RuptureFactory(referral__need=lina.needs.get())
        assert NEVER_CALL in adviser.client.get(f"/ruptures/{rupture.pk}/appeler/").content.decode()
        assert NEVER_CALL not in adviser.client.get(f"/ruptures/{rupture.pk}/clore/").content.decode()


class TestMessages:
    def test_by_the_channel_that_the_person_prefers(self, lina, adviser) -> None:
        (message,) = written_to(lina, adviser)
        assert message.kind == "pathways.referral_sent_person"
        assert not message.neutral

    @pytest.mark.parametrize(
        "asked", [{"avoided": ["email"]}, {"avoided": [], "call_from": time(9), "call_until": time(10)}]
    )
    def test_nothing_leaves_by_a_channel_to_avoid_or_when_only_some_hours_are_safe(self, lina, adviser, asked) -> None:
        SafeContactFactory(beneficiary=lina, **asked)
        assert written_to(lina, adviser) == []

    @pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.SMS])
    def test_a_neutral_sender_says_nothing(self, lina, adviser, programme, channel) -> None:
        Beneficiary.objects.filter(pk=lina.pk).update(channel=channel)
        SafeContactFactory(beneficiary=lina, avoided=[], neutral=True)
        (message,) = written_to(lina, adviser)
        assert message.kind == "pathways.neutral_person"
        assert message.body_html == ""
        said = f"{message.subject} {message.body_text}".lower()
        for word in ("orient", "emploi", "demande", "structure", "sans couture", programme.name.lower()):
            assert word not in said

    def test_a_neutral_mail_bears_another_name(self, programme, lina) -> None:
        to = ["lina@exemple.example"]
        (plain,) = notify("pathways.neutral_person", to=to, programme_id=programme.pk)
        (neutral,) = notify("pathways.neutral_person", to=to, programme_id=programme.pk, neutral=True)
        Mail().send(plain)
        Mail().send(neutral)
        first, second = mail.outbox
        assert first.from_email == settings.DEFAULT_FROM_EMAIL
        assert second.from_email == settings.NEUTRAL_FROM_EMAIL
        assert "Sans couture" not in second.from_email
        assert (len(first.alternatives), len(second.alternatives)) == (1, 0)
