"""What is recorded of judged parts: predictions, kept and sampled rows, windows. All inside a transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np

from edge_sync.agent.config import Config
from edge_sync.agent.disk import outbox
from edge_sync.agent.disk.store import CATCHING_UP, Store
from edge_sync.agent.machine.acquisition import Reading
from edge_sync.agent.machine.judging import Judged, prediction
from edge_sync.agent.machine.running import Running
from edge_sync.agent.machine.sampler import Shares, sample
from edge_sync.agent.machine.windows import LARGEST_PIECE, OpenWindow, start_of
from mlops_portal.foundation.wire.prediction import prediction_id, reading_id

VIEWS = ("colour", "depth")


class Recorder:
    """The open windows of one asset, and where its parts are written."""

    def __init__(self, asset: str, config: Config, store: Store, secret: bytes) -> None:
        self._asset, self._config, self._store, self._secret = asset, config, store, secret
        self._shares = Shares(
            config.random_share, config.uncertain_share, config.out_share, config.uncertain_margin
        )
        self._watermark = 0.0
        self._windows: dict[str, OpenWindow] = {}
        self.recall()

    def recall(self) -> None:
        """Take the open windows from the store."""
        rows = self._store.db.execute("SELECT body FROM open_windows WHERE asset = ?", (self._asset,))
        self._windows = {one.key: one for one in (OpenWindow.restore(body) for (body,) in rows)}

    def earlier(self, part: str, at: datetime) -> Mapping[str, float | None] | None:
        """The readings of ``part`` at ``at`` if it was judged, as long as rows are kept."""
        row = self._store.db.execute(
            "SELECT readings FROM kept_rows WHERE at = ? AND asset = ? AND part = ?",
            (at.timestamp(), self._asset, part),
        ).fetchone()
        if row is None:
            return None
        readings: dict[str, float | None] = json.loads(row[0])
        return readings

    def record(self, judged: Judged, running: Running) -> None:
        """Write every judged part, and add it to its window."""
        spec = running.spec
        order = np.sort(judged.probabilities, axis=1)
        confidences, margins = order[:, -1], order[:, -1] - order[:, -2]
        labels = [spec.classes[int(best)] for best in judged.probabilities.argmax(axis=1)]
        low = np.array([one.edges[0] for one in spec.features])
        high = np.array([one.edges[-1] for one in spec.features])
        outside = np.any((judged.values < low) | (judged.values > high), axis=1)
        grouped: dict[str, list[int]] = {}
        for index, one in enumerate(judged.readings):
            number = prediction_id(
                node=self._config.node,
                asset=self._asset,
                part=one.part,
                at=one.at,
                release=running.installed.activation,
            )
            asks = bool(confidences[index] < spec.ask_below)
            said = prediction(
                one,
                running,
                number=number,
                label=labels[index],
                confidence=float(confidences[index]),
                asks=asks,
            )
            outbox.put(self._store, "predictions", said)
            chances = dict(zip(spec.classes, map(float, judged.probabilities[index]), strict=True))
            self._keep_row(
                number, one, chances, margin=float(margins[index]), outside=bool(outside[index]), asks=asks
            )
            grouped.setdefault(self._window_of(one, running), []).append(index)
        for key, rows in grouped.items():
            for piece in self._pieces(rows):
                window = self._windows[key]
                if self._catching_up():  # what an older copy of the store held of it is a piece
                    self._send(window)
                window.add(spec, judged.values[piece], [labels[row] for row in piece], confidences[piece])
                self._keep(window, [judged.readings[row] for row in piece])

    def _pieces(self, rows: list[int]) -> list[list[int]]:
        """Each part by itself while it may have been counted: a piece of one was counted or was not."""
        return [[row] for row in rows] if self._catching_up() else [rows]

    def _catching_up(self) -> bool:
        return bool(self._store.meta(f"{CATCHING_UP}:{self._asset}", False))

    def caught_up(self) -> None:
        """The feed was read to its end: what comes now was never judged, nor counted."""
        if self._catching_up():
            self._store.set_meta(f"{CATCHING_UP}:{self._asset}", False)

    def _keep(self, window: OpenWindow, readings: Sequence[Reading]) -> None:
        """Write a window that grew by these, or send it where it is a piece of its own."""
        self._store.db.executemany(
            "INSERT INTO window_parts VALUES (?, ?, ?)",
            [
                (self._asset, window.key, reading_id(asset=self._asset, part=one.part, at=one.at))
                for one in readings
            ],
        )
        if window.n >= LARGEST_PIECE or self._catching_up():
            self._send(window)
        self._store.db.execute(
            "INSERT OR REPLACE INTO open_windows VALUES (?, ?, ?)", (self._asset, window.key, window.dump())
        )

    def _keep_row(
        self,
        number: str,
        one: Reading,
        chances: Mapping[str, float],
        *,
        margin: float,
        outside: bool,
        asks: bool,
    ) -> None:
        chosen = sample(
            number, secret=self._secret, shares=self._shares, margin=margin, outside=outside, asks=asks
        )
        self._store.db.execute(
            "INSERT OR REPLACE INTO kept_rows VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                number,
                self._asset,
                one.part,
                one.at.timestamp(),
                json.dumps(one.values),
                json.dumps(chances),
                chosen is not None,
            ),
        )
        if chosen is not None:
            send_row(
                self._store,
                number,
                one.part,
                readings=one.values,
                probabilities=chances,
                reason=chosen.reason,
                inclusion_probability=chosen.inclusion_probability,
                pictures=bool(self._config.camera),
            )

    def _window_of(self, one: Reading, running: Running) -> str:
        """The key of the part's window, which is opened where it was not."""
        self._watermark = max(self._watermark, one.at.timestamp())
        starts = start_of(one.at, running.spec.window_seconds)
        window = OpenWindow(
            asset=self._asset,
            activation=running.installed.activation,
            artifact=running.installed.artifact,
            lot=one.lot,
            recipe=one.recipe,
            starts=starts,
            ends=starts + running.spec.window_seconds,
        )
        self._windows.setdefault(window.key, window)
        return window.key

    def over(self, now: datetime, *, at_end: bool) -> list[OpenWindow]:
        """The windows that are to be closed."""
        return [
            one
            for one in self._windows.values()
            if one.is_over(watermark=self._watermark, now=now.timestamp(), at_end=at_end)
        ]

    def close(self, one: OpenWindow) -> None:
        """Send a window and forget it."""
        self._send(one)
        self.drop(one)

    def _send(self, one: OpenWindow) -> None:
        """Hand what a window holds to the outbox, as a piece that is counted once, and go on empty."""
        if not one.n:
            return
        where = (self._asset, one.key)
        rows = self._store.db.execute(
            "SELECT id FROM window_parts WHERE asset = ? AND key = ? ORDER BY id", where
        )
        outbox.put(self._store, "windows", one.record([number for (number,) in rows]))
        self._store.db.execute("DELETE FROM window_parts WHERE asset = ? AND key = ?", where)
        one.empty()

    def drop(self, one: OpenWindow) -> None:
        """Forget a window that cannot be sent."""
        self._store.db.execute("DELETE FROM window_parts WHERE asset = ? AND key = ?", (self._asset, one.key))
        self._store.db.execute("DELETE FROM open_windows WHERE asset = ? AND key = ?", (self._asset, one.key))
        self._windows.pop(one.key, None)


def send_row(
    store: Store,
    number: str,
    part: str,
    *,
    readings: Mapping[str, float | None],
    probabilities: Mapping[str, float],
    reason: str,
    inclusion_probability: float,
    pictures: bool,
) -> None:
    """Queue the readings of one part, and its pictures where there is a camera."""
    record = {
        "id": number,
        "readings": readings,
        "probabilities": probabilities,
        "reason": reason,
        "inclusion_probability": inclusion_probability,
    }
    outbox.put(store, "rows", record)
    if pictures:
        store.db.executemany(
            "INSERT OR IGNORE INTO pictures (id, part, view) VALUES (?, ?, ?)",
            [(number, part, view) for view in VIEWS],
        )
