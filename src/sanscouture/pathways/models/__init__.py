from sanscouture.pathways.models.attendance import Attendance, Session
from sanscouture.pathways.models.cohort import Admission, Cohort, CohortPartner
from sanscouture.pathways.models.diagnosis import Barrier, Need, Strength
from sanscouture.pathways.models.exit import Exit, ExitDefinition, FollowUp, FollowUpLink
from sanscouture.pathways.models.filters import SavedFilter
from sanscouture.pathways.models.habits import ReferralHabits
from sanscouture.pathways.models.handover import Handover, HandoverLine
from sanscouture.pathways.models.life import Episode, Progress
from sanscouture.pathways.models.note import Note
from sanscouture.pathways.models.pathway import Pathway, Referent, Step
from sanscouture.pathways.models.referral import AnswerLink, Appointment, Referral, ReferralEvent
from sanscouture.pathways.models.rupture import Rupture, RuptureSetting

__all__ = [
    "Admission",
    "AnswerLink",
    "Appointment",
    "Attendance",
    "Barrier",
    "Cohort",
    "CohortPartner",
    "Episode",
    "Exit",
    "ExitDefinition",
    "FollowUp",
    "FollowUpLink",
    "Handover",
    "HandoverLine",
    "Need",
    "Note",
    "Pathway",
    "Progress",
    "Referent",
    "Referral",
    "ReferralEvent",
    "ReferralHabits",
    "Rupture",
    "RuptureSetting",
    "SavedFilter",
    "Session",
    "Step",
    "Strength",
]
