"""Reading a table that came in: its first rows, what its columns hold, and what they seem to mean."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any

import numpy as np
from celery import shared_task
from django.urls import reverse
from django.utils.translation import gettext as _
from structlog import get_logger

from mlops_portal.above.onboarding.compute.bands import band_of
from mlops_portal.above.onboarding.compute.facts import facts_of_table
from mlops_portal.above.onboarding.compute.labels import good_rows, labels_of
from mlops_portal.above.onboarding.compute.pace import window_for
from mlops_portal.above.onboarding.errors import SchemaUnfit
from mlops_portal.above.onboarding.models import Onboarding
from mlops_portal.above.onboarding.rules import additive
from mlops_portal.above.onboarding.rules.column_choices import Kind, Role
from mlops_portal.above.onboarding.rules.columns import corrected
from mlops_portal.above.onboarding.rules.plain import with_role
from mlops_portal.above.onboarding.rules.target import plan_for
from mlops_portal.above.onboarding.services.files import on_disk
from mlops_portal.above.onboarding.services.receiving import table_read, table_refused
from mlops_portal.above.onboarding.tasks.frames import Progress, answers_of, columns_json
from mlops_portal.above.onboarding.transitions import OnboardingState
from mlops_portal.foundation.registry.compute.tables.guessing.guess import guess
from mlops_portal.foundation.registry.compute.tables.model import Frame, Schema
from mlops_portal.foundation.registry.compute.tables.read import preview, read
from mlops_portal.foundation.shell.work import jobs
from mlops_portal.foundation.shell.work.jobs import JobCancelled
from mlops_portal.foundation.wire.errors import PortalError

PREVIEW_ROWS = 30
FORMAT = ("kind", "compression", "encoding", "delimiter", "decimal")
WINDOW = 900
log = get_logger(__name__)


@shared_task(name="onboarding.read")
def read_table(onboarding_id: str, job_id: str) -> None:
    with jobs.running(job_id) as job:
        if job is not None:
            job.result_url = reverse("onboarding", args=[onboarding_id])
            read_do(onboarding_id, progress=job.step)


def read_do(onboarding_id: str, *, progress: Progress | None = None) -> None:
    """Read it, once; a file that is no table is refused with its sentence."""
    onboarding = Onboarding.objects.select_related("asset_type", "site").get(pk=onboarding_id)
    if onboarding.state != OnboardingState.RECEIVED:
        return
    try:
        reading = _read(onboarding, progress)
    except JobCancelled:
        raise
    except PortalError as error:
        table_refused(onboarding=onboarding, sentence=error.sentence)
        return
    except Exception:  # whatever a foreign file makes a reader raise: it ends the reading, and says so
        log.exception("table_not_read", onboarding=onboarding_id)
        table_refused(onboarding=onboarding, sentence=fault())
        return
    table_read(onboarding=onboarding, **reading)


def fault() -> str:
    return _("It stopped because of a fault in the portal. The fault was recorded; try it again.")


def _read(onboarding: Onboarding, progress: Progress | None) -> dict[str, Any]:
    asked = onboarding.asked
    with on_disk(onboarding.file_path) as path:
        answers = answers_of(onboarding)
        shown = preview(path, name=onboarding.file_name, rows=PREVIEW_ROWS, answers=answers)
        frame = read(path, name=onboarding.file_name, progress=progress, answers=answers)
    named = {name: asked.get(name, "") for name in ("target", "time", "part", "line")}
    also = [named["part"]] if named["part"] and named["part"] == named["time"] else []
    schema = guess(frame, **(named | {"part": ""} if also else named))  # a running number may be both
    columns = columns_json(schema)
    plan: dict[str, Any] = {"limits": None, "classes": [], "words": {}, "part_from": also}
    plan.update(window_seconds=_window(frame, schema), template=asked.get("template", ""))
    if plan["template"] == additive.KEY:
        columns, plan["words"], plan["part_from"] = additive.applied(columns)
    facts = facts_of_table(frame)
    columns = carried(columns, onboarding.schema.get("corrected", {}))
    target = with_role(columns, "target")
    if target is not None:
        plan.update(plan_for(facts[target["name"]], target["name"]))
        if onboarding.facts.get(target["name"]) == facts[target["name"]]:  # what was said of classes stays
            plan |= onboarding.plan
    return {
        "rows": frame.rows,
        "preview": {
            "header": list(shown.names),
            "rows": shown.rows,
            "numbers": shown.numbers,
            "format": {key: value for key, value in asdict(shown.format).items() if key in FORMAT},
            "guesses": [one.to_json() for one in frame.faults],
        },
        "facts": facts,
        "columns": banded(frame, columns, plan),
        "notes": schema.to_json()["notes"],
        "plan": plan,
    }


def carried(columns: list[dict[str, Any]], meanings: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The columns with what a person said of those of the same name; what no longer fits is forgotten."""
    for name, change in meanings.items():
        with suppress(SchemaUnfit):
            columns = corrected(columns, {name: change})
    return columns


def _window(frame: Frame, schema: Schema) -> int:
    """By the pace of the parts, where the table says when they were made."""
    time = schema.time
    if time is None or time.time_format == "order":
        return WINDOW
    return window_for(np.asarray(frame.columns[time.name], dtype=np.float64), otherwise=WINDOW)


def banded(frame: Frame, columns: list[dict[str, Any]], plan: dict[str, Any]) -> list[dict[str, Any]]:
    """The columns with the normal bands of the good parts."""
    target = with_role(columns, "target")
    labels: list[str | None] = [None] * frame.rows
    if target is not None:
        labels = labels_of(frame, target["name"], plan)
    good = good_rows(labels, plan)
    if not good.any():
        good[:] = True
    described = []
    for one in columns:
        band = {}
        if one["role"] == Role.READING and one["kind"] == Kind.NUMBER:
            low, high = band_of(frame.columns[one["name"]], good)
            band = {"low": low, "high": high}
        described.append({**one, **band})
    return described
