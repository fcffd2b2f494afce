"""API tokens."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.foundation.ledger.refs import Actor
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.errors import AlreadyEnded, UnknownScope, WrongDate
from mlops_portal.foundation.plant.matrix import ACTIONS
from mlops_portal.foundation.plant.models import Person, Token
from mlops_portal.foundation.plant.policies import demand, guard, token_verdict, verdict
from mlops_portal.foundation.wire.errors import NotAllowed

LONGEST = timedelta(days=366)
PREFIX = "mlp_"


def token_digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def token_create(*, by: Person, name: str, scopes: Iterable[str], expires_at: datetime) -> tuple[Token, str]:
    """Make a token for oneself; returns it and its secret, which is shown once and not kept.

    Its scopes are actions that the person may do somewhere. NotAllowed, UnknownScope, WrongDate.
    """
    guard(by, "token.create")
    if by.token_scopes is not None:
        raise NotAllowed(_("A token cannot make tokens; sign in."))
    now = timezone.now()
    chosen = sorted(set(scopes))
    unknown = [scope for scope in chosen if scope not in ACTIONS]
    if unknown or not chosen:
        raise UnknownScope(
            _("There is no action “%(scope)s”; choose from the list.") % {"scope": unknown[0]}
            if unknown
            else _("A token needs at least one action; choose from the list.")
        )
    for scope in chosen:
        if not verdict(by, scope):
            raise NotAllowed(
                _("Your roles do not let you do “%(action)s”; a token can do no more than you.")
                % {"action": ACTIONS[scope].title},
                action=scope,
            )
    if not now < expires_at <= now + LONGEST:
        raise WrongDate(_("A token expires within one year; choose a date between tomorrow and then."))
    secret = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        token = Token.objects.create(
            person=by,
            name=name,
            prefix=secret[:8],
            digest=token_digest(secret),
            scopes=chosen,
            created_at=now,
            expires_at=expires_at,
        )
        event_record(
            type="plant.token.created",
            actor=by.actor,
            subjects=[token.ref(), by.ref("of")],
            public={"scopes": chosen, "expires": expires_at.isoformat()},
            personal={"name": name},
            at=now,
        )
    return token, secret


def token_revoke(*, by: Person, token: Token) -> None:
    """Revoke one's own token, or as an administrator anybody's; raises AlreadyEnded."""
    demand(token_verdict(by, token.person))
    now = timezone.now()
    with transaction.atomic():
        if Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now) != 1:
            raise AlreadyEnded(_("This token was revoked before."))
        event_record(
            type="plant.token.revoked",
            actor=by.actor,
            subjects=[token.ref(), token.person.ref("of")],
            personal={"name": token.name},
            at=now,
        )


def token_use(*, secret: str) -> Token | None:
    """The token of a secret if it may be used now; notes the use at most once a minute."""
    now = timezone.now()
    token = (
        Token.objects.filter(
            digest=token_digest(secret), revoked_at=None, expires_at__gt=now, person__is_active=True
        )
        .select_related("person")
        .first()
    )
    if token is None:
        return None
    if token.last_used_at is None or now - token.last_used_at > timedelta(minutes=1):
        Token.objects.filter(pk=token.pk).update(last_used_at=now)
    token.person.token_scopes = frozenset(token.scopes)
    token.person.token_actor = Actor("token", str(token.pk), token.name)
    return token
