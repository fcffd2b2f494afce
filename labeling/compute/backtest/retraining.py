"""What a retrain trigger would have done on history: windows in order, each judged before it is learned.

- The first rows train a model. Every window after them is judged by the model of that moment (prequential,
  Dawid 1984), and its labels arrive ``delay`` windows later.
- Where the trigger fires, a model is trained on the labels that have arrived, all or the last ``memory``.
- At least ``rest`` windows lie between two trainings: a detector that sees the old model's reference would
  fire again before a new label has come.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from labeling.compute.backtest.losses import Task
from labeling.compute.backtest.triggers import Detect, Promise, Since, Trigger

Floats = NDArray[np.float64]
Report = Callable[[int, int], object]
HELD = 0.25


@dataclass(frozen=True, slots=True)
class Walk:
    """``first`` rows train, then windows of ``window`` rows; ``delay`` and ``rest`` in windows, ``memory`` in
    rows (0: all)."""

    first: int
    window: int
    delay: int = 1
    rest: int = 2
    memory: int = 0


@dataclass(frozen=True, slots=True)
class Judged:
    """One window: rows ``start`` (in) to ``end`` (out), its error, and whether a training followed it."""

    index: int
    start: int
    end: int
    error: float
    retrained: bool


@dataclass(slots=True)
class History:
    """All windows, the rows at which trainings happened, and the distinct labelled rows that they used."""

    windows: list[Judged] = field(default_factory=list)
    retrains: list[int] = field(default_factory=list)
    labels: int = 0
    error: float = float("nan")


def walk(
    readings: Floats,
    truth: Floats,
    task: Task,
    plan: Walk,
    trigger: Trigger,
    *,
    detect: Detect | None = None,
    report: Report = lambda done, total: None,
) -> History:
    """Walk over ``readings`` (n, d; NaN is missing) and ``truth`` (n,) in their order.

    ``detect`` makes it the drift trigger, and ``trigger`` is not asked. ``report(done, total)`` after every
    window. The same input gives the same history.
    """
    history = History()
    starts = range(plan.first, len(truth) - plan.window + 1, plan.window)
    with threadpool_limits(1):
        now = _trained(readings, truth, task, _memory(plan, plan.first))
        trained_at, used = plan.first, np.zeros(len(truth), dtype=np.bool_)
        used[: plan.first] = True
        alarm = _alarm(detect, readings, plan, trained_at)
        costs: list[Floats] = []
        everything: list[Floats] = []
        for index, start in enumerate(starts):
            end = start + plan.window
            cost = task.loss(now.model, readings[start:end], truth[start:end])
            costs.append(cost)
            everything.append(cost)
            arrived = costs[: max(0, len(costs) - plan.delay)]
            since = Since(len(costs), arrived, now.promise, end - trained_at)
            due = alarm is not None and end >= alarm if detect else trigger(since)
            fires = bool(due) and len(costs) >= plan.rest and end < len(truth)
            history.windows.append(Judged(index, start, end, task.mean(cost, truth[start:end]), fires))
            if fires:
                labelled = max(plan.first, end - plan.delay * plan.window)
                which = _memory(plan, labelled)
                now = _trained(readings, truth, task, which)
                used[which] = True
                history.retrains.append(end)
                trained_at, costs = end, []
                alarm = _alarm(detect, readings, plan, end)
            report(index + 1, len(starts))
    if everything:
        last = plan.first + plan.window * len(everything)
        history.error = task.mean(np.concatenate(everything), truth[plan.first : last])
    history.labels = int(used.sum())
    return history


def _memory(plan: Walk, labelled: int) -> slice:
    return slice(max(0, labelled - plan.memory) if plan.memory else 0, labelled)


@dataclass(frozen=True, slots=True)
class _Model:
    model: Any
    promise: Promise


def _trained(readings: Floats, truth: Floats, task: Task, which: slice) -> _Model:
    """The model of these rows; its promise is what the newest ``HELD`` cost a model of the ones before."""
    rows, truths = readings[which], truth[which]
    cut = max(1, round(len(rows) * (1 - HELD)))
    cost = task.loss(task.fitted(rows[:cut], truths[:cut]), rows[cut:], truths[cut:])
    if not len(cost):
        cost = np.zeros(1)
    least = 1.0 / np.sqrt(len(cost))  # a holdout without a single error promises no more than its size allows
    return _Model(task.fitted(rows, truths), Promise(float(cost.mean()), max(float(cost.std()), least)))


def _alarm(detect: Detect | None, readings: Floats, plan: Walk, at: int) -> int | None:
    """The row after which drift since ``at`` is known; the ``first`` rows before it are the reference."""
    if detect is None or at >= len(readings):
        return None
    after = detect(readings[max(0, at - plan.first) : at], readings[at:])
    return None if after is None else at + after
