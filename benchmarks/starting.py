"""From `make run` to web and queue, the second time; processor time and memory of each part when all are up.

Memory is what the part and its children hold of their own and their share of what they hold together (PSS).
``quick`` starts without the demo plant.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.rows import Row
from mlops_portal.environment import BASE_DIR
from tests.browser.stack import free_ports

TITLE = "Start and memory"
SECONDS = 1500
ADDRESS = "Ctrl-C ends everything."
WEB_MEGABYTES, WEB_SECONDS, START_SECONDS = 120, 4.0, 10.0


@contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[tuple[float, int]]:
    """The portal on the files in ``folder``: seconds until the address was printed, and its port."""
    port, output = free_ports(), folder / "said"
    environ = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    begun = time.monotonic()
    with output.open("wb") as output_file:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", *arguments],
            cwd=BASE_DIR,
            env={**environ, "VAR_DIR": str(folder / "var"), "PORT": str(port)},
            stdout=output_file,
            stderr=subprocess.STDOUT,
        )
    try:
        until(lambda: ADDRESS in output.read_text(), process)
        yield time.monotonic() - begun, port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def until(condition: Any, process: subprocess.Popen[bytes], seconds: float = 900) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("the portal did not start")
        time.sleep(0.05)


def tree(pid: int) -> list[int]:
    """The process and all below it."""
    children = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout
    return [pid, *(one for child in children.split() for one in tree(int(child)))]


def megabytes(pid: int) -> float:
    """PSS of a part, in MB."""
    kilobytes = 0
    for one in tree(pid):
        text = Path(f"/proc/{one}/smaps_rollup").read_text()
        kilobytes += int((re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE) or [0, 0])[1])
    return kilobytes / 1000


def processor_seconds(pid: int) -> float:
    seconds = 0.0
    for one in tree(pid):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        seconds += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return seconds


def measure(quick: bool) -> list[Row]:
    demo = ["--no-demo"] if quick else []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with serving(folder, *demo):
            pass
        with serving(folder, *demo) as (seconds, port):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in/", timeout=60).read()
            parts: dict[str, int] = json.loads((folder / "var/run/serve.json").read_text())["processes"]
            first_page = processor_seconds(parts["web"])
            time.sleep(10 if quick else 45)  # until what goes on beside has started too
            parts = json.loads((folder / "var/run/serve.json").read_text())["processes"]
            costs = {part: (megabytes(pid), processor_seconds(pid)) for part, pid in parts.items()}
    with_demo = "without the demo plant" if quick else "with the demo plant"
    rows = [
        Row("second start to web and queue", round(seconds, 1), "s", "< 10", note=with_demo,
            met=seconds < START_SECONDS),
        Row("web to its first page", round(first_page, 2), "s of processor time", "< 4",
            met=first_page < WEB_SECONDS),
        Row("web", round(costs["web"][0]), "MB", "< 120", met=costs["web"][0] < WEB_MEGABYTES),
    ]  # fmt: skip
    rows += [
        Row(part, round(size), "MB", note=f"{spent:.1f} s of processor time so far")
        for part, (size, spent) in costs.items()
        if part != "web"
    ]
    return [
        *rows,
        Row("all parts", round(sum(size for size, _spent in costs.values())), "MB", note=with_demo),
    ]


def main() -> None:
    for row in measure("--quick" in sys.argv):
        print(row)


if __name__ == "__main__":
    main()
