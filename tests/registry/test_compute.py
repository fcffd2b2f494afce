"""Tables, stored models and edge models."""

from __future__ import annotations

import pickle
import zipfile
from datetime import UTC, datetime

import numpy as np
import pytest
import skops.io
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from mlops_portal.foundation.registry.compute import datasets, edge_model, store
from mlops_portal.foundation.wire.errors import Invalid

AT = [datetime(2026, 1, 1, hour, tzinfo=UTC) for hour in range(3)]


def encoded() -> bytes:
    columns = {"a": np.array([1.0, np.nan, 3.0]), "b": np.array([0.1, 0.2, 0.3])}
    return datasets.encode(
        columns=columns, label=["ok", "ok", "crack"], part=["1", "2", "3"], asset=["x"] * 3, at=AT
    )


def test_a_table_comes_back_in_the_order_of_the_features_with_gaps_as_gaps() -> None:
    found = datasets.decode(encoded(), ["b", "a"])
    assert found.readings[:, 0].tolist() == [0.1, 0.2, 0.3]
    assert np.isnan(found.readings[1, 1])
    assert found.label == ["ok", "ok", "crack"]
    assert found.at.tolist() == [moment.timestamp() for moment in AT]


def test_the_same_table_has_the_same_bytes() -> None:
    assert encoded() == encoded()


@pytest.mark.parametrize("data", [b"", b"PAR1 but no table PAR1", encoded()[:-9]])
def test_what_is_no_table_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid):
        datasets.decode(data, ["a"])


def test_a_missing_column_is_named() -> None:
    with pytest.raises(Invalid, match="column c"):
        datasets.decode(encoded(), ["a", "c"])


@pytest.fixture(scope="module")
def fitted() -> HistGradientBoostingClassifier:
    random = np.random.default_rng(1)
    rows = random.normal(size=(600, 4))
    rows[random.random(rows.shape) < 0.05] = np.nan
    truth = (np.nan_to_num(rows[:, 0]) > 0.3).astype(int) + (np.nan_to_num(rows[:, 1]) > 1.0)
    model = HistGradientBoostingClassifier(max_iter=20, random_state=1).fit(rows, truth)
    edge_model.thresholds_to_float32(model)
    return model


def test_a_stored_model_says_what_it_said(fitted: HistGradientBoostingClassifier) -> None:
    rows = np.random.default_rng(2).normal(size=(50, 4))
    assert np.array_equal(store.load(store.dump(fitted)).predict_proba(rows), fitted.predict_proba(rows))


def test_a_stored_model_of_another_kind_is_refused() -> None:
    other = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    with pytest.raises(Invalid, match="LogisticRegression"):
        store.load(skops.io.dumps(other))


def test_a_stored_model_with_a_foreign_type_is_refused(fitted: HistGradientBoostingClassifier) -> None:
    data = skops.io.dumps({"model": fitted, "more": zipfile.ZipInfo})
    with pytest.raises(Invalid, match="ZipInfo"):
        store.load(data)


@pytest.mark.parametrize("data", [pickle.dumps([1, 2, 3]), b"", b"PK\x03\x04"])
def test_a_pickle_or_rubbish_is_never_loaded(data: bytes) -> None:
    with pytest.raises(Invalid):
        store.load(data)


def test_the_edge_model_agrees_at_the_very_thresholds_and_where_readings_are_missing(
    fitted: HistGradientBoostingClassifier,
) -> None:
    nodes = np.concatenate([tree.nodes for trees in fitted._predictors for tree in trees])
    splits = nodes[nodes["is_leaf"] == 0]
    rows = np.random.default_rng(3).normal(size=(3 * len(splits), 4))
    for place, split in enumerate(splits):
        exact = np.float32(split["num_threshold"])
        around = [np.nextafter(exact, np.float32(-np.inf)), exact, np.nextafter(exact, np.float32(np.inf))]
        rows[3 * place : 3 * place + 3, split["feature_idx"]] = around
    rows[::7, 2] = np.nan
    found = edge_model.parity(fitted, edge_model.export(fitted), rows)
    assert found.labels_equal
    assert found.largest < 1e-6


def test_what_float32_cannot_hold_is_missing_to_both() -> None:
    seen = edge_model.as_read([[1e300, np.inf, 0.1]])
    assert np.isnan(seen[0, :2]).all()
    assert seen[0, 2] == np.float64(np.float32(0.1))
