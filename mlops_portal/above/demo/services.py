"""Disturbing the demo plant."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.above.demo.errors import AlreadyOff, AlreadyOn, NotADisturbance
from mlops_portal.above.demo.models import Disturbance
from mlops_portal.above.demo.plant_words import in_words
from mlops_portal.above.demo.sim.catalogue import ASSET_TYPES, ASSETS
from mlops_portal.above.demo.sim.disturbances import DISTURBANCES
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Asset, Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.shell.live import changed


def disturbance_on(
    *, by: Person, asset: Asset, key: str, reading: str = "", strength: float = 1.0
) -> Disturbance:
    """Switch a disturbance on; the simulator follows within a second. AlreadyOn, NotADisturbance."""
    guard(by, "demo.disturb", line=asset.line)
    what = DISTURBANCES.get(key)
    if what is None or asset.slug not in ASSETS:
        raise NotADisturbance(_("There is no such disturbance or no such machine; choose from the list."))
    readings = {one.key for one in ASSET_TYPES[ASSETS[asset.slug].type].readings}
    if what.needs_reading and reading not in readings:
        raise NotADisturbance(_("“%(name)s” needs a sensor; choose one.") % {"name": in_words(what.name)})
    if not 0 < strength <= 5:
        raise NotADisturbance(_("The strength must lie above 0 and up to 5; 1 is ordinary trouble."))
    now = timezone.now()
    with transaction.atomic():
        try:
            with transaction.atomic():
                disturbance = Disturbance.objects.create(
                    asset=asset,
                    key=key,
                    reading=reading if what.needs_reading else "",
                    strength=strength,
                    on_by=by,
                    on_at=now,
                )
        except IntegrityError:
            raise AlreadyOn(_("This is switched on already; switch it off first.")) from None
        event_record(
            type="demo.disturbance.on",
            actor=by.actor,
            subjects=[asset.ref()],
            public={"disturbance": key, "reading": reading, "strength": strength, "asset": asset.name},
            at=now,
        )
        changed("demo")
    return disturbance


def disturbance_off(*, by: Person, disturbance: Disturbance) -> None:
    """Switch a disturbance off; raises AlreadyOff."""
    guard(by, "demo.disturb", line=disturbance.asset.line)
    now = timezone.now()
    with transaction.atomic():
        if Disturbance.objects.filter(pk=disturbance.pk, off_at=None).update(off_at=now) != 1:
            raise AlreadyOff(_("This was switched off before."))
        event_record(
            type="demo.disturbance.off",
            actor=by.actor,
            subjects=[disturbance.asset.ref()],
            public={"disturbance": disturbance.key, "asset": disturbance.asset.name},
            at=now,
        )
        changed("demo")
