from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgrammesConfig(AppConfig):
    name = "sanscouture.programmes"
    label = "programmes"
    verbose_name = _("Programmes")
    journal_verbs = {
        "agreement.prepare": _("prépare une version de la convention à signer"),
        "copilot.add": _("ajoute un copilote"),
        "copilot.end": _("met fin à un copilotage"),
        "partnership.add": _("ajoute un partenaire"),
        "partnership.edit": _("modifie un partenariat"),
        "partnership.end": _("met fin à un partenariat"),
        "partnership.reopen": _("rouvre un partenariat"),
        "programme.agreement": _("enregistre la convention et l’analyse d’impact"),
        "programme.agreement_withdraw": _("retire la convention : les noms se ferment"),
        "programme.data_protection": _("écrit les réglages de la convention"),
        "programme.import": _("importe un programme"),
        "role.grant": _("ouvre un rôle"),
        "role.reopen_access": _("rouvre l’accès d’un compte"),
        "role.withdraw": _("retire un rôle"),
        "team.add": _("ajoute une personne à l’équipe projet"),
        "team.end": _("note un départ de l’équipe projet"),
    }
    journal_notes = {"programme.agreement_withdraw": str, "role.reopen_access": str}
