"""Signing without a passkey, on lines whose roster allows it: password and code, entered again each time.

The portal's approval key seals what the person confirmed. Whoever holds that key can make such a seal, so the
line is *portal-trusted* and every page says so.
"""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.mfa import app_settings
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from approvals.errors import NotProved, TokenNeverSigns, TooWeak
from approvals.models import ApprovalRequest
from approvals.selectors.policies import line_rules
from approvals.selectors.seal_key import seal_key, seal_public
from approvals.services.statements import may_decide
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.wire.assertion import seal


def statement_seal(
    *, by: Person, request: ApprovalRequest, statement: bytes, password: str, code: str
) -> dict[str, str]:
    """The envelope for ``statement`` after ``by`` proved to be there. Raises TooWeak on a passkey line,
    TokenNeverSigns, NotProved, and as ``may_decide``."""
    may_decide(by=by, request=request)
    if by.token_scopes is not None:
        raise TokenNeverSigns(_("An API token never signs; sign in, or send the signature of a passkey."))
    if not line_rules(request.line).is_portal_trusted:
        raise TooWeak(_("%(line)s demands a passkey.") % {"line": request.line})
    _prove(by, password=password, code=code)
    key_id, _public = seal_public(make=True)
    return seal(statement, seal_key(), key_id=key_id)


def _prove(person: Person, *, password: str, code: str) -> None:
    """Raise NotProved unless both are right; wrong ones are counted as at signing in."""
    wrong = NotProved(
        _("The password or the code is not right, or the code was used before. Nothing was signed.")
    )
    app = Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).first()
    if app is None:
        raise NotProved(_("You have no authenticator app; set one up on the page “Security” to sign here."))
    try:
        if not get_adapter().reauthenticate(person, password):
            raise wrong
        clear = check_rate_limit(person)
    except ValidationError as error:
        raise NotProved(" ".join(error.messages)) from None
    kept = app.wrap()
    if not kept.validate_code(code.strip()):
        raise wrong
    clear()
    # A used code stays refused as long as a clock that runs off would accept it again.
    accepted = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
    cache.touch(kept._get_used_cache_key(code.strip()), accepted)
