from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgrammesConfig(AppConfig):
    name = "sanscouture.programmes"
    label = "programmes"
    verbose_name = _("Programmes")
    journal_verbs = {
        "copilot.add": _("ajoute un copilote"),
        "copilot.end": _("met fin à un copilotage"),
        "partnership.add": _("ajoute un partenaire"),
        "partnership.edit": _("modifie un partenariat"),
        "partnership.end": _("met fin à un partenariat"),
        "partnership.reopen": _("rouvre un partenariat"),
        "programme.agreement": _("enregistre la convention et l’analyse d’impact"),
        "programme.import": _("importe un programme"),
        "role.grant": _("ouvre un rôle"),
        "role.reopen_access": _("rouvre l’accès d’un compte"),
        "role.withdraw": _("retire un rôle"),
        "team.add": _("ajoute une personne à l’équipe projet"),
        "team.end": _("note un départ de l’équipe projet"),
    }
    journal_notes = {"role.reopen_access": str}
