"""The agent: one thread judges, one speaks with the portal; the first never waits for the second."""

from __future__ import annotations

import fcntl
import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from edge_sync.agent.config import BadConfig, Config
from edge_sync.agent.disk import keys, outbox, stop
from edge_sync.agent.disk.aside import Aside, set_aside
from edge_sync.agent.disk.files import Files
from edge_sync.agent.disk.installed import Shelf
from edge_sync.agent.disk.opening import is_rot, opened
from edge_sync.agent.disk.reading import oldest_unsent
from edge_sync.agent.disk.recollecting import recollect
from edge_sync.agent.disk.remembered import Remembered
from edge_sync.agent.disk.reports import Reporter
from edge_sync.agent.failures import Failures
from edge_sync.agent.machine import clock
from edge_sync.agent.machine.activations import Activations
from edge_sync.agent.machine.station import Station
from edge_sync.agent.preparing import prepare
from edge_sync.agent.sending.asking_time import ask
from edge_sync.agent.sending.transport import Away, Backoff, Portal
from edge_sync.agent.sending.uplink import Uplink
from edge_sync.agent.sending.web import pool
from edge_sync.agent.sending.witnessing import Witness

log = logging.getLogger("agent")
FORGET_EVERY = 3600.0
FEED_AGAIN = (
    "The feed is read again, under the same ids; release numbers and revocations come before any update."
)


def lock(home: Path) -> IO[str]:
    """Hold the home for this process alone; BadConfig where another agent runs there."""
    home.mkdir(parents=True, exist_ok=True)
    if (home / "agent.lock").is_dir():
        set_aside(home / "agent.lock", clock.utc_now())
    held = (home / "agent.lock").open("w")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.close()
        raise BadConfig(f"another agent runs in {home}: stop it first.") from None
    return held


class Agent:
    """Everything of one node, put together; what rotted on its disk is set aside and said.

    ``condemned`` says why the store is set aside whatever it looks like: it failed while it was used.
    ``steady`` is a clock that never steps [s].
    """

    def __init__(
        self,
        config: Config,
        *,
        condemned: str = "",
        aside: Aside | None = None,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._aside = aside or Aside(clock.utc_now())
        self._held = lock(config.home)
        try:
            prepare(config, self._aside)
            self._open(config, condemned, steady)
        except BaseException:
            self._held.close()
            raise

    def _open(self, config: Config, condemned: str, steady: Callable[[], float]) -> None:
        self.config = config
        self.key = keys.load_or_make(config.key_file)
        self.remembered = Remembered(config.home, node=config.node, aside=self._aside)
        self.store = opened(
            config.home / "agent.sqlite3",
            node=config.node,
            aside=self._aside,
            then=FEED_AGAIN,
            condemned=condemned,
            keeper=self.remembered,
        )
        try:
            self._assemble(config, steady)
        except BaseException:
            self.store.close()
            raise

    def _assemble(self, config: Config, steady: Callable[[], float]) -> None:
        self.kept, self.shelf = Files(config.home / "files"), Shelf(config.home)
        self._reporter = Reporter(self.store, self.key)
        recollect(self.store, self.remembered, self.shelf, config.assets, self._aside)
        self.activations = Activations(self.store, self._reporter, self.remembered)
        self.clock = clock.Clock(
            self.store, self.remembered, say=self.tell, tolerance_s=config.clock_tolerance_s, steady=steady
        )
        self.stations = {
            asset: Station(
                asset,
                config,
                activations=self.activations,
                reporter=self._reporter,
                shelf=self.shelf,
                kept=self.kept,
                secret=keys.sampling_secret(self.key),
                clock=self.clock,
            )
            for asset in config.assets
        }
        self.pool = pool(config)
        portal = Portal(config, self.key, self.pool)
        witness = Witness(config, self.store, self.kept, self.key, portal, steady=steady)
        self.uplink = Uplink(config, self.store, portal, self.pool, witness)
        self.rotten = ""
        self._said, self._failed, self._forgot = "", Failures(steady), -FORGET_EVERY

    def tell(self, state: str, sentence: str, now: datetime) -> None:
        """Log and report what concerns the whole node; the report stands at its first machine."""
        log.warning("%s", sentence)
        self._reporter.say(
            asset=next(iter(self.config.assets)), number=0, artifact="", state=state, reason=sentence, now=now
        )

    def start(self, now: datetime) -> None:
        """Run what was accepted before, without asking anybody; report what was set aside."""
        for station in self.stations.values():
            station.start(now, self._aside)
        for sentence in self._aside.sentences:
            self.tell("set_aside", sentence, now)
        self._aside.sentences.clear()

    def judge(self, now: datetime) -> bool:
        """Poll every station once; True where one of them has more. One that fails holds up no other."""
        self.clock.look(now)
        said = stop.clock_right(self.config.home)
        if said is not None:
            stop.withdraw(self.config.home, "clock", "right")
            self.clock.confirm(now, said)
        more = False
        for asset, station in self.stations.items():
            if not self._failed.due(asset):
                continue
            try:
                more |= station.poll(now)
            except Exception as error:
                if is_rot(error):
                    raise
                pause = self._failed.add(asset)
                log.exception("%s: judging failed; again in %.1f s", asset, pause)
            else:
                self._failed.clear(asset)
        return more

    def update(self, now: datetime) -> None:
        """Look for releases; what stops updates is said once and stops nothing else."""
        from edge_sync.agent.updating.repository import (
            Repository,
            UpdatesStop,
        )  # TUF loads beside the first judgements
        from edge_sync.agent.updating.updates import Updates

        def open_repository() -> Repository:
            try:
                root = self.config.root.read_bytes()
            except OSError as error:
                raise UpdatesStop(f"the TUF root of the enrolment cannot be read: {error}") from None
            return Repository(
                home=self.config.home,
                portal=self.config.portal,
                root=root,
                connections=self.pool,
                kept=self.kept,
            )

        sentence = self.clock.trouble(now)
        try:
            if not sentence:
                check = Updates(self.config, self.activations, self.kept, self.stations, open_repository)
                check.check(now)
        except UpdatesStop as error:
            sentence = str(error)
        if sentence != self._said:
            self._said = sentence
            log.warning("updates: %s", sentence or "possible again")
        with self.store.transaction():
            self.store.set_meta("updates_stop", sentence)

    def exchange(self, now: datetime) -> None:
        """Speak with the portal once; Away where it is not there."""
        self._ask_time(now)
        self.update(now)
        unsent = {asset: oldest_unsent(self.store, asset) for asset in self.config.assets}
        self.uplink.exchange(self.clock.true(now))
        if not outbox.backlog(self.store):
            self.remembered.note_unsent({asset: head for asset, head in unsent.items() if head})
        if time.monotonic() - self._forgot > FORGET_EVERY and not self.clock.doubted(now):
            self._forgot = time.monotonic()
            self.uplink.forget(self.clock.true(now))

    def _ask_time(self, now: datetime) -> None:
        if not self.clock.asks():
            return
        begun = time.monotonic()
        signed = ask(self.pool, portal=self.config.portal, home=self.config.home, enrolled=self.config.root)
        if signed is not None:
            self.clock.learn(now + timedelta(seconds=time.monotonic() - begun), signed)

    def _speak(self, ending: threading.Event) -> None:
        backoff = Backoff(self.config.interval_s, max(60.0, 5 * self.config.interval_s))
        wait = 0.0
        while not ending.wait(wait) and not self.rotten:
            try:
                self.exchange(clock.utc_now())
                backoff.succeeded()
                wait = self.config.interval_s
            except Away as error:
                wait = max(backoff.failed(), error.wait)
                log.warning("%s; again in %.0f s", error, wait)
            except Exception as error:  # judging goes on whatever happens here
                if is_rot(error):
                    self.rotten = f"failed while it was used ({error})"
                    break
                wait = backoff.failed()
                log.exception("the exchange with the portal failed; again in %.0f s", wait)
        self.store.close()

    def run(self, ending: threading.Event) -> str:
        """Until ``ending`` is set; or until the store rots: returns why it must be set aside."""
        self.start(clock.utc_now())
        speaking = threading.Thread(target=self._speak, args=(ending,), name="portal", daemon=True)
        speaking.start()
        while not ending.is_set() and not self.rotten:
            try:
                more = self.judge(clock.utc_now())
            except Exception as error:  # one bad moment (a full disk, for example) must not end the agent
                if is_rot(error):
                    self.rotten = f"failed while it was used ({error})"
                    break
                log.exception("judging failed; again in %.1f s", self.config.poll_s)
                more = False
            if not more:
                ending.wait(self.config.poll_s)
        if self.rotten:
            log.error("agent.sqlite3 %s", self.rotten)
        speaking.join(timeout=35 if self.rotten else 5)
        self.close()
        return self.rotten

    def close(self) -> None:
        self.store.close()
        self._held.close()
