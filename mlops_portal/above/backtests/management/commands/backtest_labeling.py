"""``manage.py backtest_labeling``: how many labels a way of choosing would have saved."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from mlops_portal.above.backtests.management.tables import played, table_at
from mlops_portal.above.backtests.selectors.backtest_words import metric_words
from mlops_portal.above.backtests.tasks.labeling import labeling
from mlops_portal.above.backtests.transitions import Kind, Learner, Strategy
from mlops_portal.foundation.registry.management import answering


class Command(BaseCommand):
    help = "A way of choosing parts beside chance, on a table whose truths are all known."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--data", type=Path, required=True, metavar="FILE", help="one part a row")
        parser.add_argument("--target", required=True, metavar="COL", help="the column with the classes")
        parser.add_argument(
            "--strategy", default=Strategy.PORTAL.value, metavar="S", help=", ".join(Strategy.values)
        )
        parser.add_argument(
            "--initial", type=int, required=True, metavar="N", help="labels at the start, at random"
        )
        parser.add_argument("--batch", type=int, required=True, metavar="B", help="labels at a time")
        parser.add_argument("--budget", type=int, required=True, metavar="N", help="labels at the end")
        parser.add_argument("--seeds", type=int, required=True, metavar="K", help="repetitions")
        parser.add_argument(
            "--learner", default=Learner.FOREST.value, metavar="L", help=", ".join(Learner.values)
        )
        parser.add_argument(
            "--group", default="", metavar="COL", help="part number, where a part has several rows"
        )
        parser.add_argument("--ignore", nargs="*", default=[], metavar="COL", help="columns to leave out")
        answering.add_arguments(parser)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        frame = table_at(options["data"], options)
        names = ("target", "strategy", "initial", "batch", "budget", "seeds", "learner", "group", "ignore")
        given = {name: options[name] for name in names}
        outcome = played(Kind.LABELING, given, lambda chosen: labeling(frame, chosen), frame).whole
        if options["json"]:
            self.stdout.write(json.dumps(outcome, allow_nan=False))
            return
        metric = metric_words(outcome["metric"])
        self.stdout.write(f"{_('labels'):>8} {options['strategy']:>18} {_('chance'):>18}   {metric}")
        for place, labels in enumerate(outcome["labels"]):
            ours, chance = (
                f"{outcome[name]['mean'][place]:.4f} ± {outcome[name]['sd'][place]:.4f}"
                for name in ("strategy", "random")
            )
            self.stdout.write(f"{labels:>8} {ours:>18} {chance:>18}")
        apart = outcome["difference"]
        self.stdout.write(
            _(
                "Area %(ours).4f, by chance %(chance).4f; difference %(mean)+.4f (%(low)+.4f to %(high)+.4f, "
                "%(seeds)d repetitions), %(seconds)s s."
            )
            % {
                "ours": outcome["aubc"],
                "chance": outcome["random_aubc"],
                "seeds": outcome["seeds"],
                "seconds": outcome["seconds"],
                **apart,
            }
        )
        for note in outcome["notes"]:
            self.stdout.write(note)
