"""The golden page says what the set proves, and how many parts a promise takes."""

from __future__ import annotations

import pytest

from monitoring.golden.selectors.proving import plan_of, proof_words
from monitoring.rules.proving import proofs

PARTS = [{"truth": "ok", "passed": True, "safety": False, "taught": ""}] * 6


class Words:
    @staticmethod
    def class_words(key: str) -> str:
        return {"ok": "Good part"}[key]


def test_the_sentence_says_what_is_proven_and_what_more_would_be():
    assert proof_words(Words(), proofs(PARTS)[0]) == (
        "6 of 6 Good part: misses at most 39 % of such parts (95 % certain); "
        "53 more parts without a miss would prove 5 %."
    )


def test_a_promise_that_is_proven_says_so():
    assert proof_words(Words(), proofs(PARTS * 10)[0]).endswith("that proves 5 %.")


@pytest.mark.parametrize("asked", ["0", "-3", "100", "many", "1e9", "nan"])
def test_a_promise_that_no_number_proves_is_refused_with_its_reason(asked):
    plan = plan_of(asked)
    assert "from 0.1 to 50 %" in plan.wrong
    assert plan.none == 59


@pytest.mark.parametrize(("asked", "n"), [("", 59), ("1", 299), ("0,5", 598), (" 10 ", 29)])
def test_a_promise_takes_so_many_parts(asked, n):
    assert (plan_of(asked).none, plan_of(asked).wrong) == (n, "")
