"""Types of events for these tests, and a short way to record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction

from mlops_portal.foundation.ledger import triggers, types
from mlops_portal.foundation.ledger.refs import Actor, Ref
from mlops_portal.foundation.ledger.signals import event_recorded

if TYPE_CHECKING:
    from mlops_portal.foundation.ledger.models import Event

ADA = Actor("person", "7f1", "Ada Berg")


@pytest.fixture(scope="session", autouse=True)
def _types() -> None:
    types.register("test.tool.changed", "{actor} changed tool {tool} of {owner}")
    types.register("test.shift.begun", "A shift began")


@pytest.fixture(autouse=True)
def _nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other rooms wake the sequencer when something happens; here the tests call it."""
    monkeypatch.setattr(event_recorded, "receivers", [])


@pytest.fixture
def record() -> Callable[..., list[Event]]:
    """``record(n)``: n events, each in its own transaction."""
    from mlops_portal.foundation.ledger.services import event_record

    def recorded(count: int = 1, *, actor: Actor = ADA) -> list[Event]:
        found = []
        for number in range(count):
            with transaction.atomic():
                found.append(
                    event_record(
                        type="test.tool.changed",
                        actor=actor,
                        subjects=[Ref("line", "1"), Ref("tool", str(number), "changed")],
                        public={"tool": f"T{number}"},
                        personal={"owner": "Bo"},
                    )
                )
        return found

    return recorded


@pytest.fixture
def unguarded() -> Iterator[None]:
    """As somebody would work who can drop triggers: they are gone during the test's own SQL."""
    triggers.remove(connection)
    yield
    triggers.install(connection)
