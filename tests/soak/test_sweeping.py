"""A fault run that is killed leaves nothing: neither processes nor disks."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mlops_portal.environment import BASE_DIR
from tests.soak import disks, sweeping
from tests.soak.disks import Disk

RUN = """
import os, subprocess, sys, time
from pathlib import Path
from tests.soak.disks import Disk
from tests.soak.sweeping import Watch

folder, notes = map(Path, sys.argv[1:])
watch = Watch(folder, notes)
disk = Disk(folder / "node-1", 8)
own = {**os.environ, "SOAK_NODE": str(folder / "node-1")}
subprocess.Popen(["sleep", "300"], cwd=disk.folder, env=own, start_new_session=True)
print("begun", flush=True)
time.sleep(300)
"""
Agent = Callable[[Path], "subprocess.Popen[bytes]"]


@pytest.fixture
def agent() -> Iterator[Agent]:
    """Something that runs on the files of a folder, as an agent does."""
    made: list[subprocess.Popen[bytes]] = []

    def start(folder: Path) -> subprocess.Popen[bytes]:
        made.append(subprocess.Popen(["sleep", "300"], env={**os.environ, "SOAK_NODE": f"{folder}/node-1"}))
        return made[-1]

    yield start
    for one in made:
        one.kill()
        one.wait()


def dead_note(notes: Path, folder: Path) -> Path:
    """What a run in ``folder`` left, which is gone."""
    gone = subprocess.Popen(["true"])
    gone.wait()
    notes.mkdir(exist_ok=True)
    note = notes / f"{gone.pid}.json"
    note.write_text(json.dumps({"folder": str(folder), "began": "1"}))
    return note


def test_what_runs_on_files_of_the_folder_is_ended_and_nothing_else(tmp_path: Path, agent: Agent) -> None:
    ours, others = agent(tmp_path / "run"), agent(tmp_path / "run-2")

    sweeping.sweep(tmp_path / "run")

    assert ours.wait(10) == -signal.SIGKILL
    assert others.poll() is None


@pytest.mark.skipif(bool(disks.possible()), reason="no disk can be mounted here")
def test_a_disk_that_was_left_is_unmounted_and_its_image_goes(tmp_path: Path) -> None:
    disk = Disk(tmp_path / "node-1", 8)
    if not disk.mounted:
        pytest.skip("no disk can be mounted here")
    assert sweeping.mounts(tmp_path) == [tmp_path / "node-1"]

    sweeping.sweep(tmp_path)

    assert sweeping.mounts(tmp_path) == []
    assert not list(tmp_path.glob("*.ext4"))


def test_a_killed_run_leaves_neither_processes_nor_disks(tmp_path: Path) -> None:
    folder, notes = tmp_path / "run", tmp_path / "notes"
    command = [sys.executable, "-c", RUN, str(folder), str(notes)]
    with subprocess.Popen(command, cwd=BASE_DIR, stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == b"begun\n"
        until = time.monotonic() + 10
        while not (seen := list(sweeping.processes(folder))) and time.monotonic() < until:
            time.sleep(0.02)  # between exec and its first page a process has no environment yet
        run.kill()
    assert seen

    until = time.monotonic() + 30
    while list(notes.glob("*.json")) and time.monotonic() < until:  # the watcher's last step
        time.sleep(0.02)

    assert list(sweeping.processes(folder)) == []
    assert sweeping.mounts(folder) == []
    assert not list(notes.glob("*.json"))


def test_the_next_run_sweeps_what_an_earlier_one_left(tmp_path: Path, agent: Agent) -> None:
    note, left = dead_note(tmp_path / "notes", tmp_path / "run"), agent(tmp_path / "run")

    assert sweeping.sweep_orphans(tmp_path / "notes") == [tmp_path / "run"]

    assert left.wait(10) == -signal.SIGKILL
    assert not note.exists()


def test_a_run_that_goes_on_is_left_alone(tmp_path: Path, agent: Agent) -> None:
    theirs = agent(tmp_path / "run")
    watch = sweeping.Watch(tmp_path / "run", tmp_path / "notes")

    assert sweeping.sweep_orphans(tmp_path / "notes") == []
    assert theirs.poll() is None

    watch.close()


def test_another_process_with_the_number_of_a_dead_run_keeps_nothing(tmp_path: Path, agent: Agent) -> None:
    left, notes = agent(tmp_path / "run"), tmp_path / "notes"
    notes.mkdir()
    note = notes / f"{os.getpid()}.json"
    note.write_text(json.dumps({"folder": str(tmp_path / "run"), "began": "1"}))

    sweeping.sweep_orphans(notes)

    assert left.wait(10) == -signal.SIGKILL


def test_half_a_note_is_no_run(tmp_path: Path) -> None:
    (tmp_path / "7.json").write_text('{"fol')

    assert sweeping.sweep_orphans(tmp_path) == []
    assert not list(tmp_path.iterdir())
