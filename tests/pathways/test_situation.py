"""The facts of a person: written, corrected by two at once, remembered, and what follows from them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from factories import BeneficiaryFactory, NeedFactory, ServiceFactory
from sanscouture.core import clock
from sanscouture.core.errors import Refused
from sanscouture.pathways.selectors.offer import person_facts, services_for
from sanscouture.pathways.selectors.situation import history_of, said_fact
from sanscouture.people.enums import Known, Public
from sanscouture.people.models import Beneficiary, FactChange, PublicMark
from sanscouture.people.rules import SITUATION
from sanscouture.people.selectors import standings
from sanscouture.people.services import mark_public, update_beneficiary
from sanscouture.ui.forms import raw


@pytest.fixture
def lina(programme, organisation, adviser) -> Beneficiary:
    return BeneficiaryFactory(
        programme=programme, captured_by=organisation, created_by=adviser.user, first_name="Lina", last_name="Inventée"
    )


@pytest.fixture
def page(lina) -> str:
    return f"/personnes/{lina.pk}/situation/"


def shown(person: Beneficiary, **changed: str) -> dict[str, str]:
    """The form as a browser sends it back: what was on the page, then what was changed."""
    said = {name: raw(getattr(person, name)) for name in SITUATION}
    seen = {f"initial-{name}": value for name, value in said.items()}
    return {**said, **seen, "version": str(person.version), **changed}


class TestWriting:
    def test_each_fact_is_written_and_read_again(self, lina, page, adviser) -> None:
        sent = {
            "education": "cap",
            "has_children": "yes",
            "child_years": "2019, 2015",
            "lone_parent": "yes",
            "relatives": "2",
            "driving_licence": "no",
            "vehicle": "withheld",
            "housing": "hosted",
            "gender": "woman",
        }
        assert adviser.client.post(page, shown(lina, **sent)).status_code == 302
        lina.refresh_from_db()
        assert {name: raw(getattr(lina, name)) for name in sent} == {**sent, "child_years": "2015, 2019"}
        assert lina.job_seeker == Known.NOT_ASKED
        seen = adviser.client.get(f"/personnes/{lina.pk}/").content.decode()
        for words in ("CAP ou BEP", f"{clock.today().year - 2015} ans", "Préfère ne pas le dire", "véhicule"):
            assert words in seen
        assert 'value="2015, 2019"' in adviser.client.get(page).content.decode()

    def test_facts_that_contradict_are_refused_beside_their_field(self, lina, page, adviser) -> None:
        answer = adviser.client.post(page, shown(lina, has_children="no", child_years="2015"))
        assert answer.status_code == 422
        assert "pas d’enfant à charge" in answer.content.decode()
        answer = adviser.client.post(page, shown(lina, child_years="sept ans"))
        assert answer.status_code == 422
        assert "sept ans" in answer.content.decode(), "nothing is lost"

    def test_facts_written_by_two_may_not_contradict_either(self, lina, adviser) -> None:
        update_beneficiary(lina, version=1, actor=adviser.actor, lone_parent="yes")
        with pytest.raises(Refused, match="en avoir à charge"):
            update_beneficiary(lina, version=2, actor=adviser.actor, has_children="no")

    def test_two_who_corrected_the_same_fact_choose_between_both(self, lina, page, adviser, manager) -> None:
        late = shown(lina, vehicle="yes", child_years="2015", housing="owner")
        update_beneficiary(lina, version=1, actor=manager.actor, vehicle="no", child_years=[2011])
        answer = adviser.client.post(page, late)
        assert answer.status_code == 409
        merge = answer.content.decode()
        assert f'action="{page}"' in merge
        assert "2011" in merge
        assert 'name="housing" value="owner"' in merge
        lina.refresh_from_db()
        assert (lina.vehicle, lina.child_years, lina.housing) == ("no", [2011], "not_asked")

    def test_a_minor_without_a_word_on_their_guardian_is_shown(self, lina, adviser) -> None:
        Beneficiary.objects.filter(pk=lina.pk).update(birth_date=clock.today() - timedelta(days=16 * 366))
        assert "représentant légal est informé" in adviser.client.get(f"/personnes/{lina.pk}/").content.decode()
        Beneficiary.objects.filter(pk=lina.pk).update(guardian="informed")
        assert "représentant légal est informé" not in adviser.client.get(f"/personnes/{lina.pk}/").content.decode()


class TestHistory:
    def test_it_says_who_changed_what_from_what_to_what(self, lina, adviser) -> None:
        update_beneficiary(lina, version=1, actor=adviser.actor, vehicle="yes", child_years=[2015])
        update_beneficiary(lina, version=2, actor=adviser.actor, vehicle="no")
        last, *_rest = history_of(lina)
        assert (last.title, last.text, last.who) == ("Véhicule", "oui, puis non", adviser.user.full_name)
        seen = adviser.client.get(f"/personnes/{lina.pk}/histoire/").content.decode()
        assert "oui, puis non" in seen
        assert "pas demandé, puis oui" in seen

    def test_of_a_way_to_reach_somebody_only_the_change_is_kept(self, lina, adviser) -> None:
        update_beneficiary(
            lina,
            version=1,
            actor=adviser.actor,
            phone="06 39 98 01 09",
            email="l@exemple.example",
            address="1 rue Basse",
        )
        assert list(FactChange.objects.order_by("name").values_list("name", "before", "after")) == [
            ("address", None, None),
            ("email", None, None),
            ("phone", None, None),
        ]
        assert {change.text for change in history_of(lina)} == {""}

    def test_dates_and_nothing_are_said_in_words(self, lina, adviser) -> None:
        update_beneficiary(lina, version=1, actor=adviser.actor, birth_date=clock.today().replace(year=1990, day=3))
        assert history_of(lina)[0].text.startswith("rien, puis 3 ")
        assert said_fact("relatives", 0) == "0"

    def test_an_empty_history_says_so_and_queries_do_not_grow(
        self, lina, adviser, django_assert_max_num_queries
    ) -> None:
        url = f"/personnes/{lina.pk}/histoire/"
        assert "Rien n’a été corrigé" in adviser.client.get(url).content.decode()
        for version, phone in enumerate(("06 39 98 01 09", "06 39 98 01 08", "06 39 98 01 07"), 1):
            update_beneficiary(lina, version=version, actor=adviser.actor, phone=phone)
        with django_assert_max_num_queries(30):
            adviser.client.get(url)


class TestPublics:
    def test_they_follow_on_the_page_with_their_reason(self, lina, page, adviser) -> None:
        assert "Aucun public ne suit" in adviser.client.get(page).content.decode()
        update_beneficiary(lina, version=1, actor=adviser.actor, french_level="a1")
        seen = adviser.client.get(page).content.decode()
        assert "Français parlé" in seen
        assert "Personnes allophones" in adviser.client.get(f"/personnes/{lina.pk}/").content.decode()

    def test_somebody_adds_takes_away_and_leaves_it_to_the_facts(self, lina, page, adviser) -> None:
        url = f"/personnes/{lina.pk}/publics/"
        update_beneficiary(lina, version=1, actor=adviser.actor, disability="yes")
        assert adviser.client.post(url, {"public": "retraining"})["Location"] == page
        adviser.client.post(url, {"public": "disability", "said": "no"})
        rows = {one.public: (one.belongs, one.by_hand) for one in standings(Beneficiary.objects.get(pk=lina.pk))}
        assert rows == {Public.RETRAINING: (True, True), Public.DISABILITY: (False, True)}
        assert "n’en fait pas partie" in adviser.client.get(page).content.decode()
        adviser.client.post(url, {"public": "disability", "said": "facts"})
        assert list(PublicMark.objects.values_list("public", flat=True)) == ["retraining"]

    def test_an_unknown_public_is_told(self, lina, adviser) -> None:
        answer = adviser.client.post(f"/personnes/{lina.pk}/publics/", {"public": "martiens"}, follow=True)
        assert "Choisissez un public" in answer.content.decode()
        assert adviser.client.get(f"/personnes/{lina.pk}/publics/").status_code == 405

    def test_said_twice_it_is_said_once(self, lina, adviser) -> None:
        for belongs in (True, False, True):
            mark_public(lina, public=Public.EMPLOYEES, belongs=belongs, actor=adviser.actor)
        assert PublicMark.objects.get().belongs


class TestMatching:
    def test_what_the_facts_decide_is_told_to_the_matching_and_nothing_else(self, lina) -> None:
        nothing = person_facts(lina)
        assert (nothing.publics, nothing.other_publics) == (frozenset(), frozenset())
        lina.minimum_income, lina.gender, lina.has_children, lina.disability = "rsa", "man", "yes", "unknown"
        facts = person_facts(lina)
        assert facts.publics == {"beneficiaires-des-minimas-sociaux", "familles"}
        assert facts.other_publics == {"femmes"}
        lina.minimum_income, lina.gender, lina.has_children, lina.disability = "none", "woman", "no", "yes"
        facts = person_facts(lina)
        assert facts.publics == {"femmes", "personnes-en-situation-de-handicap"}
        assert facts.other_publics == {"beneficiaires-des-minimas-sociaux", "familles"}

    def test_a_service_for_women_is_open_to_a_woman_and_not_to_a_man(self, lina, adviser) -> None:
        need = NeedFactory(beneficiary=lina, theme="mobilite--preparer-un-permis")
        ServiceFactory(name="Permis au féminin", publics=["femmes"])
        totals = {}
        for version, gender in enumerate(("woman", "man"), 1):
            need.beneficiary = update_beneficiary(lina, version=version, actor=adviser.actor, gender=gender)
            totals[gender] = services_for(need).total
        assert totals == {"woman": 1, "man": 0}
