from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sanscouture.partners.models import Organisation
from sanscouture.people.enums import ImportField
from sanscouture.people.models import PeopleImport
from sanscouture.ui.forms import Form


class ImportForm(Form):
    """A list of people made elsewhere, and for whom it comes in."""

    organisation = forms.ModelChoiceField(
        label=_("Votre structure"), queryset=Organisation.objects.none(), empty_label=None
    )
    file = forms.FileField(
        label=_("Fichier"),
        widget=forms.FileInput({"accept": ".xlsx,.ods,.csv,.txt"}),
        help_text=_("Excel (.xlsx), LibreOffice (.ods) ou texte (.csv), 5 000 lignes et 5 Mo au plus."),
        error_messages={"required": _("Choisissez un fichier."), "empty": _("Ce fichier est vide.")},
    )

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organisation"]
        field.queryset = organisations


class MappingForm(Form):
    """What each column of a file says; empty leaves the column out."""

    def __init__(self, *args: Any, batch: PeopleImport, sample: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("ne pas reprendre")), *ImportField.choices]
        for rank, (column, chosen) in enumerate(zip(batch.columns, batch.mapping, strict=True)):
            example = sample[rank] if rank < len(sample) else ""
            self.fields[f"column_{rank}"] = forms.ChoiceField(
                label=column or _("Colonne sans nom"),
                choices=choices,
                initial=chosen,
                required=False,
                help_text=_("Par exemple\u00a0: %(cell)s") % {"cell": example[:60]} if example else "",
            )

    def mapping(self) -> list[str]:
        """Give the field of each column, in their order."""
        return list(self.cleaned_data.values())


class ConfirmForm(Form):
    """Whether to ask to be attached to the records that are close, and why."""

    reason = forms.CharField(
        label=_("Pourquoi vous accompagnez ces personnes"),
        max_length=300,
        required=False,
        help_text=_(
            "Pour demander à être rattaché aux fiches proches que tiennent des partenaires. Laissez vide pour ne rien "
            "demander\u00a0: ces lignes seront laissées de côté."
        ),
    )
