from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeetingsConfig(AppConfig):
    name = "sanscouture.meetings"
    label = "meetings"
    verbose_name = _("Réunions")
    journal_verbs = {
        "meeting.attendance": _("note qui était à une réunion"),
        "meeting.cancel": _("annule une réunion"),
        "meeting.decide": _("écrit une décision d’une réunion"),
        "meeting.hold": _("note une réunion tenue"),
        "meeting.minutes": _("écrit le compte rendu d’une réunion"),
        "meeting.plan": _("prévoit une réunion"),
    }
