"""One-time codes of the quality engineer on the line without passkeys; anybody may know the secret."""

from __future__ import annotations

import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

SECRETS = {
    "jonas": "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU",
}
PERIOD = 30


def code_now(username: str) -> str:
    """The code that an authenticator app would show now; KeyError for somebody without one."""
    return str(format_hotp_value(hotp_value(SECRETS[username], int(time.time()) // PERIOD)))
