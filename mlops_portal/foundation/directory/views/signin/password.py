"""Changing one's password, and setting a new one when it was forgotten."""

from __future__ import annotations

from allauth.account.views import (
    PasswordChangeView,
    PasswordResetDoneView,
    PasswordResetFromKeyDoneView,
    PasswordResetFromKeyView,
    PasswordResetView,
)
from django.db import transaction
from django.http import HttpResponse

from mlops_portal.foundation.directory.events import security_changed
from mlops_portal.foundation.directory.forms.signin import (
    PasswordChangeForm,
    PasswordForgottenForm,
    PasswordResetForm,
)


class PasswordChange(PasswordChangeView):
    form_class = PasswordChangeForm

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            security_changed("password.changed", person=self.request.user)
        return response


class PasswordForgotten(PasswordResetView):
    form_class = PasswordForgottenForm


class PasswordReset(PasswordResetFromKeyView):
    form_class = PasswordResetForm

    def form_valid(self, form: PasswordResetForm) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            security_changed("password.reset", person=self.reset_user)
        return response


change = PasswordChange.as_view()
forgotten = PasswordForgotten.as_view()
forgotten_sent = PasswordResetDoneView.as_view()
reset = PasswordReset.as_view()
reset_done = PasswordResetFromKeyDoneView.as_view()
