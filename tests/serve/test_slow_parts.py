"""A part that is slow is waited for and told of; one that fails beside the rest ends nothing."""

from __future__ import annotations

import io
import os
import re
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mlops_portal.above.serve import preflight
from mlops_portal.above.serve.processes import Process
from mlops_portal.above.serve.supervision import doing, supervisor
from mlops_portal.above.serve.supervision.board import Board
from mlops_portal.above.serve.supervision.lock import RunLock
from mlops_portal.above.serve.supervision.supervisor import Supervisor

pytestmark = pytest.mark.xdist_group("serve")
LASTING = "print('reading the tables', flush=True); import time; time.sleep(600)"
BUSY = "print('reading the tables', flush=True)\nwhile True: pass"


@pytest.fixture
def lock(tmp_path: Path) -> RunLock:
    (tmp_path / "run").mkdir()
    preflight.folders()
    return RunLock(tmp_path)


def python(name: str, code: str, ready: Callable[[], bool] | None = None, **how: bool) -> Process:
    argv = (sys.executable, "-S", "-c", code)
    return Process(name=name, argv=argv, ready=(lambda _since: ready()) if ready else None, grace=1, **how)


def supervised(lock: RunLock, said: io.StringIO, *processes: Process) -> None:
    """Until everything is ready; then it is asked to end."""
    try:
        Supervisor(stages=[processes], lock=lock, board=Board(said), address="here").run(
            lambda: os.kill(os.getpid(), signal.SIGTERM)
        )
    finally:
        lock.release()


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (BUSY, r"it works \(\d+ s of processor time so far\) and is waited for"),
        (LASTING, "does nothing at the moment; it is waited for"),
    ],
)
def test_a_slow_part_is_waited_for_and_what_it_does_is_said(
    lock: RunLock, monkeypatch: pytest.MonkeyPatch, code: str, says: str
) -> None:
    monkeypatch.setattr(supervisor, "READY_WITHIN", 2.5)
    told: list[str] = []
    say = doing.sentence
    monkeypatch.setattr(doing, "sentence", lambda **facts: told.append(say(**facts)) or told[-1])

    said = io.StringIO()
    supervised(lock, said, python("slow", code, ready=lambda: len(told) >= 2))

    assert re.search(says, told[-1]), told
    assert "The part slow is not ready after" in told[0]
    assert told[0].endswith("Its last line: reading the tables")
    assert told[0] in said.getvalue()


def test_a_part_that_is_not_waited_for_may_fail(lock: RunLock) -> None:
    said, until = io.StringIO(), time.monotonic() + 60

    def failed() -> bool:
        assert time.monotonic() < until
        return "The part loading ended (exit 4); see" in said.getvalue()

    supervised(
        lock,
        said,
        python("loading", "raise SystemExit(4)", restart=False, wait=False),
        python("lasting", LASTING, ready=failed),
    )


def test_the_processor_time_of_a_process_is_told() -> None:
    used = doing.processor_seconds(os.getpid())
    assert used is not None
    assert 0 < used < time.process_time() + 5
    assert doing.processor_seconds(2**22 + 1) is None
