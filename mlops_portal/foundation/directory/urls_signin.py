"""Addresses of signing in; the names are django-allauth's, which reverses them."""

from django.contrib.auth.decorators import login_required
from django.urls import path, re_path
from django.views.generic import TemplateView

from mlops_portal.foundation.directory.views.signin import (
    codes,
    confirm,
    enter,
    join,
    passkeys,
    password,
    security,
)

urlpatterns = [
    path("sign-in/", enter.sign_in, name="account_login"),
    path("sign-in/passkey/", enter.sign_in_with_passkey, name="mfa_login_webauthn"),
    path("sign-in/second-step/", enter.second_step, name="mfa_authenticate"),
    path("sign-in/left/", enter.left, name="account_inactive"),
    path("sign-out/", enter.sign_out, name="account_logout"),
    path("join/<str:secret>/", join.join, name="join"),
    path("joined/", login_required(TemplateView.as_view(template_name="account/joined.html")), name="joined"),
    path("confirm/password/", confirm.confirm_with_password, name="account_reauthenticate"),
    path("confirm/code/", confirm.confirm_with_code, name="mfa_reauthenticate"),
    path("confirm/passkey/", confirm.confirm_with_passkey, name="mfa_reauthenticate_webauthn"),
    path("password/forgotten/", password.forgotten, name="account_reset_password"),
    path("password/forgotten/sent/", password.forgotten_sent, name="account_reset_password_done"),
    path("password/new/done/", password.reset_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",  # the key has hyphens, the id has none
        password.reset,
        name="account_reset_password_from_key",
    ),
    path("me/security/", security.security, name="mfa_index"),
    path("me/security/sessions/end/", security.end_sessions, name="sessions_end"),
    path("me/security/password/", password.change, name="account_change_password"),
    path("me/security/passkeys/add/", passkeys.add, name="mfa_add_webauthn"),
    path("me/security/passkeys/<int:pk>/name/", passkeys.rename, name="mfa_edit_webauthn"),
    path("me/security/passkeys/<int:pk>/remove/", passkeys.remove, name="mfa_remove_webauthn"),
    path("me/security/app/", codes.app_add, name="mfa_activate_totp"),
    path("me/security/app/remove/", codes.app_remove, name="mfa_deactivate_totp"),
    path("me/security/recovery-codes/", codes.recovery_codes, name="mfa_view_recovery_codes"),
    path("me/security/recovery-codes/new/", codes.recovery_codes_make, name="mfa_generate_recovery_codes"),
    path(
        "me/security/recovery-codes/file/", codes.recovery_codes_download, name="mfa_download_recovery_codes"
    ),
]
