"""Sentences, tables and pictures of a drift report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.shell.charts.bars import Bar, BarsChart
from mlops_portal.foundation.shell.charts.drawing.drawn import Chart
from mlops_portal.foundation.shell.tables.columns import Column
from monitoring.catalogue import STATISTICS, name_of
from monitoring.drift.charts import reading_pair
from monitoring.models import DriftReport
from monitoring.readings import ReadingWords
from monitoring.reports.rules.reports import PAIRS

NEAR = timedelta(hours=1)
DIGITS = {"psi": 3, "ks": 3, "mean_errors": 1}
Row = dict[str, Any]


def statistic_names() -> dict[str, str]:
    """A mean's shift stands here in standard errors; what is shown is the same statistic."""
    return {"psi": name_of("psi"), "ks": name_of("ks"), "mean_errors": name_of("mean")}


def headline(body: Mapping[str, Any]) -> str:
    """“3 of 20 readings moved”."""
    count, moved = len(body["readings"]), body["moved"]
    if not moved:
        return ngettext(
            "The reading is within its limits", "None of %(count)d readings is over its limits", count
        ) % {"count": count}
    return ngettext(
        "%(moved)d of %(count)d reading moved", "%(moved)d of %(count)d readings moved", count
    ) % {
        "moved": moved,
        "count": count,
    }


def tone(body: Mapping[str, Any]) -> tuple[str, str]:
    return ("bad", _("moved")) if body["moved"] else ("good", _("within limits"))


def resolution_words(resolution: str) -> str:
    return {
        "window": _("from single windows"),
        "hour": _("from hours"),
        "day": _("from days"),
        "month": _("from months"),
    }[resolution]


def covered(report: DriftReport) -> dict[str, Any]:
    """What the stored rows cover, and whether that is less than was asked."""
    body = report.body
    since, until = (datetime.fromisoformat(body[key]) for key in ("since", "until"))
    resolutions = [
        {
            "words": resolution_words(one["grain"]),
            "since": datetime.fromisoformat(one["since"]),
            "until": datetime.fromisoformat(one["until"]),
        }
        for one in body["grains"]
    ]
    short = since - report.since > NEAR or min(report.until, report.asked_at) - until > NEAR
    return {"since": since, "until": until, "grains": resolutions[::-1], "short": short}


def why(row: Mapping[str, Any]) -> str:
    """Why a reading cannot be told, or what of it cannot."""
    if row["reason"] == "window empty":
        return _("never sent in this span")
    if row["reason"] == "reference empty":
        return _("not in what was learned")
    if row["sd"] is not None and row["sd"] <= 0:
        return _("never varied in what was learned")
    return ""


def rows(body: Mapping[str, Any], words: ReadingWords) -> list[Row]:
    """One row per reading, the furthest over its limit first."""
    names = statistic_names()
    made = []
    for one in body["readings"]:
        measured = one["mean"] is not None and one["sd"]
        made.append(
            {
                **one,
                "key": one["reading"],
                "name": words.name(one["reading"]),
                "unit": words.unit(one["reading"]),
                "categories": words.categories(one["reading"]),
                "shift": (one["mean"] - one["learned_mean"]) / one["sd"] if measured else None,
                "percent_missing": None if one["missing"] is None else 100 * one["missing"],
                "moved": one["times"] is not None and one["times"] > 1,
                "why": why(one),
                "cells": [
                    _cell(
                        names[value],
                        one[value],
                        one[limit],
                        DIGITS[value],
                        STATISTICS[value].largest if value in STATISTICS else None,
                    )
                    for value, limit in PAIRS
                ],
            }
        )
    return made


def _cell(
    name: str, value: float | None, limit: float | None, digits: int, reach: float | None
) -> dict[str, Any]:
    """A statistic beside its limit; ``few`` where so few parts have no limit that it could pass."""
    few = value is not None and (not limit or (reach is not None and limit >= reach))
    over = value is not None and not few and limit is not None and value > limit
    return {"name": name, "value": value, "limit": limit, "digits": digits, "few": few, "over": over}


def columns() -> Sequence[Column]:
    """Of the table as a file."""
    return [
        Column("key", _("Short name")),
        Column("name", _("Reading")),
        Column("unit", _("Unit")),
        Column("n", _("Parts")),
        Column("missing", _("Share missing")),
        Column("mean", _("Mean now")),
        Column("learned_mean", _("Mean learned")),
        Column("sd", _("Deviation learned")),
        Column("shift", _("Shift in deviations")),
        Column("psi", "PSI"),
        Column("psi_limit", _("Limit of PSI")),
        Column("ks", "KS"),
        Column("ks_limit", _("Limit of KS")),
        Column("mean_errors", _("Shift in standard errors")),
        Column("mean_limit", _("Limit of the shift")),
        Column("times", _("Times its limit")),
        Column("js", _("Jensen-Shannon, bits")),
        Column("wasserstein", _("Wasserstein, in the unit")),
        Column("chi2", _("Chi-square")),
        Column("freedom", _("Degrees of freedom")),
        Column("why", _("Note")),
    ]


def bars(row: Row) -> BarsChart | None:
    """Each statistic of a reading as a share of its limit."""
    measured = [cell for cell in row["cells"] if cell["value"] is not None and not cell["few"]]
    known = [(cell, 100 * cell["value"] / cell["limit"]) for cell in measured]
    if not known:
        return None
    return BarsChart(
        _("%(reading)s: how much of its limit is used up") % {"reading": row["name"]},
        [Bar(cell["name"], share, "bad" if cell["over"] else "quiet") for cell, share in known],
        full=max(100.0, *(share for _cell, share in known)),
        description=_("Beyond 100 per cent it is over the limit."),
    )


def pair(body: Mapping[str, Any], row: Row, version: ModelVersion) -> Chart | None:
    """What was learned and what came in the span, on one axis; outermost bins get a width of their own."""
    stored = version.reference.get("features", {}).get(row["key"])
    counts = body["counts"].get(row["key"])
    if not stored or not counts or not sum(counts[:-1]):
        return None
    return reading_pair(
        _("%(reading)s, learned on and in this span") % {"reading": row["name"]},
        stored,
        counts,
        row["mean"],
        now=_("in this span"),
        unit=row["unit"],
        categories=row["categories"],
        tone="bad" if row["moved"] else "info",
    )
