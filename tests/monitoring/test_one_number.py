"""The same counts give one PSI and one KS wherever they are computed, kept or shown."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from labeling.compute.training.measures import counted
from mlops_portal.foundation.wire import sketch
from monitoring.drift.compute import (
    binned,
    categories,
    contrast,
    judging,
)
from monitoring.drift.compute.detector import calibration_grid, scores
from monitoring.drift.compute.references import Reference
from monitoring.performance.compute import interval
from monitoring.reports.compute.report import report
from monitoring.rules.wilson import wilson
from tests.monitoring.ground import reference_of

RNG = np.random.default_rng(5)
LEARNED, NOW = RNG.normal(size=2000), RNG.normal(0.6, 1.2, size=400)
ROOT = Path(__file__).parents[2]
DEFINES = re.compile(r"^[ \t]*(?:async )?def (\w+)[(\[]", re.MULTILINE)


def sides() -> tuple[dict, list[int], list[float]]:
    """What was learned of a reading, and one window of it: counts and moments."""
    stored = reference_of(LEARNED)
    counts = [int(one) for one in sketch.bin_counts(NOW, np.asarray(stored["edges"]))]
    return stored, counts, list(sketch.moments(NOW))


def by_every_path() -> dict[str, tuple[float, float]]:
    """(PSI, KS) by where they come from."""
    stored, counts, moments = sides()
    reference = Reference.of(stored)
    window = [np.array([counts])]
    sums = np.array([[moments]], dtype=float)
    seen = calibration_grid.see(window, sums, [reference]).values
    judged = judging.judge(window, sums, [reference], wanted=[0], alpha=1e-3)[0]
    told = {one.statistic: one.value for one in judged}
    (row,) = report({"x": stored}, {"x": counts}, {"x": moments}, n=400, alpha=1e-3)
    frozen = scores.freeze(LEARNED[:, None])
    drawn = scores.windows_of(NOW[:, None], frozen, 400, common=None)
    ids = binned.deciles(reference.counts[:-1])
    join = np.eye(ids.max() + 1)[ids]
    whole, _adds = contrast.psi_parts(np.array([counts[:-1]]) @ join, reference.counts[:-1] @ join)
    return {
        "alerts and limits of a calibrated version": (seen["psi"][0, 0], seen["ks"][0, 0]),
        "alerts before it is calibrated": (told["psi"], told["ks"]),
        "drift report, its page, API and command": (row["psi"], row["ks"]),
        "calibration and back-test, of raw rows": (drawn["psi"][0, 0], drawn["ks"][0, 0]),
        "where an alert's drift comes from": (float(whole), row["ks"]),
    }


@pytest.mark.parametrize("place", [0, 1], ids=["PSI", "KS"])
def test_one_name_is_one_number_on_every_path(place: int) -> None:
    found = {name: values[place] for name, values in by_every_path().items()}
    first = next(iter(found.values()))
    assert first > 0.1
    assert found == pytest.approx(dict.fromkeys(found, first), rel=1e-12)


def test_the_psi_of_words_is_one_number_too() -> None:
    counts, learned = [30, 400, 5, 165, 0, 0], [300, 3000, 600, 1000, 100, 0]
    stored = {"counts": learned, "categories": list("abcd"), "edges": [], "mean": 0, "sd": 0, "phi": 0}
    moments = np.zeros((1, 5))
    found = categories.judge_categories(
        np.array([counts]), moments, Reference.of(stored), wanted=[0], alpha=1e-3
    )
    (row,) = report({"x": {**stored, "edges": [0.0, 1.0, 2.0, 3.0]}}, {"x": counts}, {}, n=600, alpha=1e-3)
    assert {one.statistic: one.value for one in found}["psi"] == pytest.approx(row["psi"], rel=1e-12)


@pytest.mark.parametrize(("hits", "n"), [(0, 7), (3, 10), (10, 10), (499, 1000)])
def test_wilsons_interval_is_one_and_that_of_statsmodels(hits: int, n: int) -> None:
    low, high = wilson(hits / n, n)
    assert (counted(hits, n)["low"], counted(hits, n)["high"]) == (low, high)
    assert (low, high) == pytest.approx(proportion_confint(hits, n, method="wilson"), abs=1e-12)


def test_a_bootstraps_interval_leaves_draws_without_a_value_out() -> None:
    assert interval.percentile([np.nan, *range(101)]) == (2.5, 97.5)


@cache
def _defined() -> dict[str, list[str]]:
    """Where a function of a name is defined in what runs."""
    found = defaultdict(list)
    for top in sorted(one for one in ROOT.iterdir() if one.name not in (".venv", "tests", "var", "wt")):
        for path in sorted(top.rglob("*.py") if top.is_dir() else ROOT.glob(top.name)):
            if path.suffix == ".py" and "peer_scripts" not in path.parts:
                for name in DEFINES.findall(path.read_text(encoding="utf-8")):
                    found[name].append(path.relative_to(ROOT).as_posix())
    return found


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("psi", "monitoring/drift/compute/binned.py"),
        ("ks", "monitoring/drift/compute/binned.py"),
        ("wilson", "monitoring/rules/wilson.py"),
        ("deciles", "monitoring/drift/compute/binned.py"),
    ],
)
def test_each_formula_stands_once(name: str, place: str) -> None:
    own = [one for one in _defined()[name] if one != "monitoring/drift/compute/references.py"]
    assert own == [place]
