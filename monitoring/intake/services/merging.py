"""Merging a batch into windows, predictions and rows, exactly once.

- The batch is claimed and merged in one transaction: a worker that dies leaves it as it came. Batches of one
  node follow one another, because its row is locked.
- A record that is not fit, or that breaks a step, is set aside alone with its reason; the rest is taken.
- What a machine judged by a model that nobody approved is held: set aside, and told (``unapproved``).
- Windows add up, so order does not matter; they are locked in one order, so workers never deadlock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from structlog import get_logger

from mlops_portal.foundation.ledger.refs import Actor
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Asset, Node
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.wire import kinds, telemetry
from mlops_portal.foundation.wire.errors import Invalid
from monitoring.intake.services.aside import Refusal, records_set_aside, refusal
from monitoring.intake.services.intake import Intake, Unfit
from monitoring.intake.services.judgements import (
    AWAY,
    as_unfit,
    predictions_take,
    rows_take,
    rows_waiting,
)
from monitoring.intake.services.sketches import Sketches, digest_of
from monitoring.intake.services.unapproved import unapproved_over, unapproved_seen
from monitoring.models import Prediction, TelemetryBatch
from monitoring.models.telemetry import BatchState
from monitoring.transitions import Check, Sort

ORDER = ("asset", "starts", "lot", "recipe")  # in which windows are locked
log = get_logger(__name__)


def batch_merge(*, batch: TelemetryBatch) -> bool:
    """Merge one batch; False where it was merged or refused before. OperationalError: later again."""
    try:
        with transaction.atomic():
            if not _claimed(batch, BatchState.MERGED, body=""):
                return False
            _Merge(batch).run(telemetry.opened(batch.body.encode()))
    except AWAY:
        raise
    except Invalid as error:
        _refuse(batch, error.sentence)
        return False
    except Exception:
        log.exception("batch_broke", node=batch.node.slug, sequence=batch.sequence)
        _refuse(batch, _("The portal could not merge it; the fault was recorded, and the batch is kept."))
        return False
    return True


def _claimed(batch: TelemetryBatch, state: BatchState, **values: str) -> bool:
    open_one = TelemetryBatch.objects.filter(pk=batch.pk, state=BatchState.RECEIVED)
    return open_one.update(state=state, **values) == 1


@transaction.atomic
def _refuse(batch: TelemetryBatch, reason: str) -> None:
    if _claimed(batch, BatchState.REFUSED, problem=reason[:240]):
        event_record(
            type="monitoring.batch.refused",
            actor=Actor("node", batch.node.slug, ""),
            subjects=[batch.node.ref()],
            public={"node": batch.node.name, "sequence": batch.sequence, "reason": reason[:240]},
        )
        changed("telemetry")


@dataclass(slots=True)
class _Held:
    """What a machine judged by a model that nobody approved, in this batch."""

    artifact: str
    activation: str
    since: datetime
    until: datetime
    parts: int = 0


class _Merge:
    """One batch on its way into the tables."""

    def __init__(self, batch: TelemetryBatch) -> None:
        self.batch, self.now = batch, timezone.now()
        self.node: Node = (
            Node.objects.select_for_update(of=("self",), no_key=True)
            .select_related("line__site")
            .get(pk=batch.node_id)
        )
        self.refusals: list[Refusal] = []
        self.held: dict[Asset, _Held] = {}
        self.sound: dict[Asset, datetime] = {}

    def run(self, body: Mapping[str, Any]) -> None:
        slugs = {
            one["asset"]
            for part in telemetry.SHAPE
            for one in body[part]
            if isinstance(one, dict) and isinstance(one.get("asset"), str)
        }
        self.intake = Intake(self.node, [one for one in slugs if kinds.is_clean(one)], self.batch.received_at)
        self._windows(body["windows"])
        taken, refused = predictions_take(self.intake, body["predictions"], self._refuse)
        rows = [*rows_waiting(self.node, taken, refused), *body["rows"]]
        rows_take(self.intake, rows, self._refuse, refused)
        self._readings(body["quarantined"])
        self._judged(taken)
        aside = records_set_aside(node=self.node, refusals=self.refusals, now=self.now)
        self._unapproved()
        if aside:
            sentence = _("Records set aside: %(count)d.") % {"count": aside}
            TelemetryBatch.objects.filter(pk=self.batch.pk).update(problem=sentence)
        changed("telemetry", *(f"asset:{one.slug}" for one in self.sound))

    def _refuse(self, sort: Sort, error: Exception, record: Any) -> None:
        why = as_unfit(error)
        at = _moment(record)
        self.refusals.append(refusal(sort, why.check, why.sentence, record, at=at))
        asset = self.intake.served.assets.get(self.refusals[-1].asset)
        if why.check == Check.UNAPPROVED and sort is not Sort.ROW and asset is not None and at is not None:
            held = self.held.setdefault(asset, _Held(record["artifact"][:64], record["activation"], at, at))
            held.since = min(held.since, at)
            if at >= held.until:
                held.until, held.artifact = at, record["artifact"][:64]
                held.activation = record["activation"]
            held.parts += sort is Sort.PREDICTION

    def _windows(self, records: list[Any]) -> None:
        sketches = Sketches(self.node, self.intake, self.now)
        fit: list[tuple[dict[str, Any], Any]] = []
        for record in records:
            try:
                fit.append((self.intake.shape("windows", record), record))
            except Unfit as error:
                self._refuse(Sort.WINDOW, error, record)
        sketches.known(digest_of(record) for _window, record in fit)
        for window, record in sorted(fit, key=lambda pair: [pair[0][field] for field in ORDER]):
            try:
                with transaction.atomic():
                    self._sound(*sketches.take(window, digest_of(record)))
            except AWAY:
                raise
            except Exception as error:
                self._refuse(Sort.WINDOW, error, record)
        sketches.finish()

    def _readings(self, records: list[Any]) -> None:
        """What failed a check at the node: set aside there, kept here, whatever time it bears."""
        for one in records:
            try:
                at = self._happened(one)
                odd = self.intake.shape("quarantined", {**one, "at": at.isoformat()})
                self.intake.asset(odd["asset"], at)
                self.refusals.append(
                    Refusal(
                        Sort.READING, odd["check"], odd["reason"], odd["record"] | {"asset": odd["asset"]},
                        odd["asset"], odd["part"], at=at, at_node=True,
                    )
                )  # fmt: skip
            except Exception as error:
                self._refuse(Sort.READING, error, one)

    def _happened(self, record: Any) -> datetime:
        if not isinstance(record, dict):
            raise Unfit(Check.FORMAT, _("It is no record."))
        try:
            return self.intake.moment(record["at"]) if _moment(record) else self.batch.received_at
        except Unfit:
            return self.batch.received_at

    def _judged(self, taken: list[Prediction]) -> None:
        for one in taken:
            self._sound(one.asset, one.at)

    def _sound(self, asset: Asset, at: datetime) -> None:
        """The machine ran an approved model at that time."""
        self.sound[asset] = max(at, self.sound.get(asset, at))

    def _unapproved(self) -> None:
        for asset, one in sorted(self.held.items(), key=lambda pair: pair[0].pk):
            unapproved_seen(
                asset=asset,
                node=self.node,
                artifact=one.artifact,
                activation=one.activation,
                since=one.since,
                at=one.until,
                held=one.parts,
            )
        for asset, at in sorted(self.sound.items(), key=lambda pair: pair[0].pk):
            unapproved_over(asset=asset, at=at)


def _moment(record: Any) -> datetime | None:
    """When the record was made, where that can be read and kept."""
    if not isinstance(record, Mapping):
        return None
    moment = record.get("at", record.get("starts"))
    return kinds.time_of(moment) if kinds.is_time(moment) else None
