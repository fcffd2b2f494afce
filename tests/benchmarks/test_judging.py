"""How alarms become events, delays and rates."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import calibration, data, detection, peers, rules


def events_with(**found):
    """No event in any run but those named, as ``f3=[170]``."""
    return {run: found.get(f"f{run}", []) for run in range(22)}


def test_a_miss_counts_as_infinite_in_the_median():
    found, delay, false = detection.judged(events_with(f1=[162], f2=[169]))
    assert (found, delay, false) == (2, float("inf"), 0)


def test_a_delay_counts_from_the_first_faulty_row():
    every = {run: [detection.ONSET] if run else [] for run in range(22)}
    assert detection.judged(every) == (21, 3, 0)


def test_alarms_on_normal_rows_are_false_and_find_nothing():
    assert detection.judged(events_with(f0=[4, 900], f5=[12]))[::2] == (0, 3)


def test_a_detector_that_never_stops_is_charged_again_and_again():
    assert detection.merged(range(960)) == list(range(0, 960, detection.GAP + 1))
    assert detection.merged([5, 6, 20, 40]) == [5, 40]
    assert detection.merged([]) == []


def test_windows_in_a_row_are_one_event():
    assert rules.events(np.array([True, True, False, True, False, False])) == 2
    assert rules.events(np.zeros(0, dtype=bool)) == 0


def test_alarmed_rows_flag_their_window():
    assert rules.of_rows([0, 199, 200, 999], windows=3, size=200).tolist() == [True, True, False]


@pytest.mark.parametrize("rule", rules.RULES.values())
def test_rules_tell_a_large_shift(rule):
    rng = np.random.default_rng(3)
    reference = rng.normal(size=(1_000, 3))
    assert rule(reference, rng.normal((0, 0, 2), size=(500, 3)))


@pytest.mark.parametrize("phi", [0.0, 0.5, 0.9])
def test_made_streams_have_the_variance_and_the_memory_that_they_say(phi):
    made = data.ar1(np.random.default_rng(1), (200_000, 1), phi)[:, 0]
    assert made.var() == pytest.approx(1, abs=0.1)
    assert np.corrcoef(made[1:], made[:-1])[0, 1] == pytest.approx(phi, abs=0.02)


def test_a_rate_has_an_interval_over_references():
    tally = calibration.Tally(events=[2, 2, 2, 2])
    assert tally.rate == pytest.approx(2 / calibration.STREAM)
    assert tally.interval == pytest.approx((tally.rate, tally.rate))


def test_a_peer_that_was_refused_is_not_installed_again(tmp_path, monkeypatch):
    tries = []

    def refuse(venv, peer):
        tries.append(venv)
        raise peers.Absent("does not install: no wheel")

    monkeypatch.setattr(peers, "VENVS", tmp_path / "venvs")
    monkeypatch.setattr(peers, "_install", refuse)
    for _ in range(2):
        with pytest.raises(peers.Absent, match="no wheel"):
            peers.python_of("river")
    assert len(tries) == 1
