"""Fixed vocabularies of pathways (chapters 01 and 02). Codes never change; labels may."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Severity(models.IntegerChoices):
    NONE = 0, _("pas un frein")
    LIGHT = 1, _("gêne")
    SERIOUS = 2, _("bloque souvent")
    BLOCKING = 3, _("bloque tout")


class NeedState(models.TextChoices):
    OPEN = "open", _("ouvert")
    COVERED = "covered", _("couvert")
    WITHDRAWN = "withdrawn", _("retiré")
    UNCOVERED = "uncovered", _("sans solution")


class ReferralState(models.TextChoices):
    """Transport of a referral (chapter 02)."""

    DRAFT = "draft", _("brouillon")
    SENT = "sent", _("envoyée")
    RECEIVED = "received", _("reçue")
    ACCEPTED = "accepted", _("acceptée")
    REFUSED = "refused", _("refusée")
    UNANSWERED = "unanswered", _("sans réponse")
    WITHDRAWN = "withdrawn", _("retirée")


class Delivery(models.TextChoices):
    """Service delivery, once a referral is accepted (chapter 02)."""

    NONE = "none", _("pas commencé")
    WAITING_LIST = "waiting_list", _("sur liste d’attente")
    TO_SCHEDULE = "to_schedule", _("rendez-vous à fixer")
    APPOINTMENT_SET = "appointment_set", _("rendez-vous fixé")
    STARTED = "started", _("commencé")
    PAUSED = "paused", _("en pause")
    ENDED = "ended", _("terminé")


class RefusalReason(models.TextChoices):
    OUT_OF_CRITERIA = "out_of_criteria", _("ne remplit pas les critères")
    NO_PLACE = "no_place", _("plus de place")
    TOO_FAR = "too_far", _("trop loin ou hors secteur")
    COST = "cost", _("coût")
    TIMING = "timing", _("horaires ou dates")
    PERSON_DECLINED = "person_declined", _("la personne a décliné")
    UNREACHABLE = "unreachable", _("la personne est injoignable")
    DUPLICATE = "duplicate", _("déjà suivie ou demande en double")
    MISSING_DOCUMENT = "missing_document", _("pièce ou information manquante")
    CLOSED = "closed", _("service fermé ou suspendu")
    OTHER = "other", _("autre motif")


class RefusalClass(models.TextChoices):
    INELIGIBLE = "ineligible", _("non éligible")
    NO_CAPACITY = "no_capacity", _("pas de capacité")
    UNSUITED = "unsuited", _("inadapté")
    PERSON_CHOICE = "person_choice", _("choix de la personne")
    UNREACHABLE = "unreachable", _("injoignable")
    ADMINISTRATIVE = "administrative", _("administratif")


class Outcome(models.TextChoices):
    """What became of the need at the end of a service."""

    COVERED = "covered", _("besoin couvert")
    PARTLY = "partly", _("couvert en partie")
    NOT_COVERED = "not_covered", _("pas couvert")
    LOST = "lost", _("personne perdue de vue")


class Evidence(models.TextChoices):
    PARTNER = "partner", _("constaté par le partenaire")
    PERSON = "person", _("confirmé par la personne")
    DOCUMENT = "document", _("document")


class Fact(models.TextChoices):
    """What a sender may tick to travel with a referral. Health and the pathway never travel by default."""

    FIRST_NAME = "first_name", _("prénom")
    LAST_NAME = "last_name", _("nom")
    PHONE = "phone", _("téléphone")
    EMAIL = "email", _("courriel")
    AGE = "age", _("âge")
    COMMUNE = "commune", _("commune")
    QPV = "qpv", _("quartier prioritaire")
    LANGUAGE = "language", _("langue préférée")
    FRENCH_LEVEL = "french_level", _("niveau de français")
    JOB_SEEKER = "job_seeker", _("inscription à France Travail")
    SITUATION = "situation", _("situation décrite pour ce besoin")
    HEALTH = "health", _("le frein est lié à la santé")
    PATHWAY = "pathway", _("tout le parcours, si la structure accepte")


class EventKind(models.TextChoices):
    """What happened to a referral; the history of its transitions."""

    DRAFTED = "drafted", _("préparée")
    SENT = "sent", _("envoyée")
    RECEIVED = "received", _("reçue")
    ACCEPTED = "accepted", _("acceptée")
    WAITING_LIST = "waiting_list", _("mise sur liste d’attente")
    REFUSED = "refused", _("refusée")
    UNANSWERED = "unanswered", _("délai dépassé sans réponse")
    WITHDRAWN = "withdrawn", _("retirée")
    REMINDED = "reminded", _("relancée")
    QUESTION = "question", _("question posée")
    REPLY = "reply", _("réponse à la question")
    APPOINTMENT_PROPOSED = "appointment_proposed", _("rendez-vous proposé")
    APPOINTMENT_CONFIRMED = "appointment_confirmed", _("rendez-vous confirmé")
    APPOINTMENT_MISSED = "appointment_missed", _("rendez-vous manqué")
    MET = "met", _("première rencontre faite")
    STARTED = "started", _("service commencé")
    PAUSED = "paused", _("mis en pause")
    RESUMED = "resumed", _("repris")
    ENDED = "ended", _("service terminé")
    REROUTED = "rerouted", _("réorientée")


class Box(models.TextChoices):
    """The two boxes of referrals."""

    RECEIVED = "received", _("orientations reçues")
    SENT = "sent", _("orientations envoyées")


class Side(StrEnum):
    """The two sides of a referral: at every moment one of them must act."""

    SENDER = "sender"
    RECIPIENT = "recipient"


class Act(StrEnum):
    """What may be done to a referral. `rules.referrals` says who, when, and what follows."""

    SEND = "send"
    RECEIVE = "receive"
    ACCEPT = "accept"
    WAIT = "wait"
    REFUSE = "refuse"
    ASK = "ask"
    REPLY = "reply"
    REMIND = "remind"
    EXPIRE = "expire"
    WITHDRAW = "withdraw"
    REROUTE = "reroute"
    PROPOSE = "propose"
    CONFIRM = "confirm"
    MISS = "miss"
    MEET = "meet"
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    END = "end"


class AppointmentState(models.TextChoices):
    PROPOSED = "proposed", _("proposé")
    CONFIRMED = "confirmed", _("confirmé")
    HAPPENED = "happened", _("a eu lieu")
    MISSED = "missed", _("manqué")
    CANCELLED = "cancelled", _("annulé")


class StepState(models.TextChoices):
    TODO = "todo", _("à faire")
    DONE = "done", _("fait")
    CANCELLED = "cancelled", _("abandonné")


class NoteReaders(models.TextChoices):
    """Who may read a note, as its writer chose (chapter 02)."""

    ME = "me", _("moi seulement")
    ORGANISATION = "organisation", _("ma structure")
    SUPPORT = "support", _("les structures qui accompagnent la personne")
    TEAM = "team", _("toute l’équipe du parcours")


class EpisodeKind(models.TextChoices):
    """What a person lives through, from a date to a date; episodes overlap (chapter 02)."""

    JOB = "job", _("emploi")
    IAE = "iae", _("contrat d’insertion (IAE)")
    ALTERNANCE = "alternance", _("alternance")
    TRAINING = "training", _("formation")
    IMMERSION = "immersion", _("immersion (PMSMP)")
    CIVIC_SERVICE = "civic_service", _("service civique")
    VOLUNTEERING = "volunteering", _("bénévolat")
    BUSINESS = "business", _("création d’activité")
    BENEFIT_STOP = "benefit_stop", _("allocation suspendue ou arrêtée")


class ProgressKind(models.TextChoices):
    """What moved, beside exits (chapter 02)."""

    RIGHT_OPENED = "right_opened", _("droit ouvert")
    LICENCE = "licence", _("permis obtenu")
    TRANSPORT = "transport", _("moyen de transport trouvé")
    CHILDCARE = "childcare", _("garde d’enfants trouvée")
    HOUSING = "housing", _("logement trouvé ou stabilisé")
    LANGUAGE = "language", _("niveau de français")
    DIGITAL = "digital", _("autonomie numérique")
    CONFIDENCE = "confidence", _("confiance, dite par la personne")
    USEFUL_WORK = "useful_work", _("activité utile aux autres")


class ExitKind(models.TextChoices):
    """How a pathway ends (chapter 01)."""

    LASTING = "lasting", _("CDI, ou CDD de six mois ou plus")
    SHORT = "short", _("CDD de moins de six mois, ou intérim")
    ALTERNANCE = "alternance", _("alternance")
    IAE = "iae", _("contrat d’insertion (IAE)")
    BUSINESS = "business", _("création d’activité")
    QUALIFYING = "qualifying", _("formation qualifiante")
    PRE_QUALIFYING = "pre_qualifying", _("formation préqualifiante ou de français")
    CIVIC_SERVICE = "civic_service", _("service civique")
    SCHOOL = "school", _("retour à l’école")
    MAINSTREAM = "mainstream", _("suite prise par le droit commun")
    MOVED = "moved", _("déménagement")
    HEALTH = "health", _("santé")
    STOPPED = "stopped", _("arrêt voulu par la personne")
    LOST = "lost", _("personne perdue de vue")
    DEATH = "death", _("décès")


class AfterExit(models.TextChoices):
    """Where somebody is three or six months after an exit."""

    WORKING = "working", _("en emploi")
    TRAINING = "training", _("en formation")
    SEARCHING = "searching", _("en recherche")
    OTHER = "other", _("autre situation")
    NO_ANSWER = "no_answer", _("sans réponse")


class HandoverState(models.TextChoices):
    """Where a hand-over of pathways stands."""

    PROPOSED = "proposed", _("proposée")
    ACCEPTED = "accepted", _("acceptée")
    PARTLY = "partly", _("acceptée en partie")
    DECLINED = "declined", _("déclinée")
    WITHDRAWN = "withdrawn", _("retirée")


class HandoverLineState(models.TextChoices):
    """What became of one pathway of a hand-over."""

    WAITING = "waiting", _("en attente")
    ACCEPTED = "accepted", _("pris")
    DECLINED = "declined", _("laissé")
    LAPSED = "lapsed", _("sans objet")


class RuptureRule(models.TextChoices):
    """The rules of the seam detector; a programme starts with three of them (chapter 02)."""

    UNANSWERED = "unanswered", _("orientation sans réponse")
    NO_FIRST_MEETING = "no_first_meeting", _("acceptée, sans première rencontre")
    NO_FUTURE_STEP = "no_future_step", _("aucune étape à venir")
    NO_CONTACT = "no_contact", _("sans contact depuis longtemps")
    STEP_OVERDUE = "step_overdue", _("étape en retard")
    MISSED_TWICE = "missed_twice", _("rendez-vous manqués de suite")
    SERVICE_CLOSED = "service_closed", _("service fermé ou complet")
    REFERENT_GONE = "referent_gone", _("référent parti ou absent")
    BASIS_ENDING = "basis_ending", _("fin du partage proche")
    OVERLOAD = "overload", _("trop de rendez-vous dans la semaine")
    ASKED_TWICE_OVER = "asked_twice_over", _("la même chose demandée par plusieurs")
    SESSIONS_MISSED = "sessions_missed", _("séances manquées de suite")
    PLACE_NOT_TAKEN = "place_not_taken", _("admise dans une cohorte, sans début")


class ClosingAct(models.TextChoices):
    """What closes a rupture: an act, or a written reason."""

    REMINDED = "reminded", _("relance")
    REROUTED = "rerouted", _("réorientation")
    CALLED = "called", _("appel à la personne")
    ENTRUSTED = "entrusted", _("confiée à une autre personne")
    STEP_ADDED = "step_added", _("étape ajoutée")
    ANSWERED = "answered", _("réponse reçue")
    MET = "met", _("rencontre faite")
    APPOINTMENT = "appointment", _("rendez-vous fixé")
    REFERRED = "referred", _("orientation envoyée")
    STEP_SETTLED = "step_settled", _("étape réglée")
    HANDED_OVER = "handed_over", _("référent nommé ou revenu")
    INFORMED = "informed", _("information redonnée")
    SNOOZED = "snoozed", _("remise à plus tard")
    SWITCHED_OFF = "switched_off", _("règle éteinte")
    RESOLVED = "resolved", _("n’a plus lieu d’être")
    REASON = "reason", _("motif écrit")


class Proposal(StrEnum):
    """What a rupture proposes to whoever catches up."""

    REMIND = "remind"
    REROUTE = "reroute"
    ADD_STEP = "add_step"
    SEE_STEPS = "see_steps"
    HAND_OVER = "hand_over"
    INFORM = "inform"
    CALL = "call"
    ENTRUST = "entrust"
    SNOOZE = "snooze"
    CLOSE = "close"


class AdmissionState(models.TextChoices):
    """Where a candidate of a cohort stands (chapter 02)."""

    FLAGGED = "flagged", _("à voir")
    ADMITTED = "admitted", _("admis·e")
    RESERVE = "reserve", _("sur la liste de réserve")
    NOT_NOW = "not_now", _("pas maintenant")
    WITHDRAWN = "withdrawn", _("retiré·e")


class CriterionFact(models.TextChoices):
    """What a criterion of a cohort may ask about; each has its reader in `rules.cohorts`."""

    AGE = "age", _("âge")
    JOB_SEEKER = "job_seeker", _("inscription à France Travail")
    FRENCH_LEVEL = "french_level", _("niveau de français parlé")
    QPV = "qpv", _("quartier prioritaire")


class Verdict(StrEnum):
    """What a criterion says of a person; what is not known is never a no."""

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"


class SessionKind(models.TextChoices):
    WORKSHOP = "workshop", _("atelier")
    DROP_IN = "drop_in", _("permanence")
    CAFE = "cafe", _("café-emploi")


class Presence(models.TextChoices):
    EXPECTED = "expected", _("attendu·e")
    PRESENT = "present", _("présent·e")
    ABSENT = "absent", _("absent·e")
    EXCUSED = "excused", _("excusé·e")
