"""Bringing in a version that was trained elsewhere: checked, measured on this plant's parts, proposed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from hashlib import sha256
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from labeling.compute.training.rows import held_out, trains
from labeling.errors import ForeignModelUnfit
from labeling.models.parameters import PARAMETERS
from labeling.selectors.foreign import contract_of, foreign_known, foreign_verdict, rows_since
from labeling.services.foreign import foreign_register
from labeling.tasks.keeping_apart import apart_for
from labeling.tasks.training_data import for_model, rows_from
from labeling.tasks.training_measures import Measuring
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import demand
from mlops_portal.foundation.registry.compute.foreign import naming, reading, running, surgery
from mlops_portal.foundation.registry.compute.foreign.refusal import ForeignUnfit
from mlops_portal.foundation.registry.models import ModelVersion, RegisteredModel
from mlops_portal.foundation.registry.selectors import champion_of, dataset_of, features_of
from mlops_portal.foundation.registry.services import artifact_put

LARGEST_GAP = 1e-5
SEED = 1
Report = Callable[[int, int], object]


def bring_in(
    *,
    by: Person | None,
    model: RegisteredModel,
    data: bytes,
    name: str,
    classes: Sequence[str] = (),
    source: str = "file",
    run_id: str = "",
    report: Report = lambda done, total: None,
) -> tuple[ModelVersion, bool]:
    """The version that an ONNX file becomes, and whether it is new.

    ``classes`` name the file's classes in its order, where it does not do so itself; the file and what was
    stated beside it make the version. Measured on the parts that a retraining would hold out now, beside the
    champion.
    Raises ForeignModelUnfit, NoDataset, NotAllowed.
    """
    if by is not None:
        demand(foreign_verdict(by, model))
    digest = sha256(data).hexdigest()
    try:
        foreign, places = _read(model, data, name, classes)
        contract = contract_of(model, [model.classes[place]["key"] for place in places])
        known = foreign_known(model, digest, contract)
        if known is not None:
            return known, False
        made = _made(model, foreign, places, name, report)
    except ForeignUnfit as error:
        raise ForeignModelUnfit(_(error.message).format(**error.values)) from None
    made["measures"]["origin"] |= {
        "file": name[:120],
        "sha256": digest,
        "contract": contract,
        "source": source,
    }
    artifact = artifact_put(data=made.pop("onnx"), kind="onnx", name=f"{model.slug} {name}"[:120])
    version = foreign_register(
        by=by, model=model, artifact=artifact, parent=champion_of(model), run_id=run_id, **made
    )
    report(4, 4)
    return version, version.artifact_id == artifact.pk


def _read(
    model: RegisteredModel, data: bytes, name: str, classes: Sequence[str]
) -> tuple[reading.Foreign, list[int]]:
    """The file, and the registered place of each of its columns. Raises ForeignUnfit."""
    features = [one.key for one in features_of(model)]
    foreign = reading.read(data, name=name, features=features)
    count = running.columns(foreign, len(features))
    return foreign, naming.places_of(name, foreign.labels, count, model.classes, classes)


def _made(
    model: RegisteredModel, foreign: reading.Foreign, places: list[int], name: str, report: Report
) -> dict[str, Any]:
    """The file as nodes run it, and what is measured of it."""
    onnx = surgery.normalised(foreign, features=model.features.count(), places=places)
    report(1, 4)
    dataset, usable = dataset_of(model), rows_since(model)
    left_apart = apart_for(model, base=dataset.artifact, named=[one.row for one in usable])
    since = [one for one in usable if one.row.prediction not in left_apart.since]
    rows = rows_from(
        model,
        base=dataset.artifact,
        named=[one.row for one in since],
        by_chance=[one.row.prediction for one in since if one.by_chance],
        without=left_apart.rows,
    )
    measured = held_out(rows, PARAMETERS["holdout_share"].default, ordered=dataset.ordered)
    held = rows.take(measured)
    report(2, 4)
    measuring = Measuring(model, SEED)
    keys = [measuring.classes[place] for place in places]
    answers = measuring.said(onnx, keys, held)
    running.demand_probabilities(name, answers[0], list(held.part))
    read = for_model(model, held.readings)
    parity = running.parity(foreign, onnx, read, places)
    if not parity.labels_equal or parity.largest > LARGEST_GAP:
        raise ForeignModelUnfit(
            _("As nodes would run it, %(file)s answers otherwise than as it came (%(gap)s apart); it was not "
              "taken.") % {"file": name, "gap": f"{parity.largest:.1e}"}
        )  # fmt: skip
    report(3, 4)
    return {
        "onnx": onnx,
        "dataset": dataset,
        "parity": asdict(parity),
        "reference": measuring.reference(rows.take(trains(rows, measured)), answers, ordered=dataset.ordered),
        "measures": {
            **measuring.compared(held, answers, champion_of(model)),
            "classes": keys,
            "train": {"rows": 0, "recent": 0, "seconds": 0.0},
            "origin": {
                "producer": foreign.producer,
                "unknown": sorted(set(np.array(measuring.classes)[held.label]) - set(keys)),
                "milliseconds": round(running.milliseconds(onnx, read), 3),
            },
        },
    }
