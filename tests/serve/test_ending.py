"""However it ends, no process stays, and the next start goes on with the same data."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys

import pytest
from redis import Redis

from mlops_portal import environment
from tests.browser.stack import FROM_OUTSIDE
from tests.serve.running import FEW, Run

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("django_db_setup")]


def test_asked_to_end_it_ends_everything_without_an_error(standing: Run) -> None:
    assert {"broker", "web", "worker", "learner", "scheduler"} == set(standing.note["processes"])

    assert standing.end(signal.SIGTERM) == 0

    assert standing.left() == []
    assert "Traceback" not in standing.said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_each_way_of_asking_ends_everything_without_an_error(run: Run, number: signal.Signals) -> None:
    run.migrate().start(FEW)
    assert {"broker", "web"} == set(run.note["processes"])

    assert run.end(number) == 0

    assert run.left() == []
    assert "started again" not in run.said


def test_a_closed_terminal_ends_everything(run: Run) -> None:
    """The kernel hangs up the terminal, and what is printed afterwards goes nowhere."""
    run.migrate()
    master, terminal = pty.openpty()
    kept = {name: value for name, value in os.environ.items() if name not in FROM_OUTSIDE}
    process = subprocess.Popen(
        [sys.executable, "-c", TERMINAL, "manage.py", "serve", *FEW],
        env={**kept, "VAR_DIR": str(run.var_dir), "PORT": str(run.port)},
        cwd=environment.BASE_DIR,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
    )
    os.close(terminal)
    printed = b""
    while b"Ctrl-C ends everything." not in printed:
        printed += os.read(master, 4096)

    os.close(master)

    assert process.wait(40) == 0
    assert run.left() == []


TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


def test_killed_itself_it_leaves_no_process_and_the_next_start_has_the_same_data(standing: Run) -> None:
    socket = environment.socket_path(standing.var_dir, "broker")
    with Redis.from_url(f"unix://{socket}") as broker:
        broker.set("kept", "yes")
        broker.execute_command("WAITAOF", 1, 0, 5000)

    standing.end(signal.SIGKILL)
    standing.start()

    with Redis.from_url(f"unix://{socket}") as broker:
        assert broker.get("kept") == b"yes"
    assert standing.ready()


def test_ended_before_it_is_ready_it_leaves_no_process(run: Run) -> None:
    process = run.migrate().begin(*FEW)
    run.until(lambda: "broker" in run.said, "the broker")

    process.send_signal(signal.SIGINT)

    assert process.wait(40) == 0
    assert run.left() == []
    assert "Ctrl-C ends everything." not in run.said
