"""Which files of a feed were begun when, so that a node without memory knows with which to begin again."""

from __future__ import annotations

import json

from edge_sync.agent.disk.store import Store
from edge_sync.agent.machine import feed

MOST = 2 * feed.ROTATIONS


def keep_place(store: Store, asset: str, at: feed.Place) -> None:
    """The place in the feed, inside a transaction."""
    store.db.execute(
        "INSERT OR REPLACE INTO feeds VALUES (?, ?, ?, ?, ?, ?, ?)",
        (asset, at.offset, at.head, at.tail, at.before, at.skipping, at.reached),
    )


def place_kept(store: Store, asset: str) -> feed.Place:
    row = store.db.execute(
        "SELECT offset, head, tail, before, skipping, reached FROM feeds WHERE asset = ?", (asset,)
    ).fetchone()
    return feed.Place(*row) if row else feed.Place()


def begin_with(store: Store, asset: str, head: str) -> None:
    """Read anew from the beginning of that file, if one is named, inside a transaction."""
    if head:
        keep_place(store, asset, feed.start_of_file(head))


def note_begun(store: Store, asset: str, head: str) -> None:
    """A file is read from now on; with it, the newest time of a part before it [s since 1970]."""
    begun = store.meta(f"begun:{asset}", [])
    if not head or (begun and begun[-1][0] == head):
        return
    (newest,) = store.db.execute("SELECT max(at) FROM kept_rows WHERE asset = ?", (asset,)).fetchone()
    store.set_meta(f"begun:{asset}", [*begun, [head, newest or 0.0]][-MOST:])


def oldest_unsent(store: Store, asset: str) -> str:
    """Where all that was read has been sent except open windows: the file in which the oldest of them begins.

    "" where nothing was read.
    """
    begun = store.meta(f"begun:{asset}", [])
    rows = store.db.execute("SELECT body FROM open_windows WHERE asset = ?", (asset,))
    windows = [json.loads(body) for (body,) in rows]
    starts = min((one["starts"] for one in windows if one["n"]), default=None)
    if not begun:
        return ""
    earlier = [head for head, newest in begun if starts is None or newest < starts]
    return str(earlier[-1] if earlier else begun[0][0])
