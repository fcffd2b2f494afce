"""What stands in an ONNX file before anything runs it.

- standard operators alone (ai.onnx, ai.onnx.ml), no functions of its own, no loop that may never end;
- every weight inside the file, none in another file beside it;
- valid by ONNX's own checker;
- no step makes more numbers of one part than ``MOST``: a file of a kilobyte may ask for terabytes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import onnx

from mlops_portal.foundation.registry.compute.foreign.refusal import ForeignUnfit, first_line, gettext_noop

DOMAINS = {"", "ai.onnx", "ai.onnx.ml"}
ENDLESS = {"Loop", "Scan"}
MOST = 1_000_000
GROWTH = 1000  # by joining what has no known size, over the whole file
BUILDERS = {
    "ConstantOfShape", "Einsum", "Expand", "EyeLike", "OneHot", "Pad", "RandomNormal",
    "RandomUniform", "Range", "Resize", "Tile", "Upsample",
}  # fmt: skip
"""Operators that may make much of little: how much must follow from the file alone."""


def load(data: bytes, name: str) -> onnx.ModelProto:
    """Read and check an ONNX file. Raises ForeignUnfit."""
    try:
        model = onnx.load_model_from_string(data)
    except Exception:  # protobuf's own error, which has no types
        raise _no_onnx(name) from None
    if not model.graph.node:
        raise _no_onnx(name)
    _one_opset_each(model)
    _demand_plain(model, name)
    try:
        onnx.checker.check_model(model, full_check=True)
    except (
        Exception
    ) as error:  # the checker raises classes of its own, of the shape inference and of protobuf
        raise invalid(name, error) from None
    _demand_small(model, name)
    return model


def invalid(name: str, error: Exception) -> ForeignUnfit:
    """A file that is damaged somewhere."""
    message = gettext_noop("{name} is no valid ONNX file: {why}. Export it again.")
    return ForeignUnfit(message, name=name, why=first_line(error))


def _no_onnx(name: str) -> ForeignUnfit:
    return ForeignUnfit(gettext_noop("{name} is not an ONNX file; export the model as ONNX."), name=name)


def _one_opset_each(model: onnx.ModelProto) -> None:
    """Some exporters name a set of operators twice; the newest one counts."""
    newest: dict[str, int] = {}
    for one in model.opset_import:
        newest[one.domain] = max(one.version, newest.get(one.domain, 0))
    del model.opset_import[:]
    model.opset_import.extend(onnx.helper.make_opsetid(domain, version) for domain, version in newest.items())


def _demand_plain(model: onnx.ModelProto, name: str) -> None:
    foreign = sorted({one.domain for one in model.opset_import} - DOMAINS)
    foreign += sorted(one.name for one in model.functions)
    for graph in graphs(model.graph):
        foreign += sorted(
            {f"{node.domain}:{node.op_type}" for node in graph.node if node.domain not in DOMAINS}
        )
        endless = sorted({node.op_type for node in graph.node} & ENDLESS)
        if endless:
            raise ForeignUnfit(
                gettext_noop("{name} holds the operator {operator}, which may run without end; export "
                             "the model without it."), name=name, operator=endless[0],
            )  # fmt: skip
        for tensor in _tensors(graph):
            if tensor.data_location == onnx.TensorProto.EXTERNAL or tensor.external_data:
                raise ForeignUnfit(
                    gettext_noop("{name} keeps weights in another file ({tensor}); save the model as "
                                 "one file, without external data."), name=name, tensor=tensor.name or "?",
                )  # fmt: skip
    if foreign:
        raise ForeignUnfit(
            gettext_noop("{name} needs operators that are not ONNX's own ({operator}); nodes run ai.onnx and "
                         "ai.onnx.ml alone."), name=name, operator=foreign[0],
        )  # fmt: skip


def _demand_small(model: onnx.ModelProto, name: str) -> None:
    """Shapes as they are for one part; inside branches too, as far as ONNX infers them."""
    alone = onnx.ModelProto()
    alone.CopyFrom(model)
    for one in alone.graph.input:
        shape = one.type.tensor_type.shape
        if shape.dim and not shape.dim[0].HasField("dim_value"):
            shape.dim[0].dim_value = 1
    del alone.graph.value_info[:]
    for one in alone.graph.output:  # what the file says of them is not believed
        if one.type.HasField("tensor_type"):
            one.type.tensor_type.ClearField("shape")
    try:
        inferred = onnx.shape_inference.infer_shapes(alone, data_prop=True)
    except Exception as error:  # the inference raises classes of its own
        raise invalid(name, error) from None
    growth = 1
    for graph in graphs(inferred.graph):
        sizes = {one.name: _numbers(one) for one in [*graph.value_info, *graph.output]}
        for node in graph.node:
            for output in node.output:
                numbers = sizes.get(output)
                if numbers is None and node.op_type == "Concat":
                    growth *= len(node.input)
                hidden = numbers is None and node.op_type in BUILDERS
                if (numbers or 0) > MOST or hidden or growth > GROWTH:
                    raise ForeignUnfit(
                        gettext_noop("{name} makes too many numbers of one part, or hides how many (step "
                                     "{operator}); export the model without it."),
                        name=name, operator=node.op_type,
                    )  # fmt: skip


def _numbers(value: onnx.ValueInfoProto) -> int | None:
    """How many numbers a tensor holds; None where the file does not say, 0 for what is no tensor."""
    if not value.type.HasField("tensor_type"):
        return 0
    tensor = value.type.tensor_type
    if not tensor.HasField("shape") or not all(one.HasField("dim_value") for one in tensor.shape.dim):
        return None
    return math.prod(one.dim_value for one in tensor.shape.dim)


def graphs(graph: onnx.GraphProto) -> Iterator[onnx.GraphProto]:
    """The graph and every graph inside it."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            for inner in [*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs]:
                yield from graphs(inner)


def _tensors(graph: onnx.GraphProto) -> Iterator[onnx.TensorProto]:
    yield from graph.initializer
    for sparse in graph.sparse_initializer:
        yield from (sparse.values, sparse.indices)
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("t"):
                yield attribute.t
            yield from attribute.tensors
            for sparse in [
                *([attribute.sparse_tensor] if attribute.HasField("sparse_tensor") else []),
                *attribute.sparse_tensors,
            ]:
                yield from (sparse.values, sparse.indices)
