"""Promising how many false alarms a line bears, setting how a model is watched, keeping what follows."""

from __future__ import annotations

import math
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Line, Person
from mlops_portal.foundation.plant.policies import demand, guard
from mlops_portal.foundation.registry.models import ModelVersion, RegisteredModel
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.shell.work.jobs import enqueue
from monitoring.errors import NotABudget, NotAWatch
from monitoring.limits.policies import watch_verdict
from monitoring.limits.rules.watching import WatchRange, out_of_range
from monitoring.limits.selectors.budgets import per_week, watch_of
from monitoring.models import FalseAlarmBudget, LimitSet, Watch

REASON_LONGEST = 300


def budget_set(*, by: Person, line: Line, per_week: float, reason: str) -> FalseAlarmBudget:
    """How many false alarms a week the line bears, for all its machines and readings together, and why.

    NotABudget for a number out of range, or without a reason.
    """
    guard(by, "budget.set", line=line)
    least, most = FalseAlarmBudget.LEAST, FalseAlarmBudget.MOST
    if not (math.isfinite(per_week) and least <= per_week <= most):
        raise NotABudget(
            _("A line bears between %(least)s and %(most)s false alarms a week; write how many.")
            % {"least": f"{least:g}", "most": f"{most:g}"}
        )
    words = _reason(reason)
    with transaction.atomic():
        old = _held(line)
        row, _made = FalseAlarmBudget.objects.update_or_create(
            line=line,
            defaults={"per_week": per_week, "reason": words, "set_by": by, "set_at": timezone.now()},
        )
        event_record(
            type="monitoring.budget.set",
            actor=by.actor,
            subjects=[line.ref("on")],
            public={"line": line.name, "old": f"{old:g}", "new": f"{per_week:g}"},
            personal={"reason": words},
        )
        enqueue("monitoring.limits")
        changed("limits")
    return row


def _held(line: Line) -> float:
    FalseAlarmBudget.objects.select_for_update().filter(line=line).first()
    return per_week(line)


def _reason(reason: str) -> str:
    words = reason.strip()
    if not words or len(words) > REASON_LONGEST:
        raise NotABudget(
            _("Say why in at most %(most)d letters: whoever asks later reads it.") % {"most": REASON_LONGEST}
        )
    return words


def watch_set(*, by: Person, model: RegisteredModel, reason: str, **values: Any) -> Watch:
    """Where windows of a model are cut, how patient its alerts are, how long its windows are kept, and why.

    ``values`` of ``Watch``'s fields; what is not given stays. NotAWatch names what is out of range.
    """
    demand(watch_verdict(by, model))
    words = _reason(reason)
    with transaction.atomic():
        row = watch_of(model)
        old = {name: getattr(row, name) for name in WatchRange}
        new = old | values
        wrong = out_of_range(new)
        if wrong:
            raise NotAWatch(_sentence(wrong))
        moved = {name: value for name, value in new.items() if value != old[name]}
        for name, value in moved.items():
            setattr(row, name, value)
        row.set_at = timezone.now()
        row.save()
        event_record(
            type="monitoring.watch.set",
            actor=by.actor,
            subjects=[model.ref()],
            public={"name": model.name, "old": {name: old[name] for name in moved}, "new": moved},
            personal={"reason": words},
        )
        enqueue("monitoring.limits")
        changed("limits")
    return row


def _sentence(wrong: str) -> str:
    name = str(Watch._meta.get_field(wrong).verbose_name)  # type: ignore[union-attr]  # all have one
    held = WatchRange[wrong]
    if wrong in ("keep_hours", "keep_days"):
        return _("%(name)s: keep it at least as long as the finer ones.") % {"name": name}
    if isinstance(held, tuple) and isinstance(held[0], str):
        return _("%(name)s: one of %(of)s.") % {"name": name, "of": ", ".join(map(str, held))}
    return _("%(name)s: from %(least)s to %(most)s.") % {"name": name, "least": held[0], "most": held[1]}


def limits_write(*, version: ModelVersion, line: Line, body: dict[str, Any]) -> LimitSet:
    """Keep the limits of a version on a line; they follow from what events tell, so they are no event."""
    row, _made = LimitSet.objects.update_or_create(
        version=version, line=line, defaults={"body": body, "computed_at": timezone.now()}
    )
    changed("limits")
    return row
