"""The authenticator app and the recovery codes."""

from __future__ import annotations

from textwrap import wrap
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import (
    DownloadRecoveryCodesView,
    GenerateRecoveryCodesView,
    ViewRecoveryCodesView,
)
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.forms import Form
from django.http import HttpResponse
from django.views.decorators.cache import never_cache

from mlops_portal.foundation.directory.events import security_changed
from mlops_portal.foundation.directory.forms.signin_keys import AppAddForm


class AppAdd(ActivateTOTPView):
    form_class = AppAddForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["secret_groups"] = wrap(context["form"].secret, 4)
        return context

    def form_valid(self, form: AppAddForm) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            security_changed("authenticator.added", person=self.request.user)
            if self.did_generate_recovery_codes:
                security_changed("recovery_codes.made", person=self.request.user)
        return response


class AppRemove(DeactivateTOTPView):
    def form_valid(self, form: Form) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            security_changed("authenticator.removed", person=self.request.user)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        others = Authenticator.objects.filter(user=self.request.user, type=Authenticator.Type.WEBAUTHN)
        return {**super().get_context_data(**kwargs), "is_last": not others.exists()}


class RecoveryCodesMake(GenerateRecoveryCodesView):
    def form_valid(self, form: Form) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            security_changed("recovery_codes.made", person=self.request.user)
        return response


app_add = never_cache(login_required(AppAdd.as_view()))
app_remove = AppRemove.as_view()
recovery_codes = never_cache(ViewRecoveryCodesView.as_view())
recovery_codes_make = login_required(RecoveryCodesMake.as_view())
recovery_codes_download = DownloadRecoveryCodesView.as_view()
