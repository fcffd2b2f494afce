"""Shared tablets for tests: paired, and taken over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.test import Client
from django.utils import timezone

from mlops_portal.foundation.plant.models import Line, Person, Pin, Tablet
from mlops_portal.foundation.plant.services.tablets import secret_digest

if TYPE_CHECKING:
    from tests.directory.world import World

PIN = "4071"


def make_tablet(line: Line, by: Person, *, secret: str = "") -> Tablet:
    """Announced, and with a ``secret`` paired."""
    now = timezone.now()
    paired = {"digest": secret_digest(secret), "paired_at": now, "seen_at": now} if secret else {}
    return Tablet.objects.create(
        line=line, name="Furnace", announced_by=by, announced_at=now,
        code_digest=secret_digest(uuid4().hex), code_until=now + timedelta(minutes=15), **paired,
    )  # fmt: skip


def give_pin(person: Person, pin: str = PIN, *, slowly: bool = False) -> None:
    """``slowly``: hashed as the portal does it, for a process of its own; tests hash faster."""
    hashed = Argon2PasswordHasher().encode(pin, "a-salt-of-tests") if slowly else make_password(pin)
    Pin.objects.create(person=person, hashed=hashed, set_at=timezone.now())


def on_tablet(line: Line, by: Person) -> Client:
    """The browser of a paired tablet, at which nobody stands."""
    make_tablet(line, by, secret="of-the-cookie")
    browser = Client()
    browser.cookies["tablet"] = "of-the-cookie"
    return browser


def take(browser: Client, person: Person, pin: str = PIN, **more: str) -> Any:
    return browser.post(f"/tablet/as/{person.pk}/", {"pin": pin, **more})


def unpair(client: Client, world: World) -> Any:
    return client.post(f"/plant/tablets/{make_tablet(world.cast.line_1, world.worker).pk}/unpair/")


def unpair_by_api(client: Client, world: World) -> Any:
    return client.delete(f"/api/v1/tablets/{make_tablet(world.cast.line_1, world.worker).pk}/")
