"""Showing once more that it is you, before something that matters."""

from __future__ import annotations

from typing import Any

from allauth.account.views import ReauthenticateView
from allauth.mfa.base.views import ReauthenticateView as CodeReauthenticateView
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.views import ReauthenticateWebAuthnView
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.generic.edit import FormView

from mlops_portal.foundation.directory.forms.signin import ConfirmPasswordForm
from mlops_portal.foundation.directory.forms.signin_keys import ConfirmCodeForm, PasskeyConfirmForm
from mlops_portal.foundation.directory.views.signin.enter import demanding


class ConfirmWithPassword(ReauthenticateView):
    form_class = ConfirmPasswordForm


class ConfirmWithCode(CodeReauthenticateView):
    form_class = ConfirmCodeForm


class ConfirmWithPasskey(ReauthenticateWebAuthnView):
    form_class = PasskeyConfirmForm

    def form_invalid(self, form: PasskeyConfirmForm) -> HttpResponse:
        return FormView.form_invalid(self, form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {**super().get_context_data(**kwargs), **kwargs}
        context["passkey_options"] = demanding(auth.begin_authentication(self.request.user))
        context["passkeys_at"] = settings.PUBLIC_URL
        return context


confirm_with_password = login_required(ConfirmWithPassword.as_view())
confirm_with_code = ConfirmWithCode.as_view()
confirm_with_passkey = ConfirmWithPasskey.as_view()
