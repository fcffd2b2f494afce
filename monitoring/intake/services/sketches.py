"""Windows that a node cut, on their way into the table.

- Sketches add up: what comes late for a window is a sketch of its own, a piece with other parts. It names
  them, and each reading of a machine counts once: a piece of which all were counted adds nothing, and one of
  which some were is set aside, because a sum cannot be taken apart.
- A piece that names no parts comes from an agent that knew no such names: the same again (every count, every
  sum to nine digits) is taken for the same parts told twice.
- A window that was judged and grows is judged again.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext as _

from mlops_portal.foundation.plant.models import Asset, Node
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.wire import merge
from mlops_portal.foundation.wire.errors import Invalid
from mlops_portal.foundation.wire.prediction import LETTERS
from monitoring.intake.services.intake import LONGEST_WINDOW, Intake, Unfit
from monitoring.intake.services.shifts import ShiftNames
from monitoring.models import CountedPiece, Rollup, SketchTaken, Window
from monitoring.rules.encoding import encode, layout_of
from monitoring.transitions import Check

RECENT = timedelta(days=1)  # nothing younger is ever merged to hours
KEPT = timedelta(days=90)
DAY = timedelta(days=1)  # no model has windows that are longer


def digest_of(window: Mapping[str, Any]) -> str:
    """Names a sketch that names no parts by its content as it came, with fields that nobody reads yet; sums
    of floats to nine digits, whatever order they came in."""
    moments = {key: [f"{one:.9g}" for one in sums] for key, sums in window["moments"].items()}
    return sha256(json.dumps(dict(window) | {"moments": moments}, sort_keys=True).encode()).hexdigest()


class Sketches:
    """The sketches of one batch; which of them were taken before is read once."""

    def __init__(self, node: Node, intake: Intake, now: datetime) -> None:
        self._node, self._intake, self._now = node, intake, now
        self._shifts = ShiftNames()
        self._taken: set[str] = set()
        self._new: dict[str, SketchTaken] = {}

    def known(self, digests: Iterable[str]) -> None:
        taken = SketchTaken.objects.filter(node=self._node, digest__in=list(digests))
        self._taken = set(taken.values_list("digest", flat=True))

    def finish(self) -> None:
        SketchTaken.objects.bulk_create(self._new.values(), ignore_conflicts=True)

    def take(self, one: Mapping[str, Any], digest: str) -> tuple[Asset, datetime]:
        """Add one sketch of the right shape, named ``digest``; its machine and start. Unfit, Invalid."""
        starts = self._intake.moment(one["starts"])
        asset = self._intake.asset(one["asset"], starts)
        self._intake.activation(asset, one["activation"])
        version = self._intake.version(asset, one["artifact"])
        self._intake.classes(version, one["classes"])
        self._intake.bins(version, one)
        ends = datetime.fromisoformat(one["ends"])
        if ends - starts > max(LONGEST_WINDOW, timedelta(seconds=version.model.window_seconds)):
            raise Unfit(Check.CLOCK, _("The window lasts longer than a week."))
        if one["parts"]:
            if self._is_new(asset, starts, ends, one["parts"]):
                self._add(one, asset, version, starts, ends)
                CountedPiece.objects.create(
                    asset=asset, starts=starts, ends=ends, parts="".join(sorted(one["parts"]))
                )
        elif digest not in self._taken:
            self._add(one, asset, version, starts, ends)
            self._taken.add(digest)
            self._new[digest] = SketchTaken(node=self._node, digest=digest, taken_at=self._now)
        return asset, starts

    def _is_new(self, asset: Asset, starts: datetime, ends: datetime, parts: list[str]) -> bool:
        """Whether none of these readings was counted; Unfit where some were and others were not."""
        pieces = CountedPiece.objects.filter(
            asset=asset, starts__lt=ends, starts__gt=starts - max(DAY, ends - starts), ends__gt=starts
        )
        counted = set(parts).intersection(
            piece[at : at + LETTERS]
            for piece in pieces.values_list("parts", flat=True)
            for at in range(0, len(piece), LETTERS)
        )
        if counted and len(counted) < len(parts):
            raise Unfit(
                Check.COUNTED,
                _("%(counted)d of its %(parts)d parts were counted before, so it counts none of them.")
                % {"counted": len(counted), "parts": len(parts)},
            )
        return not counted

    def _add(
        self, one: Mapping[str, Any], asset: Asset, version: ModelVersion, starts: datetime, ends: datetime
    ) -> None:
        learned = version.reference.get("features", {})
        late = self._late(asset, version, starts)
        window, _made = Window.objects.select_for_update().get_or_create(
            asset=asset,
            version=version,
            lot=one["lot"],
            recipe=one["recipe"],
            shift=self._shifts.at(asset.line, starts),
            starts=starts,
            defaults={"ends": ends},
        )
        window.n += one["n"]
        if window.n > merge.LARGEST:
            raise Invalid("A count grew past 2**53 - 1; use shorter windows.")
        window.ends = max(window.ends, ends)
        window.counts = merge.add_by_feature(window.counts, one["counts"])
        window.moments = merge.add_moments_by_feature(window.moments, one["moments"])
        if not all(math.isfinite(sum_) for sums in window.moments.values() for sum_ in sums):
            raise Unfit(Check.RANGE, _("The sums of the window are larger than numbers are."))
        window.classes = merge.add_by_key(window.classes, one["classes"])
        window.confidence = merge.add_counts(window.confidence, one["confidence"])
        window.packed = encode(window.counts, window.moments, layout_of(learned), window.n)
        # what its hour was merged to is judged: alone it would be a window of a few parts
        window.judged_at, window.span = (self._now, starts) if late else (None, window.span)
        window.save()
        if window.span is not None and not late:  # the others of its span are judged together with it
            Window.objects.filter(asset=asset, version=version, span=window.span).update(judged_at=None)

    def _late(self, asset: Asset, version: ModelVersion, starts: datetime) -> bool:
        """Whether the windows of that time were merged to an hour, day or month before."""
        if self._now - starts < RECENT:
            return False
        rolled = Rollup.objects.filter(asset=asset, version=version, starts__lte=starts, ends__gt=starts)
        return rolled.exists()


def sketches_forget(*, now: datetime) -> int:
    """Names of sketches that no node sends again by now; how many went."""
    return SketchTaken.objects.filter(taken_at__lt=now - KEPT).delete()[0]
