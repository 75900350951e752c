"""What a view asks for before it runs."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.test import RequestFactory

from factories import BeneficiaryFactory
from personas import Persona
from sanscouture.access.decorators import Requirement, public, requires, signed_in
from sanscouture.access.enums import Perm
from sanscouture.access.readonly import WriteInRead
from sanscouture.partners.models import Organisation
from sanscouture.people.models import Beneficiary
from sanscouture.programmes.models import Programme


@public
def open_page(request: Any) -> HttpResponse:
    return HttpResponse(str(Beneficiary.objects.count()))


@signed_in
def own_page(request: Any) -> HttpResponse:
    return HttpResponse(str(request.actor.user_id))


@requires(Perm.PERSON_READ)
def list_page(request: Any) -> HttpResponse:
    return HttpResponse(str(Beneficiary.objects.count()))


@requires(Perm.PERSON_READ, of=Beneficiary)
def person_page(request: Any, person: Beneficiary) -> HttpResponse:
    return HttpResponse(person.first_name)


@requires(Perm.PROGRAMME_READ, of=Programme, by="slug")
def programme_page(request: Any, programme: Programme) -> HttpResponse:
    if request.GET.get("write"):
        Programme.objects.get_queryset().update(name="Autre")
    return HttpResponse(programme.name)


def asked(
    view: Any, who: Persona | None = None, *, method: str = "get", query: str = "", **kwargs: Any
) -> HttpResponse:
    request = getattr(RequestFactory(), method)(f"/une-page/{query}")
    request.user = who.user if who else AnonymousUser()
    request.session = who.client.session if who else {}  # type: ignore[assignment]
    answer = view(request, **kwargs)
    assert isinstance(answer, HttpResponse)
    return answer


@pytest.mark.django_db
@pytest.mark.parametrize("view", [own_page, list_page])
def test_nobody_is_sent_to_sign_in_and_comes_back_after(view: Any) -> None:
    answer = asked(view)
    assert answer.status_code == 302
    assert answer["Location"].endswith("?next=/une-page/")


def test_an_open_page_has_no_scope_of_its_own(adviser: Persona) -> None:
    BeneficiaryFactory(programme=adviser.programme)
    assert asked(open_page).status_code == 200


def test_any_account_has_its_actor(stranger: Persona) -> None:
    assert asked(own_page, stranger).content.decode() == str(stranger.user.pk)


def test_a_role_without_the_permission_is_refused(copilot: Persona) -> None:
    with pytest.raises(PermissionDenied):
        asked(list_page, copilot)


def test_the_page_sees_the_rows_of_its_actor_only(adviser: Persona, other_programme: Programme) -> None:
    BeneficiaryFactory(programme=adviser.programme)
    BeneficiaryFactory(programme=other_programme)
    assert asked(list_page, adviser).content == b"1"


def test_the_object_is_fetched_and_handed_over(adviser: Persona, organisation: Organisation) -> None:
    person = BeneficiaryFactory(programme=adviser.programme, captured_by=organisation, first_name="Lina")
    assert asked(person_page, adviser, pk=person.pk).content == b"Lina"
    unknown = BeneficiaryFactory(programme=adviser.programme)
    with pytest.raises(Http404):
        asked(person_page, adviser, pk=unknown.pk)


def test_a_reading_page_that_writes_breaks_at_once(adviser: Persona) -> None:
    assert asked(programme_page, adviser, slug="trois-ponts").content == "Cité des Trois-Ponts".encode()
    with pytest.raises(WriteInRead):
        asked(programme_page, adviser, slug="trois-ponts", query="?write=1")


def test_an_act_may_write(adviser: Persona) -> None:
    assert asked(programme_page, adviser, slug="trois-ponts", method="post", query="?write=1").status_code == 200
    assert Programme.objects.get_queryset().get(slug="trois-ponts").name == "Autre"


def test_the_requirement_can_be_read_on_the_view() -> None:
    assert programme_page.requirement == Requirement(Perm.PROGRAMME_READ, Programme, by="slug")  # type: ignore[attr-defined]
    assert open_page.requirement.everybody  # type: ignore[attr-defined]
    assert own_page.requirement == Requirement()  # type: ignore[attr-defined]
