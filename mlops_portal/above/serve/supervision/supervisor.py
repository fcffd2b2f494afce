"""Starts the parts stage by stage, keeps them running, ends them all.

- A stage is started at once and waited for; the next one begins when every part of it that is to be
  waited for is ready, however long it takes: a slow part is told of, and ends nothing.
- A part that ends is started again after a pause that doubles. One that ends ``child.DEATHS`` times within
  a minute is marked failed and tried again with growing pauses, and the rest goes on; web and broker alone,
  without which nothing works, end everything then.
- SIGINT, SIGTERM and SIGHUP end everything, the last stage first, the broker last; a second one hastens.
- One thread that looks around ten times a second: no callbacks, no races between them.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterable, Sequence
from types import FrameType

from django.utils.translation import gettext as _

from mlops_portal.above.serve.errors import CannotStart
from mlops_portal.above.serve.processes import Process
from mlops_portal.above.serve.supervision import doing, logfiles
from mlops_portal.above.serve.supervision.board import Board
from mlops_portal.above.serve.supervision.child import DEATHS, Child
from mlops_portal.above.serve.supervision.guard import Guard
from mlops_portal.above.serve.supervision.lock import RunLock

TICK = 0.1
READY_WITHIN = 60.0  # seconds after which it is said what a part does instead
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _Ending(Exception):
    """Somebody asked to end while the parts were being started."""


class Supervisor:
    def __init__(
        self, *, stages: Sequence[Iterable[Process]], lock: RunLock, board: Board, address: str
    ) -> None:
        self._stages = [[Child(process) for process in stage] for stage in stages]
        self._lock = lock
        self._board = board
        self._address = address
        self._asked = 0
        self._running: list[Child] = []
        self._due: dict[Child, float] = {}
        self._told: dict[Child, tuple[float, float | None]] = {}
        self._guard = Guard(lock)
        self._shortened = time.monotonic()
        self._noted = True

    def run(self, announce: Callable[[], None]) -> None:
        """Until somebody asks to end; CannotStart when a part cannot be kept running."""
        before = {number: signal.signal(number, self._ask) for number in SIGNALS}
        try:
            for stage in self._stages:
                self._begin(stage)
                self._until_ready(stage)
            announce()
            while True:
                self._tick()
        except _Ending:
            pass
        finally:
            self._end_all()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self._asked += 1

    def _begin(self, stage: list[Child]) -> None:
        for child in stage:
            logfiles.rotate(child.name)
            self._running.append(child)
            self._start(child)

    def _start(self, child: Child) -> None:
        self._guard.add(child.start())
        self._note()

    def _until_ready(self, stage: list[Child]) -> None:
        begun = time.monotonic()
        while waiting := [
            child for child in stage if child.process.wait and not child.ready and not child.failed
        ]:
            now = self._tick()
            self._board.waiting([child.name for child in waiting], now - begun)
            for child in waiting:
                self._tell(child, now)

    def _tell(self, child: Child, now: float) -> None:
        """A part that is slow is waited for, and what it does is said every ``READY_WITHIN`` seconds."""
        if child.pid is None or child.waited(now) < self._told.get(child, (READY_WITHIN, None))[0]:
            return
        waited, used = child.waited(now), doing.processor_seconds(child.pid)
        before = self._told.get(child, (0.0, None))[1]
        self._board.say(doing.sentence(name=child.name, waited=waited, used=used, before=before))
        self._told[child] = (waited + READY_WITHIN, used)

    def _tick(self) -> float:
        time.sleep(TICK)
        if self._asked:
            raise _Ending
        now = time.monotonic()
        self._guard.keep()
        for child in self._running:
            self._look_at(child, now)
        if now - self._shortened > 60:
            self._shortened = now
            if not self._noted:
                self._note()
            for child in self._running:
                logfiles.shorten(child.name)
        return now

    def _look_at(self, child: Child, now: float) -> None:
        pid = child.pid
        if pid is None:
            if child in self._due and now >= self._due[child]:
                del self._due[child]
                self._start(child)
            return
        code = child.ended()
        if code is not None:
            self._guard.drop(pid)
            self._note()
            self._after_end(child, code, now)
        elif child.recovered(now):
            self._note()
        elif child.became_ready(now):
            self._board.ready(child.name, child.seconds)

    def _after_end(self, child: Child, code: int, now: float) -> None:
        facts = {"name": child.name, "how": _how(code), "log": logfiles.shown(child.name), "times": DEATHS}
        if not child.process.restart:
            sentence = _("The part %(name)s ended (%(how)s); see %(log)s.") % facts
            if code and child.process.wait:
                raise CannotStart(sentence)
            if code:
                self._board.say(sentence)
            else:
                self._board.ready(child.name, child.seconds)
            return
        pause = child.pause(now)
        self._due[child] = now + pause
        if child.failed and child.process.needed:
            raise CannotStart(
                _(
                    "The part %(name)s ended %(times)d times within a minute (%(how)s), "
                    "so everything is ended; see %(log)s."
                )
                % facts
            )
        if child.failed:
            self._note()
            text = _(
                "The part %(name)s failed: it ended again and again (%(how)s); everything else goes on, "
                "and it is tried again in %(seconds)d seconds; see %(log)s."
            )
            self._board.say(text % (facts | {"seconds": pause}))
            return
        self._board.say(_("The part %(name)s ended (%(how)s) and is started again; see %(log)s.") % facts)

    def _end_all(self) -> None:
        asked = self._asked
        if self._running:
            self._board.say(_("Ending everything; Ctrl-C again hastens."))
        others = [child for child in self._running if child.name != "broker"]
        for group in (others, [child for child in self._running if child.name == "broker"]):
            self._end(group, asked)
        self._guard.close()

    def _end(self, children: list[Child], asked: int) -> None:
        begun = time.monotonic()
        for child in children:
            child.ask_to_end()
        while any(child.pid is not None for child in children):
            for child in children:
                pid = child.pid
                if pid is None:
                    continue
                if self._asked > max(asked, 1) or time.monotonic() - begun > child.process.grace:
                    child.kill()
                if child.ended() is not None:
                    self._guard.drop(pid)
            time.sleep(0.02)

    def _note(self) -> None:
        """Write which parts run, for people and tools; on a full disk later, since no part hangs on it."""
        processes = {child.name: child.pid for child in self._running if child.pid is not None}
        failed = [child.name for child in self._running if child.failed]
        try:
            self._lock.write(address=self._address, processes=processes, failed=failed)
            self._noted = True
        except OSError:
            self._noted = False


def _how(code: int) -> str:
    if code >= 0:
        return _("exit %(code)d") % {"code": code}
    return _("signal %(name)s") % {"name": signal.Signals(-code).name.removeprefix("SIG")}
