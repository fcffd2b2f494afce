"""Coming in and going out."""

from __future__ import annotations

from typing import Any

from allauth.account.views import AccountInactiveView, LoginView, LogoutView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.conf import settings

from mlops_portal.foundation.directory.forms.signin import SignInForm
from mlops_portal.foundation.directory.forms.signin_keys import (
    CodeForm,
    PasskeySecondStepForm,
    PasskeySignInForm,
)


class SignIn(LoginView):
    form_class = SignInForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "passkeys_at": settings.PUBLIC_URL}


class SignInWithPasskey(LoginWebAuthnView):
    """GET with ``Accept: application/json`` gives the challenge, POST takes the signature."""

    form_class = PasskeySignInForm


class SecondStep(AuthenticateView):
    """After the password: a code, or a passkey."""

    form_class = CodeForm
    webauthn_form_class = PasskeySecondStepForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        person = self.stage.login.user
        kinds = set(Authenticator.objects.filter(user=person).values_list("type", flat=True))
        context["has_codes"] = bool(kinds - {Authenticator.Type.WEBAUTHN})
        context["has_passkeys"] = Authenticator.Type.WEBAUTHN in kinds
        if context["has_passkeys"]:
            context["passkey_options"] = demanding(auth.begin_authentication(person))
        context["passkeys_at"] = settings.PUBLIC_URL
        return context


def demanding(options: dict[str, Any]) -> dict[str, Any]:
    """Passkey options that ask the device to check who is there."""
    public_key = {**options["publicKey"], "userVerification": "required"}
    return {**options, "publicKey": public_key}


sign_in = SignIn.as_view()
sign_in_with_passkey = SignInWithPasskey.as_view()
second_step = SecondStep.as_view()
sign_out = LogoutView.as_view()
left = AccountInactiveView.as_view()
