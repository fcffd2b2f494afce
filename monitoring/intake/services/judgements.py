"""Predictions and the rows of some of them, on their way into their tables.

- A prediction's id is given once. Equal content again is nothing; other content is refused, the first stays.
- A part at one time is judged once: what another release says of it, because a feed was read again, decided
  about nothing. The first counts, the other is set aside.
- Confidences differ in their last digits with how many parts were judged at once; ``ALIKE`` is equal.
- A row that comes before its prediction waits for it, set aside; one whose prediction was refused shares its
  fate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _
from structlog import get_logger

from mlops_portal.foundation.plant.models import Node
from mlops_portal.foundation.wire import kinds
from mlops_portal.foundation.wire.parts import part_id
from monitoring.intake.services.intake import Intake, Unfit
from monitoring.models import Prediction, Quarantined, SampledRow
from monitoring.transitions import Check, Sort

ALIKE = 1e-5
AT_ONCE = 500  # moments in one question to the database
SAME = ("asset_id", "version_id", "activation", "part_id", "lot", "recipe", "tool", "at", "label")
AWAY = (
    OperationalError,
    InterfaceError,
)  # the database is not there, or two waited for each other: again later
M = TypeVar("M", bound=Model)
Refuse = Callable[[Sort, Exception, Any], None]
log = get_logger(__name__)


def as_unfit(error: Exception) -> Unfit:
    """Any fault of one record as what it failed."""
    if isinstance(error, Unfit):
        return error
    log.warning("record_broke_a_step", exc_info=error)
    return Unfit(Check.BROKEN, _("It could not be stored: %(what)s.") % {"what": ascii(str(error))[1:160]})


def prediction_of(intake: Intake, record: Any) -> Prediction:
    """The row of one record; Unfit."""
    one = intake.shape("predictions", record)
    at = intake.moment(one["at"])
    asset = intake.asset(one["asset"], at)
    intake.number(one["id"])
    intake.activation(asset, one["activation"])
    version = intake.version(asset, one["artifact"])
    intake.classes(version, [one["label"]])
    return Prediction(
        id=one["id"],
        node=intake.node,
        asset=asset,
        version=version,
        activation=one["activation"],
        part_id=part_id(one["part"]),
        lot=one["lot"],
        recipe=one["recipe"],
        tool=one["tool"],
        at=at,
        label=one["label"],
        confidence=one["confidence"],
        asks=one["asks"],
    )


def same(known: Prediction, row: Prediction) -> bool:
    return abs(known.confidence - row.confidence) <= ALIKE and all(
        getattr(known, field) == getattr(row, field) for field in SAME
    )


def altered(known: Prediction) -> Unfit:
    return Unfit(
        Check.ALTERED,
        _("“%(id)s” was sent before with other content: %(part)s was %(label)s. The first stays.")
        % {"id": known.pk, "part": known.part_id, "label": known.label},
    )


def predictions_take(
    intake: Intake, records: Sequence[Any], refuse: Refuse
) -> tuple[list[Prediction], dict[str, Unfit]]:
    """Store what is new; what was taken (or known before), and why ids were refused."""
    first: dict[str, tuple[Prediction, Any]] = {}
    refused: dict[str, Unfit] = {}
    out: set[str] = set()
    for one in records:
        try:
            row = prediction_of(intake, one)
            known = first.setdefault(row.pk, (row, one))[0]
            if not same(known, row):
                raise altered(known)
        except AWAY:
            raise
        except Exception as error:
            _note(Sort.PREDICTION, error, one, refuse, refused)
    before = Prediction.objects.in_bulk(list(first))
    unknown = [row for row, _one in first.values() if row.pk not in before]
    earlier = {} if intake.node.replays else _judged_before(unknown)
    new = []
    for row, one in first.values():
        known_row = before.get(row.pk)
        if known_row is None and earlier.setdefault(_reading(row), row.pk) != row.pk:
            _note(Sort.PREDICTION, _again(earlier[_reading(row)]), one, refuse, refused)
            out.add(row.pk)
        elif known_row is None:
            new.append((row, one))
        elif not same(known_row, row):
            _note(Sort.PREDICTION, altered(known_row), one, refuse, refused)
    broken = store_each([row for row, _one in new])
    for row, one in new:
        if row.pk in broken:
            _note(Sort.PREDICTION, broken[row.pk], one, refuse, refused)
    return [row for row, _one in first.values() if row.pk not in {*broken, *out}], refused


def _reading(row: Prediction) -> tuple[int, str, datetime]:
    return (row.asset_id, row.part_id, row.at)


def _judged_before(rows: Sequence[Prediction]) -> dict[tuple[int, str, datetime], str]:
    """Of the parts at their times, the ids under which any release judged them."""
    known: dict[tuple[int, str, datetime], str] = {}
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        stored = Prediction.objects.filter(
            asset__in={one.asset_id for one in some}, at__in=[one.at for one in some]
        )
        for one in stored.only("asset_id", "part_id", "at").order_by("pk"):
            known.setdefault(_reading(one), one.pk)
    return known


def _again(first: str) -> Unfit:
    return Unfit(
        Check.AGAIN,
        _("The part was judged at this time before, as “%(id)s”; that judgement counts.") % {"id": first},
    )


def _note(sort: Sort, error: Exception, one: Any, refuse: Refuse, refused: dict[str, Unfit]) -> None:
    unfit = as_unfit(error)
    refuse(sort, unfit, one)
    if isinstance(one, Mapping) and isinstance(one.get("id"), str):
        refused[one["id"]] = unfit


def store_each(rows: Sequence[M]) -> dict[Any, Exception]:
    """Store all at once, in their order: the node's row is locked, so nobody else writes them. Where that
    fails, one by one, with what those failed of that cannot be stored."""
    if not rows:
        return {}
    kind = type(rows[0])._default_manager
    try:
        with transaction.atomic():
            kind.bulk_create(rows)
        return {}
    except AWAY:
        raise
    except Exception:
        log.info("rows_stored_one_by_one", count=len(rows))
    broken: dict[Any, Exception] = {}
    for row in rows:
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except AWAY:
            raise
        except Exception as error:
            broken[row.pk] = error
    return broken


def rows_take(intake: Intake, records: Sequence[Any], refuse: Refuse, refused: Mapping[str, Unfit]) -> None:
    """Store the rows of predictions that are known; others wait, or share what their prediction failed."""
    fit: list[tuple[dict[str, Any], Any]] = []
    for record in records:
        try:
            row = intake.shape("rows", record)
            intake.number(row["id"])
            why = refused.get(row["id"])
            if why is not None and why.check != Check.ALTERED:  # the first's own row is told by its content
                raise why
            fit.append((row, record))
        except Exception as error:
            refuse(Sort.ROW, as_unfit(error), record)
    ids = {row["id"] for row, _record in fit}
    known = Prediction.objects.select_related("version__model").in_bulk(list(ids))
    fates = _fates(intake.node, ids - set(known))
    had = {one.prediction_id: one for one in SampledRow.objects.filter(prediction__in=list(known))}
    for row, record in fit:
        try:
            prediction = known.get(row["id"])
            if prediction is None:
                raise fates.get(row["id"]) or Unfit(Check.WAITS, _("Its judgement has not come yet."))
            intake.readings(prediction.version, row)
            _store(prediction, row, had)
        except AWAY:
            raise
        except Exception as error:
            refuse(Sort.ROW, as_unfit(error), record)


def _fates(node: Node, ids: Iterable[str]) -> dict[str, Unfit]:
    """Of predictions that were refused in an earlier batch: why."""
    aside = Quarantined.objects.filter(node=node, sort=Sort.PREDICTION, key__in=list(ids)).order_by("pk")
    return {
        key: Unfit(check, reason) for key, check, reason in aside.values_list("key", "check_key", "reason")
    }


def _store(prediction: Prediction, one: Mapping[str, Any], had: dict[str, SampledRow]) -> None:
    known = had.get(prediction.pk)
    if known is not None:  # its first reason stands: a random pick stays one
        if not _alike(known.readings, one["readings"], 1e-9) or not _alike(
            known.probabilities, one["probabilities"], ALIKE
        ):
            raise Unfit(
                Check.ALTERED,
                _("The readings of “%(id)s” were sent before with other content. The first stay.")
                % {"id": prediction.pk},
            )
        return
    with transaction.atomic():
        had[prediction.pk] = SampledRow.objects.create(
            prediction=prediction,
            readings=one["readings"],
            probabilities=one["probabilities"],
            reason=one["reason"],
            inclusion_probability=one["inclusion_probability"],
        )


def _alike(a: Mapping[str, Any], b: Mapping[str, Any], tolerance: float) -> bool:
    def close(x: float | None, y: float | None) -> bool:
        return x == y or not (x is None or y is None or abs(x - y) > tolerance * max(1.0, abs(x)))

    return set(a) == set(b) and all(close(a[key], b[key]) for key in a)


def rows_waiting(node: Node, taken: Iterable[Prediction], refused: Mapping[str, Unfit]) -> list[Any]:
    """Rows that waited for these predictions, to be taken now; those of refused ones share their fate."""
    waits = Quarantined.objects.filter(node=node, sort=Sort.ROW, check_key=Check.WAITS)
    for key, why in refused.items():
        waits.filter(key=key[:80]).update(check_key=why.check, reason=why.sentence[:240])
    ready = waits.filter(key__in=[one.pk for one in taken])
    records = list(ready.values_list("record", flat=True))
    ready.delete()
    return [one for one in records if kinds.is_clean(one)]
