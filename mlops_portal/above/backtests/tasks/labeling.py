"""What a strategy would have gained over chance."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from labeling.compute.backtest.learning import Plan, simulate
from mlops_portal.above.backtests.errors import WrongChoice
from mlops_portal.above.backtests.tasks.outcome import Outcome, Report, silent
from mlops_portal.above.backtests.tasks.readings import demand_columns, readings_of
from mlops_portal.above.backtests.tasks.targets import target_of
from mlops_portal.foundation.registry.compute.tables.model import Frame

FEWEST_ROWS = 20


def labeling(frame: Frame, chosen: Mapping[str, Any], report: Report = silent) -> Outcome:
    """Play a strategy beside chance on a table of known truths. Raises WrongChoice."""
    started = time.monotonic()
    demand_columns(frame, [chosen["group"], *chosen["ignore"]])
    target = target_of(frame, chosen["target"], numbers=False)
    left_out = [chosen["target"], chosen["group"], *chosen["ignore"]]
    readings = readings_of(frame, without=left_out)
    if not readings.names:
        raise WrongChoice(
            _("No reading is left to learn from. %(notes)s") % {"notes": " ".join(readings.notes)}
        )
    label = target.value.astype(np.int64)
    if len(label) < FEWEST_ROWS:
        raise WrongChoice(
            _("The table has %(rows)d rows with a truth; a back-test needs at least %(least)d.")
            % {"rows": len(label), "least": FEWEST_ROWS}
        )
    notes = [*target.notes, *readings.notes]
    plan = Plan(
        strategy=chosen["strategy"],
        initial=chosen["initial"],
        batch=chosen["batch"],
        budget=chosen["budget"],
        seeds=chosen["seeds"],
        learner=chosen["learner"],
    )
    group = None
    if chosen["group"]:
        words = frame.text(chosen["group"])[target.kept]
        group = np.unique([str(one) for one in words], return_inverse=True)[1].reshape(-1).astype(np.int64)
    pool = round(0.6 * len(label))
    if plan.initial >= pool:
        raise WrongChoice(
            _(
                "%(initial)d labels at the start are as many as there are to ask about (%(pool)d of %(rows)d "
                "rows; the others measure); start with fewer."
            )
            % {"initial": plan.initial, "pool": pool, "rows": len(label)}
        )
    curves = simulate(readings.stream[target.kept], label, plan, group=group, report=report)
    if curves.labels[-1] < plan.budget:
        notes.append(
            _("The table leaves %(pool)d parts to ask about, so the curve ends there.")
            % {"pool": int(curves.labels[-1])}
        )
    ours, chance = (float(one.mean()) for one in curves.areas)
    whole = {
        "labels": curves.labels.tolist(),
        "strategy": _curve(curves.strategy),
        "random": _curve(curves.random),
        "aubc": ours,
        "random_aubc": chance,
        "metric": curves.metric.value,
        "difference": curves.difference,
        "name": plan.strategy,
        "learner": plan.learner,
        "seeds": plan.seeds,
        "rows": len(label),
        "features": len(readings.names),
        "classes": target.classes,
        "notes": notes,
        "seconds": round(time.monotonic() - started, 3),
    }
    summary = {
        "aubc": ours,
        "random_aubc": chance,
        "metric": curves.metric.value,
        "difference": curves.difference,
        "saved": _saved(curves.labels, curves.strategy.mean(0), curves.random.mean(0)),
        "last": float(curves.strategy[:, -1].mean()),
    }
    return Outcome(
        whole, summary, {key: whole[key] for key in ("labels", "strategy", "random", "metric", "notes")}
    )


def _curve(heights: Any) -> dict[str, list[float]]:
    ddof = 1 if len(heights) > 1 else 0
    return {"mean": heights.mean(0).tolist(), "sd": heights.std(0, ddof=ddof).tolist()}


def _saved(labels: Any, ours: Any, chance: Any) -> dict[str, int] | None:
    """With how many labels the strategy is as good as chance is with all of them; None where it never is."""
    reached = np.flatnonzero(ours >= chance[-1])
    if not len(reached):
        return None
    return {"labels": int(labels[reached[0]]), "of": int(labels[-1])}
