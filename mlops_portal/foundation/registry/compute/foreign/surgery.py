"""The file as nodes run it: input ``readings``, outputs ``label`` and ``probabilities`` (see ``edge_model``).

The foreign graph keeps its operators and weights; only its ends get other names. What its own label and its
maps were made of is cut away, and ``label`` is the registered place of the likeliest class.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import onnx
from onnx import TensorProto, compose, helper, numpy_helper

from mlops_portal.foundation.registry.compute.foreign.reading import Foreign

PREFIX = "foreign/"
OPSET = 17


def normalised(foreign: Foreign, *, features: int, places: Sequence[int]) -> bytes:
    """ONNX bytes; ``places`` are the registered places of the columns of probabilities."""
    model = compose.add_prefix(foreign.model, PREFIX)
    inner = model.graph
    tensor = PREFIX + foreign.tensor
    taken = helper.make_node("Identity", ["readings"], [PREFIX + foreign.input])
    given = [
        helper.make_node("Identity", [tensor], ["probabilities"]),
        helper.make_node("ArgMax", ["probabilities"], ["likeliest"], axis=1, keepdims=0),
        helper.make_node("Gather", ["places", "likeliest"], ["label"], axis=0),
    ]
    nodes = needed(inner.node, tensor)
    used = {name for node in nodes for name in node.input}
    graph = helper.make_graph(
        [taken, *nodes, *given],
        "classifier",
        [helper.make_tensor_value_info("readings", TensorProto.FLOAT, [None, features])],
        [
            helper.make_tensor_value_info("label", TensorProto.INT64, [None]),
            helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [None, len(places)]),
        ],
        initializer=[
            *(one for one in inner.initializer if one.name in used or _has_graphs(nodes)),
            numpy_helper.from_array(np.array(places, dtype=np.int64), "places"),
        ],
    )
    opsets = {one.domain: one.version for one in model.opset_import}
    opsets.setdefault("", OPSET)
    made = helper.make_model(
        graph,
        producer_name="mlops-portal",
        opset_imports=[helper.make_opsetid(domain, version) for domain, version in sorted(opsets.items())],
        ir_version=min(model.ir_version, 10),
    )
    data: bytes = made.SerializeToString(deterministic=True)
    return data


def needed(nodes: Sequence[onnx.NodeProto], tensor: str) -> list[onnx.NodeProto]:
    """The nodes that ``tensor`` is made of, in their order."""
    wanted, nodes_needed = {tensor}, []
    for node in reversed(nodes):
        if wanted & set(node.output):
            nodes_needed.append(node)
            wanted |= set(node.input) | _outer(node)
    return nodes_needed[::-1]


def _has_graphs(nodes: Sequence[onnx.NodeProto]) -> bool:
    return any(attribute.HasField("g") for node in nodes for attribute in node.attribute)


def _outer(node: onnx.NodeProto) -> set[str]:
    """What graphs inside a node may take from outside."""
    names: set[str] = set()
    for attribute in node.attribute:
        for inner in [*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs]:
            for one in inner.node:
                names |= set(one.input) | _outer(one)
            names |= {one.name for one in inner.output}
    return names
