"""What the tests cost: the ten slowest and the seconds by folder, at the end of every run."""

from __future__ import annotations

from collections import Counter

import pytest

SLOWEST = 10
_seconds: Counter[str] = Counter()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Set-up, call and clean-up of one test together; workers' reports arrive here too."""
    _seconds[report.nodeid] += report.duration


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    folders: Counter[str] = Counter()
    for name, seconds in _seconds.items():
        folders["/".join(name.split("::")[0].split("/")[:2])] += seconds
    if sum(folders.values()) < SLOWEST:
        return
    terminalreporter.section(f"{SLOWEST} slowest, and seconds by folder")
    for name, seconds in _seconds.most_common(SLOWEST):
        terminalreporter.write_line(f"{seconds:6.1f} s  {name}")
    terminalreporter.write_line(
        ", ".join(
            f"{folder.removeprefix('tests/')} {seconds:.0f}" for folder, seconds in folders.most_common()
        )
    )
