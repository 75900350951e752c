"""Forms in the look of the design system. Any Django form can be shown; ours add the words."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from typing import Any

from django import forms
from django.forms import BoundField
from django.forms.widgets import DateTimeBaseInput
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from sanscouture.ui.scheme import Scheme

INPUT = "fr-input"
KINDS: dict[type[forms.Widget], str] = {
    forms.CheckboxSelectMultiple: "boxes",
    forms.RadioSelect: "radios",
    forms.CheckboxInput: "box",
    forms.SelectMultiple: "choice",
    forms.Select: "choice",
    forms.HiddenInput: "hidden",
    forms.MultipleHiddenInput: "hidden",
    forms.FileInput: "file",
}
PICKERS: dict[type[DateTimeBaseInput], tuple[str, str]] = {
    forms.DateInput: ("date", "%Y-%m-%d"),
    forms.TimeInput: ("time", "%H:%M"),
    forms.DateTimeInput: ("datetime-local", "%Y-%m-%dT%H:%M"),
}
CLASSES = {"choice": "fr-select", "file": "fr-upload", "text": INPUT}


def kind_of(field: BoundField) -> str:
    """Which markup a field takes: text, choice, box, boxes, radios, file, hidden."""
    widget = field.field.widget
    return next((kind for parent, kind in KINDS.items() if isinstance(widget, parent)), "text")


def control(field: BoundField) -> SafeString:
    """The control of a field with its class; a field in error says so to those who do not see the colour."""
    kind = kind_of(field)
    attrs: dict[str, Any] = {}
    own = field.field.widget.attrs.get("class", "")
    if look := CLASSES.get(kind):
        state = f"{look}--error" if field.errors else ""
        attrs["class"] = " ".join(part for part in (look, state, own) if part)
    _use_native_picker(field.field.widget)
    return field.as_widget(attrs=attrs)


def _use_native_picker(widget: forms.Widget) -> None:
    """Dates and hours are picked with the browser's own control, which speaks ISO 8601."""
    for parent, (input_type, pattern) in PICKERS.items():
        if isinstance(widget, parent):
            widget.input_type, widget.format = input_type, pattern


class Rendered:
    """What our forms share: no colon after labels, messages that say what to do, errors tied to their field."""

    template_name = "ui/components/fields.html"
    template_name_label = "django/forms/label.html"
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class Form(Rendered, forms.Form):
    """The base of our forms."""


class ModelForm(Rendered, forms.ModelForm):  # type: ignore[type-arg]
    """The base of our forms tied to a model."""


class Remembering(Rendered, forms.BaseForm):
    """A form that keeps, hidden, what was on the page: only what its writer changed is written."""

    def remember(self, names: Iterable[str]) -> None:
        """Keep what these fields said when the page was opened."""
        for name in names:
            self.fields[name].show_hidden_initial = True

    def seen(self) -> dict[str, Any]:
        """What was on the page, by field, as far as it can be read."""
        found = {}
        for name in self._kept():
            with suppress(KeyError, forms.ValidationError):
                said = self.data[self.add_initial_prefix(name)].replace("\r\n", "\n")
                found[name] = self.fields[name].to_python(said)
        return found

    def remembered(self) -> list[tuple[str, str]]:
        """What the page keeps: what each field said, by the name of its hidden field."""
        facts = ((name, self.add_initial_prefix(name)) for name in self._kept())
        return [(key, self.data.get(key, "") if self.is_bound else raw(self.initial.get(name))) for name, key in facts]

    def _kept(self) -> list[str]:
        return [name for name, field in self.fields.items() if field.show_hidden_initial]


def raw(value: object) -> str:
    """A value as a form sends it."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(map(raw, value))
    return value.isoformat() if isinstance(value, date) else str(value)


class DisplayForm(Form):
    """The colours of the screen."""

    scheme = forms.ChoiceField(
        label=_("Thème"),
        choices=Scheme.choices,
        widget=forms.RadioSelect,
        help_text=_("« Système » suit les réglages de votre appareil."),
    )
    next = forms.CharField(widget=forms.HiddenInput, required=False)
