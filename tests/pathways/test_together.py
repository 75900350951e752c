"""Several people towards one service: seen before, sent in one act, each with its own clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from factories import BeneficiaryFactory, NeedFactory, OrganisationFactory, PathwayFactory, ServiceFactory
from personas import Persona
from sanscouture.core import clock
from sanscouture.core.errors import Refused
from sanscouture.directory.enums import Verdict
from sanscouture.pathways.enums import ReferralState
from sanscouture.pathways.models import Referral
from sanscouture.pathways.selectors.together import candidates
from sanscouture.pathways.services.referrals import refer_together
from sanscouture.programmes.models import Programme

PAGE = "/programmes/trois-ponts/orienter-ensemble/"


@pytest.fixture
def service(db: None) -> Any:
    return ServiceFactory(
        organisation=OrganisationFactory(email="accueil@autre.example"),
        thematiques=["mobilite--apprendre-a-utiliser-un-deux-roues"],
        age_max=25,
    )


@pytest.fixture
def someone(programme: Programme, adviser: Persona) -> Any:
    def make(name: str, age: int | None = 20, *, field: int = 5, **more: Any) -> Any:
        born = clock.today() - timedelta(days=366 * age) if age else None
        said = {"first_name": name, "birth_date": born, "phone": "+33639980101", **more}
        person = BeneficiaryFactory(
            programme=programme, captured_by=adviser.organisation, created_by=adviser.user, **said
        )
        PathwayFactory(beneficiary=person)
        return NeedFactory(beneficiary=person, field=field)

    return make


def test_who_may_enter_who_is_to_check_and_who_may_not(
    someone: Any, service: Any, programme: Programme, adviser: Persona
) -> None:
    needs = [someone("Ines"), someone("Abel", None), someone("Odile", 50)]
    someone("Sami", field=8)
    someone("Zoé", field=2)
    found = {one.need: one for one in candidates(programme, service, adviser.actor)}
    assert set(found) == set(needs)
    assert [found[one].verdict for one in needs] == [Verdict.ELIGIBLE, Verdict.TO_CHECK, Verdict.NOT_ELIGIBLE]
    assert [found[one].may_leave for one in needs] == [True, True, False]
    assert found[needs[2]].reasons


def test_what_holds_somebody_back_is_said(someone: Any, service: Any, programme: Programme, adviser: Persona) -> None:
    someone("Ines", shared_until=None)
    someone("Abel", phone="", email="")
    refer_together([someone("Odile")], service=service, actor=adviser.actor)
    said = [one.held_back for one in candidates(programme, service, adviser.actor)]
    assert [any(word in one for one in said) for word in ("partage", "joindre", "déjà")] == [True] * 3
    assert all(said)


def test_each_leaves_with_its_own_owner_and_clock_and_none_holds_the_others_back(
    someone: Any, service: Any, adviser: Persona
) -> None:
    good, other, closed = someone("Ines"), someone("Abel"), someone("Odile", shared_until=None)
    sent, kept = refer_together([good, other, closed], service=service, message="Bonjour", actor=adviser.actor)
    assert {one.need_id for one in sent} == {good.pk, other.pk}
    assert all(one.state == ReferralState.SENT and one.clock_on and one.owner_organisation_id for one in sent)
    assert [need for need, _reason in kept] == [closed]


def test_none_at_all_is_refused(someone: Any, service: Any, adviser: Persona) -> None:
    with pytest.raises(Refused, match="partage"):
        refer_together([someone("Odile", shared_until=None)], service=service, actor=adviser.actor)
    with pytest.raises(Refused, match="au moins"):
        refer_together([], service=service, actor=adviser.actor)


class TestPage:
    def test_choosing_then_sending_those_ticked(
        self, someone: Any, service: Any, adviser: Persona, programme: Programme
    ) -> None:
        eligible, to_check = someone("Ines"), someone("Abel", None)
        someone("Odile", 50)
        assert f"?service={service.pk}" in adviser.client.get(f"{PAGE}?q={service.name[:8]}").text
        there = f"{PAGE}?service={service.pk}"
        page = adviser.client.get(there)
        assert page.context["form"].initial["needs"] == [str(eligible.pk)]
        assert "Celles qui ne partent pas" in page.text
        assert page.context["possible"] == 2
        said = {"deadline": (clock.today() + timedelta(days=9)).isoformat(), "message": ""}
        assert adviser.client.post(there, said).status_code == 422
        both = [str(eligible.pk), str(to_check.pk)]
        assert adviser.client.post(there, {**said, "needs": both}).status_code == 302
        assert Referral.objects.get_queryset().filter(service=service).count() == 2
        assert adviser.client.get(there).context["possible"] == 0
        assert PAGE in adviser.client.get("/programmes/trois-ponts/personnes/").text

    def test_what_is_against_it_is_said_in_the_form(self, someone: Any, service: Any, adviser: Persona) -> None:
        need = someone("Ines")
        past = (clock.today() - timedelta(days=1)).isoformat()
        answer = adviser.client.post(f"{PAGE}?service={service.pk}", {"needs": [str(need.pk)], "deadline": past})
        assert answer.status_code == 422
        assert "demain" in answer.text

    def test_who_did_not_leave_is_named_with_the_reason(
        self, someone: Any, service: Any, adviser: Persona, monkeypatch: Any
    ) -> None:
        first, second = someone("Ines"), someone("Abel")
        monkeypatch.setattr(
            "sanscouture.pathways.services.referrals.refer_together",
            lambda needs, **more: ([1], [(second, "ce besoin est clos")]),
        )
        said = {"needs": [str(first.pk), str(second.pk)], "deadline": (clock.today() + timedelta(days=9)).isoformat()}
        answer = adviser.client.post(f"{PAGE}?service={service.pk}", said, follow=True)
        assert "ce besoin est clos" in answer.text

    def test_closed_names_show_nobody(self, programme: Programme, adviser: Persona, service: Any) -> None:
        Programme.objects.filter(pk=programme.pk).update(agreement_signed_on=None)
        assert "form" not in adviser.client.get(f"{PAGE}?service={service.pk}").context

    def test_queries_do_not_grow(
        self, someone: Any, service: Any, adviser: Persona, assert_queries_do_not_grow: Any
    ) -> None:
        someone("Ines")

        def grow() -> None:
            for name in ("Abel", "Odile", "Sami", "Zoé", "Karim"):
                someone(name)

        assert_queries_do_not_grow(adviser.client, f"{PAGE}?service={service.pk}", grow, budget=25)
