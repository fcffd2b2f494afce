"""A box that a finger drew on a picture."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.errors import WrongAnswer
from labeling.models import Label
from labeling.rules.marks import mark_read
from labeling.services import label_answer, label_next

VIEWS = ("colour", "depth")
SHARES = st.floats(0, 1)


@given(SHARES, SHARES, SHARES, SHARES)
def test_a_box_that_is_kept_lies_in_the_picture(x, y, width, height):
    kept = mark_read({"view": "depth", "box": [x, y, width, height]}, views=VIEWS)
    if kept is not None:
        left, top, wide, high = kept["box"]
        assert left + wide <= 1.01
        assert top + high <= 1.01
        assert min(wide, high) > 0


@pytest.mark.parametrize(
    "given",
    [
        None,
        "here",
        {"view": "heat", "box": [0, 0, 1, 1]},
        {"view": "depth", "box": [0, 0, 1]},
        {"view": "depth", "box": [0, 0, 0, 0]},
        {"view": "depth", "box": [0.5, 0, 0.6, 1]},
        {"view": "depth", "box": [0, 0, float("nan"), 1]},
        {"view": "depth", "box": [True, 0, 1, 1]},
    ],
)
def test_what_is_no_box_is_none(given):
    assert mark_read(given, views=VIEWS) is None


@pytest.mark.django_db
def test_a_mark_is_kept_with_its_answer_and_a_wrong_one_is_refused(queue):
    mine = label_next(by=queue.operator, line=queue.cast.line_1)
    with pytest.raises(WrongAnswer, match="draw it again"):
        label_answer(by=queue.operator, request=mine, answer="crack", mark={"view": "depth"})
    mark = {"view": "colour", "box": [0.1, 0.2, 0.3, 0.4]}
    label, _ = label_answer(by=queue.operator, request=mine, answer="crack", mark=mark)
    assert Label.objects.get(pk=label.pk).mark == mark
