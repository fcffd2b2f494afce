"""Golden samples and proposed ones stay out of every training; and which of them a version was taught anyway.

Both questions are answered by ``monitoring.golden.compute.apart`` over the same rows with the same spreads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from labeling.errors import RowsChanged
from labeling.models import RetrainRun
from labeling.tasks.training_data import base_table, frozen_of, since_rows, split_of
from mlops_portal.foundation.registry.models import Artifact, ModelVersion, RegisteredModel
from mlops_portal.foundation.registry.selectors import features_of
from mlops_portal.foundation.wire import manifest
from mlops_portal.foundation.wire.golden import Golden
from monitoring.golden.compute import apart
from monitoring.golden.selectors.samples import kept_apart
from monitoring.models import GoldenSample

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Apart:
    """``base``: rows of the table of past parts that do not train nor measure, as the manifest names them:
    {"row", "part", "reason", "golden"}; ``since``: (reason, golden) by prediction."""

    base: list[dict[str, Any]] = field(default_factory=list)
    since: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def rows(self) -> list[int]:
        return [one["row"] for one in self.base]


def apart_for(model: RegisteredModel, *, base: Artifact, named: Sequence[manifest.Row]) -> Apart:
    """What of the table ``base`` and of the parts ``named`` no training of the model may have now."""
    features = features_of(model)
    keys = [one.key for one in features]
    golden_rows = apart.kept_of(kept_apart(model), keys)
    if not golden_rows:
        return Apart()
    past, since = base_table(model, base), since_rows(model, named, set(), keys)
    spread = apart.spread_of(past.readings, [bool(one.categories) for one in features])
    match = apart.strongest(
        apart.matches(
            readings=np.concatenate([past.readings, since.readings]),
            part=[*past.part, *since.part],
            spread=spread,
            kept=golden_rows,
        )
    )
    whole = Apart()
    for row, one in sorted(match.items()):
        code = golden_rows[one.kept].code
        if row < len(past.part):
            whole.base.append({"row": row, "part": past.part[row], "reason": one.reason, "golden": code})
        else:
            whole.since[named[row - len(past.part)].prediction] = (one.reason, code)
    return whole


def taught(version: ModelVersion, samples: Sequence[Golden]) -> dict[str, str]:
    """By code why ``version`` knows the sample from its training: "" where it does not, UNKNOWN where its
    rows cannot be read any more or it was trained elsewhere."""
    run = RetrainRun.objects.select_related("model", "manifest").filter(candidate=version).first()
    if run is None or run.manifest is None:
        return {one.code: UNKNOWN for one in samples}
    try:
        rows, _held = split_of(run)
    except RowsChanged:
        return {one.code: UNKNOWN for one in samples}
    features = features_of(version.model)
    keys = [one.key for one in features]
    past = base_table(version.model, Artifact.objects.get(pk=frozen_of(run)["base"]["dataset"]))
    parts = dict(
        GoldenSample.objects.filter(model=version.model, retired_at=None).values_list("code", "part")
    )
    matches = apart.matches(
        readings=rows.readings,
        part=rows.part.tolist(),
        spread=apart.spread_of(past.readings, [bool(one.categories) for one in features]),
        kept=apart.kept_of(((one.code, parts.get(one.code, ""), one.readings) for one in samples), keys),
    )
    why: dict[str, str] = {one.code: "" for one in samples}
    for one in sorted(matches, key=lambda one: -apart.REASONS.index(one.reason)):
        why[samples[one.kept].code] = one.reason
    return why
