"""A full disk takes no part down that runs, and none that has to be started again."""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from mlops_portal.above.serve import preflight
from mlops_portal.above.serve.processes import Process
from mlops_portal.above.serve.supervision import logfiles
from mlops_portal.above.serve.supervision.board import Board
from mlops_portal.above.serve.supervision.lock import RunLock
from mlops_portal.above.serve.supervision.supervisor import Supervisor

pytestmark = pytest.mark.xdist_group("serve")
LASTING = "import time; time.sleep(600)"


def full(*_arguments: Any, **_named: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_parts_run_on_where_the_note_about_them_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "run").mkdir()
    preflight.folders()
    lock, said = RunLock(tmp_path), io.StringIO()
    monkeypatch.setattr(lock, "write", full)
    lasting = Process(name="part-on-a-full-disk", argv=(sys.executable, "-S", "-c", LASTING), grace=1)

    supervisor = Supervisor(stages=[[lasting]], lock=lock, board=Board(said), address="here")
    supervisor.run(lambda: os.kill(os.getpid(), signal.SIGTERM))
    lock.release()

    assert "part-on-a-full-disk ready" in said.getvalue()


def test_the_note_is_written_once_there_is_room_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "run").mkdir()
    lock = RunLock(tmp_path)
    supervisor = Supervisor(stages=[], lock=lock, board=Board(io.StringIO()), address="here")
    with monkeypatch.context() as narrow:
        narrow.setattr(lock, "write", full)
        supervisor._note()
    assert not lock.note.exists()

    supervisor._shortened = time.monotonic() - 61
    supervisor._tick()

    assert lock.note.exists()
    supervisor._guard.close()
    lock.release()


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    log = tmp_path / "web.log"
    monkeypatch.setattr(logfiles, "path", lambda _name: log)
    return log


def test_a_log_that_has_grown_makes_room_where_it_cannot_be_kept(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.write_bytes(b"x" * 100)
    monkeypatch.setattr(logfiles, "LIMIT", 50)
    monkeypatch.setattr(logfiles.shutil, "copyfile", full)

    logfiles.shorten("web")

    assert log.stat().st_size == 0


def test_a_part_whose_log_finds_no_room_runs_without_one(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    really = os.open
    monkeypatch.setattr(logfiles.os, "open", lambda path, *how: full() if path == log else really(path, *how))

    descriptor = logfiles.open_for("web")

    assert os.write(descriptor, b"a line") == 6
    os.close(descriptor)
