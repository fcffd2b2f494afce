"""``manage.py backtest_drift``: what these limits would have alarmed on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from mlops_portal.above.backtests.management.tables import played, table_at
from mlops_portal.above.backtests.selectors.backtest_words import statistic_words
from mlops_portal.above.backtests.tasks.drift import drift, leading
from mlops_portal.above.backtests.transitions import Kind
from mlops_portal.foundation.registry.management import answering
from monitoring.promises import promise_words


class Command(BaseCommand):
    help = (
        "Limits from a reference, played over a stream of rows: which windows and events would have alarmed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--reference", type=Path, required=True, metavar="FILE", help="rows that were normal"
        )
        parser.add_argument("--stream", type=Path, required=True, metavar="FILE", help="rows in their order")
        parser.add_argument("--ignore", nargs="*", default=[], metavar="COL", help="columns to leave out")
        parser.add_argument("--window", type=int, required=True, metavar="N", help="rows in a window")
        parser.add_argument(
            "--false-alarms-per-1000",
            type=float,
            required=True,
            metavar="R",
            help="false alarm events in 1,000 windows, all columns together",
        )
        parser.add_argument(
            "--starts",
            type=int,
            metavar="ROW",
            help="row of the stream (from 0) at which something really changed",
        )
        answering.add_arguments(parser)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        reference, stream = (table_at(options[name], options) for name in ("reference", "stream"))
        given = {
            "window": options["window"],
            "false_alarms": options["false_alarms_per_1000"],
            "ignore": [
                name for part in options["ignore"] for name in _names(part, reference.columns, stream.columns)
            ],
            "starts": options["starts"],
        }
        outcome = played(
            Kind.DRIFT, given, lambda chosen: drift(reference, stream, chosen), reference, stream
        )
        if options["json"]:
            self.stdout.write(json.dumps(outcome.whole, allow_nan=False))
            return
        self._tell(outcome.whole, outcome.summary)

    def _tell(self, whole: dict[str, Any], summary: dict[str, Any]) -> None:
        alerts = set(whole["alerts"])
        self.stdout.write(
            f"{_('window'):>8} {_('rows'):>17}  {_('alert'):<7} {_('leading statistic'):<40}"
            f" {_('value / limit')}"
        )
        for one in whole["windows"]:
            best = leading(one)
            if not (one["alert"] or one["start_row"] in alerts):
                continue
            word = _("event") if one["start_row"] in alerts else _("goes on")
            name, value = (
                (
                    statistic_words(best["feature"], best["statistic"]),
                    f"{best['value']:.4g} / {best['limit']:.4g}",
                )
                if best
                else ("–", "–")
            )
            self.stdout.write(
                f"{one['index']:>8} {one['start_row']:>8}–{one['end_row']:<8}  {word:<7} {name:<40} {value}"
            )
        self.stdout.write(
            _(
                "%(alerts)d alert events, %(in_alarm)d of %(windows)d windows in alarm, "
                "%(features)d columns, %(seconds)s s."
            )
            % {
                "alerts": summary["alerts"],
                "in_alarm": summary["in_alarm"],
                "windows": summary["windows"],
                "features": whole["features"],
                "seconds": whole["seconds"],
            }
        )
        if "found" in summary:
            self.stdout.write(
                _("The change was found %(delay)d rows after it began; %(false)d false before it.") % summary
                if summary["found"]
                else _("The change was not found; %(false)d false before it.") % summary
            )
        promise = whole["promise"]
        self.stdout.write(promise_words(promise, promise["reading"] if promise else ""))
        for note in whole["notes"]:
            self.stdout.write(note)


def _names(given: str, *known: Any) -> list[str]:
    """“a,b” names two columns where no column is called so."""
    if any(given in columns for columns in known) or "," not in given:
        return [given]
    return [part.strip() for part in given.split(",") if part.strip()]
