from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from sanscouture.core.sheets import Format
from sanscouture.pathways.enums import ExportColumn
from sanscouture.ui.forms import Form

FORMATS = (
    (Format.XLSX.value, _("Classeur Excel (.xlsx)")),
    (Format.ODS.value, _("Classeur LibreOffice (.ods)")),
    (Format.CSV.value, _("Texte à séparateurs (.csv)")),
)


class ExportForm(Form):
    """What leaves of a list, and how. It is sent by GET, with the filters of the list: nothing is written."""

    colonnes = forms.MultipleChoiceField(
        label=_("Colonnes"),
        choices=ExportColumn.choices,
        initial=ExportColumn.values,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Cochez au moins une colonne.")},
    )
    fichier = forms.ChoiceField(label=_("Fichier"), choices=FORMATS, initial=Format.XLSX, widget=forms.RadioSelect)

    def columns(self) -> list[ExportColumn]:
        """Give the columns in the order of the page, whatever that of the address."""
        return [column for column in ExportColumn if column.value in self.cleaned_data["colonnes"]]

    def format(self) -> Format:
        """Give the kind of file."""
        return Format(self.cleaned_data["fichier"])
