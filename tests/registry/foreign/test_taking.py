"""Files from outside, as they come and as nodes run them."""

from __future__ import annotations

import numpy as np
import onnx
import pytest

from mlops_portal.foundation.registry.compute import edge_model
from mlops_portal.foundation.registry.compute.foreign import naming, reading, running, surgery
from tests.registry.foreign.made import CLASSES, FEATURES, data, exported, fitted, scores


def taken(file: bytes, given: tuple[str, ...] = ()) -> tuple[reading.Foreign, list[int], bytes]:
    found = reading.read(file, name="theirs.onnx", features=FEATURES)
    places = naming.places_of(found.name, found.labels, running.columns(found, len(FEATURES)), CLASSES, given)
    return found, places, surgery.normalised(found, features=len(FEATURES), places=places)


@pytest.mark.parametrize("kind", ["forest", "logistic", "network"])
@pytest.mark.parametrize("zipmap", [False, True])
@pytest.mark.parametrize("numbers", [False, True])
def test_a_file_answers_as_its_maker_does_under_the_names_that_nodes_know(kind, zipmap, numbers) -> None:
    found, places, made = taken(exported(kind, zipmap=zipmap, numbers=numbers))
    rows, _truth = data()
    model = fitted(kind, numbers)
    labels, said = edge_model.probabilities(made, rows)
    np.testing.assert_allclose(said, model.predict_proba(rows), atol=1e-5)
    assert places == ([0, 1] if numbers else [1, 0])  # words in the order of the alphabet
    np.testing.assert_array_equal(labels, np.array(places)[model.predict_proba(rows).argmax(1)])
    parity = running.parity(found, made, rows.astype(np.float64), places)
    assert parity.labels_equal
    assert parity.largest <= 1e-6


@pytest.mark.parametrize("name", ["readings", "label", "probabilities", "places"])
def test_a_foreign_name_that_is_also_ours_does_no_harm(name: str) -> None:
    _found, _places, made = taken(exported(given=name))
    onnx.checker.check_model(onnx.load_model_from_string(made), full_check=True)
    labels, _said = edge_model.probabilities(made, data()[0])
    assert set(labels.tolist()) == {0, 1}


def test_what_nobody_needs_is_cut_away_and_the_same_file_gives_the_same_bytes() -> None:
    _found, _places, made = taken(exported(zipmap=True))
    operators = {node.op_type for node in onnx.load_model_from_string(made).graph.node}
    assert "ZipMap" not in operators
    assert made == taken(exported(zipmap=True))[2]


def test_classes_may_be_named_by_their_words_or_by_a_person() -> None:
    assert naming.places_of("a", ["Riss", "GOOD"], 2, CLASSES) == [1, 0]
    assert naming.places_of("a", [], 2, CLASSES, ["crack", "ok"]) == [1, 0]
    assert taken(scores(), given=("ok", "crack"))[1] == [0, 1]


@pytest.mark.parametrize(
    ("labels", "given"),
    [
        ([], []),
        (["ok", "burr"], []),
        (["ok", "ok"], []),
        (["1", "2"], []),
        ([], ["ok"]),
        ([], ["ok", "Good"]),
    ],
)
def test_classes_that_nobody_can_tell_apart_are_asked_for(labels, given) -> None:
    with pytest.raises(running.ForeignUnfit) as refused:
        naming.places_of("theirs.onnx", labels, 2, CLASSES, given)
    assert "theirs.onnx" in refused.value.sentence


def test_one_part_alone_is_timed() -> None:
    _found, _places, made = taken(exported())
    assert 0 < running.milliseconds(made, data()[0].astype(np.float64)) < 1000
