from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from sanscouture.access.enums import Role
from sanscouture.accounts.models import User
from sanscouture.partners.forms import OrganisationForm
from sanscouture.partners.models import Organisation
from sanscouture.programmes.enums import ProgrammeKind, TeamFunction
from sanscouture.programmes.models import Programme
from sanscouture.programmes.rules.configuration import Party
from sanscouture.programmes.selectors import accounts_of, label_years, partners_of, regions_with_programmes
from sanscouture.programmes.services import Signatory
from sanscouture.ui.forms import Form


class ProgrammeFilters(Form):
    """The filters of the list of France, in the address. What is unknown is left aside."""

    q = forms.CharField(
        label=_("Nom, commune ou département"),
        required=False,
        max_length=80,
    )
    region = forms.ChoiceField(label=_("Région"), required=False)
    annee = forms.TypedChoiceField(label=_("Année du label"), required=False, coerce=int, empty_value=None)
    forme = forms.ChoiceField(
        label=_("Forme"), required=False, choices=[("", _("Cités et pactes")), *ProgrammeKind.choices]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, list[tuple[Any, Any]]] = {
            "region": [("", _("Toutes les régions")), *((one.code, one.name) for one in regions_with_programmes())],
            "annee": [("", _("Toutes les années")), *((year, str(year)) for year in label_years())],
        }
        for name, values in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 narrows the type
            field.choices = values


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput())


class PartnershipForm(Form):
    """What a partnership says."""

    role = forms.CharField(label=_("Rôle dans le programme"), required=False, max_length=200)
    contribution = forms.CharField(
        label=_("Apport attendu"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    referent = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Qui demander"),
        required=False,
        empty_label=_("Personne pour l’instant"),
        help_text=_("Une personne qui a un compte dans ce programme."),
    )
    since = _day(_("Partenaire depuis le"))

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["referent"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 narrows the type
        field.queryset = accounts_of(programme)


class NewPartnerForm(PartnershipForm, OrganisationForm):
    """A partner that the directory does not know yet: the organisation, then the partnership."""

    field_order = ("name", "kind", "siret", "email", "commune")


class PartnerSearch(Form):
    """Looking for the organisation before entering it."""

    q = forms.CharField(label=_("Nom ou numéro SIRET"), required=False, max_length=120)


class TeamMemberForm(Form):
    """Somebody of the project team; the employer and the mandate are two things."""

    first_name = forms.CharField(label=_("Prénom"), max_length=80)
    last_name = forms.CharField(label=_("Nom"), max_length=80)
    function = forms.ChoiceField(label=_("Mandat"), choices=TeamFunction.choices)
    employer = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Employeur"),
        required=False,
        empty_label=_("Non précisé"),
        help_text=_("Parmi les structures partenaires."),
    )
    share = forms.DecimalField(
        label=_("Quotité"),
        required=False,
        min_value=Decimal("0.01"),
        max_value=Decimal(1),
        max_digits=3,
        decimal_places=2,
        help_text=_("La part d’un temps plein : 0,8 par exemple."),
        localize=True,
    )
    since = _day(_("Depuis le"))

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["employer"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 narrows the type
        field.queryset = partners_of(programme)


class CoPilotForm(Form):
    """An organisation that steers the programme with the others."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Structure"), help_text=_("Parmi les structures partenaires.")
    )
    since = _day(_("Depuis le"))

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 narrows the type
        field.queryset = partners_of(programme)


class InvitationForm(Form):
    """Whom to invite, and to what."""

    email = forms.EmailField(label=_("Adresse électronique"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    role = forms.TypedChoiceField(label=_("Rôle"), coerce=Role, widget=forms.RadioSelect)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Structure"),
        required=False,
        empty_label=_("Aucune : rôle du programme"),
        help_text=_("Où la personne travaille, si son rôle se tient dans une structure."),
    )
    language = forms.ChoiceField(label=_("Langue du message"), choices=settings.LANGUAGES)

    def __init__(
        self, *args: Any, roles: Sequence[Role], organisations: QuerySet[Organisation], whole: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        role, organisation = self.fields["role"], self.fields["organisation"]
        assert isinstance(role, forms.ChoiceField)  # noqa: S101 narrows the type
        assert isinstance(organisation, forms.ModelChoiceField)  # noqa: S101 narrows the type
        role.choices = [(each.value, each.label) for each in roles]
        organisation.queryset = organisations
        if not whole:
            organisation.required, organisation.empty_label = True, None


class MemberFilters(Form):
    """The filter of the accounts of a programme."""

    q = forms.CharField(label=_("Nom ou structure"), required=False, max_length=80)


class ReopenForm(Form):
    """Why somebody's access is reopened."""

    reason = forms.CharField(
        label=_("Pourquoi"),
        max_length=200,
        help_text=_("Comment avez-vous vérifié que c’est cette personne ? Cette raison reste au journal."),
    )


class DataProtectionForm(Form):
    """What the agreement must say and that nothing else tells."""

    rights_organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Structure point de contact"),
        required=False,
        empty_label=_("Pas encore choisie"),
        help_text=_("Celle qui répond aux habitants qui veulent voir, corriger ou effacer ce qui les concerne."),
    )
    rights_contact = forms.CharField(
        label=_("Son adresse"),
        required=False,
        max_length=200,
        help_text=_("Courriel ou adresse postale d’un service, plutôt que d’une personne."),
    )
    officer_name = forms.CharField(
        label=_("Délégué à la protection des données"),
        required=False,
        max_length=160,
        help_text=_("La personne ou le service consulté sur l’analyse d’impact, et sa structure."),
    )
    officer_contact = forms.CharField(label=_("Adresse du délégué"), required=False, max_length=200)
    officer_opinion = forms.CharField(
        label=_("Son avis sur l’analyse d’impact"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    officer_opinion_on = _day(_("Avis rendu le"))

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["rights_organisation"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 narrows the type
        field.queryset = partners_of(programme)


class SignedForm(Form):
    """The two dates, and who signed for each party. A party whose line is empty has not signed."""

    agreement_on = forms.DateField(label=_("Convention signée le"), widget=forms.DateInput())
    assessment_on = forms.DateField(label=_("Analyse d’impact validée le"), widget=forms.DateInput())

    def __init__(self, *args: Any, parties: Sequence[Party], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parties = parties
        for rank, party in enumerate(parties):
            said = {"name": party.name}
            self.fields[f"name_{rank}"] = forms.CharField(
                label=_("%(name)s : nom de la personne qui a signé") % said, required=False, max_length=160
            )
            self.fields[f"capacity_{rank}"] = forms.CharField(
                label=_("%(name)s : sa qualité") % said, required=False, max_length=120
            )

    def signatures(self) -> dict[UUID, Signatory]:
        """Who signed, by organisation."""
        said = self.cleaned_data
        return {
            UUID(party.id): Signatory(said[f"name_{rank}"], said[f"capacity_{rank}"])
            for rank, party in enumerate(self.parties)
            if said[f"name_{rank}"]
        }


class WithdrawAgreementForm(Form):
    """Why the names close."""

    reason = forms.CharField(
        label=_("Pourquoi"),
        max_length=200,
        help_text=_("Cette raison reste au journal : n’y nommez personne."),
    )
