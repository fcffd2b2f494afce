"""One file says the same numbers, and raises the same questions, wherever somebody brings it.

Onboarding (page, API and command), measures (page and API), back-tests (page and API; command) and replays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from django.core.management.base import CommandError

from edge_sync.errors import ReplayUnfit
from edge_sync.replay.reading import read_sheet
from mlops_portal.above.backtests.management.tables import table_at
from mlops_portal.above.backtests.tasks import run as backtest_run
from mlops_portal.above.onboarding.tasks import frames
from mlops_portal.foundation.registry.compute.tables.answers import Answers
from mlops_portal.foundation.registry.compute.tables.guessing.guess import guess
from mlops_portal.foundation.registry.compute.tables.problem import TableUnreadable
from monitoring.measures.tasks.reading import TIME, VALUE, values_in

ZONE = "America/New_York"
ROWS = 40
PLAIN = [f"{20 + 0.37 * at:.2f}" for at in range(ROWS)]


def times(written: str = "%Y-%m-%d %H:%M", step: timedelta = timedelta(hours=7)) -> list[str]:
    return [(datetime(2026, 1, 1, 6, 30) + at * step).strftime(written) for at in range(ROWS)]


def table(values: list[str], when: list[str] | None = None, *, sep: str = ",", head: str = "time,v") -> str:
    rows = [f"{at}{sep}{value}" for at, value in zip(when or times(), values, strict=True)]
    return "\n".join([head.replace(",", sep), *rows]) + "\n"


def at(place: int, cell: str, cells: list[str]) -> list[str]:
    return [*cells[:place], cell, *cells[place + 1 :]]


AWKWARD = {
    "plain": table(PLAIN),
    "half points, half commas": table([*PLAIN[:20], *(one.replace(".", ",") for one in PLAIN[20:])], sep=";"),
    "thousands both ways": table([f"1{'.,'[k % 2]}0{k:02d}{',.'[k % 2]}5" for k in range(ROWS)], sep=";"),
    "a point or thousands": table([f"{1 + k % 9}.{k * 137 % 1000:03d}" for k in range(ROWS)], sep=";"),
    "1/2/26": table(PLAIN[:12], times("%-m/%-d/%y", timedelta(days=31))[:12]),
    "days of a spreadsheet": table(PLAIN, [str(46023 + k) for k in range(ROWS)], head="date,v"),
    "24:00": table(PLAIN, at(5, "2026-01-02 24:00", times())),
    "half days": table(PLAIN, times("%m/%d/%Y %I:%M %p")),
    "a leap second": table(PLAIN, at(0, "2025-12-31 23:59:60", times())),
    "the hour that comes twice": table(
        PLAIN, [f"2026-11-01 {hour:02d}:{half}" for hour in (0, 1, 1, *range(2, 19)) for half in ("00", "30")]
    ),
    "some times with a zone": table(PLAIN, [one + "Z" * (k % 2) for k, one in enumerate(times())]),
    "a total in the middle": table(at(20, "999999", PLAIN), at(20, "Total", times())),
    "two headers": "time,v\n" + table(PLAIN, head="when,force"),
    "a row of units": table(["kN", *PLAIN[1:]], ["", *times()[1:]]),
    "lines in quotes": table([f'{one},"x\n{one}"' for one in PLAIN], head="time,v,remark"),
    "a column of NA": table([f"{one},NA" for one in PLAIN], head="time,v,w"),
    "-999 among -200": table(at(7, "-999.0", [f"-{199 + k % 2}.5" for k in range(ROWS)])),
    "-999 beside one value": table(at(7, "-999.0", ["20.5"] * ROWS)),
    "per cent": table([f"{one}%" for one in PLAIN]),
    "brackets for less than nothing": table(at(3, "(20.5)", PLAIN)),
    "infinite": table(at(3, "inf", PLAIN)),
    "narrow blanks": table([f"1\u202f{k:03d},5" for k in range(ROWS)], sep=";"),
    "milliseconds since 1970": table(PLAIN, [str(1767225600000 + 60000 * k) for k in range(ROWS)]),
}  # fmt: skip
"""Numbers under ``v`` or ``force``; every file has one column of them."""
Read = Callable[[Path, Answers], tuple[list[float], set[str]]]


def _of(frame: Any) -> list[float]:
    name = "force" if "force" in frame.columns else "v"
    return list(np.asarray(frame.columns[name], dtype=np.float64))


def _open(problems: Any) -> set[str]:
    return {one.key for one in problems if one.blocking and one.options}


def _told(error: Exception) -> set[str]:
    return set(re.findall(r"--answer “([^”]+)=…”", str(error)))


def by_onboarding(path: Path, answers: Answers) -> tuple[list[float], set[str]]:
    asked = {"answers": answers.given, "accept": answers.accept}
    given: Any = SimpleNamespace(
        file_path=path, file_name=path.name, asked=asked, site=SimpleNamespace(time_zone=ZONE)
    )
    first = frames.frame_of(given)
    return _of(frames.frame_of(given, schema=guess(first))), _open(first.faults)


def by_page_of_backtests(path: Path, answers: Answers) -> tuple[list[float], set[str]]:
    table: Any = SimpleNamespace(path=path, name=path.name, answers=dict(answers.given))
    frame = backtest_run._frame(table)
    if answers.accept:
        table.answers |= {one.key: one.taken for one in frame.faults if one.options}
        frame = backtest_run._frame(table)
    return _of(frame), _open(frame.faults)


def by_command_of_backtests(path: Path, answers: Answers) -> tuple[list[float], set[str]]:
    said = [f"{key}={value}" for key, value in answers.given.items()]
    try:
        return _of(table_at(path, {"answer": said, "zone": ZONE, "yes": answers.accept})), set()
    except CommandError as error:
        return [], _told(error)


def by_replay(path: Path, answers: Answers) -> tuple[list[float], set[str]]:
    try:
        return _of(read_sheet(path, target="", time="", part="", answers=answers).frame), set()
    except ReplayUnfit as error:
        return [], _told(error)


def by_measure(path: Path, answers: Answers) -> tuple[list[float], set[str]]:
    found = values_in(path, name=path.name, answers=answers)
    return [value for _at, value in found.values], _open(found.problems) - {VALUE, TIME}


PATHS: dict[str, Read] = {
    "page of back-tests": by_page_of_backtests,
    "command of back-tests": by_command_of_backtests,
    "replay": by_replay,
    "measure": by_measure,
}


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of the disk stand for those of the storage, and one site for the plant's."""

    @contextmanager
    def on_disk(path: Path, _name: str = "") -> Iterator[Path]:
        yield path

    monkeypatch.setattr(frames, "on_disk", on_disk)
    monkeypatch.setattr(backtest_run, "on_disk", on_disk)
    monkeypatch.setattr("mlops_portal.above.backtests.tasks.files.site_zone", lambda: ZONE)


@pytest.mark.parametrize("name", AWKWARD)
def test_one_file_says_the_same_and_asks_the_same_on_every_path(tmp_path: Path, name: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(AWKWARD[name], encoding="utf-8")
    _values, waits = by_onboarding(path, Answers(site_zone=ZONE))
    values, _none = by_onboarding(path, Answers(site_zone=ZONE, accept=True))
    assert len(values) >= 12
    for way, read in PATHS.items():
        assert read(path, Answers(site_zone=ZONE))[1] == waits, way
        taken, open_ones = read(path, Answers(site_zone=ZONE, accept=True))
        assert not open_ones, way
        wanted = values if way != "measure" else _with_times(path, values)
        np.testing.assert_array_equal(sorted(taken), sorted(wanted), err_msg=way)


def _with_times(path: Path, values: list[float]) -> list[float]:
    """A measure has no place for a value without its moment, or a moment without its value."""
    frame = table_at(path, {"answer": [], "zone": ZONE, "yes": True})
    when = np.asarray(next(iter(frame.columns.values())), dtype=np.float64)
    return [one for one, moment in zip(values, when, strict=True) if np.isfinite(one) and np.isfinite(moment)]


def test_a_column_without_a_number_is_refused_by_a_measure_in_a_sentence(
    tmp_path: Path,
) -> None:
    path = tmp_path / "table.csv"
    path.write_text(table(["NA"] * ROWS))
    with pytest.raises(TableUnreadable, match="No column holds numbers"):
        values_in(path, name=path.name, answers=Answers(site_zone=ZONE))
