"""Which parts to ask about."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingClassifier

from labeling.compute.chance import hit
from labeling.compute.choosing import CannotHesitate, choose
from labeling.compute.spread import NEAR, distinct, far_apart, scaled

FEATURES = 6


@pytest.fixture(scope="module")
def model() -> HistGradientBoostingClassifier:
    random = np.random.default_rng(1)
    rows = random.normal(size=(1500, FEATURES))
    return HistGradientBoostingClassifier(max_iter=30, random_state=0).fit(rows, truth(rows))


def truth(rows: np.ndarray) -> np.ndarray:
    return (rows[:, 0] > 0.5).astype(int) + 2 * ((rows[:, 1] > 1) & (rows[:, 0] <= 0.5))


def pool(n: int, seed: int = 2) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, FEATURES)).clip(-3, 3)


def picked(model, rows, count=20, seed=7, **more):
    return choose(
        model, rows, count=count, seed=seed, centre=[0.0] * FEATURES, spread=[1.0] * FEATURES, **more
    )


def test_it_asks_where_the_model_hesitates(model):
    rows = pool(3000)
    chosen = [pick for pick in picked(model, rows) if pick.kind == "margin"]
    everybody = np.sort(np.diff(np.sort(model.predict_proba(rows), axis=1)[:, -2:], axis=1).ravel())
    assert len(chosen) == 16
    assert max(pick.value for pick in chosen) <= everybody[PREFILTERED] + 1e-9


PREFILTERED = 10 * 16 + 20  # ten times the batch, and room for the near-duplicates that were passed over


def test_a_pick_names_the_two_classes_between_which_the_model_hesitates(model):
    rows = pool(500)
    for pick in picked(model, rows):
        probabilities = model.predict_proba(rows[[pick.index]])[0]
        assert set(pick.pair) == set(np.argsort(-probabilities)[:2])


def test_one_in_five_is_chosen_at_random_with_its_probability(model):
    chosen = [pick for pick in picked(model, pool(400)) if pick.kind == "random"]
    assert len(chosen) == 4
    assert {pick.inclusion for pick in chosen} == {4 / (400 - 16)}  # of those that the model did not choose


def test_the_random_share_is_fair_to_every_part(model):
    rows = pool(60)
    tally = np.zeros(len(rows))
    for seed in range(400):
        for pick in picked(model, rows, count=10, seed=seed):
            tally[pick.index] += pick.kind == "random"
    assert tally.sum() == 800
    assert tally.min() > 2
    assert tally.max() < 32  # 13.3 each on average


def test_a_burst_of_copies_of_one_part_is_asked_about_once(model):
    random = np.random.default_rng(3)
    thirty = pool(30)
    rows = np.repeat(thirty, 50, axis=0) + random.normal(scale=1e-4, size=(1500, FEATURES))
    chosen = [pick.index // 50 for pick in picked(model, rows) if pick.kind != "random"]
    assert len(chosen) == len(set(chosen)) >= 12


def test_parts_far_outside_the_reference_get_a_share_and_say_in_which_reading(model):
    rows = pool(500)
    rows[::50, 4] = 9.0 + np.arange(10)
    chosen = [pick for pick in picked(model, rows) if pick.kind == "novelty"]
    assert len(chosen) == 4
    assert {pick.feature for pick in chosen} == {4}
    assert all(pick.value >= 9 for pick in chosen)


def test_the_same_seed_chooses_the_same_parts(model):
    assert picked(model, pool(300)) == picked(model, pool(300))


def test_a_pool_smaller_than_the_batch_is_asked_whole(model):
    chosen = picked(model, pool(7))
    assert sorted(pick.index for pick in chosen) == list(range(7))
    assert {(pick.kind, pick.inclusion) for pick in chosen} == {("all", 1.0)}


def test_missing_readings_and_columns_without_a_value_choose_nothing_by_themselves(model):
    rows = pool(300)
    rows[::7, 2] = np.nan
    rows[:, 5] = np.nan
    rows[3, 1] = np.inf
    assert len(picked(model, rows)) == 20


def test_an_unfitted_model_is_refused():
    with pytest.raises(CannotHesitate):
        picked(HistGradientBoostingClassifier(), pool(50))


def test_a_model_of_one_class_is_refused():
    rows = pool(50)
    one = HistGradientBoostingClassifier(max_iter=5).fit(rows, np.zeros(50))
    with pytest.raises(CannotHesitate):
        picked(one, rows)


@pytest.mark.parametrize("count", [0, -1])
def test_an_empty_pool_or_nothing_asked_for_is_an_error(model, count):
    with pytest.raises(ValueError, match="empty pool"):
        picked(model, pool(5), count=count)
    with pytest.raises(ValueError, match="empty pool"):
        picked(model, np.empty((0, FEATURES)))


def test_what_is_asked_about_anyway_takes_part_in_the_draw_so_that_by_chance_means_all_parts(model):
    rows = pool(120, seed=4)
    stands = np.where(np.arange(120) % 2, 10.0, 1.0)
    margins = np.sort(model.predict_proba(rows), axis=1)
    margin = margins[:, -1] - margins[:, -2]
    hard = margin <= np.quantile(margin, 0.3)
    all_parts = float((stands * hard).sum() / stands.sum())
    whole, easy = [], []
    for seed in range(300):
        chosen = picked(model, rows, count=30, seed=seed, stands=stands)
        easy += [hard[one.index] for one in chosen if one.kind == "random"]
        whole += [hard[one.index] for one in chosen if one.kind == "random" or one.hit]
    assert np.mean(whole) == pytest.approx(all_parts, abs=0.03)
    assert np.mean(easy) < all_parts - 0.06


def test_of_a_pool_asked_whole_the_draw_hits_each_by_how_many_parts_it_stands_for(model):
    stands = [1.0, 1.0, 10.0, 10.0]
    hits = np.zeros(4)
    for seed in range(300):
        for one in picked(model, pool(4), seed=seed, stands=stands):
            hits[one.index] += one.hit
    assert list(hits[2:]) == [300, 300]
    assert hits[:2].sum() / 300 == pytest.approx(0.2, abs=0.08)
    assert all(one.hit for one in picked(model, pool(7)))


@settings(max_examples=60)
@given(st.lists(st.floats(1, 50), min_size=1, max_size=40), st.floats(0, 1.5), st.integers(0, 999))
def test_a_hit_comes_as_often_as_its_share_says(sizes, at, seed):
    size = np.array(sizes)
    share = np.minimum(1.0, at * size)
    found = hit(size, at, np.random.default_rng(seed))
    assert np.floor(share.sum() - 1e-6) <= len(found) <= np.ceil(share.sum() + 1e-6)
    assert set(np.flatnonzero(share >= 1.0)) <= set(found)


@settings(max_examples=30)
@given(n=st.integers(1, 80), count=st.integers(1, 30), seed=st.integers(0, 9))
def test_nobody_is_asked_twice_and_never_more_than_wanted(model, n, count, seed):
    chosen = [pick.index for pick in picked(model, pool(n, seed), count=count, seed=seed)]
    assert len(chosen) == len(set(chosen)) <= count
    assert chosen


def test_picks_lie_apart():
    rows = scaled(pool(200))
    order = np.arange(200)
    apart = far_apart(rows, order, wanted=10, near_to=order[:0])
    gaps = [np.sqrt(((rows[a] - rows[b]) ** 2).mean()) for at, a in enumerate(apart) for b in apart[at + 1 :]]
    assert min(gaps) > np.sqrt(((rows[1] - rows[0]) ** 2).mean()) / 2


def test_identical_rows_are_one():
    rows = np.zeros((40, 3))
    assert list(distinct(rows, np.arange(40), wanted=5)) == [0]
    assert list(far_apart(rows, np.arange(40), wanted=5, near_to=np.array([], dtype=int))) == [0]
    assert list(far_apart(rows, np.arange(40), wanted=5, near_to=np.array([3]), near=NEAR)) == []


@pytest.mark.slow
def test_twenty_of_a_hundred_thousand_take_seconds_not_minutes(model):
    rows = pool(100_000)
    start = time.thread_time()
    assert len(picked(model, rows)) == 20
    assert time.thread_time() - start < 4  # the goal of two seconds is measured by the benchmark
