"""Running a file from outside beside what nodes would run of it."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from mlops_portal.foundation.registry.compute import edge_model
from mlops_portal.foundation.registry.compute.foreign.reading import Foreign
from mlops_portal.foundation.registry.compute.foreign.refusal import ForeignUnfit, first_line, gettext_noop
from mlops_portal.foundation.wire.inputs import valid

TIMED = 50


def columns(foreign: Foreign, features: int) -> int:
    """How many probabilities it gives for one part. Raises ForeignUnfit where it cannot run."""
    answer = as_it_came(foreign, np.zeros((2, features)))
    if answer.ndim != 2 or len(answer) != 2 or answer.shape[1] < 2:
        raise ForeignUnfit(
            gettext_noop("{name} gives values of shape {shape} for 2 parts; a node needs (2, classes), a "
                         "probability for each class."), name=foreign.name, shape=tuple(answer.shape),
        )  # fmt: skip
    return int(answer.shape[1])


def as_it_came(foreign: Foreign, readings: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities (n, classes) by the file itself, before anything was renamed."""
    try:
        session = edge_model.session(foreign.model.SerializeToString())
        (answer,) = session.run([foreign.output], {foreign.input: readings.astype(np.float32)})
    except Exception as error:  # onnxruntime raises classes of its own, without a common base
        raise ForeignUnfit(
            gettext_noop("{name} cannot be run by onnxruntime as nodes have it: {why}. Export it with "
                         "an older opset."), name=foreign.name, why=first_line(error),
        ) from None  # fmt: skip
    if foreign.mapped:
        rows = [{str(key): value for key, value in one.items()} for one in answer]
        return np.array([[row[label] for label in foreign.labels] for row in rows], dtype=np.float64)
    return np.asarray(answer, dtype=np.float64)


def demand_probabilities(name: str, probabilities: NDArray[np.float64], part: Sequence[str]) -> None:
    """Refuse values (n, classes) that are no probabilities for every part. Raises ForeignUnfit."""
    good = valid(probabilities)
    if good.all():
        return
    first = int(np.flatnonzero(~good)[0])
    if np.isnan(probabilities[~good]).any():
        raise ForeignUnfit(
            gettext_noop("{name} gives no probabilities for {bad} of {n} parts (first {part}): it does "
                         "not take readings that are missing. Put an imputer before the classifier and "
                         "export both."),
            name=name, bad=int((~good).sum()), n=len(good), part=part[first],
        )  # fmt: skip
    raise ForeignUnfit(
        gettext_noop("{name} gives values that are no probabilities: for part {part} they add up to "
                     "{total}. Export the probabilities, not scores."), name=name, part=part[first],
            total=f"{probabilities[first].sum():.3g}",
    )  # fmt: skip


def parity(
    foreign: Foreign, onnx: bytes, readings: NDArray[np.float64], places: Sequence[int]
) -> edge_model.Parity:
    """The file as nodes run it against the file as it came, on readings (n, features)."""
    labels, probabilities_edge = edge_model.probabilities(onnx, readings)
    expected = as_it_came(foreign, readings)
    same = np.array_equal(labels, np.array(places)[expected.argmax(1)]) if len(readings) else True
    return edge_model.Parity(
        len(readings), float(np.abs(probabilities_edge - expected).max(initial=0.0)), bool(same)
    )


def milliseconds(onnx: bytes, readings: NDArray[np.float64]) -> float:
    """The median time of one part alone, over at most ``TIMED`` parts (n, features)."""
    run = edge_model.session(onnx)
    spent = []
    for row in readings[: TIMED + 1].astype(np.float32):
        start = perf_counter()
        run.run(["label", "probabilities"], {"readings": row[None, :]})
        spent.append(1000 * (perf_counter() - start))
    return float(np.median(spent[1:] or spent)) if spent else 0.0
