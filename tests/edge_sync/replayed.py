"""A small press model with a frozen reference, and tables of its parts."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management import call_command

from labeling.compute.training.reference import reference
from mlops_portal.foundation.registry.models import ModelVersion
from tests.edge_agent import models
from tests.edge_sync.decided import make_model, make_version
from tests.edge_sync.plant import EdgePlant


def make_judge(plant: EdgePlant) -> ModelVersion:
    """Version 1 of the press model, approved but not released, with the reference of its training parts."""
    model = make_model(plant.press, plant.cast.one.domain_expert)
    rows, truth = models.data()
    version = make_version(model, models.good())
    version.reference = reference(
        readings=rows,
        asset=np.array(["press-1a"] * len(rows)),
        at=np.arange(len(rows), dtype=np.float64),
        features={"force": (), "power": ()},
        said=[models.CLASSES[one] for one in truth],
        confidence=np.full(len(rows), 0.97),
    )
    version.save(update_fields=["reference"])
    return version


def write_table(path: Path, n: int = 600, *, seed: int = 7, **columns: list[Any]) -> Path:
    """Parts that the model knows: serial, force, power, fault; more columns on demand."""
    rows, truth = models.data(seed, n)
    head = ["serial", "Force [kN]", "power", "fault", *columns]
    lines = [",".join(head)]
    for place in range(n):
        more = [str(column[place]) for column in columns.values()]
        own = [f"P{place}", f"{rows[place, 0]:.3f}", f"{rows[place, 1]:.4f}", models.CLASSES[truth[place]]]
        lines.append(",".join([*own, *more]))
    path.write_text("\n".join(lines) + "\n")
    return path


def replay(path: Path, *options: str, model: str = "press", machine: str = "press-1a") -> dict[str, Any]:
    """The command's JSON."""
    out = StringIO()
    call_command(
        "stream_replay", model, "--data", str(path), "--machine", machine, "--json", *options,
        stdout=out, stderr=StringIO(),
    )  # fmt: skip
    found: dict[str, Any] = json.loads(out.getvalue())
    return found
