"""What headings and values say about what a column is for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mlops_portal.foundation.registry.compute.tables.headings import unit_of, words_of
from mlops_portal.foundation.registry.compute.tables.model import NUMERIC, Frame, Kind, missing
from mlops_portal.foundation.registry.compute.tables.values import times


def _names(written: str) -> tuple[str, ...]:
    return tuple(written.split(", "))


LONG, SAMPLE, MANY = 100_000, 20_000, 1_000
CLASSES = 100  # distinct values that a target may have and still be classes
TARGETS = _names(  # the likeliest first
    "target, label, class, fault, machine failure, failure, defect, fault class, defect class, fault "
    "type, defect type, failure type, is defect, defective, pass fail, ok nok, good bad, result, outcome, "
    "verdict, quality, quality class, status, y, response, output, klasse, fehler, fehlerklasse, "
    "fehlerart, fehlertyp, ergebnis, ausschuss, qualität, zustand, io nio, gut schlecht, prüfergebnis, "
    "inspection, inspection result, diagnosis, labels, classes"
)
TIMES = _names(
    "timestamp, time, datetime, date time, date, ts, utc, time stamp, created at, at, moment, zeit, "
    "zeitstempel, datum, datum zeit, uhrzeit, time utc, epoch, event time, measured at, unix time, unix "
    "timestamp, unixtime, epoch time, ticks, filetime, recorded at, zeitpunkt, tidpunkt, fecha, fecha hora"
)
PARTS = _names(
    "part, part id, part no, part number, part nr, serial, serial number, serial no, sn, dmc, product id, "
    "unit id, workpiece, workpiece id, piece, piece id, item id, barcode, wafer, wafer id, sample id, "
    "teil, teil id, teilenummer, teile nr, seriennummer, werkstück, bauteil, build part, component id, "
    "blister, casting id, sheet id, plate id, panel id, partid, serialno"
)
LINES = _names(
    "line, line id, machine, machine id, asset, asset id, station, press, cell, equipment, equipment id, "
    "tool id, chamber, plant line, linie, maschine, anlage, anlage id, station id, maschine nr, machine "
    "no, robot, furnace, ofen, unit, engine id, maschinennummer, machineid"
)
LOTS = _names(
    "lot, lot id, lot no, batch, batch id, batch no, charge, chargennummer, coil, coil id, heat, heat no, "
    "melt, los, losnummer, build, build id, job, order, auftrag, lotid"
)
COUNTERS = _names(
    "row, index, idx, id, udi, uid, uuid, nr, no, number, sample, record, record id, observation, obs, "
    "unnamed 0, column 1, lfd nr, zeile, rownum, row id, sequence, seq"
)
IDS = _names(
    "id, uid, uuid, nr, no, number, sample, record id, key, kennung, identifier, part key, dmc code, code"
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a column at a glance. ``distinct`` counts values that are not missing."""

    name: str
    kind: Kind
    values: NDArray[Any]
    missing: int
    distinct: int
    whole: bool  # whole numbers alone

    @property
    def there(self) -> int:
        return int(self.values.size) - self.missing

    @property
    def unique(self) -> bool:
        return self.distinct == self.there > 1

    @property
    def constant(self) -> bool:
        return self.distinct <= 1

    def called(self, names: Sequence[str]) -> int:
        """The place of the heading among ``names``, -1 where it is none of them."""
        unit_words = " ".join(words_of(unit_of(self.name)[0]))
        return names.index(unit_words) if unit_words in names else -1


def facts_of(frame: Frame, name: str) -> Facts:
    values, kind = frame.columns[name], frame.kinds[name]
    if kind in NUMERIC:
        gap = np.isnan(values)
        there = values[~gap] if gap.any() else values
        whole = bool(there.size) and all(_whole(some) for some in (there[:SAMPLE], there))
        distinct = _distinct(there, whole=whole)
        return Facts(name, kind, values, values.size - there.size, distinct, whole)
    present = values[~missing(values)]
    return Facts(name, kind, values, values.size - present.size, len(set(present.tolist())), False)


def _whole(values: NDArray[np.float64]) -> bool:
    return bool((values == np.floor(values)).all())


def _distinct(values: NDArray[np.float64], *, whole: bool) -> int:
    """Exact for whole numbers and up to ``LONG`` values; else at least so many, where a sample has many: to
    sort a million values only to count them takes longer than to read them."""
    if values.size and (values == values[0]).all():
        return 1
    if values.size > LONG and not whole:
        seen = int(np.unique(values[:: values.size // SAMPLE]).size)
        if seen > MANY:
            return seen
    return int(pc.count_distinct(pa.array(values)).as_py())


def target_of(columns: Sequence[Facts]) -> str:
    """The column that is called like a target and could be one; "" where none is. One that holds classes goes
    before a measured one: “label” may be a reading beside a “result”."""
    could = [
        one
        for one in columns
        if one.there and one.kind != Kind.TIME and not (one.kind == Kind.TEXT and one.unique)
    ]
    named = [(place, one) for one in could if (place := one.called(TARGETS)) >= 0]
    if named:
        return min(named, key=lambda one: (one[1].constant, _measured(one[1]), one[0]))[1].name
    last = columns[-1] if columns else None
    if (
        last
        and last in could
        and last.kind in (Kind.CATEGORY, Kind.BOOLEAN)
        and 2 <= last.distinct <= CLASSES
    ):
        return last.name
    return ""


def _measured(one: Facts) -> bool:
    return one.kind == Kind.NUMBER and (not one.whole or one.distinct > CLASSES)


def time_of(columns: Sequence[Facts]) -> str:
    """A column of moments; one that is called like one before the others."""
    moments = [one for one in columns if one.kind == Kind.TIME and one.there]
    named = [one for one in moments if one.called(TIMES) >= 0]
    counted = [
        one
        for one in columns
        if one.kind == Kind.NUMBER and one.called(TIMES) >= 0 and times.epoch_of(one.values)
    ]
    candidates = named or counted or moments
    return candidates[0].name if candidates else ""


def part_of(columns: Sequence[Facts]) -> str:
    """A column that is called like a part's number and mostly differs from row to row; else one that is
    called id, differs in every row, and does not count them."""
    named = [
        (place, one)
        for one in columns
        if (place := one.called(PARTS)) >= 0
        and (one.kind in (Kind.TEXT, Kind.CATEGORY) or one.whole)
        and one.distinct > 1
        and one.distinct >= 0.02 * one.there
    ]
    if named:
        return min(named, key=lambda candidate: (-candidate[1].distinct, candidate[0]))[1].name
    ids = [
        one
        for one in columns
        if one.called(IDS) >= 0 and one.unique and (one.kind in (Kind.TEXT, Kind.CATEGORY) or _no_count(one))
    ]
    return ids[0].name if ids else ""


def _no_count(one: Facts) -> bool:
    return one.kind == Kind.NUMBER and one.whole and not one.missing and not _rising(one)


def group_of(columns: Sequence[Facts], names: Sequence[str]) -> str:
    """A column that is called like a line or lot, each for many rows."""
    named = [
        (place, one)
        for one in columns
        if (place := one.called(names)) >= 0
        and (one.kind in (Kind.TEXT, Kind.CATEGORY) or (one.whole and one.distinct > 2))
        and one.there
        and not one.unique
        and one.distinct <= 0.5 * one.there
    ]
    return min(named, key=lambda candidate: candidate[0])[1].name if named else ""


def is_counter(one: Facts) -> bool:
    """Row numbers and the like: they say nothing about a part."""
    if one.kind != Kind.NUMBER or not one.whole or one.missing:
        return False
    named = one.called(COUNTERS) >= 0
    return (_rising(one) and one.distinct > 2) or (named and one.unique and one.distinct > 2)


def _rising(one: Facts) -> bool:
    """Whether numbers count the rows, up or down."""
    steps = np.diff(one.values)
    return bool(steps.size and max((steps == 1).mean(), (steps == -1).mean()) > 0.95)
