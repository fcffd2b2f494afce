"""One asset at the node: its feed, the model that runs on it, its windows, and the watch over a new model."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from edge_sync.agent.config import Config
from edge_sync.agent.disk import outbox, reading, stop
from edge_sync.agent.disk.aside import Aside
from edge_sync.agent.disk.files import Files
from edge_sync.agent.disk.installed import Installed, Shelf
from edge_sync.agent.disk.opening import is_of_the_record
from edge_sync.agent.disk.reports import Reporter
from edge_sync.agent.machine import feed
from edge_sync.agent.machine.acquisition import Between, Odd, broken
from edge_sync.agent.machine.activations import Activations
from edge_sync.agent.machine.clock import Clock
from edge_sync.agent.machine.health import Health
from edge_sync.agent.machine.judging import Judged, judge, quarantined
from edge_sync.agent.machine.recording import Recorder
from edge_sync.agent.machine.running import Altered, CannotRun, Running, load
from edge_sync.agent.machine.windows import OpenWindow

log = logging.getLogger("agent.station")
AT_ONCE = 256


@dataclass(slots=True)
class _Step:
    """What one poll does: lines to judge, the place behind them, and the windows that are over."""

    lines: list[bytes]
    place: feed.Place
    between: Between
    now: datetime
    over: list[OpenWindow]
    at_end: bool
    passed: int = 0  # parts that pass unjudged, because a person stopped it


class Station:
    """``poll`` belongs to the thread that judges, ``activate`` to the one that updates; a lock is between."""

    def __init__(
        self,
        asset: str,
        config: Config,
        *,
        activations: Activations,
        reporter: Reporter,
        shelf: Shelf,
        kept: Files,
        secret: bytes,
        clock: Clock,
    ) -> None:
        self.asset, self._config = asset, config
        self._activations, self._reporter, self._store = activations, reporter, activations.store
        self._shelf, self._kept, self._clock = shelf, kept, clock
        self._recorder = Recorder(asset, config, self._store, secret)
        self._lock = threading.RLock()
        self._watch: Health | None = None
        self._place = feed.Place()
        self.running: Running | None = None
        self._recall()

    # ---- what runs ----

    def start(self, now: datetime, aside: Aside) -> None:
        """Run what was accepted before; mend what a power cut left between a switch and its report."""
        if self._shelf.rotten(self.asset):
            self._shelf.put_right(self.asset, self._last_good(now), aside)
        one = self._shelf.current(self.asset)
        number = one.number if one else 0
        for above, artifact, _state in self._activations.above(self.asset, number):
            self._activations.move(
                self.asset, above, artifact, "fallen_back", reason="power: cut while going back", now=now
            )
        if one is None:
            return
        try:
            self._run(load(one, self._kept, line=self._config.line, now=now))
        except CannotRun as error:
            log.error("%s: %s", self.asset, error)
            if isinstance(error, Altered):  # the repository still has it
                self._activations.fetch_again(self.asset, number)
            self._back(one, f"start: {error}", now)
            return
        if self._activations.state(self.asset, number) == "golden_passed":  # cut right after the switch
            self._activations.move(self.asset, number, one.artifact, "active", now=now)
            self._watch = Health()

    def _last_good(self, now: datetime) -> Installed | None:
        """The newest release that ran here, did not fall back, and still verifies."""
        for one in self._shelf.all(self.asset):
            if self._activations.state(self.asset, one.number) in ("fallen_back", "refused"):
                continue
            try:
                return load(one, self._kept, line=self._config.line, now=now).installed
            except CannotRun as error:
                log.error("%s: %s", self.asset, error)
        return None

    def _run(self, running: Running | None) -> None:
        self.running, self._watch = running, None
        if running:
            one = running.installed
            if self._activations.state(self.asset, one.number) == "active":
                self._watch = self._activations.health(self.asset, one.number)

    def activate(self, running: Running, now: datetime) -> None:
        """Switch to ``running``: first on the disk, then in the report, then here."""
        one = running.installed
        with self._lock:
            self._shelf.keep(one)
            self._shelf.switch(one)
            self._activations.move(self.asset, one.number, one.artifact, "active", now=now)
            self._run(running)
        log.info("%s runs %s", self.asset, one.activation)

    def go_back(self, reason: str, now: datetime) -> None:
        """To the fallback that the approval named; to nothing where it named none or it is not here."""
        with self._lock:
            if self.running:
                self._back(self.running.installed, reason, now)

    def _back(self, one: Installed, reason: str, now: datetime) -> None:
        measures = self._watch.measures() if self._watch else {}
        target: Running | None = None
        for earlier in self._shelf.before(self.asset, one.number):
            if one.fallback and earlier.artifact == one.fallback:
                try:
                    target = load(earlier, self._kept, line=self._config.line, now=now)
                    break
                except CannotRun as error:
                    log.error("%s: %s", self.asset, error)
        if target:
            self._shelf.switch(target.installed)
        else:
            self._shelf.clear(self.asset)
        self._activations.move(
            self.asset, one.number, one.artifact, "fallen_back", reason=reason, measures=measures, now=now
        )
        self._run(target)
        log.warning("%s went back from %s: %s", self.asset, one.activation, reason)

    # ---- what a person at the machine commands ----

    def obey(self, now: datetime) -> bool:
        """Follow the commands at the machine; returns whether the asset is stopped."""
        back = stop.going_back(self._config.home, self.asset)
        if back is not None:
            self.go_back(f"person: {back}", now)
            stop.withdraw(self._config.home, "back", self.asset)
        reason = stop.stopped(self._config.home, self.asset)
        if (reason is not None) != self._store.meta(f"stopped:{self.asset}", False):
            one = self.running.installed if self.running else None
            with self._store.transaction():
                self._store.set_meta(f"stopped:{self.asset}", reason is not None)
                said = self._what_passed(now) if reason is None else reason
                self._store.set_meta(f"passed:{self.asset}", [now.timestamp(), 0])
                self._reporter.say(
                    asset=self.asset,
                    number=one.number if one else 0,
                    artifact=one.artifact if one else "",
                    state="stopped" if reason is not None else "resumed",
                    reason=said,
                    now=now,
                )
        return reason is not None

    def _count_passed(self, step: _Step) -> None:
        if step.passed:
            since, passed = self._store.meta(f"passed:{self.asset}", [step.now.timestamp(), 0])
            self._store.set_meta(f"passed:{self.asset}", [since, passed + step.passed])

    def _what_passed(self, now: datetime) -> str:
        """What the stop affects, for the report of its end."""
        since, passed = self._store.meta(f"passed:{self.asset}", [now.timestamp(), 0])
        minutes = max(0.0, now.timestamp() - since) / 60
        return f"stopped for {minutes:.0f} min; {passed} parts passed unjudged"

    # ---- the feed ----

    def _recall(self) -> None:
        """Take the place in the feed, and the open windows, from the store."""
        self._place = reading.place_kept(self._store, self.asset)
        self._recorder.recall()

    def poll(self, now: datetime) -> bool:
        """Read, judge and record what is there, all of it or nothing; True where more is waiting.

        Where nothing may run, parts pass by. Where what ran is fetched again, they wait in the feed for it.
        Where a record breaks a step, what was read is done again one by one, and that record is set aside.
        """
        with self._lock:
            stopped = self.obey(now)
            if not stopped and self.running is None and self._activations.awaited(self.asset):
                return False
            read = feed.read(self._config.feed / f"{self.asset}.jsonl", self._place, limit=AT_ONCE)
            earliest = self._clock.earliest(now)
            place = replace(read.place, reached=earliest.timestamp()) if read.at_end else read.place
            if not read.lines and not self._recorder.over(earliest, at_end=read.at_end):
                self._place = place  # in memory alone: an idle node writes nothing
                return not read.at_end
            step = _Step(
                [] if stopped or not self.running else read.lines,
                place,
                self._clock.between(self._place.reached, now),
                self._clock.true(now),
                self._recorder.over(earliest, at_end=read.at_end),
                read.at_end,
                len(read.lines) if stopped else 0,
            )
            try:
                self._take(step)
            except Exception as error:
                if not is_of_the_record(error):
                    raise
                log.warning("%s: a record breaks a step (%s); they are taken one by one", self.asset, error)
                step.over = self._recorder.over(earliest, at_end=read.at_end)
                self._take(step, singly=True)
            self._place = place
            if self._watch and self._watch.verdict(self._config.health_parts) == "back":
                self.go_back(self._watch.reason(), now)
            return not read.at_end

    def _take(self, step: _Step, *, singly: bool = False) -> None:
        """Judge and record what was read, and the place behind it, in one transaction."""
        try:
            with self._store.transaction():
                reading.note_begun(self._store, self.asset, step.place.head)
                self._count_passed(step)
                for lines in [[one] for one in step.lines] if singly else [step.lines]:
                    self._judge(lines, step, singly=singly)
                for one in step.over:
                    self._close(one, step, singly=singly)
                if step.at_end:
                    self._recorder.caught_up()
                reading.keep_place(self._store, self.asset, step.place)
        except BaseException:  # what memory holds was rolled back
            self._recall()
            self._run(self.running)
            raise

    @contextmanager
    def _alone(self, line: bytes, step: _Step) -> Iterator[None]:
        """Whatever fails in here leaves nothing behind but ``line``, set aside."""
        db = self._store.db
        db.execute("SAVEPOINT alone")
        try:
            yield
        except Exception as error:
            if not is_of_the_record(error):
                raise
            db.execute("ROLLBACK TO alone")
            self._recorder.recall()
            self._set_aside(broken(line, error), step.now)
        finally:
            if db.in_transaction:  # a full disk ends it
                db.execute("RELEASE alone")

    def _close(self, one: OpenWindow, step: _Step, *, singly: bool) -> None:
        if not singly:
            self._recorder.close(one)
            return
        gone = False
        with self._alone(one.key.encode(), step):
            self._recorder.close(one)
            gone = True
        if not gone:
            self._recorder.drop(one)

    def _judge(self, lines: Sequence[bytes], step: _Step, *, singly: bool) -> None:
        if not lines or self.running is None:
            return
        if singly:
            with self._alone(lines[0], step):
                self._judge(lines, step, singly=False)
            return
        judged = judge(
            lines,
            self.running,
            between=step.between,
            earlier=self._recorder.earlier,
            limit_ms=self._config.golden_ms if self._watch else None,
        )
        for one in judged.odd:
            self._set_aside(one, step.now)
        if judged.repeated:
            key = f"repeated:{self.asset}"
            self._store.set_meta(key, self._store.meta(key, 0) + judged.repeated)
        if judged.readings:
            self._recorder.record(judged, self.running)
        if self._watch and (judged.readings or judged.invalid):
            self._watch_over(judged, self.running, step.now)

    def _set_aside(self, one: Odd, now: datetime) -> None:
        outbox.put(self._store, "quarantined", quarantined(one, self.asset, now))
        key = f"set_aside:{self.asset}"
        self._store.set_meta(key, self._store.meta(key, 0) + 1)

    def _watch_over(self, judged: Judged, running: Running, now: datetime) -> None:
        assert self._watch is not None
        one = running.installed
        self._watch.add(
            parts=len(judged.readings) + judged.invalid,
            invalid=judged.invalid,
            ms=judged.ms,
            limit_ms=self._config.golden_ms,
            asked_again=judged.asked_again,
        )
        self._activations.keep_health(self.asset, one.number, self._watch)
        if self._watch.verdict(self._config.health_parts) == "confirm":
            self._activations.move(
                self.asset, one.number, one.artifact, "confirmed", measures=self._watch.measures(), now=now
            )
            self._watch = None
