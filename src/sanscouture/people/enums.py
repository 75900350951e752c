from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Known(models.TextChoices):
    """A fact with its three ways of not being known, kept apart (chapter 02)."""

    YES = "yes", _("oui")
    NO = "no", _("non")
    UNKNOWN = "unknown", _("ne sait pas")
    WITHHELD = "withheld", _("préfère ne pas le dire")
    NOT_ASKED = "not_asked", _("pas demandé")


class FrenchLevel(models.TextChoices):
    """Level of spoken French (CECRL)."""

    NONE = "a0", _("aucun ou presque (avant A1)")
    A1 = "a1", _("A1 : quelques mots")
    A2 = "a2", _("A2 : phrases simples")
    B1 = "b1", _("B1 : se débrouille")
    B2 = "b2", _("B2 : à l’aise")
    C1 = "c1", _("C1 : très à l’aise")
    UNKNOWN = "unknown", _("ne sait pas")
    WITHHELD = "withheld", _("préfère ne pas le dire")
    NOT_ASKED = "not_asked", _("pas demandé")


class Language(models.TextChoices):
    FRENCH = "fr", _("français")
    ARABIC = "ar", _("arabe")
    ENGLISH = "en", _("anglais")
    PORTUGUESE = "pt", _("portugais")
    ROMANIAN = "ro", _("roumain")
    TURKISH = "tr", _("turc")
    UKRAINIAN = "uk", _("ukrainien")
    OTHER = "xx", _("autre langue")


class Channel(models.TextChoices):
    PHONE = "phone", _("appel")
    SMS = "sms", _("SMS")
    EMAIL = "email", _("courriel")
    IN_PERSON = "in_person", _("de vive voix")


class QpvState(models.TextChoices):
    INSIDE = "inside", _("dans un quartier prioritaire")
    OUTSIDE = "outside", _("hors quartier prioritaire")
    UNDETERMINED = "undetermined", _("non déterminé")


class InvolvementKind(models.TextChoices):
    CAPTURED = "captured", _("a créé la fiche")
    REFERENT = "referent", _("référent de parcours")
    CONTRIBUTOR = "contributor", _("contribue au parcours")
    RECEIVES = "receives", _("reçoit la personne")


class Ground(models.TextChoices):
    PUBLIC_INTEREST = "public_interest", _("mission d’intérêt public")
    CONSENT = "consent", _("accord de la personne")


class InformedBy(models.TextChoices):
    """How the person was told."""

    ORAL = "oral", _("de vive voix")
    PAPER = "paper", _("papier signé")
    SCREEN = "screen", _("signé à l’écran")
    SMS = "sms", _("code par SMS")


class Scope(models.TextChoices):
    """What a basis covers; each is told and ticked apart."""

    PARTNERS = "partners", _("partage avec les structures du parcours")
    SMS = "sms", _("messages à la personne")
    STATISTICS = "statistics", _("statistiques sans nom")


class AttachmentState(models.TextChoices):
    PENDING = "pending", _("en attente")
    GRANTED = "granted", _("acceptée")
    DECLINED = "declined", _("déclinée")


class RestrictionReason(models.TextChoices):
    """Why a record is kept for named readers: a word, never an account of what happened (chapter 02)."""

    SAFETY = "safety", _("danger : violences ou menaces")
    KNOWN_HERE = "known_here", _("proche de quelqu’un d’une équipe")
    WISH = "wish", _("souhait de la personne")


class Gender(models.TextChoices):
    WOMAN = "woman", _("femme")
    MAN = "man", _("homme")
    OTHER = "other", _("autre")
    WITHHELD = "withheld", _("préfère ne pas le dire")
    NOT_ASKED = "not_asked", _("pas demandé")


class Education(models.TextChoices):
    """The highest diploma held, by the French levels."""

    NONE = "none", _("aucun diplôme, ou le brevet")
    CAP = "cap", _("CAP ou BEP")
    BAC = "bac", _("baccalauréat")
    BAC2 = "bac2", _("bac + 2")
    BAC3 = "bac3", _("bac + 3 ou plus")
    FOREIGN = "foreign", _("diplôme étranger, non reconnu en France")
    UNKNOWN = "unknown", _("ne sait pas")
    WITHHELD = "withheld", _("préfère ne pas le dire")
    NOT_ASKED = "not_asked", _("pas demandé")


class SeekingLength(models.TextChoices):
    """How long the person has been looking for work."""

    UNDER_6_MONTHS = "under_6m", _("moins de 6 mois")
    UNDER_1_YEAR = "under_1y", _("de 6 mois à 1 an")
    UNDER_2_YEARS = "under_2y", _("de 1 à 2 ans")
    OVER_2_YEARS = "over_2y", _("plus de 2 ans")
    UNKNOWN = "unknown", _("ne sait pas")
    WITHHELD = "withheld", _("préfère ne pas le dire")
    NOT_ASKED = "not_asked", _("pas demandé")


class MinimumIncome(models.TextChoices):
    """The minimum-income benefit received."""

    NONE = "none", _("aucun")
    RSA = "rsa", _("RSA")
    ASS = "ass", _("ASS")
    AAH = "aah", _("AAH")
    OTHER = "other", _("un autre")
    UNKNOWN = "unknown", _("ne sait pas")
    WITHHELD = "withheld", _("préfère ne pas le dire")
    NOT_ASKED = "not_asked", _("pas demandé")


class Digital(models.TextChoices):
    """What the person does alone with a phone or a computer."""

    NONE = "none", _("ne s’en sert pas")
    HELPED = "helped", _("avec de l’aide")
    ALONE = "alone", _("sans aide")
    UNKNOWN = "unknown", _("ne sait pas")
    WITHHELD = "withheld", _("préfère ne pas le dire")
    NOT_ASKED = "not_asked", _("pas demandé")


class Housing(models.TextChoices):
    SOCIAL = "social", _("locataire d’un bailleur social")
    PRIVATE = "private", _("locataire du privé")
    OWNER = "owner", _("propriétaire")
    HOSTED = "hosted", _("chez de la famille ou des proches")
    SHELTER = "shelter", _("foyer ou hébergement")
    NONE = "none", _("sans domicile")
    UNKNOWN = "unknown", _("ne sait pas")
    WITHHELD = "withheld", _("préfère ne pas le dire")
    NOT_ASKED = "not_asked", _("pas demandé")


class Guardian(models.TextChoices):
    """Whether the guardian of a minor was informed, or why not (chapter 02)."""

    INFORMED = "informed", _("informé")
    EMANCIPATED = "emancipated", _("mineur émancipé")
    DANGER = "danger", _("l’informer mettrait la personne en danger")
    WISH = "wish", _("la personne ne le souhaite pas")
    UNREACHABLE = "unreachable", _("n’a pas pu être joint")
    NOT_ASKED = "not_asked", _("pas demandé")


class Public(models.TextChoices):
    """The publics that programmes aim at (chapter 01)."""

    YOUNG_UNQUALIFIED = "young_unqualified", _("jeunes sans qualification ou décrocheurs")
    YOUNG_GRADUATES = "young_graduates", _("jeunes diplômés")
    LONG_UNEMPLOYED = "long_unemployed", _("demandeurs d’emploi de longue durée et bénéficiaires de minima sociaux")
    WOMEN_WITH_FAMILY = "women_with_family", _("femmes avec charge de famille")
    SENIOR_WOMEN = "senior_women", _("femmes seniors")
    ALLOPHONES = "allophones", _("personnes allophones")
    PART_TIME = "part_time", _("temps partiel subi")
    RETRAINING = "retraining", _("reconversion")
    SENIORS = "seniors", _("seniors")
    DISABILITY = "disability", _("personnes en situation de handicap")
    LONE_PARENTS = "lone_parents", _("familles monoparentales")
    INVISIBLE = "invisible", _("« invisibles », inconnus des institutions")
    ENTREPRENEURS = "entrepreneurs", _("créateurs d’activité")
    EMPLOYEES = "employees", _("salariés")


class ImportField(models.TextChoices):
    """What a column of a list may say of a person."""

    LAST_NAME = "last_name", _("Nom")
    FIRST_NAME = "first_name", _("Prénom")
    BIRTH_DATE = "birth_date", _("Date de naissance")
    PHONE = "phone", _("Téléphone")
    EMAIL = "email", _("Courriel")
    ADDRESS = "address", _("Adresse")
    POSTCODE = "postcode", _("Code postal")
    CITY = "city", _("Commune")


class ImportState(models.TextChoices):
    """Where an import stands."""

    READ = "read", _("fichier lu")
    READY = "ready", _("essai fait")
    RUNNING = "running", _("en cours")
    DONE = "done", _("terminé")
    UNDONE = "undone", _("annulé")


class RowState(models.TextChoices):
    """What will become of a row, then what became of it."""

    READ = "read", _("lue")
    NEW = "new", _("à créer")
    CLOSE = "close", _("fiche proche chez un partenaire")
    MINE = "mine", _("fiche proche parmi les vôtres")
    REFUSED = "refused", _("refusée")
    CREATED = "created", _("créée")
    ASKED = "asked", _("rattachement demandé")
    LEFT = "left", _("laissée de côté")
    REMOVED = "removed", _("retirée")
    KEPT = "kept", _("gardée, car complétée depuis")
