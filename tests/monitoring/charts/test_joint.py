"""Several measures watched together: the promise, what is seen sooner than alone, and bad input."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.measures.compute import (
    joint,
    joint_whitening,
    mewma,
    series,
)
from monitoring.measures.compute.contributions import contributions
from monitoring.measures.compute.joint import State, Unfit

RHO = 0.8


def drawn(n: int, *, seed: int, rho: float = RHO, p: int = 3, phi: float = 0.0) -> np.ndarray:
    """Rows (n, p) of AR(1) parts whose news are correlated."""
    root = np.linalg.cholesky(np.full((p, p), rho) + (1 - rho) * np.eye(p))
    rows = np.random.default_rng(seed).normal(size=(n + 60, p)) @ root.T
    for at in range(1, len(rows)):
        rows[at] += phi * rows[at - 1]
    return rows[60:]


@pytest.fixture(scope="module")
def fitted() -> joint.Fitted:
    return joint.fit(drawn(1500, seed=1), arl=2000)


def first_out(steps: list[joint.Step]) -> int:
    return next((at for at, one in enumerate(steps) if one.state.on), len(steps))


def events(fitted: joint.Fitted, rows: np.ndarray) -> int:
    on = [one.state.on for one in joint.run(fitted, rows)]
    return sum(now and not before for before, now in zip([False, *on], on, strict=False))


@pytest.mark.parametrize("p", [2, 5])
def test_a_reference_that_tells_everything_has_the_limit_of_the_markov_chain(p: int) -> None:
    made = joint.fit(drawn(20_000, seed=3, p=p), arl=1000)
    assert mewma.run_length_of(p, 0.1, made.limit) == pytest.approx(1000, rel=0.1)
    assert made.low < 1000 < made.high
    assert made.needed < 20_000


def test_a_short_reference_has_a_wider_limit_and_says_how_long_it_should_be() -> None:
    short, long = (joint.fit(drawn(n, seed=5), arl=1000) for n in (100, 5000))
    assert short.limit > 1.1 * long.limit
    assert short.high / short.low > 3 * long.high / long.low
    assert short.needed > 1000


def test_more_parts_leave_more_unknown() -> None:
    few, many = (joint.fit(drawn(200, seed=5, p=p), arl=500) for p in (2, 6))
    over = [one.limit / mewma.limit_for(len(one.white.parts), 0.1, 500) for one in (few, many)]
    assert over[1] > over[0] > 1


@pytest.mark.parametrize(("phi", "rho"), [(0.0, 0.0), (0.5, 0.6)])
def test_the_rate_of_false_alarms_is_the_promised_one_over_references(phi: float, rho: float) -> None:
    """In small; benchmarks/joint_measures.py does it for 200 references and more processes."""
    references, stream, arl, count = 6, 3000, 100, 0
    for seed in range(references):
        rows = drawn(400 + stream, seed=100 + seed, phi=phi, rho=rho)
        count += events(joint.fit(rows[:400], arl=arl), rows[400:])
    assert count * arl / (references * stream) == pytest.approx(1, abs=0.25)


def test_the_same_reference_has_the_same_limit(fitted: joint.Fitted) -> None:
    assert joint.fit(drawn(1500, seed=1), arl=2000).limit == fitted.limit


def test_a_step_in_one_of_three_is_seen_sooner_than_its_own_chart_sees_it(fitted: joint.Fitted) -> None:
    own = series.fit(drawn(1500, seed=1)[:, 1], arl=2000)
    together_, alone = [], []
    for seed in range(20):
        rows = drawn(150, seed=50 + seed)
        rows[:, 1] += 1.0
        together_.append(first_out(joint.run(fitted, rows)))
        steps = series.run(own, list(rows[:, 1]))[0]
        alone.append(next((at for at, one in enumerate(steps) if one.on), len(steps)))
    assert np.mean(together_) < 0.75 * np.mean(alone)


def test_a_broken_relation_is_seen_though_every_part_is_as_it_was(fitted: joint.Fitted) -> None:
    rows = drawn(200, seed=70)
    rows[:, 2] = np.random.default_rng(71).normal(size=200)
    assert first_out(joint.run(fitted, rows)) < 100
    charts = [series.fit(drawn(1500, seed=1)[:, at], arl=2000) for at in range(3)]
    alone = [series.run(one, list(rows[:, at]))[0] for at, one in enumerate(charts)]
    assert not any(step.on for steps in alone for step in steps)


def test_what_stays_as_it_was_is_left_in_peace_and_an_event_ends(fitted: joint.Fitted) -> None:
    assert events(fitted, drawn(300, seed=80)) == 0
    out = joint.run(fitted, drawn(40, seed=81) + np.array([3.0, 0.0, 0.0]))
    assert out[-1].state.on
    assert max(one.share for one in out) <= series.MOST + 1e-9
    back = joint.run(fitted, drawn(100, seed=82), out[-1].state)
    assert not back[-1].state.on
    assert sum(one.state.on for one in back) > 1


def test_the_part_that_moved_carries_the_signal(fitted: joint.Fitted) -> None:
    for at in range(3):
        rows = drawn(60, seed=90 + at)
        rows[:, at] += 1.5
        z = np.array(joint.run(fitted, rows)[-1].state.z)
        found = contributions(z, fitted.white.correlation)
        assert int(found.argmax()) == at
        assert found[at] > 0.6


@given(z=st.lists(st.floats(-5, 5), min_size=3, max_size=3), rho=st.floats(0, 0.95))
def test_a_contribution_is_what_is_gone_without_the_part(z: list[float], rho: float) -> None:
    level, made = np.array(z), np.full((3, 3), rho) + (1 - rho) * np.eye(3)
    whole = float(level @ np.linalg.solve(made, level))
    found = contributions(level, made)
    for at in range(3):
        rest = [one for one in range(3) if one != at]
        without = float(level[rest] @ np.linalg.solve(made[np.ix_(rest, rest)], level[rest]))
        assert found[at] * whole == pytest.approx(whole - without, abs=1e-6)


def test_what_one_part_says_of_another_a_value_later_is_taken_out() -> None:
    news = np.random.default_rng(4).normal(size=(4000, 2))
    rows = news.copy()
    rows[1:, 1] += 0.8 * news[:-1, 0]
    white = joint_whitening.fit(rows, (0.0, 0.0))
    assert len(white.cross) >= 1
    left = white.residuals(rows)
    assert float(np.corrcoef(left[1:, 1], left[:-1, 0])[0, 1]) == pytest.approx(0, abs=0.05)
    assert left.std(axis=0) == pytest.approx(1, abs=0.02)
    assert joint_whitening.fit(news, (0.0, 0.0)).cross == ()


@settings(max_examples=25, deadline=None)
@given(cut=st.integers(0, 80), gaps=st.sets(st.integers(0, 79), max_size=10))
def test_feeding_in_two_parts_is_feeding_at_once(cut: int, gaps: set[int]) -> None:
    chart = joint.Fitted(
        joint_whitening.fit(drawn(600, seed=7, phi=0.6), (0.0,) * 3), 600, 14.0, 500, 400, 600, 900
    )
    rows = drawn(80, seed=8, phi=0.6)
    rows[sorted(gaps), 1] = np.nan
    whole = joint.run(chart, rows)
    first = joint.run(chart, rows[:cut])
    known = rows[:cut][np.isfinite(rows[:cut]).all(axis=1)]
    second = joint.run(chart, rows[cut:], first[-1].state if first else State(), known)
    assert [one.t2 for one in first + second] == pytest.approx([one.t2 for one in whole])
    assert [one.state.on for one in first + second] == [one.state.on for one in whole]


def test_gaps_infinities_and_a_silent_part_leave_the_chart_as_it_was(fitted: joint.Fitted) -> None:
    before = joint.run(fitted, drawn(10, seed=1))[-1]
    rows = drawn(30, seed=2)
    rows[:, 1] = np.nan
    rows[3] = np.inf
    assert all(one == before for one in joint.run(fitted, rows, before.state))
    wild = joint.run(fitted, np.array([[1e308, -1e308, 1e300]]))[-1]
    assert np.isfinite([wild.t2, *wild.state.z]).all()
    assert wild.share < 0.7
    assert joint.run(fitted, np.empty((0, 3))) == []


def test_a_fitted_chart_survives_being_stored(fitted: joint.Fitted) -> None:
    again = joint.Fitted.from_json(json.loads(json.dumps(fitted.to_json())))
    assert again.to_json() == fitted.to_json()
    assert joint.run(again, drawn(5, seed=2)) == joint.run(fitted, drawn(5, seed=2))


def test_a_reference_that_teaches_nothing_is_refused_with_its_parts() -> None:
    a, b, c = drawn(200, seed=9).T
    for columns, reason, parts in (
        ((a, b, np.full(200, 3.0)), "constant", (2,)),
        ((a, b, 7 - 2 * a), "equal", (0, 2)),
        ((a, b, a + b), "equal", (0, 1, 2)),
        ((a, b, np.full(200, np.nan)), "short", ()),
        ((a[:20], b[:20], c[:20]), "short", ()),
    ):
        with pytest.raises(Unfit) as raised:
            joint.fit(np.column_stack(columns), arl=500)
        assert (raised.value.reason, raised.value.parts) == (reason, parts)
    with pytest.raises(ValueError, match="2 to 12"):
        joint.fit(a[:, None], arl=500)


def test_a_constant_part_with_a_step_that_matters_is_watched_all_the_same() -> None:
    rows = drawn(200, seed=9, p=2, rho=0.0)
    rows[:, 1] = 3.0
    chart = joint.fit(rows, arl=500, tolerances=(0.0, 0.5))
    fresh = drawn(60, seed=12, p=2, rho=0.0)
    fresh[:, 1] = 3.6
    assert joint.run(chart, fresh)[-1].state.on
