"""What stands in an ONNX file before anything runs it.

- standard operators alone (ai.onnx, ai.onnx.ml), no functions of its own, no loop that may never end;
- every weight inside the file, none in another file beside it;
- valid by ONNX's own checker.
"""

from __future__ import annotations

from collections.abc import Iterator

import onnx

from mlops_portal.foundation.registry.compute.foreign.refusal import ForeignUnfit, first_line, gettext_noop

DOMAINS = {"", "ai.onnx", "ai.onnx.ml"}
ENDLESS = {"Loop", "Scan"}


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
