"""What an ONNX classifier takes and gives, and what it calls its classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper

from mlops_portal.foundation.registry.compute.foreign import checking, content
from mlops_portal.foundation.registry.compute.foreign.refusal import ForeignUnfit, gettext_noop

LABELS = ("classlabels_strings", "classlabels_int64s", "classlabels_ints")


@dataclass(frozen=True, slots=True)
class Foreign:
    """A checked file: the names of its input, of the output that holds probabilities (``mapped``: as maps of
    class to probability) and of their tensor; ``labels`` are its classes as texts, () where it names none."""

    name: str
    model: onnx.ModelProto
    input: str
    output: str
    tensor: str
    mapped: bool
    labels: tuple[str, ...]

    @property
    def producer(self) -> str:
        return f"{self.model.producer_name} {self.model.producer_version}".strip()


def read(data: bytes, *, name: str, features: Sequence[str]) -> Foreign:
    """Check a file from outside against the readings of a model. Raises ForeignUnfit with what is wrong."""
    content.demand_onnx(data, name)
    try:
        model = checking.load(data, name)
        given = _input(model, name, features)
        output, tensor, mapped = _output(model, name)
        return Foreign(name, model, given, output, tensor, mapped, _labels(model, tensor, output))
    except (
        ValueError,
        IndexError,
        TypeError,
    ) as error:  # texts of odd bytes, and fields that no checker sees
        raise checking.invalid(name, error) from None


def _input(model: onnx.ModelProto, name: str, features: Sequence[str]) -> str:
    weights = {one.name for one in model.graph.initializer}
    taken = [one for one in model.graph.input if one.name not in weights]
    wanted = f"float32 (n, {len(features)})"
    described_inputs = ", ".join(f"{one.name}: {described(one)}" for one in taken) or "nothing"
    one = taken[0].type.tensor_type if len(taken) == 1 else None
    dims = list(one.shape.dim) if one else []
    fits = (
        one is not None
        and one.elem_type == TensorProto.FLOAT
        and len(dims) == 2
        and (not dims[1].HasField("dim_value") or dims[1].dim_value == len(features))
    )
    if not fits:
        raise ForeignUnfit(
            gettext_noop("{name} takes {found}; a node gives one input, {wanted}: {readings}. Export "
                         "the model with that input."),
            name=name, found=described_inputs, wanted=wanted, readings=", ".join(features),
        )  # fmt: skip
    if dims[0].HasField("dim_value"):
        raise ForeignUnfit(
            gettext_noop("{name} takes {found}, so always the same number of parts at once; export it "
                         "with a free first dimension."), name=name, found=described_inputs,
        )  # fmt: skip
    return str(taken[0].name)


def _output(model: onnx.ModelProto, name: str) -> tuple[str, str, bool]:
    """(output, tensor, whether the output is a map) of the probabilities."""
    made = {out: node for node in model.graph.node for out in node.output}
    for one in model.graph.output:
        node = made.get(one.name)
        if node is not None and node.op_type == "ZipMap":
            return one.name, node.input[0], True
    tensors = [
        one
        for one in model.graph.output
        if one.type.tensor_type.elem_type == TensorProto.FLOAT
        and len(one.type.tensor_type.shape.dim) in (0, 2)
    ]
    likely = [one for one in tensors if "prob" in one.name.lower()] or tensors
    if len(likely) != 1:
        raise ForeignUnfit(
            gettext_noop("{name} gives {found}; a node needs the probability of each class, one float32 "
                         "(n, classes). Export the classifier with its probabilities, without zipmap."),
            name=name, found=", ".join(f"{one.name}: {described(one)}" for one in model.graph.output),
        )  # fmt: skip
    return likely[0].name, likely[0].name, False


def _labels(model: onnx.ModelProto, tensor: str, output: str) -> tuple[str, ...]:
    """The classes in the order of the probabilities: of the node that made them or maps them, else of the
    only list from which an answer is picked."""
    for node in model.graph.node:
        if tensor in node.output or output in node.output:
            classes = _classes_of(node)
            if classes:
                return classes
    known = {one for one in map(_classes_of, model.graph.node) if one}
    if len(known) == 1:
        return known.pop()
    lists = _listed(model) if not known else []
    return lists[0] if len(lists) == 1 else ()


def _listed(model: onnx.ModelProto) -> list[tuple[str, ...]]:
    """Lists from which an answer is picked by its place."""
    picked = {
        node.input[0] for node in model.graph.node if node.op_type == "ArrayFeatureExtractor" and node.input
    }
    kinds = (TensorProto.STRING, TensorProto.INT64, TensorProto.INT32)
    return [
        tuple(map(_text, tensor.string_data or numpy_helper.to_array(tensor).ravel()))
        for tensor in model.graph.initializer
        if tensor.name in picked and tensor.data_type in kinds and np.prod(tensor.dims) > 1
    ]


def _classes_of(node: onnx.NodeProto) -> tuple[str, ...]:
    for attribute in node.attribute:
        if attribute.name in LABELS and (attribute.strings or attribute.ints):
            return tuple(map(_text, attribute.strings or attribute.ints))
    return ()


def _text(label: Any) -> str:
    return label.decode("utf-8", "replace") if isinstance(label, bytes) else str(label)


def described(one: onnx.ValueInfoProto) -> str:
    """“float32 (n, 27)”."""
    kind = one.type.WhichOneof("value")
    if kind != "tensor_type":
        return "maps" if kind == "sequence_type" else str(kind)
    of = one.type.tensor_type
    name = TensorProto.DataType.Name(of.elem_type).lower() if of.elem_type else "?"
    names = {"float": "float32", "double": "float64"}
    dims = [str(dim.dim_value) if dim.HasField("dim_value") else "n" for dim in of.shape.dim]
    return f"{names.get(name, name)} ({', '.join(dims)})"
