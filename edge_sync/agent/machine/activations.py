"""How far each release has come on this node, kept beside the reports of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from edge_sync.agent.disk.remembered import Remembered
from edge_sync.agent.disk.reports import Reporter
from edge_sync.agent.disk.store import Store
from edge_sync.agent.machine.health import Health
from mlops_portal.foundation.wire.release import Descriptor, Seen

FINAL = ("active", "confirmed", "refused", "fallen_back")


class Activations:
    """desired, downloading, verified, golden_passed, active, confirmed; or refused, fallen_back.

    Every change is a report in the same transaction; a state that was reported is not reported again.
    """

    def __init__(self, store: Store, reporter: Reporter, remembered: Remembered) -> None:
        self.store, self._reporter, self._remembered = store, reporter, remembered

    def state(self, asset: str, number: int) -> str:
        """ "" for a release that this node has not begun."""
        row = self.store.db.execute(
            "SELECT state FROM activations WHERE asset = ? AND number = ?", (asset, number)
        ).fetchone()
        return row[0] if row else ""

    def move(
        self,
        asset: str,
        number: int,
        artifact: str,
        state: str,
        *,
        now: datetime,
        reason: str = "",
        measures: Mapping[str, float | int] | None = None,
    ) -> None:
        """Go to ``state`` and report it; nothing happens where the release is there already."""
        with self.store.transaction() as db:
            if self.state(asset, number) == state:
                return
            db.execute(
                "INSERT INTO activations (asset, number, artifact, state) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (asset, number) DO UPDATE "
                "SET artifact = excluded.artifact, state = excluded.state",
                (asset, number, artifact, state),
            )
            self._reporter.say(
                asset=asset,
                number=number,
                artifact=artifact,
                state=state,
                reason=reason,
                measures=measures,
                now=now,
            )

    def refuse_unseen(self, descriptor: Descriptor, code: str, sentence: str, now: datetime) -> None:
        """Report once that a descriptor is refused before it was accepted; a later roster may mend it."""
        with self.store.transaction() as db:
            done = db.execute(
                "INSERT OR IGNORE INTO refusals VALUES (?, ?, ?)", (descriptor.asset, descriptor.digest, code)
            )
            if done.rowcount:
                self._reporter.say(
                    asset=descriptor.asset,
                    number=descriptor.number,
                    artifact=descriptor.artifact,
                    state="refused",
                    reason=f"{code}: {sentence}",
                    now=now,
                )

    def seen(self, asset: str) -> Seen | None:
        """The highest release that this node accepted for the asset; the store and its second copy know."""
        row = self.store.db.execute("SELECT number, digest FROM seen WHERE asset = ?", (asset,)).fetchone()
        known = [one for one in (Seen(*row) if row else None, self._remembered.highest(asset)) if one]
        return max(known, key=lambda one: one.number, default=None)

    def see(self, asset: str, number: int, digest: str) -> None:
        """Remember, durably in both places, that this release was accepted; a lower one changes nothing."""
        self._remembered.see(asset, Seen(number, digest))
        self.store.db.execute(
            "INSERT INTO seen VALUES (?, ?, ?) ON CONFLICT (asset) DO UPDATE "
            "SET number = excluded.number, digest = excluded.digest WHERE excluded.number > number",
            (asset, number, digest),
        )

    def finished(self, asset: str, number: int) -> bool:
        """Whether nothing is left to do for a release that was accepted."""
        return self.state(asset, number) in FINAL and self.store.meta(f"again:{asset}") != number

    def fetch_again(self, asset: str, number: int) -> None:
        """Its files rotted on this disk: it is fetched and tested again."""
        with self.store.transaction():
            self.store.set_meta(f"again:{asset}", number)

    def awaited(self, asset: str) -> bool:
        """Whether a release that ran here is on its way again, and nothing was said against it."""
        number = int(self.store.meta(f"again:{asset}", 0))
        return number != 0 and self.state(asset, number) != "refused"

    def health(self, asset: str, number: int) -> Health:
        row = self.store.db.execute(
            "SELECT health FROM activations WHERE asset = ? AND number = ?", (asset, number)
        ).fetchone()
        return Health(**json.loads(row[0])) if row else Health()

    def keep_health(self, asset: str, number: int, health: Health) -> None:
        self.store.db.execute(
            "UPDATE activations SET health = ? WHERE asset = ? AND number = ?",
            (json.dumps(asdict(health)), asset, number),
        )

    def above(self, asset: str, number: int) -> list[tuple[int, str, str]]:
        """Releases above ``number`` that count as running: (number, artifact, state)."""
        return list(
            self.store.db.execute(
                "SELECT number, artifact, state FROM activations "
                "WHERE asset = ? AND number > ? AND state IN ('active', 'confirmed')",
                (asset, number),
            )
        )

    def revoke(self, ids: frozenset[str]) -> None:
        """Remember revocations for good, in both places."""
        self._remembered.revoke(ids)
        with self.store.transaction() as db:
            db.executemany("INSERT OR IGNORE INTO revoked VALUES (?)", [(one,) for one in sorted(ids)])

    def revoked(self) -> frozenset[str]:
        here = frozenset(one for (one,) in self.store.db.execute("SELECT id FROM revoked"))
        return here | self._remembered.revoked
