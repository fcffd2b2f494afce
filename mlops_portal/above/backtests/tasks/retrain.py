"""What a retrain trigger would have done."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from labeling.compute.backtest.losses import task_of
from labeling.compute.backtest.retraining import History, Walk, walk
from labeling.compute.backtest.triggers import never, on_degradation, on_schedule
from mlops_portal.above.backtests.errors import WrongChoice
from mlops_portal.above.backtests.tasks import engine
from mlops_portal.above.backtests.tasks.outcome import Outcome, Report, silent
from mlops_portal.above.backtests.tasks.readings import demand_columns, readings_of
from mlops_portal.above.backtests.tasks.targets import target_of
from mlops_portal.above.backtests.transitions import TriggerKind
from mlops_portal.foundation.registry.compute.tables.model import Frame, Kind

FEWEST_FIRST = 30


def retrain(frame: Frame, chosen: Mapping[str, Any], report: Report = silent) -> Outcome:
    """Walk over a table of known truths with a trigger, and again without one. Raises WrongChoice."""
    started = time.monotonic()
    demand_columns(frame, [chosen["time"], *chosen["ignore"]])
    target = target_of(frame, chosen["target"], numbers=True)
    stream = readings_of(frame, without=[chosen["target"], chosen["time"], *chosen["ignore"]])
    if not stream.names:
        raise WrongChoice(
            _("No reading is left to learn from. %(notes)s") % {"notes": " ".join(stream.notes)}
        )
    order, notes = _order(frame, chosen["time"], target.kept)
    readings = stream.stream[target.kept][order]
    truth = target.value[order]
    first, window = round(len(truth) * chosen["first_share"] / 100), chosen["window"]
    _demand_room(len(truth), first, window)
    task = task_of(truth, first, numeric=target.numeric)
    plan = Walk(first, window, chosen["delay"], chosen["rest"], chosen["memory"])
    total = 2 * ((len(truth) - first) // window)
    detect = None
    if chosen["trigger"] == TriggerKind.DRIFT:
        least = max(window, engine.ROWS_LEAST)
        if first < least:
            raise WrongChoice(
                _(
                    "The first model learns %(first)d rows, and drift needs a reference of %(least)d; make "
                    "the window shorter or the first share larger."
                )
                % {"first": first, "least": least}
            )
        detect = engine.first_alert(
            window=window,
            per_window=chosen["false_alarms"] / 1000,
            names=stream.names,
            categorical=stream.categorical,
        )
    fires = {
        TriggerKind.DEGRADATION: on_degradation(chosen["sureness"]),
        TriggerKind.SCHEDULE: on_schedule(chosen["every"]),
    }.get(chosen["trigger"], never)
    with_it = walk(
        readings, truth, task, plan, fires, detect=detect, report=lambda done, of: report(done, total)
    )
    without = with_it
    if chosen["trigger"] != TriggerKind.NEVER:
        without = walk(
            readings, truth, task, plan, never, report=lambda done, of: report(total // 2 + done, total)
        )
    whole = {
        "trigger": chosen["trigger"],
        "metric": task.name,
        "error": _plain(with_it.error),
        "never_error": _plain(without.error),
        "retrains": with_it.retrains,
        "labels": with_it.labels,
        "windows": _windows(with_it, without),
        "rows": len(truth),
        "first_rows": first,
        "features": len(stream.names),
        "classes": target.classes,
        "notes": [*target.notes, *stream.notes, *notes],
        "seconds": round(time.monotonic() - started, 3),
    }
    summary = {key: whole[key] for key in ("metric", "error", "never_error", "labels")}
    summary["retrains"] = len(with_it.retrains)
    shown = {key: whole[key] for key in ("windows", "retrains", "metric", "first_rows", "notes")}
    return Outcome(whole, summary, shown)


def _order(frame: Frame, time_column: str, usable: Any) -> tuple[Any, list[str]]:
    """The order of the kept rows in time; rows of one moment, or without one, stay as they stand."""
    rows = int(usable.sum())
    if not time_column:
        return np.arange(rows), [_("The rows count in the order of the file.")]
    if frame.kinds[time_column] not in (Kind.TIME, Kind.NUMBER):
        raise WrongChoice(
            _(
                "The column “%(name)s” holds neither moments nor numbers, so it gives no order; choose "
                "another."
            )
            % {"name": time_column}
        )
    at = np.asarray(frame.columns[time_column], dtype=np.float64)[usable]
    backward = int((np.diff(at) < 0).sum())
    notes = [_("The rows were put in the order of “%(name)s”.") % {"name": time_column}] if backward else []
    return np.argsort(at, kind="stable"), notes


def _demand_room(rows: int, first: int, window: int) -> None:
    if first < FEWEST_FIRST:
        raise WrongChoice(
            _(
                "The first model would learn %(first)d rows; at least %(least)d are needed. Make the first "
                "share larger."
            )
            % {"first": first, "least": FEWEST_FIRST}
        )
    if window > rows - first:
        raise WrongChoice(
            _(
                "A window of %(window)d rows is longer than what is left after the first model (%(left)d "
                "rows); make it shorter."
            )
            % {"window": window, "left": rows - first}
        )


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _windows(with_it: History, without: History) -> list[dict[str, Any]]:
    return [
        {
            "index": one.index,
            "start_row": one.start,
            "end_row": one.end,
            "error": _plain(one.error),
            "never_error": _plain(other.error),
            "retrained": one.retrained,
        }
        for one, other in zip(with_it.windows, without.windows, strict=True)
    ]
