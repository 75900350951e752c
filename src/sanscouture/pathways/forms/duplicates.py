"""The form of a merge: which value of each fact, which pathway goes on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanscouture.pathways.selectors.duplicates import Comparison
from sanscouture.ui.forms import Form

KEPT, MERGED = "kept", "merged"


class MergeForm(Form):
    """One choice per fact on which two records differ; the versions that were compared go along."""

    kept_version = forms.IntegerField(widget=forms.HiddenInput)
    merged_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, compared: Comparison) -> None:
        versions = {"kept_version": compared.kept.person.version, "merged_version": compared.merged.person.version}
        super().__init__(data, initial=versions)
        self._facts = [one.name for one in compared.choices]
        for one in compared.choices:
            self.fields[one.name] = _choice(one.label, one.kept, one.merged, MERGED if one.theirs else KEPT)
        if compared.referents:
            kept, merged = compared.referents
            self.fields["pathway"] = _choice(_("Qui reste référent·e du parcours"), kept, merged, KEPT)

    def versions(self) -> tuple[int, int]:
        """Give the versions of both records, as they were compared."""
        return self.cleaned_data["kept_version"], self.cleaned_data["merged_version"]

    def taken(self) -> frozenset[str]:
        """Give the facts that are taken from the merged record."""
        return frozenset(name for name in self._facts if self.cleaned_data.get(name) == MERGED)

    def other_pathway(self) -> bool:
        """Say whether the merged record's pathway goes on."""
        return self.cleaned_data.get("pathway") == MERGED


def _choice(label: str, kept: str, merged: str, initial: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=[(KEPT, kept), (MERGED, merged)],
        initial=initial,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choisissez ce qui est juste.")},
    )
