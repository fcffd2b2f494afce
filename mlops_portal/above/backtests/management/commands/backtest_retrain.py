"""``manage.py backtest_retrain``: what a retrain trigger would have done on history."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from mlops_portal.above.backtests.management.tables import played, table_at
from mlops_portal.above.backtests.selectors.backtest_words import metric_words
from mlops_portal.above.backtests.tasks.retrain import retrain
from mlops_portal.above.backtests.transitions import Kind, TriggerKind
from mlops_portal.foundation.registry.management import answering


class Command(BaseCommand):
    help = "A retrain trigger played over a table in its order, beside a model that is never retrained."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--data", type=Path, required=True, metavar="FILE", help="one part a row, oldest first"
        )
        parser.add_argument("--target", required=True, metavar="COL", help="a column with classes or numbers")
        parser.add_argument("--time", default="", metavar="COL", help="the order, where the file has another")
        parser.add_argument("--trigger", required=True, metavar="T", help=", ".join(TriggerKind.values))
        parser.add_argument("--window", type=int, metavar="N", help="rows in a window (100)")
        parser.add_argument(
            "--first-share", type=float, metavar="P", help="per cent that the first model learns (30)"
        )
        parser.add_argument("--delay", type=int, metavar="N", help="windows until the truth is known (1)")
        parser.add_argument("--rest", type=int, metavar="N", help="fewest windows between two trainings (3)")
        parser.add_argument(
            "--memory", type=int, metavar="N", help="rows that a training looks back; 0: all (0)"
        )
        parser.add_argument(
            "--false-alarms-per-1000", dest="false_alarms", type=float, metavar="R", help="drift: allowed (5)"
        )
        parser.add_argument("--sureness", type=float, metavar="Z", help="degradation: standard errors (3)")
        parser.add_argument("--every", type=int, metavar="N", help="schedule: windows between trainings (10)")
        parser.add_argument("--ignore", nargs="*", default=[], metavar="COL", help="columns to leave out")
        answering.add_arguments(parser)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        frame = table_at(options["data"], options)
        names = (
            "target",
            "time",
            "trigger",
            "window",
            "first_share",
            "delay",
            "rest",
            "memory",
            "false_alarms",
            "sureness",
            "every",
            "ignore",
        )
        given = {name: options[name] for name in names}
        outcome = played(Kind.RETRAIN, given, lambda chosen: retrain(frame, chosen), frame).whole
        if options["json"]:
            self.stdout.write(json.dumps(outcome, allow_nan=False))
            return
        self.stdout.write(
            f"{_('window'):>8} {_('rows'):>17} {_('error'):>8} {_('without'):>8}"
            f"   {metric_words(outcome['metric'])}"
        )
        for one in outcome["windows"]:
            error, never = (
                "–" if one[key] is None else f"{one[key]:.4f}" for key in ("error", "never_error")
            )
            mark = _("training") if one["retrained"] else ""
            self.stdout.write(
                f"{one['index']:>8} {one['start_row']:>8}–{one['end_row']:<8} {error:>8} {never:>8}   {mark}"
            )
        self.stdout.write(
            _(
                "%(trainings)d trainings on %(labels)d labels; error %(error)s instead of %(never)s; "
                "%(seconds)s s."
            )
            % {
                "trainings": len(outcome["retrains"]),
                "labels": outcome["labels"],
                "error": _three(outcome["error"]),
                "never": _three(outcome["never_error"]),
                "seconds": outcome["seconds"],
            }
        )
        for note in outcome["notes"]:
            self.stdout.write(note)


def _three(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
