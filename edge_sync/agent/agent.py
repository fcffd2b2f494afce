"""The agent: one thread judges, one speaks with the portal; the first never waits for the second."""

from __future__ import annotations

import fcntl
import logging
import secrets
import threading
from datetime import datetime
from pathlib import Path
from typing import IO

from edge_sync.agent import clock, keys
from edge_sync.agent.activations import Activations
from edge_sync.agent.config import BadConfig, Config
from edge_sync.agent.files import Files
from edge_sync.agent.installed import Shelf
from edge_sync.agent.reports import Reporter
from edge_sync.agent.station import Station
from edge_sync.agent.store import Store
from edge_sync.agent.transport import Away, Backoff, Portal
from edge_sync.agent.uplink import Uplink
from edge_sync.agent.web import pool

log = logging.getLogger("agent")
FORGET_EVERY = 3600.0


def lock(home: Path) -> IO[str]:
    """Hold the home for this process alone; BadConfig where another agent runs there."""
    home.mkdir(parents=True, exist_ok=True)
    held = (home / "agent.lock").open("w")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.close()
        raise BadConfig(f"another agent runs in {home}: stop it first.") from None
    return held


def secret_of(store: Store) -> bytes:
    """The node's secret for drawing samples, made once."""
    with store.transaction():
        found = store.meta("secret") or secrets.token_hex(32)
        store.set_meta("secret", found)
    return bytes.fromhex(found)


class Agent:
    """Everything of one node, put together."""

    def __init__(self, config: Config) -> None:
        self._held = lock(config.home)
        self.config = config
        self.key = keys.load_or_make(config.key_file)
        self.store = Store(config.home / "agent.sqlite3")
        self.kept, self.shelf = Files(config.home / "files"), Shelf(config.home)
        reporter = Reporter(self.store, self.key)
        self.activations = Activations(self.store, reporter)
        secret = secret_of(self.store)
        self.stations = {
            asset: Station(
                asset,
                config,
                activations=self.activations,
                reporter=reporter,
                shelf=self.shelf,
                kept=self.kept,
                secret=secret,
            )
            for asset in config.assets
        }
        self.pool = pool(config)
        self.uplink = Uplink(config, self.store, Portal(config, self.key, self.pool), self.pool)
        self._said = ""
        self._forgot = 0.0

    def start(self, now: datetime) -> None:
        """Run what was accepted before, without asking anybody."""
        for station in self.stations.values():
            station.start(now)

    def judge(self, now: datetime) -> bool:
        """Poll every station once; True where one of them has more."""
        clock.note(self.store, now)
        more = [station.poll(now) for station in self.stations.values()]
        return any(more)

    def update(self, now: datetime) -> None:
        """Look for releases; what stops updates is said once and stops nothing else."""
        from edge_sync.agent.repository import (
            Repository,
            UpdatesStop,
        )  # TUF loads beside the first judgements
        from edge_sync.agent.updates import Updates

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

        sentence = ""
        try:
            Updates(self.config, self.activations, self.kept, self.stations, open_repository).check(now)
        except UpdatesStop as error:
            sentence = str(error)
        if sentence != self._said:
            self._said = sentence
            log.warning("updates: %s", sentence or "possible again")
        with self.store.transaction():
            self.store.set_meta("updates_stop", sentence)

    def exchange(self, now: datetime) -> None:
        """Speak with the portal once; Away where it is not there."""
        self.update(now)
        self.uplink.exchange(now)
        if now.timestamp() - self._forgot > FORGET_EVERY:
            self._forgot = now.timestamp()
            self.uplink.forget(now)

    def _speak(self, ending: threading.Event) -> None:
        backoff = Backoff(self.config.interval_s, max(60.0, 5 * self.config.interval_s))
        wait = 0.0
        while not ending.wait(wait):
            try:
                self.exchange(clock.utc_now())
                backoff.succeeded()
                wait = self.config.interval_s
            except Away as error:
                wait = max(backoff.failed(), error.wait)
                log.warning("%s; again in %.0f s", error, wait)
            except Exception:  # judging goes on whatever happens here
                wait = backoff.failed()
                log.exception("the exchange with the portal failed; again in %.0f s", wait)
        self.store.close()

    def run(self, ending: threading.Event) -> None:
        """Until ``ending`` is set."""
        self.start(clock.utc_now())
        speaking = threading.Thread(target=self._speak, args=(ending,), name="portal", daemon=True)
        speaking.start()
        while not ending.is_set():
            try:
                more = self.judge(clock.utc_now())
            except Exception:  # one bad moment (a full disk, for example) must not end the agent
                log.exception("judging failed; again in %.1f s", self.config.poll_s)
                more = False
            if not more:
                ending.wait(self.config.poll_s)
        speaking.join(timeout=5)
        self.close()

    def close(self) -> None:
        self.store.close()
        self._held.close()
