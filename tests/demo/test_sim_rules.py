"""Defects follow their written rules, and a model can learn them from the readings, though not all."""

from __future__ import annotations

from collections import Counter
from functools import cache

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import f1_score

from mlops_portal.above.demo.sim.history import History, history
from mlops_portal.above.demo.sim.rules import OK, RULES, outcome, probabilities, rule_of

TYPES = pytest.mark.parametrize("kind", ["press", "machining"])
CAUSES = pytest.mark.parametrize(
    ("kind", "defect", "place"),
    [
        (kind, rule.defect, i)
        for kind, rules in RULES.items()
        for rule in rules
        for i in range(len(rule.causes))
    ],
)


@cache
def table(kind: str) -> History:
    return history(kind, 8000)


@TYPES
def test_about_one_part_in_twelve_fails_and_every_class_occurs(kind):
    counts = Counter(table(kind).defect)
    rate = 1 - counts[OK] / 8000
    assert 0.06 <= rate <= 0.115
    assert set(counts) == {OK, *(rule.defect for rule in RULES[kind])}
    assert all(counts[rule.defect] >= 0.012 * 8000 for rule in RULES[kind])


@CAUSES
def test_a_push_on_a_cause_makes_its_defect_more_likely(kind, defect, place):
    cause = rule_of(kind, defect).causes[place]
    truth = dict(table(kind).truths[0].state)
    before = probabilities(kind, truth)[defect]
    truth[cause.state or cause.reading] += cause.sign * cause.scale
    assert probabilities(kind, truth)[defect] > before


@CAUSES
def test_defective_parts_show_the_cause_in_the_reading_that_the_rule_names(kind, defect, place):
    cause = rule_of(kind, defect).causes[place]
    column, classes = table(kind).columns[cause.reading], np.array(table(kind).defect)
    bad, good = np.nanmean(column[classes == defect]), np.nanmean(column[classes == OK])
    assert cause.sign * (bad - good) / np.nanstd(column) > 0.3


@TYPES
def test_no_other_reading_tells_more_than_the_best_cause(kind):
    """Where a class differs most from good parts is a reading that its rule names, or one that follows it."""
    columns, classes = table(kind).columns, np.array(table(kind).defect)
    follows = {"hydraulic_pressure": "forming_force", "tool_strokes": "acoustic_emission"}
    for rule in RULES[kind]:
        shift = {
            key: abs(np.nanmean(one[classes == rule.defect]) - np.nanmean(one[classes == OK]))
            / np.nanstd(one)
            for key, one in columns.items()
        }
        best = max(shift, key=shift.__getitem__)
        assert follows.get(best, best) in {cause.reading for cause in rule.causes}


@TYPES
def test_probabilities_add_up_to_one_and_the_draw_follows_them(kind):
    truths = table(kind).truths
    for truth in truths[:200]:
        assert sum(truth.chances.values()) == pytest.approx(1)
    for rule in RULES[kind]:
        expected = sum(truth.chances[rule.defect] for truth in truths)
        seen = sum(truth.defect == rule.defect for truth in truths)
        assert abs(seen - expected) < 4 * expected**0.5


def test_the_draw_takes_the_class_in_which_the_number_falls():
    chances = {"ok": 0.5, "crack": 0.3, "burr": 0.2}
    assert [outcome(chances, one) for one in (0.0, 0.49, 0.51, 0.79, 0.81, 0.999)] == [
        "ok", "ok", "crack", "crack", "burr", "burr",
    ]  # fmt: skip


def test_an_extreme_state_is_no_overflow():
    truth = {**table("press").truths[0].state, "forming_force": 1e6}
    assert probabilities("press", truth)["crack"] == pytest.approx(1)


@TYPES
def test_a_model_trained_on_five_thousand_parts_is_useful_but_not_perfect(kind):
    rows, classes = table(kind).matrix(), np.array(table(kind).defect)
    model = HistGradientBoostingClassifier(max_iter=60, max_leaf_nodes=15, learning_rate=0.1, random_state=0)
    model.fit(rows[:5000], classes[:5000])
    assert 0.65 < f1_score(classes[5000:], model.predict(rows[5000:]), average="macro") < 0.95
