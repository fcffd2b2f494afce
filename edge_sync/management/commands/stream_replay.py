"""``manage.py stream_replay``: send rows of a table as an edge node would."""

from __future__ import annotations

import json
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from edge_sync.errors import ReplayUnfit
from edge_sync.replay.choice import Choice, choose
from edge_sync.replay.door import Door
from edge_sync.replay.driver import Driver, Pace, moment, times_of
from edge_sync.replay.judge import Progress, ReplayStation
from edge_sync.replay.node import ReplayNode, opened
from edge_sync.replay.outcomes import Outcomes, delay_of, truths_of
from edge_sync.replay.reading import Sheet, read_sheet
from edge_sync.replay.rows import Rows, rows_of
from edge_sync.replay.shifts import parse
from edge_sync.replay.summary import Before, Summary
from mlops_portal.foundation.registry.compute.tables.answers import Answers
from mlops_portal.foundation.registry.management import answering
from mlops_portal.foundation.shell.work.unheard import unheard
from mlops_portal.foundation.wire.errors import PortalError

ASKED = (
    *("data", "from_row", "rows", "target", "time", "part", "outcome_delay", "shift", "per_window"),
    *("zone", "answer", "yes"),
)


class Command(BaseCommand):
    help = (
        "Send rows of a table as an edge node would: checked, judged, sketched and sampled by the agent's "
        "own code, then merged and judged by the portal. Stopped with Ctrl-C, the same command goes on."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("name", help="the model's short name")
        add("--data", type=Path, required=True, metavar="FILE", help="CSV or Parquet, also compressed")
        add(
            "--rate",
            type=float,
            default=0.0,
            metavar="R",
            help="rows a second; as fast as possible by default",
        )
        add("--machine", default="", metavar="ASSET", help="the machine; needed where there are several")
        add("--from-row", type=int, default=1, metavar="N", help="the first row to send, from 1")
        add("--rows", type=int, metavar="N", help="how many rows at most")
        add(
            "--target",
            default="",
            metavar="COL",
            help="the column with the truth, sent as inspection results",
        )
        add("--time", default="", metavar="COL", help="the column with the time of each row")
        add("--part", default="", metavar="COL", help="the column with the part's id")
        add("--outcome-delay", default="0", metavar="D", help="rows (200) or time (30s, 45min, 8h, 2d)")
        add(
            "--shift",
            action="append",
            default=[],
            metavar="COL=+0.5sd@ROW",
            help="move a reading from a row on",
        )
        add(
            "--per-window",
            type=int,
            default=50,
            metavar="N",
            help="rows in a window where rows have no times",
        )
        add("--random-share", type=float, metavar="P", help="share of parts whose readings are sent (0.1)")
        add("--http", action="store_true", help="send to PUBLIC_URL, signed, instead of in this process")
        answering.add_arguments(parser)
        add("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        try:
            with unheard():
                summary = self._replay(options)
        except PortalError as error:
            raise CommandError(error.sentence) from None
        summary.seconds = round(time.monotonic() - started, 2)
        if options["json"]:
            self.stdout.write(json.dumps(summary.plain(), ensure_ascii=False))
        else:
            for line in summary.lines():
                self.stdout.write(line)
        if summary.refused:
            raise CommandError(_("The portal refused %(count)d batches.") % {"count": len(summary.refused)})

    def _replay(self, options: dict[str, Any]) -> Summary:
        _checked(options)
        choice = choose(model=options["name"], machine=options["machine"])
        given = answering.said(options)
        sheet = read_sheet(
            options["data"],
            target=options["target"],
            time=options["time"],
            part=options["part"],
            answers=Answers(given["answers"], choice.asset.line.site.time_zone, given["accept"]),
            model=choice.version.model,
        )
        for sentence in sheet.guessed:
            self.stderr.write(sentence)
        rows = rows_of(
            sheet,
            asset=choice.asset.slug,
            version=choice.version,
            from_row=options["from_row"],
            most=options["rows"],
            shifts=[parse(one) for one in options["shift"]],
        )
        truths = _truths(sheet, rows, choice, options["target"])
        self._introduce(choice)
        before = Before.of(choice.asset)
        with opened(
            choice.asset, model=choice.version.model.slug, random_share=options["random_share"]
        ) as at:
            driver = self._driver(at, choice, rows, truths, options)
            stopped = False
            try:
                driver.run()
            except KeyboardInterrupt:
                stopped = True
            return _summed(driver, choice, before, stopped=stopped)

    def _driver(
        self, at: ReplayNode, choice: Choice, rows: Rows, truths: list[str] | None, options: dict[str, Any]
    ) -> Driver:
        station, pace = ReplayStation(at, choice.running), Pace(options["rate"], options["per_window"])
        progress = _progress(at, station, choice, options)
        times = times_of(
            rows,
            pace=pace,
            asset=choice.asset,
            window=choice.version.model.window_seconds,
            progress=progress,
        )
        if progress.next:
            self.stderr.write(_("It goes on with row %(row)d.") % {"row": rows.first + progress.next})
        outcomes = None
        if truths is not None:
            outcomes = Outcomes(
                choice.version.model.slug,
                truths,
                lambda place: rows.part_id(place, progress.run),
                delay_of(options["outcome_delay"]),
            )
        door = Door(at, http=options["http"])
        return Driver(
            at,
            choice.asset,
            choice.version,
            station,
            door,
            rows,
            times,
            progress,
            outcomes,
            pace,
            self._report,
        )

    def _introduce(self, choice: Choice) -> None:
        said = {"version": choice.version, "asset": choice.asset}
        text = _("%(version)s judges the rows, as it runs on %(asset)s.")
        if not choice.released:
            text = _("Nothing of this model is released to %(asset)s: %(version)s judges the rows here, and "
                     "no machine ran it.")  # fmt: skip
        self.stderr.write(text % said)

    def _report(self, done: int, whole: int) -> None:
        text = _("%(done)d of %(whole)d rows") % {"done": done, "whole": whole}
        if self.stderr.isatty():
            self.stderr.write(f"\r{text}", ending="\n" if done == whole else "")
        elif done == whole or done * 10 // whole != (done - 256) * 10 // whole:
            self.stderr.write(text)


def _checked(options: dict[str, Any]) -> None:
    """ReplayUnfit for a number that makes no sense."""
    if options["rate"] < 0 or not np.isfinite(options["rate"]):
        raise ReplayUnfit(_("--rate must be a number of rows a second above 0."))
    if options["per_window"] < 1 or (options["rows"] is not None and options["rows"] < 1):
        raise ReplayUnfit(_("--rows and --per-window must be whole numbers from 1."))
    share = options["random_share"]
    if share is not None and not 0 < share <= 1:
        raise ReplayUnfit(_("--random-share must be above 0 and at most 1."))
    delay_of(options["outcome_delay"])


def _truths(sheet: Sheet, rows: Rows, choice: Choice, target: str) -> list[str] | None:
    if not target:
        return None
    which = slice(rows.first - 1, rows.first - 1 + len(rows))
    return truths_of(sheet, target, model=choice.version.model, which=which)


def _progress(at: ReplayNode, station: ReplayStation, choice: Choice, options: dict[str, Any]) -> Progress:
    """Where the last replay stopped, if the same was asked for; else a new run."""
    said = {name: str(options[name]) for name in ASKED} | {"artifact": choice.version.artifact_id}
    said["content"] = sha256(options["data"].read_bytes()).hexdigest()
    asked = sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
    before = station.progress()
    if before is not None and not before.done and before.asked == asked:
        return before
    station.close()  # what a replay left open that nobody goes on with
    with at.store.transaction():
        number = at.store.take_numbers("replay", timezone.now())
    return Progress(asked, f"R{number}")


def _summed(driver: Driver, choice: Choice, before: Before, *, stopped: bool) -> Summary:
    progress, rows, taken = driver.progress, driver.rows, driver.door.taken
    summary = Summary.of(choice, run=progress.run, node=driver.at.node.slug)
    last = progress.next - 1
    summary.rows, summary.first_row, summary.last_row = driver.sent, rows.first, rows.first + last
    summary.next_row = rows.first + progress.next if stopped and progress.next < len(rows) else None
    known = driver.times[: progress.next][np.isfinite(driver.times[: progress.next])]
    if known.size:
        summary.starts, summary.ends = moment(float(known.min())), moment(float(known.max()))
    summary.predictions, summary.sampled = taken.predictions, taken.sampled
    summary.quarantined, summary.windows = dict(taken.quarantined), len(taken.windows)
    if driver.outcomes is not None:
        summary.outcomes, summary.outcomes_unmatched = driver.outcomes.told, driver.outcomes.unmatched
    summary.refused = taken.refused
    summary.alerts = before.since(driver.times.tolist(), first=rows.first)
    return summary
