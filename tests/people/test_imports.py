"""Lists that come in: tried, made once each, resumed, taken back."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest

from factories import BasisFactory, BeneficiaryFactory, ImportRowFactory, PeopleImportFactory
from personas import Persona
from sanscouture.access.decorators import actor_of
from sanscouture.audit.models import JournalEntry
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.people import services, tasks
from sanscouture.people.enums import ImportState, RowState
from sanscouture.people.models import AttachmentRequest, Beneficiary, ImportRow, PeopleImport
from sanscouture.people.rules import name_key, phonetic_key
from sanscouture.people.services import imports
from sanscouture.programmes.models import Programme, RoleGrant

LIST = """Prénom;Nom;Tél;Né le
Lina;Inventée;639980102;33202
Yanis;Fictif;;31/02/1990
Naël;Imaginé;;
LINA;inventee;06 39 98 01 02;25/11/1990
"""


def begun(who: Persona, text: str = LIST) -> PeopleImport:
    assert who.programme
    assert who.organisation
    return services.begin_import(who.programme, organisation=who.organisation, content=text.encode(), actor=who.actor)


def tried(who: Persona, text: str = LIST) -> PeopleImport:
    batch = begun(who, text)
    return services.try_import(batch, mapping=batch.mapping, actor=who.actor)


def brought(who: Persona, text: str = LIST, reason: str = "") -> PeopleImport:
    batch = services.confirm_import(tried(who, text), reason=reason, actor=who.actor)
    services.bring_in(batch.pk, opening=nullcontext, actor=actor_of)
    batch.refresh_from_db()
    return batch


def states(batch: PeopleImport) -> list[str]:
    return list(batch.rows.order_by("number").values_list("state", flat=True))


def names() -> list[str]:
    return sorted(Beneficiary.objects.get_queryset().order_by("pk").values_list("first_name", flat=True))


def known(programme: Programme, **more: Any) -> Beneficiary:
    keys = {"name_key": name_key("Naël", "Imaginé"), "phonetic_key": phonetic_key("Naël", "Imaginé")}
    return BeneficiaryFactory(programme=programme, first_name="Naël", last_name="Imaginé", phone="", **keys, **more)


def test_a_trial_says_what_each_row_would_become_and_makes_nothing(adviser) -> None:
    batch = tried(adviser)
    assert batch.mapping == ["first_name", "last_name", "phone", "birth_date"]
    assert states(batch) == [RowState.NEW, RowState.REFUSED, RowState.NEW, RowState.REFUSED]
    mended, refused, nothing, twice = (row.said for row in batch.rows.order_by("number"))
    assert [one.split("\u00a0:")[0] for one in mended] == ["Date de naissance", "Téléphone"]
    assert refused[0].startswith("Date de naissance")
    assert nothing == []
    assert twice == ["la même personne que la ligne 2"]
    assert names() == []


def test_a_list_comes_in_with_what_was_mended(adviser) -> None:
    batch = brought(adviser)
    assert states(batch) == [RowState.CREATED, RowState.REFUSED, RowState.CREATED, RowState.REFUSED]
    lina = Beneficiary.objects.get_queryset().get(first_name="Lina")
    assert (lina.phone, f"{lina.birth_date}") == ("+33639980102", "1990-11-25")
    assert (lina.captured_by, lina.created_by, lina.shared_until) == (adviser.organisation, adviser.user, None)
    assert batch.state == ImportState.DONE
    assert all(row.cells == [] for row in batch.rows.order_by("number"))
    assert JournalEntry.objects.filter(verb="beneficiary.create").count() == 2


def test_a_record_close_elsewhere_is_only_told_and_asked_for_with_a_reason(adviser, programme) -> None:
    known(programme)
    assert states(tried(adviser)) == [RowState.NEW, RowState.REFUSED, RowState.CLOSE, RowState.REFUSED]
    assert states(brought(adviser, reason="Suivi repris"))[2] == RowState.ASKED
    assert AttachmentRequest.objects.get_queryset().get().reason == "Suivi repris"


def test_without_a_reason_a_close_record_is_left_aside(adviser, programme) -> None:
    known(programme)
    assert states(brought(adviser))[2] == RowState.LEFT
    assert not AttachmentRequest.objects.get_queryset().exists()


def test_a_person_that_one_follows_is_not_made_again(adviser, programme) -> None:
    known(programme, captured_by=adviser.organisation)
    assert states(brought(adviser, reason="Suivi"))[2] == RowState.MINE
    assert not AttachmentRequest.objects.get_queryset().exists()


def test_the_same_list_a_second_time_makes_nothing(adviser) -> None:
    brought(adviser)
    assert states(brought(adviser)) == [RowState.MINE, RowState.REFUSED, RowState.MINE, RowState.REFUSED]
    assert names() == ["Lina", "Naël"]


def test_columns_are_remembered_by_organisation(adviser, recipient) -> None:
    text = "Bénéficiaire;Famille\nLina;Inventée\n"
    batch = begun(adviser, text)
    assert batch.mapping == ["", ""]
    services.try_import(batch, mapping=["first_name", "last_name"], actor=adviser.actor)
    assert begun(adviser, text).mapping == ["first_name", "last_name"]
    assert begun(recipient, text).mapping == ["", ""]


@pytest.mark.parametrize(
    ("mapping", "why"), [(["", "last_name"], "le prénom"), (["first_name", "first_name"], "la même chose")]
)
def test_columns_that_say_nobody_or_twice_the_same_are_refused(adviser, mapping: list[str], why: str) -> None:
    batch = begun(adviser, "a;b\nLina;Inventée\n")
    with pytest.raises(Refused, match=why):
        services.try_import(batch, mapping=mapping, actor=adviser.actor)


def test_names_that_are_closed_let_no_list_in(adviser, programme) -> None:
    Programme.objects.filter(pk=programme.pk).update(agreement_signed_on=None)
    programme.refresh_from_db()
    with pytest.raises(Refused, match="n’accueille pas encore de noms"):
        services.begin_import(programme, organisation=adviser.organisation, content=LIST.encode(), actor=adviser.actor)


def test_an_import_is_confirmed_after_its_trial_and_once(adviser) -> None:
    batch = begun(adviser)
    with pytest.raises(Refused, match="d’abord l’essai"):
        services.confirm_import(batch, reason="", actor=adviser.actor)
    done = brought(adviser)
    for act in (
        lambda: services.confirm_import(done, reason="", actor=adviser.actor),
        lambda: services.try_import(done, mapping=done.mapping, actor=adviser.actor),
        lambda: services.drop_import(done, actor=adviser.actor),
    ):
        with pytest.raises(Conflict, match="déjà confirmé"):
            act()


def test_a_job_killed_on_the_way_goes_on_where_it_was_and_makes_nobody_twice(adviser, monkeypatch) -> None:
    monkeypatch.setattr(imports, "AT_ONCE", 1)
    batch = services.confirm_import(tried(adviser), reason="", actor=adviser.actor)
    assert imports.bring_some_in(batch.pk, actor=actor_of) == 1
    assert names() == ["Lina"]
    arguments = {"programme_id": str(batch.programme_id), "import_id": str(batch.pk)}
    tasks.bring_in.func(**arguments)
    tasks.bring_in.func(**arguments)
    batch.refresh_from_db()
    assert batch.state == ImportState.DONE
    assert names() == ["Lina", "Naël"]


def test_who_lost_the_right_meanwhile_makes_nobody(adviser) -> None:
    batch = services.confirm_import(tried(adviser), reason="", actor=adviser.actor)
    RoleGrant.objects.get_queryset().filter(user=adviser.user).update(revoked_at=clock.now())
    services.bring_in(batch.pk, opening=nullcontext, actor=actor_of)
    assert set(states(batch)) == {RowState.REFUSED}
    assert names() == []


def test_undoing_takes_back_what_nobody_touched(adviser) -> None:
    batch = brought(adviser, "Prénom;Nom\nLina;Inventée\nYanis;Fictif\nNaël;Imaginé\nAwa;Songée\n")
    lina, yanis, nael = (Beneficiary.objects.get_queryset().get(first_name=one) for one in ("Lina", "Yanis", "Naël"))
    BasisFactory(beneficiary=lina)
    services.update_beneficiary(yanis, version=1, actor=adviser.actor, last_name="Autre")
    services.undo_import(batch, actor=adviser.actor)
    assert names() == ["Lina", "Yanis"]
    assert states(batch) == [RowState.KEPT, RowState.KEPT, RowState.REMOVED, RowState.REMOVED]
    assert lina.involvements.count() == 1
    removed = JournalEntry.objects.get(verb="beneficiary.remove").object_ids
    assert nael.pk in removed
    assert len(removed) == 2
    with pytest.raises(Conflict, match="déjà annulé"):
        services.undo_import(batch, actor=adviser.actor)


def test_a_record_already_gone_counts_as_kept_apart(adviser) -> None:
    batch = PeopleImportFactory(
        programme=adviser.programme, organisation=adviser.organisation, author=adviser.user, state=ImportState.DONE
    )
    ImportRowFactory(batch=batch, state=RowState.CREATED, made=batch.pk)
    services.undo_import(batch, actor=adviser.actor)
    assert states(batch) == [RowState.KEPT]


def test_an_import_that_runs_is_not_undone(adviser) -> None:
    batch = services.confirm_import(tried(adviser), reason="", actor=adviser.actor)
    with pytest.raises(Refused, match="quand il est terminé"):
        services.undo_import(batch, actor=adviser.actor)


def test_an_import_given_up_leaves_no_cell(adviser) -> None:
    batch = tried(adviser)
    services.drop_import(batch, actor=adviser.actor)
    assert not ImportRow.objects.get_queryset().exists()
    with pytest.raises(Conflict, match="déjà abandonné"):
        services.drop_import(batch, actor=adviser.actor)


def test_lists_that_nobody_confirmed_are_erased_after_a_day(adviser) -> None:
    old, new = tried(adviser), begun(adviser, "Prénom\nAwa\n")
    done = brought(adviser, "Prénom\nZoé\n")
    before = clock.now() - timedelta(days=2)
    PeopleImport.objects.get_queryset().filter(pk__in=[old.pk, done.pk]).update(created_at=before)
    tasks.forget_imports_of.func(programme_id=str(adviser.programme.pk))
    left = set(PeopleImport.objects.get_queryset().order_by("pk").values_list("pk", flat=True))
    assert left == {new.pk, done.pk}


def test_each_programme_is_looked_through_at_night(adviser, other_programme) -> None:
    begun(adviser)
    tasks.forget_imports.func()
    assert PeopleImport.objects.get_queryset().count() == 1
