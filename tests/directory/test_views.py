from __future__ import annotations

from typing import Any

import pytest

from factories import ServiceFactory
from sanscouture.directory.enums import Capacity
from sanscouture.territories.models import Qpv
from sanscouture.territories.services import load_starter_set

pytestmark = pytest.mark.django_db

MAUBEUGE = {"lon": 3.973, "lat": 50.278}


def names(response: Any) -> list[str]:
    return [card.service.name for card in response.context["cards"]]


def test_the_directory_shows_services_nearest_first(adviser: Any) -> None:
    load_starter_set()
    ServiceFactory(name="Loin", lon=3.973, lat=50.42)
    ServiceFactory(name="Près", **MAUBEUGE)
    ServiceFactory(name="Téléphone", reception_modes=["a-distance"])
    ServiceFactory(name="Lille", lon=3.06, lat=50.63)
    response = adviser.client.get("/annuaire/", {"lieu": "maubeuge"})
    assert response.status_code == 200
    assert names(response) == ["Près", "Loin", "Téléphone"]
    assert "Maubeuge (59) et 25 km autour" in response.content.decode()


def test_the_programme_is_the_first_place(adviser: Any) -> None:
    adviser.programme.lon, adviser.programme.lat = 3.973, 50.278
    adviser.programme.save()
    assert adviser.client.get("/annuaire/").context["asked"].place.label == "Cité des Trois-Ponts"
    assert adviser.client.get("/annuaire/", {"lieu": ""}).context["asked"].place is None


@pytest.mark.parametrize(
    "words", ["garde d’enfants", "garde enfant", "Gardes d'enfants", "gardre enfants", "GARDE", "garde denfants"]
)
def test_accents_plurals_and_small_mistakes_are_forgiven(adviser: Any, words: str) -> None:
    ServiceFactory(name="Halte-jeux", thematiques=["famille--garde-denfants"])
    ServiceFactory(name="Permis B")
    assert names(adviser.client.get("/annuaire/", {"q": words})) == ["Halte-jeux"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"champ": "4"}, ["Halte-jeux"]),
        ({"theme": "mobilite"}, ["Permis B"]),
        ({"mode": "a-distance"}, ["Halte-jeux"]),
        ({"public": "jeunes"}, ["Halte-jeux", "Permis B"]),
        ({"public": "seniors"}, ["Halte-jeux"]),
        ({"places": "on"}, ["Permis B"]),
        ({"champ": "99", "theme": "rien", "page": "zéro"}, ["Halte-jeux", "Permis B"]),
    ],
)
def test_each_filter_keeps_what_it_says(adviser: Any, asked: dict[str, str], found: list[str]) -> None:
    ServiceFactory(name="Halte-jeux", thematiques=["famille--garde-denfants"], reception_modes=["a-distance"])
    ServiceFactory(name="Permis B", publics=["jeunes"], capacity=Capacity.OPEN)
    assert sorted(names(adviser.client.get("/annuaire/", asked))) == found


def test_what_is_said_exactly_hides_what_is_almost_said(adviser: Any) -> None:
    ServiceFactory(name="Garde de nuit")
    ServiceFactory(name="Garage solidaire")
    assert names(adviser.client.get("/annuaire/", {"q": "garde"})) == ["Garde de nuit"]
    nearly = adviser.client.get("/annuaire/", {"q": "garrage"})
    assert names(nearly)[0] == "Garage solidaire"
    assert "voici les plus proches" in nearly.content.decode()


def test_choices_say_how_many_they_would_give_and_leave_when_none(adviser: Any) -> None:
    ServiceFactory.create_batch(2)
    form = adviser.client.get("/annuaire/").context["form"]
    assert ("5", "Mobilité (2)") in form.fields["champ"].choices
    assert "4" not in dict(form.fields["champ"].choices)


def test_an_empty_page_says_which_filter_to_loosen(adviser: Any) -> None:
    ServiceFactory.create_batch(3)
    ServiceFactory(thematiques=["famille--garde-denfants"])
    response = adviser.client.get("/annuaire/", {"champ": "5", "places": "on", "q": "essais"})
    assert response.context["found"].total == 0
    assert [(each.label, each.total) for each in response.context["loosenings"]] == [("avec ou sans place", 3)]
    assert "places" not in response.context["loosenings"][0].href


def test_pages_have_an_exact_total_and_never_overlap(adviser: Any) -> None:
    ServiceFactory.create_batch(23)
    first, second = (adviser.client.get("/annuaire/", {"page": page}) for page in (1, 2))
    assert (first.context["found"].total, len(names(first)), len(names(second))) == (23, 20, 3)
    assert not set(names(first)) & set(names(second))
    assert names(adviser.client.get("/annuaire/", {"page": "900"})) == names(second)


def test_a_neighbourhood_is_found_by_a_part_of_its_name_however_it_is_spelt(adviser: Any) -> None:
    load_starter_set()
    quarter = Qpv.objects.get(code="QN05917M")
    quarter.name = "Saint-Étienne du Pont"
    quarter.save()
    for typed in ("st etienne", "SAINT ÉTIENNE", "Etienne-du"):
        found = adviser.client.get("/annuaire/", {"lieu": typed}).context["asked"]
        assert found.place.label == "QPV Saint-Étienne du Pont"


def test_an_unknown_place_is_said_and_other_places_proposed(adviser: Any) -> None:
    load_starter_set()
    assert "n’est ni une commune" in adviser.client.get("/annuaire/", {"lieu": "Xyzzy"}).content.decode()
    assert adviser.client.get("/annuaire/", {"lieu": "QN05917M"}).context["asked"].place.label.startswith("QPV")


def test_the_search_costs_the_same_for_many(adviser: Any, assert_queries_do_not_grow: Any) -> None:
    ServiceFactory()
    assert_queries_do_not_grow(adviser.client, "/annuaire/?q=essais", lambda: ServiceFactory.create_batch(5), budget=30)


def test_a_service_is_told_in_words(adviser: Any) -> None:
    service = ServiceFactory(
        age_min=18, french_level_min="A2", capacity=Capacity.WAITING, waiting_weeks=3, opening_hours="Mo-Fr 09:00-12:30"
    )
    page = adviser.client.get(f"/annuaire/services/{service.pk}/").content.decode()
    for said in (
        "À partir de 18 ans",
        "Niveau de français A2 au moins",
        "3 semaines",
        "9\u00a0h–12\u00a0h30",
        "Fictif",
    ):
        assert said.lower() in page.lower(), said


def test_a_service_withdrawn_or_unknown_is_not_found(adviser: Any) -> None:
    gone = ServiceFactory(is_active=False)
    assert adviser.client.get(f"/annuaire/services/{gone.pk}/").status_code == 404


@pytest.mark.parametrize("path", ["/annuaire/", "/annuaire/services/{pk}/"])
def test_only_roles_that_may_read_the_directory_enter(client: Any, stranger: Any, copilot: Any, path: str) -> None:
    path = path.format(pk=ServiceFactory().pk)
    assert client.get(path).status_code == 302
    assert stranger.client.get(path).status_code == 403
    assert copilot.client.get(path).status_code == 200


def test_a_sheet_is_corrected_by_its_own_people_and_says_what_its_source_says(adviser: Any, copilot: Any) -> None:
    service = ServiceFactory(organisation=adviser.organisation, source="essai", fees="gratuit")
    sheet, correct = f"/annuaire/services/{service.pk}/", f"/annuaire/services/{service.pk}/corriger/"
    assert "corriger/" in adviser.client.get(sheet).content.decode()
    assert "corriger/" not in copilot.client.get(sheet).content.decode()
    form = adviser.client.get(correct).context["form"]
    asked = {name: "" if value is None else value for name, value in form.initial.items()}
    assert adviser.client.post(correct, asked | {"age_min": "40", "age_max": "20"}).status_code == 422
    wrong = adviser.client.post(correct, asked | {"name": "ab", "description": "abc", "postcode": "5960A"})
    assert set(wrong.context["form"].errors) == {"name", "description", "postcode"}
    answer = adviser.client.post(correct, asked | {"fees": "payant", "places": "3", "postcode": "59600"})
    assert (answer.status_code, answer["Location"]) == (302, sheet)
    page = adviser.client.get(sheet).content.decode()
    assert "la source dit «\u00a0Gratuit\u00a0»" in page
    assert "la source n’en dit rien" in page
    correction = service.corrections.get(field="fees")
    restore = f"/annuaire/corrections/{correction.pk}/abandonner/"
    assert restore in adviser.client.get(correct).content.decode()
    assert adviser.client.get(restore).status_code == 405
    assert adviser.client.post(restore)["Location"] == correct
    assert "Gratuit" not in adviser.client.get(correct).content.decode().split("<form")[0]
    service.refresh_from_db()
    assert service.fees == "gratuit"
    assert adviser.client.post(restore).status_code == 404


def test_two_who_correct_the_same_field_of_a_sheet_see_each_others_words(adviser: Any) -> None:
    service = ServiceFactory(organisation=adviser.organisation, source="essai", fees="gratuit", places=2)
    correct = f"/annuaire/services/{service.pk}/corriger/"
    form = adviser.client.get(correct).context["form"]
    read = {name: "" if value is None else value for name, value in form.initial.items()} | dict(form.remembered())
    assert adviser.client.post(correct, read | {"places": "5", "city": "Ailleurs"}).status_code == 302
    answer = adviser.client.post(correct, read | {"places": "3", "fees": "payant"})
    assert answer.status_code == 409
    form = answer.context["form"]
    assert form.errors["places"] == ["La fiche dit maintenant «\u00a05\u00a0»."]
    assert (form["fees"].value(), form["places"].value(), form["city"].value()) == ("payant", "3", "Ailleurs")
    again = {name: "" if (said := form[name].value()) is None else said for name in form.fields} | dict(
        form.remembered()
    )
    assert adviser.client.post(correct, again).status_code == 302
    service.refresh_from_db()
    assert (service.fees, service.places, service.city) == ("payant", 3, "Ailleurs")


def test_a_structure_is_corrected_by_the_coordination_of_its_programme(
    coordinator: Any, adviser: Any, other_programme_adviser: Any, recipient_organisation: Any
) -> None:
    correct = f"/annuaire/structures/{recipient_organisation.pk}/corriger/"
    assert other_programme_adviser.client.get(correct).status_code == 404
    assert adviser.client.get(correct).status_code == 404
    form = coordinator.client.get(correct).context["form"]
    asked = {name: "" if value is None else value for name, value in form.initial.items()}
    assert coordinator.client.post(correct, asked).status_code == 302
    coordinator.client.post(correct, asked | {"email": "ici@exemple.example"})
    recipient_organisation.refresh_from_db()
    assert recipient_organisation.email == "ici@exemple.example"


def test_what_stands_in_a_commune_of_a_programme_is_corrected_by_its_coordination(coordinator: Any) -> None:
    load_starter_set()
    stranger = ServiceFactory(commune_id="59392")
    page = f"/annuaire/services/{stranger.pk}/corriger/"
    assert coordinator.client.get(page).status_code == 404
    coordinator.programme.communes.add("59392")
    assert coordinator.client.get(page).status_code == 200
