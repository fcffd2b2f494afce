"""How changes of one's own sign-in read in the log, and the one way to record them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.ledger.types import register
from mlops_portal.foundation.plant.models import Person


def register_types() -> None:
    register("directory.passkey.added", _("{actor} added the passkey {name}"))
    register("directory.passkey.renamed", _("{actor} renamed the passkey {old} to {name}"))
    register("directory.passkey.removed", _("{actor} removed the passkey {name}"))
    register("directory.authenticator.added", _("{actor} set up an authenticator app"))
    register("directory.authenticator.removed", _("{actor} removed the authenticator app"))
    register("directory.recovery_codes.made", _("{actor} made new recovery codes"))
    register("directory.password.changed", _("{actor} changed the password"))
    register("directory.password.reset", _("{actor} set a new password through a mail"))


def security_changed(
    name: str,
    *,
    person: Person,
    public: Mapping[str, Any] | None = None,
    personal: Mapping[str, Any] | None = None,
) -> None:
    """Record that ``person`` changed how they sign in; inside the transaction of the change."""
    event_record(
        type=f"directory.{name}",
        actor=person.actor,
        subjects=[person.ref()],
        public=public,
        personal=personal,
    )
