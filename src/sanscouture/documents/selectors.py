from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.db.models import Model
from django.utils import translation

from sanscouture.access.matrix import MATRIX
from sanscouture.access.personal import Personal
from sanscouture.documents.rules.content import Document, Table
from sanscouture.documents.rules.register import Answering, Holding, register
from sanscouture.documents.rules.sights import who_sees_what

LANGUAGE = "fr"
"""Documents are acts: they are written in French, whatever the language of the page."""


def holdings() -> list[Holding]:
    """Give what each of our models declares to keep about people, in French, in the order of the apps."""
    with translation.override(LANGUAGE):
        return [_holding(model, model.personal_data) for model in apps.get_models() if hasattr(model, "personal_data")]


def sights() -> Table:
    """Give who sees what today, in French."""
    with translation.override(LANGUAGE):
        return who_sees_what(MATRIX)


def answering() -> Answering:
    """Give who answers for this installation."""
    return Answering(settings.PUBLISHER, settings.HOSTING)


def register_of(answering: Answering) -> Document:
    """Give the register of processing, made of what the code says now."""
    with translation.override(LANGUAGE):
        return register(holdings(), who_sees_what(MATRIX), answering)


def _holding(model: type[Model], said: Personal) -> Holding:
    fields = {
        data: tuple(str(model._meta.get_field(name).verbose_name) for name in names)  # type: ignore[union-attr]
        for data, names in said.fields.items()
    }
    return Holding(str(model._meta.verbose_name), said.activity, said.about, said.kept, fields)
