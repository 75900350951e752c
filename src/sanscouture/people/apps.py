from typing import Any

from django.apps import AppConfig, apps
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from sanscouture.people.enums import AttachmentState, Ground, InvolvementKind, Public, QpvState
from sanscouture.territories.enums import Generation


def said_facts(names: str) -> str:
    """The facts that were corrected, in words: « téléphone, adresse »."""
    fields: Any = apps.get_model("people.beneficiary")._meta
    return ", ".join(str(fields.get_field(name).verbose_name) for name in names.split())


def said_hidden(note: str) -> str:
    """How many close records stayed hidden from whoever searched (`hidden=2`)."""
    n = int(note.rpartition("=")[2])
    return ngettext("%(n)d fiche proche non montrée", "%(n)d fiches proches non montrées", n) % {"n": n}


FILTERS = {
    "basis": _("partage"),
    "mine": _("mes personnes"),
    "name": _("nom"),
    "need": _("besoin"),
    "qpv": _("quartier"),
    "step": _("étape"),
}


def said_export(note: str) -> str:
    """How a list left, and what it was narrowed to (`csv name need`): « csv, filtres : nom, besoin »."""
    form, *names = note.split()
    said = ", ".join(str(FILTERS[name]) for name in names)
    return gettext("%(form)s, filtres\u00a0: %(names)s") % {"form": form, "names": said} if names else form


class PeopleConfig(AppConfig):
    name = "sanscouture.people"
    label = "people"
    verbose_name = _("Personnes")
    journal_verbs = {
        "attachment.request": _("demande un rattachement"),
        "attachment.decide": _("répond à une demande de rattachement"),
        "attachment.list": _("lit les demandes de rattachement"),
        "attachmentrequest.read": _("lit une demande de rattachement"),
        "basis.read": _("lit l’information donnée"),
        "basis.record": _("note l’information donnée"),
        "basis.end": _("retire un accord"),
        "beneficiary.create": _("crée une fiche"),
        "beneficiary.update": _("corrige une fiche"),
        "beneficiary.place": _("situe une adresse"),
        "beneficiary.requalify": _("cherche de nouveau les quartiers"),
        "beneficiary.safe_contact": _("note comment joindre une personne sans risque"),
        "beneficiary.public": _("dit d’un public si la personne en fait partie"),
        "beneficiary.read": _("lit une fiche"),
        "beneficiary.list": _("lit une liste de personnes"),
        "beneficiary.export": _("emporte une liste de personnes"),
        "beneficiary.close_search": _("cherche une fiche proche"),
        "beneficiary.remove": _("retire une fiche importée"),
        "peopleimport.begin": _("lit un fichier de personnes"),
        "peopleimport.try": _("essaie un import"),
        "peopleimport.confirm": _("confirme un import"),
        "peopleimport.done": _("termine un import"),
        "peopleimport.undo": _("annule un import"),
        "peopleimport.drop": _("abandonne un import"),
        "peopleimport.read": _("lit un import"),
        "beneficiary.compare": _("compare deux fiches"),
        "distinct.say": _("dit que deux fiches proches sont deux personnes"),
        "merge.make": _("fusionne deux fiches"),
        "merge.undo": _("annule une fusion de fiches"),
        "merge.read": _("lit une fusion de fiches"),
        "involvement.begin": _("fait participer une structure"),
        "involvement.end": _("met fin à une participation"),
        "restriction.begin": _("réserve une fiche"),
        "restriction.lift": _("lève la réserve d’une fiche"),
        "restriction.read": _("lit qui peut voir une fiche réservée"),
        "reader.name": _("nomme un lecteur d’une fiche réservée"),
        "reader.read": _("lit qui peut voir une fiche réservée"),
        "reader.remove": _("retire un lecteur d’une fiche réservée"),
    }
    refusals = {"person_is_not_merged": _("Cette fiche vient d’être fusionnée avec une autre : ouvrez-la de nouveau.")}
    journal_notes = {
        "attachment.decide": lambda code: AttachmentState(code).label,
        "basis.record": lambda code: Ground(code).label,
        "beneficiary.close_search": said_hidden,
        "beneficiary.export": said_export,
        "beneficiary.place": lambda code: QpvState(code).label,
        "beneficiary.public": lambda code: Public(code).label,
        "beneficiary.requalify": lambda code: Generation(code).label,
        "beneficiary.update": said_facts,
        "involvement.begin": lambda code: InvolvementKind(code).label,
        "involvement.end": lambda code: InvolvementKind(code).label,
    }
