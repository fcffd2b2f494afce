"""What a golden set proves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.rules.proving import proofs


def part(truth="chatter", *, passed=True, safety=False, taught=""):
    return {"truth": truth, "passed": passed, "safety": safety, "taught": taught}


def test_six_of_six_chatter_marks_leave_39_percent_possible_and_53_more_prove_5():
    chatter, _all = proofs([part()] * 6)
    assert (chatter.group, chatter.key, chatter.n, chatter.missed) == ("class", "chatter", 6, 0)
    assert chatter.at_most == pytest.approx(0.393, abs=1e-3)
    assert chatter.needs(0.05) == 53


def test_safety_parts_come_first_then_each_class_then_all():
    shown = proofs([part("burn", safety=True), part("ok"), part("burn")])
    assert [(one.group, one.key, one.n) for one in shown] == [
        ("safety", "", 1), ("class", "burn", 2), ("class", "ok", 1), ("all", "", 3),
    ]  # fmt: skip


def test_a_part_that_was_taught_proves_nothing():
    (kind, _all) = proofs([part(), part(taught="near"), part(taught="unknown")])
    assert kind.n == 2
    assert proofs([part(taught="part")]) == []


def test_borderline_parts_bind_nobody_and_a_taught_one_that_is_missed_counts():
    one = part() | {"borderline": True}
    assert proofs([one]) == []
    (kind, _all) = proofs([part(), part(passed=False, taught="near")])
    assert (kind.n, kind.missed) == (2, 1)


def test_an_empty_set_proves_nothing():
    assert proofs([]) == []


@given(n=st.integers(1, 60), missed=st.integers(0, 5), promise=st.floats(0.01, 0.5))
def test_so_many_more_without_a_miss_prove_it(n, missed, promise):
    missed = min(missed, n)
    whole = proofs([part(passed=False)] * missed + [part()] * (n - missed))[-1]
    more = whole.needs(promise)
    after = proofs([part(passed=False)] * missed + [part()] * (n - missed + more))[-1]
    assert after.at_most <= promise or missed == n + more


@pytest.mark.parametrize("promise", [0, 1, -0.1])
def test_nothing_proves_that_nothing_is_missed(promise):
    with pytest.raises(ValueError, match="no number"):
        proofs([part()])[0].needs(promise)
