"""The register says what the models keep: none is forgotten, no field is (chapter 08)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from house.test_french import FAULTS, NOT_PROSE
from personas import Persona
from sanscouture.access.matrix import MATRIX
from sanscouture.access.models import NamedModel
from sanscouture.access.personal import UNNAMED, Activity, Concerned, Data, Kept, Personal
from sanscouture.access.where import Kind
from sanscouture.accounts.models import User
from sanscouture.documents.management.commands.write_docs import register_page
from sanscouture.documents.rules import measures, register
from sanscouture.documents.rules.content import Document, plain
from sanscouture.documents.rules.register import Answering, Holding
from sanscouture.documents.rules.sights import who_sees_what
from sanscouture.documents.selectors import register_of
from sanscouture.people.models import Beneficiary
from sanscouture.people.rules import BASIS_YEARS

ROOT = Path(__file__).resolve().parents[2]
OURS = [model for model in apps.get_models() if model.__module__.startswith("sanscouture.")]
TELLING = {"first_name", "last_name", "birth_date", "phone", "actor_id", "by_label", "contact_name", "signatory"}
"""Names of fields that say who somebody is."""


def names_people(model: type[models.Model]) -> bool:
    """Whether a model is about somebody: a named table, an account, a person, a way to reach one."""
    return issubclass(model, NamedModel) or any(
        field.name in TELLING
        or isinstance(field, models.EmailField)
        or (field.is_relation and field.related_model in (User, Beneficiary))
        for field in model._meta.fields
    )


def undeclared(model: type[models.Model], said: Personal | None) -> list[str]:
    """What the declaration of a model lacks, invents or says twice."""
    if said is None:
        return ["no personal_data: say beside access_scope what it keeps about people (access/personal.py)"]
    told = [name for names in said.fields.values() for name in names]
    kept = {field.name for field in model._meta.fields} - UNNAMED
    faults = [f"{name} is told twice" for name in set(told) if told.count(name) > 1]
    faults += [f"{name} is no field of it" for name in set(told) - kept]
    if model.access_scope.kind is not Kind.PUBLIC:  # type: ignore[attr-defined]
        faults += [f"{name} is of no kind of data" for name in kept - set(told)]
    return faults


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_each_model_about_people_declares_each_of_its_fields(model: type[models.Model]) -> None:
    said = getattr(model, "personal_data", None)
    if said is not None or names_people(model):
        assert undeclared(model, said) == [], f"{model._meta.label}: personal_data is not true"


def test_this_guard_can_fail() -> None:
    assert names_people(Beneficiary)
    assert names_people(User)
    assert undeclared(Beneficiary, None)
    said = Personal(Activity.SUPPORT, (Concerned.RESIDENT,), Kept.CONTACT, {Data.IDENTITY: ("first_name", "nothing")})
    assert "nothing is no field of it" in undeclared(Beneficiary, said)
    assert "birth_date is of no kind of data" in undeclared(Beneficiary, said)


def test_lengths_are_those_of_the_code() -> None:
    assert Kept.CONTACT.label.startswith(f"{BASIS_YEARS} ans")
    assert timedelta(days=int(Kept.DEVICE.label.split()[0])) == settings.MFA_TRUST_COOKIE_AGE
    assert f"après {settings.MESSAGES_KEEP.days} jours" in Kept.MESSAGE.label


def test_each_measure_in_place_names_a_test_that_exists() -> None:
    assert [one.name for one in measures.in_place() if not (ROOT / one.proof).is_file()] == []
    assert len(measures.in_place()) + len(measures.planned()) == len(measures.MEASURES)
    for risk in measures.EVERY:
        assert measures.in_place(risk)
        assert measures.planned(risk) or risk == "change"


def test_each_activity_says_why_on_which_ground_and_for_whom() -> None:
    assert set(register.PURPOSES) == set(Activity)
    assert {model.personal_data.activity for model in OURS if hasattr(model, "personal_data")} == set(Activity)


def test_the_page_of_docs_is_the_code() -> None:
    assert (ROOT / "docs" / "registre.md").read_text(encoding="utf-8") == register_page(), "Run: make docs"


def test_the_same_fields_are_said_once() -> None:
    holdings = [
        Holding(name, Activity.SUPPORT, (Concerned.RESIDENT,), Kept.CONTACT, {Data.IDENTITY: ("nom",)})
        for name in ("fiche", "carte")
    ]
    assert register.data_table(holdings).rows == (("identité", "habitants accompagnés", "fiche, carte (nom)"),)
    assert register.kept_table(holdings).rows[0][0] == "fiche, carte"


def test_who_sees_what_is_the_matrix() -> None:
    rows = {row[0]: row[1:] for row in who_sees_what(MATRIX).rows}
    assert set(rows["Copilote"]) == set(rows["Animation nationale"]) == {"jamais"}
    assert rows["Coordination de la cité"][0] == "tout le programme"
    assert rows["Médiation et aller-vers"][0] == "ce que la personne a noté elle-même"


def badly_printed(document: Document) -> list[str]:
    """The texts of a document that are not printed as French is."""
    faults = []

    def look(value: object) -> None:
        if isinstance(value, dict):
            for name, one in value.items():
                if name != "kind":
                    look(one)
        elif isinstance(value, list):
            for one in value:
                look(one)
        elif isinstance(value, str):
            prose = NOT_PROSE.sub("x", value)
            faults.extend(f"{value} : {said}" for pattern, said in FAULTS if pattern.search(prose))

    look(plain(document))
    return faults


def test_the_register_is_well_printed() -> None:
    assert badly_printed(register_of(Answering("Préfecture inventée", "Hébergeur inventé, en France"))) == []


class TestViews:
    PAGE = "/registre-des-traitements/"

    def test_every_account_reads_it_and_takes_it_away(self, adviser: Persona, stranger: Persona) -> None:
        page = adviser.client.get(self.PAGE).content.decode()
        assert "Accompagnement nominatif des habitants" in page
        assert 'data-label="Informations"' in page
        assert stranger.client.get(self.PAGE).status_code == 200
        for form, start in (("pdf", b"%PDF-"), ("docx", b"PK")):
            answer = adviser.client.get(f"{self.PAGE}registre.{form}")
            assert answer.content.startswith(start)
            assert answer["Content-Disposition"] == f'attachment; filename="registre-des-traitements.{form}"'
        assert adviser.client.get(f"{self.PAGE}registre.odt").status_code == 404

    def test_it_is_for_accounts_and_only_read(self, adviser: Persona, client) -> None:
        assert client.get(self.PAGE).status_code == 302
        assert adviser.client.post(self.PAGE).status_code == 405
