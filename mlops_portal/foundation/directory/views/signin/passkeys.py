"""One's own passkeys: add, rename, remove."""

from __future__ import annotations

import hashlib
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth, flows
from allauth.mfa.webauthn.views import AddWebAuthnView, EditWebAuthnView, RemoveWebAuthnView
from django.conf import settings
from django.db import transaction
from django.forms import Form
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse_lazy

from mlops_portal.foundation.directory.events import security_changed
from mlops_portal.foundation.directory.forms.signin_keys import PasskeyAddForm, PasskeyNameForm


def credential_digest(passkey: Authenticator) -> str:
    """SHA-256 of the credential id: the log tells keys apart by it without knowing their names."""
    credential = passkey.wrap().authenticator_data.credential_data.credential_id
    return hashlib.sha256(credential).hexdigest()


class PasskeyAdd(AddWebAuthnView):
    form_class = PasskeyAddForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """A passkey of ours is found by the device itself and asks for PIN, finger or face."""
        context = {**super().get_context_data(**kwargs), **kwargs}
        context["passkey_options"] = auth.begin_registration(self.request.user, True)
        context["passkeys_at"] = settings.PUBLIC_URL
        return context

    def form_valid(self, form: PasskeyAddForm) -> HttpResponse:
        name = form.cleaned_data["name"]
        with transaction.atomic():
            passkey, codes = flows.add_authenticator(
                self.request, name=name, credential=form.cleaned_data["credential"]
            )
            security_changed(
                "passkey.added",
                person=self.request.user,
                public={"credential": credential_digest(passkey)},
                personal={"name": name},
            )
            if codes:
                security_changed("recovery_codes.made", person=self.request.user)
        self.did_generate_recovery_codes = bool(codes)
        return HttpResponseRedirect(self.get_success_url())


class PasskeyRename(EditWebAuthnView):
    form_class = PasskeyNameForm
    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form: PasskeyNameForm) -> HttpResponse:
        old, name = self.object.wrap().name, form.cleaned_data["name"]
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            security_changed(
                "passkey.renamed",
                person=self.request.user,
                public={"credential": credential_digest(self.object)},
                personal={"old": old, "name": name},
            )
        return response


class PasskeyRemove(RemoveWebAuthnView):
    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form: Form) -> HttpResponse:
        passkey = self.object
        with transaction.atomic():
            public = {"credential": credential_digest(passkey)}
            name = passkey.wrap().name
            flows.remove_authenticator(self.request, passkey)
            security_changed(
                "passkey.removed", person=self.request.user, public=public, personal={"name": name}
            )
        return HttpResponseRedirect(self.get_success_url())


add = PasskeyAdd.as_view()
rename = PasskeyRename.as_view()
remove = PasskeyRemove.as_view()
