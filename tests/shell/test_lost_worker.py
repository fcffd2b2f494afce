"""Real workers that are killed or stopped in the middle of a job; the clock alone is moved."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from mlops_portal.above.serve import parts
from mlops_portal.environment import BASE_DIR
from mlops_portal.foundation.shell.models import Job, KeptAnswer
from mlops_portal.foundation.shell.work import claims, jobs

pytestmark = [
    pytest.mark.services,
    pytest.mark.slow,
    pytest.mark.queued,
    pytest.mark.django_db(transaction=True),
]


class Workers:
    """Processes of ``lost_worker``; ``note`` says which of them began which step."""

    def __init__(self, folder: Path) -> None:
        self.note = folder / "note"
        self.log = folder / "log"
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        environ = {
            **os.environ,
            "LOST_NOTE": str(self.note),
            "LOST_DATABASE": str(settings.DATABASES["default"]["NAME"]),
            **parts.scheduler().env,  # without the tasks of the apps, and the libraries that they load
        }
        command = [
            "-A",
            "tests.shell.lost_worker",
            "worker",
            "-c",
            "1",
            "--without-mingle",
            "--without-gossip",
        ]
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "celery", *command, "-n", f"lost{len(self.started)}@here"],
                cwd=BASE_DIR,
                env=environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.started.append(process)

    def begun(self) -> list[tuple[int, str]]:
        lines = self.note.read_text().splitlines() if self.note.exists() else []
        return [(int(pid), name) for pid, name in (line.split() for line in lines)]

    def until(self, condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + 120
        while not condition():
            assert time.monotonic() < deadline, self.log.read_text()[-3000:]
            time.sleep(0.05)

    def end(self) -> None:
        for process in self.started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Workers]:
    workers = Workers(tmp_path)
    yield workers
    workers.end()


@pytest.fixture
def job(workers: Workers) -> Job:
    """At its second step, on the first worker; the first is done."""
    row = Job.objects.create(name="lost.steps", title="Steps", created=timezone.now())
    workers.start()
    jobs.send_row(row)
    workers.until(lambda: [name for _pid, name in workers.begun()] == ["one", "two"])
    return row


def state(job: Job) -> str:
    return Job.objects.get(pk=job.pk).state


def test_a_job_whose_worker_is_killed_goes_on_from_the_last_finished_step_on_another(
    workers: Workers, job: Job
) -> None:
    os.killpg(workers.started[0].pid, signal.SIGKILL)
    workers.start()

    assert jobs.jobs_take_up(now=timezone.now() + claims.STALE) == 1
    workers.until(lambda: state(job) == "done")

    assert [name for _pid, name in workers.begun()] == ["one", "two", "two", "three"]
    assert KeptAnswer.objects.filter(key__in=("one", "two", "three")).count() == 3


def test_a_worker_that_was_stopped_and_wakes_up_again_stores_nothing(workers: Workers, job: Job) -> None:
    first = workers.begun()[0][0]
    os.killpg(workers.started[0].pid, signal.SIGSTOP)
    workers.start()
    jobs.jobs_take_up(now=timezone.now() + claims.STALE)
    workers.until(lambda: state(job) == "done")

    os.killpg(workers.started[0].pid, signal.SIGCONT)
    workers.note.with_suffix(".on").touch()
    workers.until(lambda: "job_taken_up_by_another" in workers.log.read_text())

    kept = dict(KeptAnswer.objects.values_list("key", "caller"))
    assert kept.pop("one") == str(first)
    assert set(kept) == {"two", "three"}
    assert str(first) not in kept.values()
    assert state(job) == "done"
