"""What `make bench` prints and writes."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass

import pytest

from benchmarks import picture, run, table
from benchmarks.rows import Row, absent, beside

RESULT = {
    "name": "drift_report",
    "title": "Drift report",
    "about": "About it.",
    "seconds": 4.2,
    "load": 1.0,
    "cores": 2,
}


@pytest.mark.parametrize(
    ("value", "said"),
    [(None, "–"), (1234.56, "1,235 s"), (0.012345, "0.0123 s"), (3, "3 s"), (float("inf"), "never")],
)
def test_a_figure_has_three_digits_that_mean_something(value, said):
    assert table.figure(value, "s") == said


def test_a_row_knows_how_it_compares():
    row = beside("report", 5.0, "ms", goal="< 50 ms", peer="other", peer_figure=50.0, met=True)
    assert row.ratio == pytest.approx(0.1)
    assert table.cells(row) == ("report", "5 ms", "< 50 ms", "met", "other", "50 ms", "0.1 ×", "")


def test_a_peer_that_cannot_run_is_named_with_its_reason():
    printed = table.plain(
        [RESULT | {"rows": [absent("report", "ms", "other", "does not install: no wheel")]}]
    )
    assert "other does not install: no wheel" in printed


def test_a_module_may_bring_rows_of_its_own_class():
    @dataclass
    class Theirs:
        what: str
        figure: float
        unit: str

    assert Row.of(Theirs("reading", 2.0, "s")) == Row("reading", 2.0, "s")
    assert Row.of({"what": "reading", "figure": None, "note": "absent"}) == Row(
        "reading", None, note="absent"
    )


def test_the_page_says_when_the_machine_was_busy():
    rows = {"rows": [Row("a | b", 1.0)]}
    assert "others were at work" not in table.markdown([RESULT | rows])
    busy = table.markdown([RESULT | rows | {"load": 7.0}])
    assert "others were at work" in busy
    assert "a \\| b" in busy


def test_every_benchmark_says_what_it_measures_and_is_found_by_name():
    names = run.benchmarks()
    assert {"sketching", "drift_report", "detection", "false_alarms"} <= set(names)
    assert names[0] == "sketching"
    assert not {"run", "table", "peers", "calibration"} & set(names)
    assert all(run.bound(name) > 0 for name in names)


def test_hurried_results_do_not_reach_the_page(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "PAGE", tmp_path / "benchmarks.md")
    run.write_page([RESULT | {"rows": [], "quick": True}])
    assert not (tmp_path / "benchmarks.md").exists()


def test_the_picture_holds_every_cell():
    cells = [
        {
            "phi": phi, "window": window, "readings": 5, "length": length, "references": 20,
            "promised": 0.005, "achieved": 0.006, "low": 0.0, "high": 0.02,
        }
        for phi in (0.0, 0.9)
        for window in (50, 200)
        for length in (500, 5_000)
    ]  # fmt: skip
    drawn = ElementTree.fromstring(picture.calibration(cells))
    titles = [one.text or "" for one in drawn.iter("{http://www.w3.org/2000/svg}title")]
    assert len(titles) == len(cells)
    assert all("1.20 × promised, 20 references" in one for one in titles)


def test_a_benchmark_may_bring_a_table_of_its_own(tmp_path, monkeypatch):
    (tmp_path / "weighing.py").write_text('"""Weighs."""\n\n\ndef main():\n    print("3 kg")\n\n\nmain()\n')
    monkeypatch.setattr(run, "HERE", tmp_path)
    assert run.benchmarks() == ["weighing"]
    result = RESULT | {"name": "weighing", "rows": [], "printed": "3 kg"}
    assert "  3 kg" in table.plain([result]).splitlines()
    assert "```\n3 kg\n```" in table.markdown([result])
