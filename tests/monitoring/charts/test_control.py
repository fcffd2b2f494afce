"""Control charts of points: constants, lines and rules against published figures, and the promise kept."""

from __future__ import annotations

import math

import numpy as np
import pytest

from monitoring.measures.compute.control import chart, constants, families, rules
from monitoring.measures.compute.control.families import Points, Unfit

NAN = float("nan")
RNG = np.random.default_rng

# NIST/SEMATECH e-Handbook 6.3.2.1 and 6.3.2.2; ASTM MNL 7, table 6: n, d2, d3, c4, A2, A3, D3, D4, B3, B4
PUBLISHED = [
    (2, 1.128, 0.853, 0.7979, 1.880, 2.659, 0.0, 3.267, 0.0, 3.267),
    (5, 2.326, 0.864, 0.9400, 0.577, 1.427, 0.0, 2.114, 0.0, 2.089),
    (7, 2.704, 0.833, 0.9594, 0.419, 1.182, 0.076, 1.924, 0.118, 1.882),
    (10, 3.078, 0.797, 0.9727, 0.308, 0.975, 0.223, 1.777, 0.284, 1.716),
    (25, 3.931, 0.708, 0.9896, 0.153, 0.606, 0.459, 1.541, 0.565, 1.435),
]


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: f"n={row[0]}")
def test_the_constants_are_those_of_the_tables(row):
    n = row[0]
    found = (
        constants.d2(n), constants.d3(n), constants.c4(n), constants.a2(n), constants.a3(n),
        *constants.range_limits(n), *constants.deviation_limits(n),
    )  # fmt: skip
    assert found == pytest.approx(row[1:], abs=0.0012)


@pytest.mark.parametrize(
    ("keys", "published"),
    [
        (("one_beyond_3",), 370.40),
        (("one_beyond_3", "two_of_three_beyond_2"), 225.44),
        (("one_beyond_3", "four_of_five_beyond_1"), 166.05),
        (("one_beyond_3", "eight_one_side"), 152.73),
        (("one_beyond_3", "two_of_three_beyond_2", "four_of_five_beyond_1"), 132.89),
        (rules.WESTERN, 91.75),
    ],
)
def test_rules_together_run_as_long_as_champ_and_woodall_say(keys, published):
    """Champ and Woodall 1987, Technometrics 29, table 1, no shift."""
    assert rules.run_length(keys) == pytest.approx(published, abs=0.01)


def test_a_run_of_nine_comes_once_in_511_values():
    """A run of n on one side of a median: 2^n - 1."""
    assert rules.run_length(["nine_one_side"]) == pytest.approx(511.0)


@pytest.mark.parametrize("key", ["six_trending", "fourteen_alternating", "fifteen_within_1"])
def test_a_rule_is_wrong_as_often_in_a_stream_as_was_computed(key):
    """The first signal over 250 streams; three standard errors."""
    firsts = []
    for one in RNG(5).standard_normal((250, 5000)):
        said = rules.signals(key, one)
        firsts.append(int(np.argmax(said)) + 1 if said.any() else said.size)
    expected = rules.run_length([key])
    assert np.mean(firsts) == pytest.approx(expected, abs=3.2 * expected / math.sqrt(250))


def test_of_all_rules_of_nelson_the_computed_length_errs_to_the_short_side():
    every = np.zeros((600, 900), dtype=bool)
    for row, one in enumerate(RNG(6).standard_normal(every.shape)):
        for key in rules.NELSON:
            every[row] |= rules.signals(key, one)
    firsts = np.where(every.any(axis=1), every.argmax(axis=1) + 1, every.shape[1])
    assert 0.8 < rules.run_length(rules.NELSON) / firsts.mean() < 1.03


def test_every_rule_speaks_of_its_pattern_and_of_nothing_less():
    patterns = {
        "one_beyond_3": [0, 3.1],
        "two_of_three_beyond_2": [2.1, 0, 2.2],
        "four_of_five_beyond_1": [-1.1, -1.2, 0.5, -1.1, -1.3],
        "eight_one_side": [0.1] * 8,
        "nine_one_side": [-0.1] * 9,
        "six_trending": [-1, -0.5, 0.1, 0.2, 0.3, 0.9],
        "fourteen_alternating": [0.1, -0.1] * 7,
        "fifteen_within_1": [0.5, -0.5, -0.5] * 5,
        "eight_outside_1": [1.5, -1.5, -1.2, 1.1] * 2,
    }
    assert set(patterns) == set(rules.RULES)
    for key, pattern in patterns.items():
        z = np.array(pattern, dtype=float)
        assert np.flatnonzero(rules.signals(key, z)).tolist() == [z.size - 1], key
        assert not rules.signals(key, z[:-1]).any(), key


def test_values_that_stay_the_same_neither_rise_nor_alternate():
    still = np.zeros(40)
    assert not rules.signals("six_trending", still).any()
    assert not rules.signals("fourteen_alternating", still).any()


def test_the_lines_of_single_values_are_those_of_the_handbook():
    """NIST/SEMATECH e-Handbook 6.3.2.2, ten flow rates."""
    flow = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
    centre = families.centre_of(Points.of([(one, None, None) for one in flow]), "i_mr")
    low, middle, high = families.lines_of(centre, 1).level
    assert centre.spread == pytest.approx(1.8778, abs=5e-4)
    assert (low, middle, high) == pytest.approx((45.8185, 50.81, 55.8041), abs=0.01)


def test_the_lines_of_counts_are_those_of_the_handbook():
    """NIST/SEMATECH e-Handbook 6.3.3.1 (c chart of 25 wafers: 400 defects, 4 to 28) and 6.3.3.2 (p chart of
    30 wafers of 50 chips: .2313, .0524 to .4102)."""
    wafers = [
        16,
        14,
        28,
        16,
        12,
        20,
        10,
        12,
        10,
        17,
        19,
        17,
        14,
        16,
        15,
        13,
        14,
        16,
        11,
        20,
        11,
        19,
        16,
        31,
        13,
    ]
    c = families.lines_of(families.centre_of(Points.of([(one, None, None) for one in wafers]), "c"), 1).level
    assert c == pytest.approx((4.0, 16.0, 28.0))
    chips = [.24, .30, .16, .20, .08, .14, .32, .18, .28, .20, .10, .12, .34, .24, .44, .16, .20, .10, .26,
             .22, .40, .36, .48, .30, .18, .24, .14, .26, .18, .12]  # fmt: skip
    p = families.lines_of(
        families.centre_of(Points.of([(100 * one, 50, None) for one in chips]), "p"), 50
    ).level
    assert p == pytest.approx((5.24, 23.13, 41.02), abs=0.02)


def points_of(family: str, n: int, rng: np.random.Generator, shift: float = 0.0) -> Points:
    none = np.full(n, NAN)
    if family in families.SUBGROUPED:
        readings = 20 + shift + rng.standard_normal((n, 5))
        spread = np.ptp(readings, axis=1) if family == "xbar_r" else readings.std(axis=1, ddof=1)
        return Points(readings.mean(axis=1), np.full(n, 5.0), spread)
    if family == "i_mr":
        return Points(20 + shift + rng.standard_normal(n), none, none)
    size = rng.integers(40, 81, n).astype(float) if family != "np" else np.full(n, 50.0)
    if family in ("p", "np"):
        many = rng.binomial(size.astype(int), 0.05 * (1 + shift))
        return Points(100 * many / size if family == "p" else many.astype(float), size, none)
    if family == "c":
        return Points(rng.poisson(4 * (1 + shift), n).astype(float), none, none)
    return Points(rng.poisson(0.1 * (1 + shift) * size) / size, size, none)


@pytest.mark.parametrize("family", families.FAMILIES)
def test_false_alarms_come_as_seldom_as_promised_also_with_rules(family):
    """6 references, 1,500 points each, one in 100 promised."""
    rng, events, seen = RNG(3), 0, 0
    for _ in range(6):
        made = chart.fit(points_of(family, 200, rng), family=family, arl=100, chosen=["nine_one_side"])
        on = np.array([one.on for one in chart.run(made, points_of(family, 1500, rng), lead=0)])
        events, seen = events + int((on[1:] & ~on[:-1]).sum()), seen + on.size
    assert events / seen < 1.3 / 100
    assert made.rules == (chart.RuleHeld("nine_one_side", pytest.approx(511.0), alarms=True),)


@pytest.mark.parametrize("family", families.FAMILIES)
def test_a_step_is_seen_within_a_few_points(family):
    rng = RNG(4)
    made = chart.fit(points_of(family, 200, rng), family=family, arl=2000)
    steps = chart.run(made, points_of(family, 20, rng, shift=2.5), lead=0)
    assert next(at for at, one in enumerate(steps) if one.on) < 4


def test_a_rule_that_does_not_fit_the_promise_marks_and_does_not_alarm():
    rng = RNG(7)
    made = chart.fit(points_of("i_mr", 200, rng), family="i_mr", arl=3000, chosen=["eight_one_side"])
    assert made.rules == (chart.RuleHeld("eight_one_side", pytest.approx(255.0), alarms=False),)
    steps = chart.run(made, Points(np.full(9, 20.6), np.full(9, NAN), np.full(9, NAN)), lead=0)
    assert (steps[-1].rules, steps[-1].alarms, steps[-1].on) == (("eight_one_side",), (), False)


def test_points_that_vary_more_than_their_inside_and_that_resemble_each_other_keep_the_promise():
    """Textbook lines, drawn from the spread within, would be wrong at every third point here."""
    rng, events, seen = RNG(8), 0, 0

    def walk(n: int) -> Points:
        level = np.zeros(n + 50)
        for at in range(1, n + 50):
            level[at] = 0.6 * level[at - 1] + 0.8 * rng.standard_normal()
        readings = level[50:, None] + rng.standard_normal((n, 5))
        return Points(readings.mean(axis=1), np.full(n, 5.0), readings.std(axis=1, ddof=1))

    beyond = 0
    for _ in range(6):
        made = chart.fit(walk(400), family="xbar_s", arl=250)
        steps = chart.run(made, walk(2000), lead=0)
        on = np.array([one.on for one in steps])
        beyond += sum(one.beyond for one in steps)
        events, seen = events + int((on[1:] & ~on[:-1]).sum()), seen + on.size
    assert beyond / seen > 0.15
    assert events / seen < 1.4 / 250


def test_more_spread_than_chance_between_counts_widens_the_limit():
    """Laney 2002: with large samples every point leaves the textbook's lines."""
    rng = RNG(9)
    size = np.full(300, 20_000.0)
    rates = np.clip(rng.normal(0.05, 0.005, 300), 0.01, 0.2)
    points = Points(100 * rng.binomial(size.astype(int), rates) / size, size, np.full(300, NAN))
    made = chart.fit(points, family="p", arl=500)
    steps = chart.run(made, points, lead=0)
    assert sum(one.beyond for one in steps) > 60
    assert sum(one.on for one in steps) < 5


@pytest.mark.parametrize(
    ("family", "rows", "reason"),
    [
        ("xbar_r", [(20.0, 5, 0.0)] * 30, "constant"),
        ("xbar_r", [(20.0 + at, 5, 0.0) for at in range(30)], "no_within"),
        ("xbar_s", [(20.0, None, 1.0)] * 30, "no_size"),
        ("xbar_s", [(20.0, 5, None)] * 30, "no_spread"),
        ("i_mr", [(20.0, None, None)] * 30, "constant"),
        ("p", [(5.0, None, None)] * 30, "no_size"),
        ("p", [(5.0, 0, None)] * 30, "no_size"),
        ("i_mr", [(20.0 + at % 3, None, None) for at in range(10)], "constant"),
    ],
)
def test_what_cannot_be_charted_says_why(family, rows, reason):
    with pytest.raises(Unfit) as said:
        chart.fit(Points.of(rows), family=family, arl=500)
    assert said.value.reason == reason


def test_a_reference_without_a_single_fault_still_has_a_limit_and_three_faults_pass_it():
    made = chart.fit(Points.of([(0.0, 50, None)] * 100), family="p", arl=1000)
    assert made.centre.middle == pytest.approx(0.5 / 5000)
    steps = chart.run(made, Points.of([(0.0, 50, None), (6.0, 50, None)]), lead=0)
    assert [one.on for one in steps] == [False, True]


def test_a_chart_is_the_same_after_it_was_stored_and_in_whatever_batches_points_come():
    rng = RNG(10)
    made = chart.fit(points_of("xbar_r", 100, rng), family="xbar_r", arl=300, chosen=["six_trending"])
    again = chart.Chart.from_json(made.to_json())
    points = points_of("xbar_r", 60, rng, shift=0.4)
    whole = chart.run(made, points, lead=0)
    cut = Points(
        points.value[40 - made.lead :], points.size[40 - made.lead :], points.spread[40 - made.lead :]
    )
    assert chart.run(again, cut, lead=made.lead, on=whole[39].on)[0].up == pytest.approx(whole[40].up)
    assert [one.rules for one in chart.run(again, cut, lead=made.lead)] == [one.rules for one in whole[40:]]
