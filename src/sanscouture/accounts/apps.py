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
        "account.recovery": _("rouvre l’accès d’un compte"),
        "account.recovered": _("retrouve l’accès à son compte"),
        "connection.end": _("termine une connexion"),
        "device.trust": _("fait confiance à un appareil"),
        "device.forget": _("ne fait plus confiance à un appareil"),
        "factor.add": _("ajoute un deuxième facteur"),
        "factor.remove": _("retire un deuxième facteur"),
        "factor.codes": _("fait de nouveaux codes de secours"),
        "proconnect.link": _("lie son compte à ProConnect"),
        "proconnect.unlink": _("délie son compte de ProConnect"),
        "proconnect.sign_in": _("se connecte par ProConnect"),
    }
