from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _


def _said_fields(note: str) -> str:
    """Say the fields that a note names."""
    models = [apps.get_model("partners.Organisation"), apps.get_model("directory.Service")]
    words = {field.name: str(field.verbose_name) for model in models for field in model._meta.concrete_fields}
    return ", ".join(words.get(name, name) for name in note.split(" "))


class DirectoryConfig(AppConfig):
    name = "sanscouture.directory"
    label = "directory"
    verbose_name = _("Annuaire")
    journal_verbs = {
        "offer.correct": _("corrige une fiche de l’annuaire"),
        "offer.restore": _("rend à sa source un champ d’une fiche de l’annuaire"),
    }
    journal_notes = {"offer.correct": _said_fields, "offer.restore": _said_fields}
