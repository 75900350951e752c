from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sanscouture.core import clock
from sanscouture.partners.models import Organisation
from sanscouture.pathways.enums import NoteReaders
from sanscouture.pathways.models import Note
from sanscouture.pathways.rules import notes as rules
from sanscouture.ui.forms import Form

LABELS = {
    NoteReaders.ME: _("Moi seulement"),
    NoteReaders.ORGANISATION: _("Ma structure"),
    NoteReaders.SUPPORT: _("Les structures qui accompagnent la personne : référente et contributrices"),
    NoteReaders.TEAM: _("Toute l’équipe du parcours : aussi les structures qui la reçoivent, et l’équipe de la cité"),
}


class NoteForm(Form):
    """Words, and whom they are for."""

    text = forms.CharField(
        label=_("Note"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Des faits utiles à la suite, que la personne pourrait lire. Rien sur la santé."),
        error_messages={"required": _("Écrivez la note.")},
    )
    on = forms.DateField(label=_("Du"), widget=forms.DateInput(attrs={"type": "date"}))
    readers = forms.ChoiceField(
        label=_("Qui peut la lire"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Dites qui peut lire cette note.")},
    )

    def __init__(self, data: Any = None, *, organisation: Organisation | None) -> None:
        kind = organisation.kind if organisation else None
        super().__init__(data, initial={"on": clock.today(), "readers": rules.proposed(kind)})
        _offer(self.fields["readers"], kind)

    def clean_on(self) -> Any:
        on = self.cleaned_data["on"]
        if on > clock.today():
            raise forms.ValidationError(_("Une note parle d’aujourd’hui ou d’un jour passé."))
        return on


class NoteEditForm(Form):
    """The same note, corrected."""

    text = NoteForm.base_fields["text"]
    readers = NoteForm.base_fields["readers"]
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2_000_000_000)

    def __init__(self, data: Any = None, *, note: Note) -> None:
        super().__init__(data, initial={"text": note.text, "readers": note.readers, "version": note.version})
        _offer(self.fields["readers"], note.organisation.kind if note.organisation else None)


def _offer(field: Any, kind: str | None) -> None:
    field.choices = [(one, LABELS[one]) for one in rules.choices(kind)]
