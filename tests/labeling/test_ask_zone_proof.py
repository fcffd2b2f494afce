"""A threshold that is proven keeps its promise; where none can be proven it is said, with how many would."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from labeling.compute.chance import drawn, hit, rate
from labeling.compute.training.ask_zone import FIRST, least, prove
from monitoring.rules.exact import at_most

SHARE, CERTAINTY = 0.05, 0.95


def parts(random, n, *, harm):
    """Confidences (n,) and whether right (n,): wrong with a chance of ``harm`` times what is left to 1."""
    sure = 0.5 + 0.5 * random.random(n) ** (1 / 3)
    return sure, random.random(n) >= harm * (1.0 - sure)


def wrong_beyond(threshold, harm):
    """The true share of wrong parts at or above a threshold."""
    below = (2 * threshold - 1) ** 3
    return harm * (0.5 - 0.375 * (1 - below ** (4 / 3)) / (1 - below))


@pytest.mark.parametrize(("n", "harm"), [(150, 1.0), (600, 1.0), (600, 0.4), (600, 2.0)])
def test_what_is_proven_is_wrong_more_often_than_promised_in_no_more_runs_than_said(n, harm):
    runs, broken = 150, 0
    for run in range(runs):
        sure, right = parts(np.random.default_rng(run), n, harm=harm)
        proof = prove(sure, right, wrong_share=SHARE, certainty=CERTAINTY)
        broken += proof.threshold is not None and wrong_beyond(proof.threshold, harm) > SHARE
    assert broken <= binom.ppf(0.999, runs, 1 - CERTAINTY)


def two_versions(random, n):
    """Confidences (n,) of the version that runs and of the next one, which see how hard a part is each with
    an error of its own, and whether the next one is right."""
    hard = random.random(n)
    running, coming = (1.0 - hard + random.normal(0.0, 0.25, n) for _ in range(2))
    return running, coming, random.random(n) >= 0.5 * hard**5


@pytest.mark.parametrize("takes_part", [True, False])
def test_beside_a_threshold_that_is_in_force_the_next_is_proven_on_what_was_left_to_people_too(takes_part):
    _running, every, is_right = two_versions(np.random.default_rng(99), 400_000)
    runs, broken = 100, 0
    for run in range(runs):
        random = np.random.default_rng(run)
        running, sure, right = two_versions(random, 3_000)
        left_to_people = running < np.quantile(running, 0.4)
        below, above = np.flatnonzero(left_to_people), np.flatnonzero(~left_to_people)
        places, inclusion = drawn(np.ones(len(above)), 400, random)
        came = above[places]
        if takes_part:
            per_part = rate(np.ones(len(inclusion)), inclusion)
            came = np.concatenate([came, below[hit(np.ones(len(below)), per_part, random)]])
        proof = prove(sure[came], right[came], wrong_share=SHARE, certainty=CERTAINTY)
        broken += proof.threshold is not None and np.mean(~is_right[every >= proof.threshold]) > SHARE
    most = binom.ppf(0.999, runs, 1 - CERTAINTY)
    assert broken <= most if takes_part else broken > 5 * most  # without them the rest is too easy


@given(
    st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=120),
    st.floats(0.001, 0.5),
    st.floats(0.5, 0.999),
)
def test_a_proof_says_what_it_rests_on(rows, wrong_share, certainty):
    sure, right = np.array([one for one, _ in rows]), np.array([one for _, one in rows], dtype=bool)
    proof = prove(sure, right, wrong_share=wrong_share, certainty=certainty)
    assert 0 <= proof.wrong <= proof.alone <= proof.rows <= len(rows)
    assert proof.at_most == at_most(proof.wrong, proof.alone, certainty)
    if proof.threshold is None:
        assert proof.needed is None or proof.needed > 0
    else:
        assert proof.at_most <= wrong_share
        assert proof.alone >= least(wrong_share, certainty)
        assert proof.needed is None


def test_without_a_part_nothing_is_proven_and_the_fewest_that_could_are_told():
    proof = prove(np.array([]), np.array([], dtype=bool), wrong_share=0.05, certainty=0.95)
    assert (proof.threshold, proof.rows, proof.at_most) == (None, 0, 1.0)
    assert proof.needed == -(-80 * FIRST // 1)
    assert least(0.05, 0.95) == 80


def test_too_few_parts_are_told_with_how_many_would_do():
    few = prove(np.full(40, 0.99), np.ones(40, dtype=bool), wrong_share=0.05, certainty=0.95)
    assert few.threshold is None
    assert few.needed is not None
    enough = prove(
        np.full(few.needed, 0.99), np.ones(few.needed, dtype=bool), wrong_share=0.05, certainty=0.95
    )
    assert enough.threshold == 0.99


def test_a_model_that_is_wrong_where_it_is_sure_has_no_threshold_however_many_parts_come():
    random = np.random.default_rng(3)
    right = random.random(2_000) >= 0.3
    proof = prove(np.full(2_000, 0.99), right, wrong_share=0.05, certainty=0.95)
    assert (proof.threshold, proof.needed) == (None, None)


def test_confidences_that_are_no_numbers_are_never_decided_alone():
    sure = np.array([np.nan] * 300 + [0.9] * 300)
    proof = prove(sure, np.ones(600, dtype=bool), wrong_share=0.05, certainty=0.95)
    assert proof.threshold == 0.9
    assert proof.alone == 300


def test_a_promise_that_all_parts_keep_lets_the_model_decide_alone_throughout():
    random = np.random.default_rng(5)
    sure = random.uniform(0.6, 1.0, 2_000)
    proof = prove(sure, random.random(2_000) > 0.005, wrong_share=0.05, certainty=0.95)
    assert proof.threshold == pytest.approx(0.6, abs=0.01)
