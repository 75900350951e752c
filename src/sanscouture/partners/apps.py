from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    name = "sanscouture.partners"
    label = "partners"
    verbose_name = _("Partenaires")
    journal_verbs = {
        "organisation.create": _("crée une structure"),
    }
