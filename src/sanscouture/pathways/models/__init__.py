from sanscouture.pathways.models.diagnosis import Barrier, Need, Strength
from sanscouture.pathways.models.filters import SavedFilter
from sanscouture.pathways.models.habits import ReferralHabits
from sanscouture.pathways.models.pathway import Pathway, Referent, Step
from sanscouture.pathways.models.referral import AnswerLink, Appointment, Referral, ReferralEvent
from sanscouture.pathways.models.rupture import Rupture, RuptureSetting

__all__ = [
    "AnswerLink",
    "Appointment",
    "Barrier",
    "Need",
    "Pathway",
    "Referent",
    "Referral",
    "ReferralEvent",
    "ReferralHabits",
    "Rupture",
    "RuptureSetting",
    "SavedFilter",
    "Step",
    "Strength",
]
