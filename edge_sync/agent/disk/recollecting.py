"""At every start: what the store, its second copy and the installed bundles know becomes one memory.

A store begun anew, or an older copy of it put back, has been begun less often than its second copy says. Then
nothing that was used is used again, and nothing that was accepted or revoked is forgotten. What is read of a
feed until its end is reached may have been counted before: until then each part is a piece of a window by
itself.
"""

from __future__ import annotations

from collections.abc import Collection

from edge_sync.agent.disk import reading
from edge_sync.agent.disk.aside import Aside
from edge_sync.agent.disk.installed import Shelf
from edge_sync.agent.disk.remembered import Remembered
from edge_sync.agent.disk.store import BORN, CATCHING_UP, FORGOTTEN, Store
from mlops_portal.foundation.wire.release import Seen

SPARE = 86_400


def _above_all(aside: Aside) -> dict[str, int]:
    """Numbers that were never used even where both copies are lost: a store begins with the seconds since
    ``BORN``, and a node takes fewer than one a second, days taken together."""
    return dict.fromkeys(("batch", "report"), max(0, int(aside.now.timestamp() - BORN)) + SPARE)


def recollect(
    store: Store, remembered: Remembered, shelf: Shelf, assets: Collection[str], aside: Aside
) -> None:
    """Make both copies the same; the highest number and every revocation count."""
    starts = int(store.meta("starts", 0))
    older = starts < remembered.begun() or (starts == 0 and any(shelf.all(asset) for asset in assets))
    if older and starts == 0 and not aside.sentences:
        aside.say("agent.sqlite3 is gone; it was begun anew, and the feed is read again.")
    elif older and starts:
        aside.say("agent.sqlite3 is an older copy of itself; what it forgot is taken from the second copy.")
    for asset in assets:
        row = store.db.execute("SELECT number, digest FROM seen WHERE asset = ?", (asset,)).fetchone()
        known = [Seen(*row)] if row else []
        known += [Seen(one.number, one.descriptor) for one in shelf.all(asset)[:1]]
        for one in known:
            remembered.see(asset, one)
    remembered.revoke(one for (one,) in store.db.execute("SELECT id FROM revoked"))
    with store.transaction():
        if older:
            store.set_meta(FORGOTTEN, True)
            for name, number in (_above_all(aside) | remembered.reserved()).items():
                store.set_meta(f"number:{name}", max(number, int(store.meta(f"number:{name}", 0))))
            for asset in assets:
                store.set_meta(f"{CATCHING_UP}:{asset}", True)
                reading.begin_with(store, asset, remembered.unsent(asset))
        store.set_meta(
            "newest_time", max(float(store.meta("newest_time", 0.0)), remembered.newest if older else 0)
        )
        starts = max(starts, remembered.begun()) + 1
        store.set_meta("starts", starts)
    remembered.begin(starts)
