"""Files that are not taken, each with one sentence that names it."""

from __future__ import annotations

import bz2
import gzip
import io
import pickle
import zipfile
import zlib

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper

from mlops_portal.foundation.registry.compute.foreign import reading, running
from mlops_portal.foundation.registry.compute.foreign.refusal import ForeignUnfit
from tests.registry.foreign.made import FEATURES, changed, exported, fitted, scores


def refusal(file: bytes) -> str:
    with pytest.raises(ForeignUnfit) as refused:
        running.columns(reading.read(file, name="theirs.onnx", features=FEATURES), len(FEATURES))
    return refused.value.sentence


def zipped(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr(name, b"x")
    return out.getvalue()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_of_any_protocol_is_named_and_never_loaded(protocol: int) -> None:
    assert "pickle" in refusal(pickle.dumps(fitted("logistic"), protocol=protocol))
    assert "pickle" in refusal(pickle.dumps({"a": 1}, protocol=protocol))


def test_a_pickle_that_would_act_does_not_act(tmp_path) -> None:
    trace = tmp_path / "acted"

    class Acting:
        def __reduce__(self):
            return (open, (str(trace), "w"))

    assert "pickle" in refusal(pickle.dumps(Acting()))
    assert not trace.exists()


@pytest.mark.parametrize(
    ("file", "word"),
    [
        (b"", "empty"),
        (zlib.compress(pickle.dumps([1] * 100)), "pickle"),
        (zipped("archive/data.pkl"), "pickle"),
        (zipped("model.onnx"), "zip"),
        (gzip.compress(b"x", mtime=0), "gzip"),
        (bz2.compress(b"x"), "bzip2"),
        (b'{"a": 1}', "JSON"),
        (b"\x89HDF\r\n\x1a\n", "HDF5"),
        (b"a,b,c\n1,2,3\n", "not an ONNX file"),
        (b"\x08\x01", "not an ONNX file"),
        (exported()[:-40], "ONNX"),
    ],
)
def test_another_kind_of_file_is_called_by_its_name(file: bytes, word: str) -> None:
    sentence = refusal(file)
    assert word in sentence
    assert "theirs.onnx" in sentence


@given(st.binary(max_size=300))
def test_whatever_the_bytes_are_it_is_a_sentence(file: bytes) -> None:
    assert refusal(file)


@given(st.integers(0, 3000), st.integers(0, 255))
def test_a_damaged_file_is_taken_or_refused_but_never_more(place: int, value: int) -> None:
    file = bytearray(exported("logistic"))
    file[place % len(file)] = value
    try:
        running.columns(reading.read(bytes(file), name="theirs.onnx", features=FEATURES), len(FEATURES))
    except ForeignUnfit as error:
        assert error.sentence  # noqa: PT017  # both ends are right


def test_other_inputs_are_named_beside_what_is_expected() -> None:
    file = exported()
    with pytest.raises(ForeignUnfit) as refused:
        reading.read(file, name="theirs.onnx", features=[*FEATURES, "speed"])
    for word in ("X: float32 (n, 3)", "float32 (n, 4)", "force, heat, sound, speed"):
        assert word in refused.value.sentence


def double(model: onnx.ModelProto) -> None:
    model.graph.input[0].type.tensor_type.elem_type = TensorProto.DOUBLE


def second_input(model: onnx.ModelProto) -> None:
    model.graph.input.append(helper.make_tensor_value_info("more", TensorProto.FLOAT, [None, 1]))


def label_alone(model: onnx.ModelProto) -> None:
    del model.graph.output[1]


def foreign_operator(model: onnx.ModelProto) -> None:
    model.graph.node[0].domain = "com.evil"
    model.opset_import.append(helper.make_opsetid("com.evil", 1))


def beside(model: onnx.ModelProto) -> None:
    tensor = model.graph.initializer.add()
    tensor.name, tensor.data_type = "passwd", TensorProto.FLOAT
    tensor.dims.append(1)
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "/etc/passwd"


def endless(model: onnx.ModelProto) -> None:
    model.graph.node.append(helper.make_node("Loop", ["", ""], ["never"]))


def own_function(model: onnx.ModelProto) -> None:
    made = helper.make_function("", "Own", ["x"], ["y"], [helper.make_node("Neg", ["x"], ["y"])], [])
    model.functions.append(made)


def future(model: onnx.ModelProto) -> None:
    for one in model.opset_import:
        one.version = 999


def terabytes(model: onnx.ModelProto) -> None:
    """10^11 numbers out of a shape of two: at loading, before any row."""
    shape = helper.make_tensor("shape", TensorProto.INT64, [2], [10**6, 10**5])
    made = [helper.make_node("ConstantOfShape", ["shape"], ["many"]),
            helper.make_node("ReduceSum", ["many"], ["one"], keepdims=0)]  # fmt: skip
    model.graph.initializer.append(shape)
    model.graph.node.extend(made)


def doubling(axis: int):
    def change(model: onnx.ModelProto) -> None:
        """Each step twice as many as the one before, 37 times."""
        last = model.graph.input[0].name
        for step in range(37):
            model.graph.node.append(helper.make_node("Concat", [last, last], [f"d{step}"], axis=axis))
            last = f"d{step}"

    return change


def hidden(model: onnx.ModelProto) -> None:
    """How many stands in the readings: nobody knows before a row comes."""
    first = model.graph.input[0].name
    made = [helper.make_node("Cast", [first], ["whole"], to=TensorProto.INT64),
            helper.make_node("Reshape", ["whole", "flat"], ["shape_of_it"]),
            helper.make_node("ConstantOfShape", ["shape_of_it"], ["many"])]  # fmt: skip
    model.graph.initializer.append(helper.make_tensor("flat", TensorProto.INT64, [1], [-1]))
    model.graph.node.extend(made)


def outer(model: onnx.ModelProto) -> None:
    for name in ("a", "b"):
        length = helper.make_tensor(f"{name}s", TensorProto.INT64, [2], [1, 400_000])
        model.graph.initializer.append(length)
        model.graph.node.append(helper.make_node("ConstantOfShape", [f"{name}s"], [name]))
    model.graph.node.append(helper.make_node("Transpose", ["a"], ["at"], perm=[1, 0]))
    model.graph.node.append(helper.make_node("MatMul", ["at", "b"], ["many"]))


@pytest.mark.parametrize(
    ("change", "step"),
    [(terabytes, "ConstantOfShape"), (doubling(0), "Concat"), (doubling(1), "Concat"),
     (hidden, "ConstantOfShape"), (outer, "MatMul")],
)  # fmt: skip
def test_a_small_file_that_builds_terabytes_is_refused_before_it_runs(change, step: str) -> None:
    sentence = refusal(changed(change))
    assert "too many numbers of one part" in sentence
    assert step in sentence


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (double, "X: float64"),
        (second_input, "more: float32"),
        (label_alone, "gives"),
        (foreign_operator, "com.evil"),
        (beside, "another file (passwd)"),
        (endless, "Loop"),
        (own_function, "Own"),
        (future, "theirs.onnx"),
    ],
)
def test_a_file_that_a_node_could_not_run_is_refused_with_the_reason(change, word: str) -> None:
    sentence = refusal(changed(change))
    assert word in sentence
    assert "theirs.onnx" in sentence


def test_a_file_for_one_part_at_a_time_is_refused() -> None:
    assert "same number of parts" in refusal(exported(fixed=True))


def test_one_column_is_no_probability_of_each_class() -> None:
    assert "(2, 1)" in refusal(scores(columns=1))


def test_scores_are_no_probabilities_and_gaps_need_an_imputer() -> None:
    with pytest.raises(ForeignUnfit, match="add up to 7"):
        running.demand_probabilities("a", np.array([[0.5, 0.5], [3.0, 4.0]]), ["P1", "P2"])
    with pytest.raises(ForeignUnfit, match="imputer"):
        running.demand_probabilities("a", np.array([[np.nan, np.nan]]), ["P1"])
