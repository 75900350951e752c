from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


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
        "beneficiary.read": _("lit une fiche"),
        "beneficiary.list": _("lit une liste de personnes"),
        "beneficiary.close_search": _("cherche une fiche proche"),
        "involvement.begin": _("fait participer une structure"),
        "involvement.end": _("met fin à une participation"),
    }
