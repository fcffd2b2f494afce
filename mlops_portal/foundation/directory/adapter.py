"""How django-allauth signs people in here.

- Nobody signs up: people come in by invitation (``views/signin/join.py``).
- Who is refused for trying too often reads how long that lasts.
- Secrets of authenticator apps and recovery codes are kept encrypted.
- Passkeys belong to the address that people type (PUBLIC_URL), whatever host a request names.
"""

from __future__ import annotations

import base64
import math
import time
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.translation import gettext, gettext_lazy, ngettext

from mlops_portal.foundation.plant.models import Person

ACCOUNT = "allauth.account"
TOO_OFTEN = frozenset({"too_many_login_attempts", "rate_limited"})


def seconds_to_wait(
    request: HttpRequest, *, action: str, key: str, config: dict[str, str] | None = None
) -> float:
    """How long an exhausted limit lasts for ``key`` and the address of the request; 0 while it is open."""
    now = time.time()
    longest = 0.0
    for rate in ratelimit.get_rates(app=ACCOUNT, action=action, config=config):
        at = ratelimit.get_cache_key(request, app=ACCOUNT, action=action, rate=rate, key=key)
        recent = sorted((hit for hit in cache.get(at, []) if hit > now - rate.duration), reverse=True)
        if len(recent) >= rate.amount:
            longest = max(longest, recent[rate.amount - 1] + rate.duration - now)
    return longest


def too_often(seconds: float) -> str:
    minutes = max(1, math.ceil(seconds / 60))
    return ngettext(
        "Too many wrong attempts. Try again in %(minutes)d minute.",
        "Too many wrong attempts. Try again in %(minutes)d minutes.",
        minutes,
    ) % {"minutes": minutes}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": gettext_lazy("The user name or the password is not right."),
        "email_password_mismatch": gettext_lazy("The user name or the password is not right."),
        "incorrect_password": gettext_lazy("The password is not right."),
        "enter_current_password": gettext_lazy("This is not your current password."),
        "invalid_password_reset": gettext_lazy("This link was used or is too old; ask for a new one."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        if code in TOO_OFTEN and self.request is not None:
            waits = [
                seconds_to_wait(self.request, action="login_failed", key=key) for key in self._failed_keys()
            ]
            return ValidationError(too_often(max(waits, default=0)), code=code)
        return super().validation_error(code, *args)

    def _failed_keys(self) -> list[str]:
        """The keys under which wrong passwords and wrong codes of this request are counted."""
        request = self.request
        keys = [request.failed_login_key] if hasattr(request, "failed_login_key") else []
        stage = getattr(request, "_login_stage", None)
        person = stage.login.user if stage is not None else request.user
        if person.is_authenticated:
            keys.append(f"mfa-auth-user-{person.pk}")
        return keys

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Wrong passwords count for a name and an address: nobody locks a colleague out from elsewhere."""
        key: str = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{key}:{self.get_client_ip(request)}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        request.failed_login_key = self._get_login_attempts_cache_key(  # type: ignore[attr-defined]  # for _failed_keys
            request, **credentials
        )
        super().pre_authenticate(request, **credentials)

    def login(self, request: HttpRequest, user: Person) -> None:
        super().login(request, user)
        request.session["signed_in"] = {
            "at": timezone.now().isoformat(),
            "address": self.get_client_ip(request),
            "agent": self.get_http_user_agent(request)[:400],
        }

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mfa_index")

    def format_email_subject(self, subject: str) -> str:
        return f"MLOps Portal: {subject}"

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link in the mail; its host comes from the settings, not from the request that asked for it."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.PUBLIC_URL + path.replace("UID-KEY", key)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        texts = {
            "reauthenticate": gettext("Use the password"),
            "mfa_reauthenticate": gettext("Use a code"),
            "mfa_reauthenticate:webauthn": gettext("Use a passkey"),
        }
        methods = super().get_reauthentication_methods(user)
        return [{**method, "description": texts[method["id"]]} for method in methods]


def _fernet() -> MultiFernet:
    keys = []
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        derived = HKDF(SHA256(), length=32, salt=None, info=b"mlops-portal sign-in secrets")
        keys.append(Fernet(base64.urlsafe_b64encode(derived.derive(force_bytes(secret)))))
    return MultiFernet(keys)


class MfaAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("This is not right, or it was used before. Try again."),
        "cannot_generate_recovery_codes": gettext_lazy(
            "Recovery codes come with a passkey or an authenticator app; add one first."
        ),
    }

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def get_totp_label(self, user: Person) -> str:
        return user.username

    def build_totp_svg(self, url: str) -> str:
        """The QR code, dark on light in both themes, without inline style."""
        import segno  # here: few people add an app

        return segno.make(url, error="m").svg_inline(
            border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None, omitsize=True
        )

    def generate_authenticator_name(self, user: Person, type: Authenticator.Type) -> str:  # noqa: A002 - allauth passes it by name
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Passkey %(number)d") % {"number": count + 1}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": urlsplit(settings.PUBLIC_URL).hostname or "", "name": "MLOps Portal"}

    def get_public_key_credential_user_entity(self, user: Person) -> dict[str, Any]:
        return {**super().get_public_key_credential_user_entity(user), "display_name": user.name}
