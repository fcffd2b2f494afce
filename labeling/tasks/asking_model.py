"""The model that says where it hesitates: the version itself, or what the labels since make of it.

Where people's answers contradict what a version is sure of, asking it again leads to the same places, and
never to those where it is wrong and sure. So once there are a few answers that it was not taught, a quick
model of its past and of them asks instead, in which old parts that contradict have lost their vote; it
hesitates along the boundary as it seems to lie now. It is never kept and judges nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from labeling.compute.training import choice
from labeling.compute.training.recipes import OWN, Lesson, fitted
from labeling.compute.training.rows import BASE
from labeling.models.parameters import parameters_checked
from labeling.selectors.rows import Usable, rows_for
from labeling.tasks.training_data import classes_of, for_model, rows_from
from mlops_portal.foundation.registry.compute import store
from mlops_portal.foundation.registry.errors import NoDataset
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.registry.selectors import classes_of as classes_of_version
from mlops_portal.foundation.registry.selectors import dataset_of
from mlops_portal.foundation.registry.services import artifact_read
from mlops_portal.foundation.wire.errors import Invalid

RECIPE = "lines_judged"
FEWEST = choice.FEWEST
NEWEST = 500


@dataclass(frozen=True, slots=True)
class Asking:
    """A fitted classifier, and the class of each of its columns; ``moved`` by labels since."""

    model: Any
    classes: list[str]
    moved: bool


def asking_model(version: ModelVersion) -> Asking:
    """Who asks for ``version``, which has its stored model."""
    assert version.store is not None
    return _moved(version) or Asking(
        store.load(artifact_read(version.store)), classes_of_version(version), moved=False
    )


def _moved(version: ModelVersion) -> Asking | None:
    """None where the version was taught all that is known, or there is no past to move."""
    since = [
        one
        for one in rows_for(version.model, most=NEWEST)
        if isinstance(one, Usable) and datetime.fromisoformat(one.row.at) >= version.created_at
    ]
    if len(since) < FEWEST:
        return None
    try:
        base = dataset_of(version.model).artifact
    except NoDataset:
        return None
    rows = rows_from(version.model, base=base, named=[one.row for one in since], by_chance=(), without=())
    recent = rows.source != BASE
    lesson = Lesson(
        readings=for_model(version.model, rows.readings),
        label=rows.label,
        recent=recent,
        at=rows.at,
        stands=np.ones(len(rows)),
        parameters=parameters_checked({}),
    )
    try:
        model = fitted(OWN[RECIPE], lesson)
    except Invalid:  # one class only
        return None
    registered = classes_of(version.model)
    return Asking(model, [registered[place] for place in model.classes_], moved=True)
