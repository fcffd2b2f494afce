"""One list of statistics: who judges tells none that it does not have, and every page takes words from it."""

from __future__ import annotations

import numpy as np
import pytest

from monitoring import catalogue
from monitoring.alerts.charts import statistic_tabs
from monitoring.drift.compute import categories, judging
from monitoring.drift.compute.detector import calibrate, calibration_grid, detector
from monitoring.readings import ReadingWords

RNG = np.random.default_rng


def test_whoever_judges_tells_no_statistic_that_the_catalogue_lacks():
    told = {*judging.STATISTICS, *categories.STATISTICS, *calibration_grid.STATISTICS}
    assert told <= set(catalogue.STATISTICS)


def test_the_detector_of_rows_tells_no_other(monkeypatch):
    monkeypatch.setattr(calibrate, "CELLS", 200_000)
    reference = RNG(1).standard_normal((400, 3))
    reference[:, 2] = RNG(2).integers(0, 3, 400)
    found = detector.fit(
        reference, window=20, per_window=0.01, names=["a", "b", "c"], categorical=[False, False, True]
    ).run(np.where(RNG(3).random((100, 3)) < 0.05, np.nan, RNG(4).standard_normal((100, 3))))
    told = {one.statistic for window in found.windows for one in window.statistics}
    assert {"mean", "t2", "missing", "unseen"} <= told <= set(catalogue.STATISTICS)


@pytest.mark.parametrize("kind", [catalogue.NUMBERS, catalogue.WORDS, catalogue.MODEL, catalogue.JOINT])
def test_every_kind_has_statistics_with_words_for_people(kind):
    some = catalogue.of_kind(kind)
    assert some
    assert all(str(one.name) and str(one.measures) and one.term for one in some)


@pytest.mark.django_db
def test_the_tabs_of_an_alert_are_those_of_its_kind(floor):
    words = ReadingWords(floor.model)
    alert = type("Shown", (), {"pk": 1})()
    labels = [one["label"] for one in statistic_tabs(alert, "pressure", "psi", words)]
    assert labels == [str(one.name) for one in catalogue.of_kind("numbers") if one.key != "changed"]
