"""The forms of passkeys and codes.

What django-allauth and its library leave to the caller is checked here (WebAuthn Level 3, 7.1 and 7.2):
- the page's origin is the portal's own, exactly;
- the ceremony did not run inside another site's frame (``crossOrigin``, ``topOrigin``);
- the device verified the person, by PIN, finger or face.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

from mlops_portal.foundation.plant.models import Person

NAME_LENGTH = 60
_UNREADABLE = (TypeError, ValueError, KeyError, AttributeError)


def _check_page(client_data: bytes) -> None:
    data = json.loads(client_data)
    public = urlsplit(settings.PUBLIC_URL)
    foreign = data.get("crossOrigin") or "topOrigin" in data
    if data.get("origin") != f"{public.scheme}://{public.netloc}" or foreign:
        raise forms.ValidationError(
            _("This passkey was used on another page. Open %(address)s and try again."),
            params={"address": settings.PUBLIC_URL},
        )


def _check_verified(verified: bool) -> None:
    if not verified:
        raise forms.ValidationError(
            _("The device did not check that it is you. Set up a PIN, finger or face on it and try again.")
        )


def check_assertion(credential: Any) -> None:
    """ValidationError unless a signature came from our page, by a verified person; its maths come later."""
    try:
        response = AuthenticationResponse.from_dict(credential).response
        page, verified = response.client_data, response.authenticator_data.is_user_verified()
        _check_page(page)
    except _UNREADABLE:
        raise get_adapter().validation_error("incorrect_code") from None
    _check_verified(verified)


def check_attestation(credential: Any) -> None:
    """The same for a new passkey."""
    try:
        response = RegistrationResponse.from_dict(credential).response
        page, verified = response.client_data, response.attestation_object.auth_data.is_user_verified()
        _check_page(page)
    except _UNREADABLE:
        raise get_adapter().validation_error("incorrect_code") from None
    _check_verified(verified)


class _CheckedAssertion:
    cleaned_data: dict[str, Any]

    def clean_credential(self) -> Authenticator:
        check_assertion(self.cleaned_data["credential"])
        authenticator: Authenticator = super().clean_credential()  # type: ignore[misc]  # allauth's form is next
        return authenticator


class PasskeySignInForm(_CheckedAssertion, LoginWebAuthnForm):
    pass


class PasskeySecondStepForm(_CheckedAssertion, AuthenticateWebAuthnForm):
    pass


class PasskeyConfirmForm(_CheckedAssertion, ReauthenticateWebAuthnForm):
    pass


class PasskeyAddForm(AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("passwordless", None)  # every passkey of ours signs in on its own
        self.fields["name"] = forms.CharField(
            label=_("Name of the passkey"),
            help_text=_("So that you know it again, such as “Phone” or “Key on my badge”."),
            max_length=NAME_LENGTH,
            required=False,
        )
        self.order_fields(["name", "credential"])

    def clean_credential(self) -> dict[str, Any]:
        credential: dict[str, Any] = self.cleaned_data["credential"]
        check_attestation(credential)
        return credential


class PasskeyNameForm(EditWebAuthnForm):
    name = forms.CharField(label=_("Name of the passkey"), max_length=NAME_LENGTH)


def _retitle_code(form: forms.Form, hint: Any) -> None:
    field = form.fields["code"]
    field.label, field.help_text = _("Code"), hint
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs["inputmode"] = "numeric"


def _hint_of(person: Person) -> Any:
    if Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists():
        return _("Six digits from your authenticator app, or one of your recovery codes.")
    return _("One of your recovery codes.")


class _OnceOnly:
    """A code of the app stays refused as long as a clock that runs off would accept it again."""

    authenticator: Authenticator

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]  # allauth's form is next
        if self.authenticator.type == Authenticator.Type.TOTP:
            accepted = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
            cache.touch(self.authenticator.wrap()._get_used_cache_key(code), accepted)
        return code


class CodeForm(_OnceOnly, AuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _retitle_code(self, _hint_of(self.user))


class ConfirmCodeForm(_OnceOnly, ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _retitle_code(self, _hint_of(self.user))


class AppAddForm(ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _retitle_code(self, _("The six digits that the app shows now."))
