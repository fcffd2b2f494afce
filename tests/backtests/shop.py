"""Tables to try things on, and a detector that stands in for the portal's own where a test needs none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from django.core.files.base import ContentFile

from mlops_portal.above.backtests.models import PastTable
from mlops_portal.above.backtests.services.tables import table_add
from mlops_portal.foundation.plant.models import Person


def rows_of(n: int = 400, *, seed: int = 1, shift_at: int | None = None) -> list[str]:
    """Pressure and temperature, a machine's name, and whether the part is good; pressure shifts at a row."""
    random = np.random.default_rng(seed)
    found = ["number,pressure,temperature,machine,verdict"]
    for row in range(n):
        pressure = random.normal(150 + (6 if shift_at is not None and row >= shift_at else 0), 2)
        temperature = random.normal(60, 1)
        verdict = "crack" if pressure + random.normal(0, 0.7) > 151.5 else "ok"
        machine = ("Press 1", "Press 2")[int(random.random() < 0.5)]
        found.append(f"{row},{pressure:.3f},{temperature:.3f},{machine},{verdict}")
    return found


def written(folder: Path, name: str, rows: list[str]) -> Path:
    path = folder / name
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def added(by: Person, rows: list[str], name: str = "presses.csv") -> PastTable:
    """Looked at too, where jobs run at once and what waits for the commit is executed by the test."""
    from mlops_portal.above.backtests.tasks.look import look

    table = table_add(by=by, file=ContentFile("\n".join(rows).encode()), name=name)
    look(table.pk)
    table.refresh_from_db()
    return table


LABELING = {"target": "verdict", "initial": 10, "batch": 10, "budget": 30, "seeds": 2, "learner": "logistic"}
RETRAIN = {"target": "verdict", "trigger": "schedule", "window": 40, "every": 3}
DRIFT = {"window": 20, "ignore": ["number"]}
