from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from mlops_portal.above.serve import preflight
from mlops_portal.above.serve.errors import CannotStart
from mlops_portal.above.serve.processes import Process
from mlops_portal.above.serve.supervision import child, supervisor
from mlops_portal.above.serve.supervision.board import Board
from mlops_portal.above.serve.supervision.lock import RunLock
from mlops_portal.above.serve.supervision.supervisor import Supervisor
from tests.serve.running import Run


def kill_and_await_another(run: Run, part: str) -> None:
    before = run.pid(part)
    os.kill(before, signal.SIGKILL)
    said = f"The part {part} ended (signal KILL) and is started again; see {run.var_dir}/log/{part}.log."
    run.until(lambda: said in run.said, said)
    run.until(lambda: run.note["processes"].get(part, before) != before, f"another {part}")


@pytest.mark.slow
def test_a_part_that_dies_is_started_again_and_said(standing: Run) -> None:
    for part in ("broker", "web", "worker"):
        kill_and_await_another(standing, part)
    standing.until(standing.ready, "everything to be ready again")


@pytest.mark.slow
def test_the_watcher_is_replaced_when_somebody_ends_it(standing: Run) -> None:
    (watcher,) = [int(line.partition(":")[0]) for line in standing.left() if "watcher.py" in line]
    os.kill(watcher, signal.SIGKILL)
    standing.until(
        lambda: [line for line in standing.left() if "watcher.py" in line and str(watcher) not in line], "it"
    )

    standing.end(signal.SIGKILL)

    standing.until(lambda: not standing.left(), "the new watcher to end everything", 20)


@pytest.fixture
def lock(tmp_path: Path) -> RunLock:
    (tmp_path / "run").mkdir()
    preflight.folders()
    return RunLock(tmp_path)


def supervise(lock: RunLock, *processes: Process) -> None:
    try:
        Supervisor(stages=[processes], lock=lock, board=Board(), address="here").run(lambda: None)
    finally:
        lock.release()


def python(name: str, code: str, *, restart: bool = True, needed: bool = False) -> Process:
    return Process(name=name, argv=(sys.executable, "-S", "-c", code), restart=restart, needed=needed)


LASTING = "import time; time.sleep(600)"
DYING = "raise SystemExit(3)"


def test_without_a_part_that_is_needed_everything_ends_with_one_sentence(
    lock: RunLock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "DEATHS", 2)
    monkeypatch.setattr(supervisor, "DEATHS", 2)
    with pytest.raises(CannotStart) as raised:
        supervise(lock, python("lasting", LASTING), python("dying", DYING, needed=True))

    assert raised.value.sentence == (
        "The part dying ended 2 times within a minute (exit 3), so everything is ended; "
        f"see {settings.VAR_DIR}/log/dying.log."
    )


class Done(Exception):
    """What was waited for has happened; everything is ended."""


def test_a_part_that_ends_again_and_again_is_marked_failed_and_the_rest_goes_on(
    lock: RunLock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "DEATHS", 2)
    monkeypatch.setattr(child, "AGAIN", 0.01)
    said: list[str] = []
    notes: list[dict[str, Any]] = []

    class Heard(Board):
        def say(self, line: str = "") -> None:
            said.append(line)
            if sum("failed" in one for one in said) == 2 and not notes:
                notes.append(json.loads(lock.note.read_text()))
                raise Done

    stage = [python("lasting", LASTING), python("dying", DYING)]
    with pytest.raises(Done):
        Supervisor(stages=[stage], lock=lock, board=Heard(), address="here").run(lambda: None)
    lock.release()

    assert any(
        one.startswith("The part dying failed: it ended again and again (exit 3); everything else goes on")
        for one in said
    )
    assert notes[0]["failed"] == ["dying"]
    assert "lasting" in notes[0]["processes"]


def test_the_pauses_of_a_part_that_failed_grow_and_end() -> None:
    one = child.Child(python("dying", DYING))
    now = time.monotonic()
    pauses = [one.pause(now) for _death in range(20)]
    assert pauses[4:10] == [10.0, 20.0, 40.0, 80.0, 160.0, 300.0]
    assert max(pauses) == 300.0
    assert one.pause(now + 61) < 1, "it lived for a minute, so it begins anew"
    assert not one.failed


def test_a_job_of_the_start_that_fails_ends_everything_with_one_sentence(lock: RunLock) -> None:
    with pytest.raises(CannotStart, match=r"The part loading ended \(exit 4\); see .*loading\.log\."):
        supervise(lock, python("loading", "raise SystemExit(4)", restart=False))


def test_what_a_part_leaves_behind_in_its_group_is_ended_with_it(lock: RunLock, tmp_path: Path) -> None:
    note = tmp_path / "child"
    leaving = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-S', '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(note)!r}, 'w').write(str(child.pid))\n"
        "raise SystemExit(4)"
    )
    with pytest.raises(CannotStart):
        supervise(lock, python("leaving", leaving, restart=False))

    status = Path(f"/proc/{note.read_text()}/stat")
    assert not status.exists() or status.read_text().rpartition(")")[2].split()[0] == "Z"
