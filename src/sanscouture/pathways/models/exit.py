from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sanscouture.access.models import NamedModel, ProgrammeModel
from sanscouture.access.personal import Activity, Concerned, Data, Kept, Personal
from sanscouture.access.where import Where
from sanscouture.pathways.enums import AfterExit, Evidence, ExitKind
from sanscouture.pathways.rules.exits import WITHOUT_WORDS
from sanscouture.people.models import hanging_on_person


class ExitDefinition(ProgrammeModel):
    """Which exits the partners of a programme count as positive, from a day on; the former ones are kept."""

    personal_data: ClassVar[Personal] = Personal(
        Activity.ALLIANCE,
        about=(Concerned.ACCOUNT,),
        kept=Kept.PROGRAMME,
        fields={
            Data.TECHNICAL: ("positive",),
            Data.TRACE: ("recorded_by",),
        },
    )

    positive = ArrayField(
        models.CharField(max_length=16, choices=ExitKind.choices), verbose_name=_("sorties positives")
    )
    recorded_by = models.ForeignKey("accounts.User", models.PROTECT, verbose_name=_("noté par"), related_name="+")

    class Meta:
        verbose_name = _("définition des sorties positives")
        verbose_name_plural = _("définitions des sorties positives")
        ordering = ("-created_at", "-id")
        indexes = (models.Index(fields=("programme", "-created_at"), name="exit_definition_latest"),)

    def __str__(self) -> str:
        return f"{self.created_at}"


class Exit(NamedModel):
    """How a pathway ended. One that was reopened keeps its exit, with who reopened it and why."""

    access_scope: ClassVar[Where] = hanging_on_person("pathway__beneficiary")
    personal_data: ClassVar[Personal] = Personal(
        Activity.SUPPORT,
        about=(Concerned.RESIDENT, Concerned.ACCOUNT),
        kept=Kept.CONTACT,
        fields={
            Data.FOLLOW_UP: (
                "pathway",
                "kind",
                "on",
                "contract",
                "evidence",
                "unblocked",
                "unblocked_by",
                "positive_local",
                "positive_national",
                "reopened_at",
                "reopening_reason",
            ),
            Data.WORK: ("referent", "organisation"),
            Data.TRACE: ("recorded_by", "reopened_by"),
        },
    )

    pathway = models.ForeignKey("pathways.Pathway", models.PROTECT, verbose_name=_("parcours"), related_name="exits")
    kind = models.CharField(_("sortie"), max_length=16, choices=ExitKind.choices)
    on = models.DateField(_("sortie le"))
    contract = models.CharField(_("contrat ou formation"), max_length=160, blank=True)
    evidence = models.CharField(_("preuve"), max_length=10, choices=Evidence.choices, blank=True)
    unblocked = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("freins levés"), default=list, blank=True)
    unblocked_by = models.CharField(_("ce qui a débloqué"), max_length=300, blank=True)
    positive_local = models.BooleanField(_("positive pour le programme"))
    positive_national = models.BooleanField(_("positive au niveau national"))
    referent = models.ForeignKey("accounts.User", models.PROTECT, verbose_name=_("dernier référent"), related_name="+")
    organisation = models.ForeignKey(
        "partners.Organisation", models.PROTECT, verbose_name=_("structure du dernier référent"), related_name="+"
    )
    recorded_by = models.ForeignKey("accounts.User", models.PROTECT, verbose_name=_("notée par"), related_name="+")
    reopened_at = models.DateTimeField(_("rouverte le"), null=True, blank=True)
    reopened_by = models.ForeignKey(
        "accounts.User", models.PROTECT, verbose_name=_("rouverte par"), related_name="+", null=True, blank=True
    )
    reopening_reason = models.CharField(_("motif de la réouverture"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("sortie")
        verbose_name_plural = _("sorties")
        ordering = ("-on", "-created_at", "-id")
        indexes = (models.Index(fields=("programme", "on"), name="exit_programme_on"),)
        constraints = (
            models.UniqueConstraint(
                fields=("pathway",),
                condition=Q(reopened_at=None),
                name="exit_one_live",
                violation_error_message=_("La sortie de ce parcours est déjà notée."),
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=sorted(WITHOUT_WORDS)) | Q(contract="", unblocked_by=""),
                name="exit_without_words",
                violation_error_message=_("Cette sortie ne se décrit pas : cochez-la seulement."),
            ),
            models.CheckConstraint(
                condition=Q(reopened_at=None) | (Q(reopened_by__isnull=False) & ~Q(reopening_reason="")),
                name="exit_reopened_says_why",
                violation_error_message=_("Dites pourquoi le parcours se rouvre."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}"


class FollowUp(NamedModel):
    """News asked of somebody three or six months after an exit, and what they said."""

    access_scope: ClassVar[Where] = hanging_on_person("exit__pathway__beneficiary")
    personal_data: ClassVar[Personal] = Personal(
        Activity.SUPPORT,
        about=(Concerned.RESIDENT, Concerned.ACCOUNT),
        kept=Kept.CONTACT,
        fields={
            Data.FOLLOW_UP: (
                "exit",
                "months",
                "due_on",
                "attempts",
                "called_at",
                "asked_at",
                "answer",
                "barriers",
                "answered_at",
                "by_link",
            ),
            Data.TRACE: ("answered_by",),
        },
    )

    exit = models.ForeignKey(Exit, models.PROTECT, verbose_name=_("sortie"), related_name="follow_ups")
    months = models.PositiveSmallIntegerField(_("mois après la sortie"))
    due_on = models.DateField(_("à demander le"))
    attempts = models.PositiveSmallIntegerField(_("appels sans réponse"), default=0)
    called_at = models.DateTimeField(_("dernier appel le"), null=True, blank=True)
    asked_at = models.DateTimeField(_("message envoyé le"), null=True, blank=True)
    answer = models.CharField(_("réponse"), max_length=10, choices=AfterExit.choices, blank=True)
    barriers = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("freins revenus"), default=list, blank=True
    )
    answered_at = models.DateTimeField(_("répondu le"), null=True, blank=True)
    answered_by = models.ForeignKey(
        "accounts.User", models.PROTECT, verbose_name=_("noté par"), related_name="+", null=True, blank=True
    )
    by_link = models.BooleanField(_("répondu par la personne"), default=False)

    class Meta:
        verbose_name = _("suivi après la sortie")
        verbose_name_plural = _("suivis après la sortie")
        ordering = ("due_on", "id")
        indexes = (models.Index(fields=("programme", "due_on"), name="follow_up_due", condition=Q(answer="")),)
        constraints = (
            models.UniqueConstraint(
                fields=("exit", "months"),
                name="follow_up_once",
                violation_error_message=_("Ce suivi existe déjà."),
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="follow_up_answered_has_date",
                violation_error_message=_("Une réponse porte sa date."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.months}"


class FollowUpLink(NamedModel):
    """The signed link by which a person answers one follow-up in one tap. Only its fingerprint is kept."""

    access_scope: ClassVar[Where] = hanging_on_person("follow_up__exit__pathway__beneficiary")
    personal_data: ClassVar[Personal] = Personal(
        Activity.SUPPORT,
        about=(Concerned.RESIDENT,),
        kept=Kept.CONTACT,
        fields={Data.SECURITY: ("follow_up", "token_hash", "expires_at")},
    )

    follow_up = models.ForeignKey(
        FollowUp, models.PROTECT, verbose_name=_("suivi après la sortie"), related_name="links"
    )
    token_hash = models.CharField(_("empreinte du lien"), max_length=64, unique=True)
    expires_at = models.DateTimeField(_("expire le"))

    class Meta:
        verbose_name = _("lien de suivi")
        verbose_name_plural = _("liens de suivi")
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.pk}"
