from sanscouture.pathways.models.attendance import Attendance, Session
from sanscouture.pathways.models.cohort import Admission, Cohort, CohortPartner
from sanscouture.pathways.models.diagnosis import Barrier, Need, Strength
from sanscouture.pathways.models.pathway import Pathway, Referent, Step
from sanscouture.pathways.models.referral import AnswerLink, Appointment, Referral, ReferralEvent
from sanscouture.pathways.models.rupture import Rupture

__all__ = [
    "Admission",
    "AnswerLink",
    "Appointment",
    "Attendance",
    "Barrier",
    "Cohort",
    "CohortPartner",
    "Need",
    "Pathway",
    "Referent",
    "Referral",
    "ReferralEvent",
    "Rupture",
    "Session",
    "Step",
    "Strength",
]
