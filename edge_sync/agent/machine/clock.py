"""The node's clock, and what is known of it. Clocks begin at 1970, run hours ahead, and step.

- ``offset``: the node's clock minus the portal's signed time, or 0 since a person said that the clock is
  right; None where neither is known in this process. Steps of the clock are seen beside the steady one, which
  never steps, and the offset follows them.
- A step that nobody has explained widens the times that a reading may have, in both directions: a part is
  not set aside because of the clock. After ``SETTLED`` seconds the clock counts as it is.
- The newest time seen is remembered, so that a clock that fell back revives nothing that has expired. Once
  the signed time or a person says that the clock is right, it counts no more: the past jump stops nothing.
- While the clock is wrong by more than ``ALLOWED`` no update is taken; parts are judged.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from edge_sync.agent.disk.remembered import Remembered
from edge_sync.agent.disk.store import Store
from edge_sync.agent.machine.acquisition import Between

ALLOWED = 3600.0
STEP = 5.0  # seconds between the two clocks that are no drift
SETTLED = 600.0
ASK_EVERY = 3600.0
WRONG, RIGHT, SAID = "clock_wrong", "clock_right", "clock_said"
COMMAND = "python -m edge_sync.agent --home … clock --right --reason …"
Say = Callable[[str, str, datetime], None]


def utc_now() -> datetime:
    return datetime.now(UTC)


def amount(seconds: float) -> str:
    """How much a clock is off, in words of two parts: 2 h 0 min."""
    rest = round(abs(seconds))
    for size, big, part, small in ((86400, "days", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if rest >= size:
            return f"{rest // size} {big} {rest % size // part} {small}"
    return f"{rest} s"


def _which(seconds: float) -> str:
    return f"{'ahead' if seconds > 0 else 'behind'} by {amount(seconds)}"


class Clock:
    """Used by both threads. ``say`` reports a state of the clock: its name, a sentence, when."""

    def __init__(
        self,
        store: Store,
        remembered: Remembered,
        *,
        say: Say,
        tolerance_s: float,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store, self._remembered, self._say = store, remembered, say
        self._tolerance, self._steady = tolerance_s, steady
        self._lock = threading.RLock()
        self._before: tuple[float, float] | None = None  # the clock and the steady one, when last looked at
        self._stepped, self._stepped_at = 0.0, 0.0
        self._asked: float | None = None
        self.offset: float | None = None

    # ---- looking ----

    def look(self, now: datetime) -> None:
        """See whether the clock stepped, and remember the newest time; the judging thread calls it often."""
        with self._lock:
            wall, steady = now.timestamp(), self._steady()
            if self._before is not None:
                step = (wall - self._before[0]) - (steady - self._before[1])
                if abs(step) > STEP:
                    self._step(step, steady, now)
            self._before = (wall, steady)
            if self._stepped and steady - self._stepped_at > SETTLED:
                self._stepped = 0.0
            self._note(now)

    def _step(self, step: float, steady: float, now: datetime) -> None:
        if self.offset is not None:
            self._known(self.offset + step, now)
            return
        before, self._stepped, self._stepped_at = self._stepped, self._stepped + step, steady
        if abs(self._stepped) <= max(STEP, self._tolerance):
            self._stepped = 0.0
            self._tell(RIGHT, f"the clock was {_which(before)} until {now:%Y-%m-%d %H:%M} UTC", now)
        elif abs(step) > self._tolerance:
            self._tell(WRONG, f"the clock went {_which(step)} at once; it says {now:%Y-%m-%d %H:%M} UTC", now)

    def _note(self, now: datetime) -> None:
        """Remember the time, at most once a minute, and never one that is in doubt."""
        at = self.earliest(now).timestamp()
        if self._stepped > 0 or not at > self.newest + 60:
            return
        with self._store.transaction():
            self._store.set_meta("newest_time", at)
        if at > self._remembered.newest + ALLOWED / 2:  # the second copy may be a little older
            self._remembered.note_newest(at)

    @property
    def newest(self) -> float:
        """The newest time seen [s since 1970], 0 if none."""
        return float(self._store.meta("newest_time", 0.0))

    # ---- being told ----

    def asks(self) -> bool:
        """Whether the signed time should be asked for now."""
        with self._lock:
            steady = self._steady()
            due = self.offset is None or self._asked is None or steady - self._asked > ASK_EVERY
            doubt = bool(self._stepped or self.state or (self.offset is None and self._fell_back_by()))
            if due or doubt:
                self._asked = steady
            return due or doubt

    def learn(self, now: datetime, signed: datetime) -> None:
        """The portal says, signed, that it is ``signed`` while this clock says ``now``."""
        with self._lock:
            self._before = (now.timestamp(), self._steady())
            self._known((now - signed).total_seconds(), now)

    def confirm(self, now: datetime, reason: str) -> None:
        """A person at the node says that the clock is right."""
        with self._lock:
            self._reset(now)
            self._tell(SAID, f"a person says that {now:%Y-%m-%d %H:%M} UTC is right: {reason}", now)
            self.offset, self._stepped = 0.0, 0.0

    def _known(self, offset: float, now: datetime) -> None:
        ahead_by = self.newest - now.timestamp()
        was, self._stepped = self.offset, 0.0
        if abs(offset) > self._tolerance:
            self.offset = offset
            self._tell(WRONG, f"the clock is {_which(offset)}: it says {now:%Y-%m-%d %H:%M} UTC", now)
            return
        self.offset = 0.0
        if self.state == WRONG or ahead_by > ALLOWED:
            by = was or (ahead_by if ahead_by > ALLOWED else float(self._store.meta("clock_off", 0.0)))
            self._reset(now)
            self._tell(RIGHT, f"the clock was {_which(by)} until {now:%Y-%m-%d %H:%M} UTC", now)

    def _reset(self, now: datetime) -> None:
        with self._store.transaction():
            self._store.set_meta("newest_time", now.timestamp())
        self._remembered.note_newest(now.timestamp())

    def _tell(self, state: str, sentence: str, now: datetime) -> None:
        """Report a state once; while it is wrong, again when it steps."""
        off = self.offset or self._stepped
        before = float(self._store.meta("clock_off", 0.0))
        if state == WRONG and self.state == WRONG and abs(off - before) <= self._tolerance:
            return
        with self._store.transaction():
            self._store.set_meta("clock_state", "" if state != WRONG else WRONG)
            self._store.set_meta("clock_sentence", sentence if state == WRONG else "")
            self._store.set_meta("clock_off", off if state == WRONG else 0.0)
            self._say(state, sentence, now)

    # ---- what follows ----

    @property
    def state(self) -> str:
        """``clock_wrong``, or "" where nothing is known against the clock."""
        return str(self._store.meta("clock_state", ""))

    def _fell_back_by(self, now: datetime | None = None) -> float:
        """Seconds beyond what is allowed by which the clock says less than it did, else 0."""
        wall = now.timestamp() if now else (self._before[0] if self._before else None)
        if wall is None:
            return 0.0
        back = self.newest - wall
        return back if back > ALLOWED else 0.0

    def true(self, now: datetime) -> datetime:
        """``now`` without the error that is known."""
        with self._lock:
            return now - timedelta(seconds=self.offset) if self.offset else now

    def earliest(self, now: datetime) -> datetime:
        """The earliest time that it may be."""
        with self._lock:
            return self.true(now) - timedelta(seconds=max(0.0, self._stepped))

    def trouble(self, now: datetime) -> str:
        """Why no update can be taken by this clock, or ""."""
        with self._lock:
            if self.offset is not None:
                wrong = abs(self.offset) > ALLOWED
                return f"the clock is {_which(self.offset)}; set it, and updates go on" if wrong else ""
            back = self._fell_back_by(now)
            if not back:
                return ""
            newest = datetime.fromtimestamp(self.newest, UTC)
            return (
                f"the clock says {now:%Y-%m-%d %H:%M} but it was {newest:%Y-%m-%d %H:%M} before; set the "
                f"clock, or say that it is right: {COMMAND}"
            )

    def doubted(self, now: datetime) -> bool:
        """Whether the time is not to be trusted with anything that cannot be undone."""
        with self._lock:
            return bool(self._stepped or self.trouble(now))

    def between(self, reached: float, now: datetime) -> Between:
        """The times that a reading of this moment may have; ``reached`` as in ``feed.Place``."""
        with self._lock:
            true, stepped = self.true(now), self._stepped
            if self.offset is None and self._fell_back_by(now):
                return Between(None, None)
            latest = true + timedelta(seconds=max(0.0, -stepped))
            if stepped or reached > true.timestamp():  # reached under a clock that was ahead
                reached = 0.0
            slack = timedelta(seconds=self._tolerance)
            return Between(Between.of(reached, latest, self._tolerance).earliest, latest + slack)
