from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest
from django.conf import settings

from mlops_portal.serve import preflight
from mlops_portal.serve.board import Board
from mlops_portal.serve.errors import CannotStart
from mlops_portal.serve.lock import RunLock
from mlops_portal.serve.processes import Process
from mlops_portal.serve.supervisor import Supervisor
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


def python(name: str, code: str, *, restart: bool = True) -> Process:
    return Process(name=name, argv=(sys.executable, "-S", "-c", code), restart=restart)


def test_a_part_that_cannot_live_ends_everything_with_one_sentence(lock: RunLock) -> None:
    with pytest.raises(CannotStart) as raised:
        supervise(
            lock, python("lasting", "import time; time.sleep(600)"), python("dying", "raise SystemExit(3)")
        )

    assert raised.value.sentence == (
        "The part dying ended 5 times within a minute (exit 3), so everything is ended; "
        f"see {settings.VAR_DIR}/log/dying.log."
    )


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
