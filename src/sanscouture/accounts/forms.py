from __future__ import annotations

from typing import Any

import phonenumbers
from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from sanscouture.accounts.models import User
from sanscouture.ui.forms import Form, ModelForm

PHONE_REGION = "FR"
UNREADABLE = (KeyError, TypeError, ValueError, AttributeError)
STRENGTH = _("Au moins 12 caractères, loin de votre nom et de votre adresse.")


class PhoneField(forms.CharField):
    """A telephone number, as people write it; kept in its international form."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocomplete": "tel", "inputmode": "tel"}
        super().__init__(label=_("Téléphone"), max_length=30, widget=forms.TextInput(attrs), **kwargs)

    def clean(self, value: Any) -> str:
        """Read the number. Raises `ValidationError` when it cannot be one."""
        written = str(super().clean(value))
        if not written:
            return ""
        try:
            number = phonenumbers.parse(written, PHONE_REGION)
        except phonenumbers.NumberParseException as error:
            raise ValidationError(_("Ce numéro ne se lit pas. Exemple : 06 39 98 00 00.")) from error
        if not phonenumbers.is_possible_number(number):
            raise ValidationError(_("Ce numéro est trop court ou trop long. Exemple : 06 39 98 00 00."))
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def prepare_value(self, value: Any) -> Any:
        """Show the number as it is said in France."""
        try:
            number = phonenumbers.parse(str(value or ""), PHONE_REGION)
        except phonenumbers.NumberParseException:
            return value
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


class ProfileForm(ModelForm):
    """What an account says of its owner."""

    phone = PhoneField(required=False)

    class Meta:
        model = User
        fields = ("first_name", "last_name", "phone", "language")
        labels = {"first_name": _("Prénom"), "last_name": _("Nom"), "language": _("Langue des pages et des messages")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, autocomplete in (("first_name", "given-name"), ("last_name", "family-name")):
            self.fields[name].required = True
            self.fields[name].widget.attrs["autocomplete"] = autocomplete


def check_passwords(form: Form, data: dict[str, Any], user: User) -> None:
    """Check that both passwords agree and are strong enough for this person; write what is wrong on the form."""
    password = data.get("password")
    if password and password != data.get("password_again"):
        form.add_error("password_again", _("Les deux mots de passe sont différents."))
    elif password:
        try:
            password_validation.validate_password(password, user)
        except ValidationError as error:
            form.add_error("password", error)


class InvitationForm(Form):
    """Opening the account that an invitation promises."""

    first_name = forms.CharField(
        label=_("Prénom"), max_length=80, widget=forms.TextInput({"autocomplete": "given-name"})
    )
    last_name = forms.CharField(label=_("Nom"), max_length=80, widget=forms.TextInput({"autocomplete": "family-name"}))
    phone = PhoneField(required=False)
    password = forms.CharField(
        label=_("Mot de passe"),
        strip=False,
        help_text=STRENGTH,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    password_again = forms.CharField(
        label=_("Le même mot de passe, une deuxième fois"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        """Check that both passwords agree and are strong enough for this person."""
        data = super().clean() or {}
        names = {name: data.get(name, "") for name in ("first_name", "last_name")}
        check_passwords(self, data, User(email=self.email, **names))
        return data


class Readable:
    """A passkey's answer that is not one is refused with a sentence: allauth lets some of its faults out."""

    def clean_credential(self) -> Any:
        """Read the answer. Raises `ValidationError` when it is none."""
        try:
            return super().clean_credential()  # type: ignore[misc]
        except UNREADABLE as error:
            raise get_adapter().validation_error("incorrect_code") from error


class PasskeySignInForm(Readable, webauthn.LoginWebAuthnForm):  # type: ignore[misc]
    """Signing in with a passkey alone."""


class PasskeyStepForm(Readable, webauthn.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey as the second step."""


class PasskeyAgainForm(Readable, webauthn.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey to say again who one is."""


class PasskeyAddForm(webauthn.AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey."""

    def clean(self) -> dict[str, Any]:
        """Read what the browser made. Raises `ValidationError` when it is no key."""
        try:
            data: dict[str, Any] = super().clean()
        except UNREADABLE as error:
            raise get_adapter().validation_error("incorrect_code") from error
        return data


class NewPasswordForm(Form):
    """Another password for an account that exists."""

    password = forms.CharField(
        label=_("Nouveau mot de passe"),
        strip=False,
        help_text=STRENGTH,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    password_again = forms.CharField(
        label=_("Le nouveau mot de passe, une deuxième fois"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        """Check that both passwords agree and are strong enough for this person."""
        data = super().clean() or {}
        check_passwords(self, data, self.user)
        return data
