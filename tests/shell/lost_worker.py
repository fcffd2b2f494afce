"""A real worker with one job of three steps; the process that does one writes so to a file.

Run as ``celery -A tests.shell.lost_worker worker``; LOST_NOTE names the file; the first process that
comes to the second step stays there.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402 - after the settings are read

settings.DATABASES["default"]["NAME"] = os.environ["LOST_DATABASE"]

from mlops_portal.celery import app  # noqa: E402 - as above
from mlops_portal.foundation.shell.models import Job, KeptAnswer  # noqa: E402 - as above
from mlops_portal.foundation.shell.work import jobs  # noqa: E402 - as above

NOTE = Path(os.environ["LOST_NOTE"])
STEPS = ("one", "two", "three")


@app.task(name="lost.steps")
def steps(job_id: str) -> None:
    with jobs.running(job_id) as job:
        if job is None:
            return
        for name in STEPS:
            if KeptAnswer.objects.filter(key=name).exists():
                continue
            with NOTE.open("a") as note:
                note.write(f"{os.getpid()} {name}\n")
            if name == "two" and NOTE.read_text().count(" two\n") == 1:
                wait()
            created = Job.objects.get(pk=job_id).created
            KeptAnswer.objects.create(caller=str(os.getpid()), key=name, fingerprint="f", created=created)
            job.kept()


def wait() -> None:
    """Until somebody kills it, or says that it may go on."""
    until = time.monotonic() + 120
    while time.monotonic() < until and not NOTE.with_suffix(".on").exists():
        time.sleep(0.05)
