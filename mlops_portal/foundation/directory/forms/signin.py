"""The forms of signing in: django-allauth's rules with our words."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm, ResetPasswordForm
from allauth.account.forms import ResetPasswordKeyForm as AllauthResetPasswordKeyForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.plant.models import Person

PASSWORD_HINT = _("At least 10 characters. A few words that nobody would guess are good.")


def _retitle(field: forms.Field, label: Any, hint: Any = "") -> None:
    field.label = label
    field.help_text = hint
    field.widget.attrs.pop("placeholder", None)


class SignInForm(LoginForm):
    """User name or mail, and the password. Both spellings of one person share one count of wrong attempts."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("remember", None)
        _retitle(self.fields["login"], _("User name or mail"))
        _retitle(self.fields["password"], _("Password"))
        self.fields["login"].widget.attrs |= {"autocomplete": "username", "autocapitalize": "none"}

    def user_credentials(self) -> dict[str, str]:
        typed = self.cleaned_data["login"]
        person = (
            Person.objects.filter(username__iexact=typed).first()
            or Person.objects.filter(email__iexact=typed).exclude(email="").first()
        )
        return {
            "username": person.username if person else typed,
            "password": self.cleaned_data.get("password", ""),
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        cleaned["remember"] = True  # the session lasts as long as SESSION_COOKIE_AGE says, for everybody
        return cleaned


class ConfirmPasswordForm(ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _retitle(self.fields["password"], _("Password"))


class PasswordChangeForm(ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _retitle(self.fields["oldpassword"], _("Current password"))
        _retitle(self.fields["password1"], _("New password"), PASSWORD_HINT)
        _retitle(self.fields["password2"], _("New password again"))

    def clean_oldpassword(self) -> str:
        """As at signing in: wrong ones are counted."""
        password: str = self.cleaned_data["oldpassword"]
        if not get_adapter().reauthenticate(self.user, password):
            raise get_adapter().validation_error("enter_current_password")
        return password


class PasswordForgottenForm(ResetPasswordForm):
    """Sends a link to an active person; says the same whether there is one or not."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _retitle(self.fields["email"], _("Your mail address"))

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        self.users = list(Person.objects.filter(email__iexact=email, is_active=True))
        return email

    def save(self, request: Any, **kwargs: Any) -> str:
        if self.users:
            super().save(request, **kwargs)
        return str(self.cleaned_data["email"])


class PasswordResetForm(AllauthResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _retitle(self.fields["password1"], _("New password"), PASSWORD_HINT)
        _retitle(self.fields["password2"], _("New password again"))


class JoinForm(forms.Form):
    """What an invited person chooses; the account's own rules are in the plant's service."""

    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        help_text=_("You type it when you sign in. Letters, digits and . + - _ @"),
        validators=Person._meta.get_field("username").validators,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=PASSWORD_HINT,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("Password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if Person.objects.filter(username__iexact=username).exists():
            raise forms.ValidationError(
                _("The user name %(name)s is taken; choose another."), params={"name": username}
            )
        return username

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        password = cleaned.get("password")
        if password and cleaned.get("again") and password != cleaned["again"]:
            self.add_error("again", _("The two passwords differ."))
        if password:
            try:
                validate_password(password, user=Person(username=cleaned.get("username", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned
