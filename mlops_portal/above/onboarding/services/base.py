"""What all writes of onboardings share: claiming a state, and the event."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.above.onboarding.errors import WrongState
from mlops_portal.above.onboarding.models import Onboarding
from mlops_portal.above.onboarding.transitions import WAYS, OnboardingState
from mlops_portal.foundation.ledger.refs import SYSTEM, Actor, Ref
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.shell.live import changed


def claim(
    onboarding: Onboarding,
    old: OnboardingState | Collection[OnboardingState],
    new: OnboardingState,
    **values: Any,
) -> None:
    """Move it from ``old`` to ``new`` with ``values``; raises WrongState where somebody was first."""
    states = {old} if isinstance(old, OnboardingState) else set(old)
    if not all((state, new) in WAYS or state == new for state in states):
        raise ValueError(f"no way from {states} to {new}")
    now = timezone.now()
    waiting = Onboarding.objects.filter(pk=onboarding.pk, state__in=states)
    if waiting.update(state=new, changed_at=now, **values) != 1:
        raise WrongState(
            _("This cannot be done while the table of %(name)s is “%(state)s”; load the page again.")
            % {"name": onboarding.name, "state": OnboardingState(onboarding.state).label}
        )
    onboarding.refresh_from_db()


def told(
    name: str, onboarding: Onboarding, *, actor: Actor = SYSTEM, about: Sequence[Ref] = (), **public: Any
) -> None:
    """Record an event of the onboarding, and wake the pages that show it."""
    model = [onboarding.model.ref("of")] if onboarding.model is not None else []
    event_record(
        type=name,
        actor=actor,
        subjects=[onboarding.ref(), *model, *about],
        public={"name": onboarding.name, **public},
    )
    changed("onboardings", onboarding.topic)
