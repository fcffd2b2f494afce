"""Every way to write a class leads to its key, and an unclear one to none."""

from __future__ import annotations

import pytest

from labeling.transitions import Answer
from mlops_portal.foundation.wire.classes import NO_CLASSES, class_of

CLASSES = [
    {"key": "ok", "values": ["false"], "words": {"en": "In order", "de": "in Ordnung"}, "defect": False},
    {"key": "crack", "values": ["true"], "words": {"en": "Crack", "de": "Riss"}, "defect": True},
]
APART = [
    {"key": "ok-2", "values": ["OK"]},
    {"key": "ok", "values": ["ok"]},
    {"key": "seven", "values": ["7"]},
]
RANGES = [
    {"key": "low", "range": [None, 2.0], "defect": True},
    {"key": "in_limits", "range": [2.0, 4.0], "defect": False},
    {"key": "high", "range": [4.0, None], "defect": True},
]


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("crack", "crack"), (" CRACK ", "crack"), ("riss", "crack"), (True, "crack"), ("TRUE", "crack"),
        (1, "crack"), ("1", "crack"), ("yes", "crack"), (False, "ok"), ("In  order", "ok"), (0.0, "ok"),
        ("scratch", None), ("", None), (None, None), ("2", None),
    ],
)  # fmt: skip
def test_a_value_is_the_class_that_it_means(value, key):
    assert class_of(value, CLASSES) == key


@pytest.mark.parametrize(
    ("value", "key"), [("OK", "ok-2"), ("ok", "ok"), ("Ok", None), ("7.0", "seven"), (7, "seven")]
)
def test_classes_that_differ_by_case_are_never_taken_for_one_another(value, key):
    assert class_of(value, APART) == key


@pytest.mark.parametrize(
    ("value", "key"), [("1.5", "low"), ("2", "in_limits"), (4.0, "in_limits"), (9, "high")]
)
def test_a_measured_value_is_the_class_of_its_range(value, key):
    assert class_of(value, RANGES) == key


def test_no_class_is_called_as_what_people_answer_instead_of_one():
    assert set(NO_CLASSES) == set(Answer.values)
