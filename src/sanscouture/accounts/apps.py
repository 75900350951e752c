from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "sanscouture.accounts"
    label = "accounts"
    verbose_name = _("Comptes")
    journal_verbs = {
        "invitation.send": _("invite"),
        "invitation.renew": _("renvoie une invitation"),
        "invitation.revoke": _("annule une invitation"),
        "invitation.accept": _("accepte une invitation"),
        "account.update": _("change son compte"),
    }
