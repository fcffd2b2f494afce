"""What these limits would have alarmed on."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from mlops_portal.above.backtests.errors import WrongChoice
from mlops_portal.above.backtests.tasks import engine
from mlops_portal.above.backtests.tasks.ordering import apart, in_time_order
from mlops_portal.above.backtests.tasks.outcome import Outcome, Report, silent
from mlops_portal.above.backtests.tasks.readings import readings_of_both
from mlops_portal.foundation.registry.compute.tables.model import Frame
from mlops_portal.foundation.shell.templatetags.ui_text import number_text
from monitoring.drift.compute.detector import spacing
from monitoring.drift.compute.detector.scores import JOINT

MOST_POINTS = 1200
TOP = 3


def drift(reference: Frame, stream: Frame, chosen: Mapping[str, Any], report: Report = silent) -> Outcome:
    """Play the detector over ``stream`` (rows in the order of time). Raises WrongChoice."""
    started = time.monotonic()
    window = int(chosen["window"])
    if window > stream.rows:
        raise WrongChoice(
            _("A window of %(window)d rows is longer than the stream, which has %(rows)d; make it shorter.")
            % {"window": window, "rows": stream.rows}
        )
    if window > reference.rows:
        raise WrongChoice(
            _(
                "A window of %(window)d rows is longer than the reference, which has %(rows)d; make the "
                "window shorter or the reference longer."
            )
            % {"window": window, "rows": reference.rows}
        )
    reference, of_reference = in_time_order(reference, _("The reference"))
    stream, of_stream = in_time_order(stream, _("The stream"))
    both = readings_of_both(reference, stream, ignore=chosen["ignore"])
    rows_apart = apart(reference, stream)
    windows, alerts, promise = engine.detect(
        both.reference,
        both.stream,
        window=window,
        per_window=chosen["false_alarms"] / 1000,
        names=both.names,
        categorical=both.categorical,
        apart=spacing.whole(rows_apart),
        report=report,
    )
    notes = [*of_reference, *of_stream, *_of_spacing(rows_apart), *both.notes]
    whole = {
        "windows": windows,
        "alerts": alerts,
        "features": len(both.names),
        "seconds": round(time.monotonic() - started, 3),
        "notes": notes,
        "in_alarm": sum(one["alert"] for one in windows),
        "promise": promise,
    }
    summary = _summary(windows, alerts, chosen.get("starts"), len(both.names))
    return Outcome(whole, summary, {**_shown(windows), "alerts": alerts, "notes": notes, "promise": promise})


def _of_spacing(rows_apart: float) -> list[str]:
    if rows_apart == 1:
        return []
    note = _(
        "The reference holds about one row for %(rows)s of the stream. Limits are drawn for rows as close as "
        "the stream's; what comes and goes between two rows of the reference is not in them."
    )
    return [note % {"rows": number_text(rows_apart, 0)}]


def split(frame: Frame, share: float) -> tuple[Frame, Frame]:
    """The first ``share`` per cent of the rows as reference, the rest as stream."""
    cut = max(1, round(frame.rows * share / 100))
    return _part(frame, slice(0, cut)), _part(frame, slice(cut, frame.rows))


def within(chosen: Mapping[str, Any], cut: int) -> dict[str, Any]:
    """The choices for a stream that begins at row ``cut`` of its table. Raises WrongChoice."""
    starts = chosen["starts"]
    if starts is not None and starts < cut:
        raise WrongChoice(
            _(
                "The change at row %(row)d lies in the reference, which has the first %(rows)d rows; make "
                "its share smaller."
            )
            % {"row": starts, "rows": cut}
        )
    return {**chosen, "starts": None if starts is None else starts - cut}


def _part(frame: Frame, which: slice) -> Frame:
    columns = {name: values[which] for name, values in frame.columns.items()}
    rows = len(range(*which.indices(frame.rows)))
    return Frame(columns, rows, frame.format, frame.kinds, frame.words, frame.times, frame.numbers[which])


def _summary(
    windows: Sequence[dict[str, Any]], alerts: list[int], starts: int | None, features: int
) -> dict[str, Any]:
    """With the row where something changed: alerts before it are false, the first after it found it."""
    summary: dict[str, Any] = {
        "windows": len(windows),
        "alerts": len(alerts),
        "in_alarm": sum(one["alert"] for one in windows),
        "features": features,
    }
    if starts is not None:
        ends = {one["start_row"]: one["end_row"] for one in windows}
        true = [row for row in alerts if ends.get(row, row) > starts]
        before = sum(1 for one in windows if one["end_row"] <= starts)
        summary |= {
            "false": len(alerts) - len(true),
            "found": bool(true),
            "delay": max(0, ends.get(true[0], true[0]) - starts) if true else None,
            "windows_before": before,
        }
    return summary


def _ratio(statistic: Mapping[str, Any]) -> float:
    """How much of its limit a statistic uses up."""
    value, limit = statistic["value"], statistic["limit"]
    return value / limit if value is not None and limit else 0.0


def leading(window: Mapping[str, Any]) -> dict[str, Any] | None:
    """The statistic that uses up most of its limit; None in a window without any."""
    best: dict[str, Any] | None = max(window["statistics"], key=_ratio, default=None)
    return best if best is not None and best["value"] is not None and best["limit"] is not None else None


def _shown(windows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The largest share of a limit in each window, who had it, and the course of the ones that led most."""
    leads, crossed = Counter[str](), Counter[str]()
    rows = []
    for one in windows:
        best = leading(one)
        name = _named(best) if best else ""
        rows.append(
            [one["start_row"], one["end_row"], one["alert"], round(_ratio(best), 4) if best else 0.0, name]
        )
        crossed.update({_named(statistic) for statistic in one["statistics"] if _ratio(statistic) > 1})
        if one["alert"]:
            leads[name] += 1
    top = [name for name, _n in (leads or crossed).most_common(TOP)]
    course = {name: [] for name in top}  # type: dict[str, list[Any]]
    keep = _kept(rows)
    for place in keep:
        by_name = {_named(statistic): statistic for statistic in windows[place]["statistics"]}
        for name in top:
            statistic = by_name.get(name)
            course[name].append([statistic["value"], statistic["limit"]] if statistic else [None, None])
    return {
        "rows": [rows[place] for place in keep],
        "course": course,
        "leads": leads.most_common(20),
        "crossed": crossed.most_common(20),
    }


def _named(statistic: Mapping[str, Any]) -> str:
    feature = _("all readings") if statistic["statistic"] in JOINT else statistic["feature"]
    return f"{feature} · {statistic['statistic']}"


def _kept(rows: list[list[Any]]) -> list[int]:
    """Places to draw: all, or of each stretch the highest, so that peaks and alerts stay."""
    if len(rows) <= MOST_POINTS:
        return list(range(len(rows)))
    size = -(-len(rows) // MOST_POINTS)
    return [
        max(range(start, min(start + size, len(rows))), key=lambda place: (rows[place][2], rows[place][3]))
        for start in range(0, len(rows), size)
    ]
