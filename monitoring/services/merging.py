"""Merging a batch into windows, predictions and rows, exactly once.

- The batch is claimed and merged in one transaction: a worker that dies leaves it as it came.
- Windows add up, so order does not matter; their rows are locked in one order, so workers never deadlock.
- A window that was judged and grows is judged again.
- A batch that speaks of a prediction which is still on its way waits; one that cannot fit is refused, kept
  and shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.ledger.refs import Actor
from mlops_portal.ledger.services import event_record
from mlops_portal.plant.models import Asset
from mlops_portal.registry.models import ModelVersion
from mlops_portal.shell.live import changed
from mlops_portal.wire import merge, telemetry
from mlops_portal.wire.errors import Invalid
from monitoring.errors import BatchUnfit, TooEarly
from monitoring.models import Prediction, Quarantined, Rollup, SampledRow, TelemetryBatch, Window
from monitoring.models.telemetry import BatchState
from monitoring.rules.packing import layout_of, pack
from monitoring.services.shifts import ShiftNames

PATIENCE = timedelta(hours=1)
RECENT = timedelta(days=1)  # nothing younger is ever merged to hours


def batch_merge(*, batch: TelemetryBatch) -> bool:
    """Merge one batch; False where it was merged or refused before, or must wait for another."""
    try:
        with transaction.atomic():
            if not _claimed(batch, BatchState.MERGED, body=""):
                return False
            _Merge(batch).run(telemetry.parse(batch.body.encode()))
    except TooEarly as error:
        if timezone.now() - batch.received_at > PATIENCE:
            _refuse(batch, error.sentence)
        return False
    except Invalid as error:
        _refuse(batch, error.sentence)
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


class _Merge:
    """One batch on its way into the tables; assets and versions are read once."""

    def __init__(self, batch: TelemetryBatch) -> None:
        self.node = batch.node
        self.assets = {
            one.slug: one for one in Asset.objects.filter(line=batch.node.line).select_related("line__site")
        }
        self.versions: dict[str, ModelVersion] = {}
        self.shifts = ShiftNames()
        self.now = timezone.now()

    def run(self, body: Mapping[str, Any]) -> None:
        for one in sorted(
            body["windows"], key=lambda one: (one["asset"], one["starts"], one["lot"], one["recipe"])
        ):
            self._window(one)
        self._predictions(body["predictions"])
        self._rows(body["rows"])
        Quarantined.objects.bulk_create(
            Quarantined(
                node=self.node,
                part_id=one["part"][:60],
                check_key=one["check"][:40],
                reason=one["reason"][:240],
                record=one["record"] | {"asset": one["asset"]},
                at=_time(one["at"]),
            )
            for one in body["quarantined"]
        )
        slugs = {one["asset"] for one in body["predictions"]} & set(self.assets)
        changed("telemetry", *(f"asset:{slug}" for slug in slugs))

    def asset(self, slug: str) -> Asset:
        found = self.assets.get(slug)
        if found is None:
            raise BatchUnfit(_("The line of this node has no machine “%(slug)s”.") % {"slug": slug})
        return found

    def version(self, digest: str) -> ModelVersion:
        if digest not in self.versions:
            found = ModelVersion.objects.filter(artifact=digest).select_related("model").order_by("number")
            version = found.first()
            if version is None:
                raise BatchUnfit(
                    _("No model of the portal has the artifact %(digest)s; nobody approved what runs there.")
                    % {"digest": digest[:16]}
                )
            self.versions[digest] = version
        return self.versions[digest]

    def _window(self, one: Mapping[str, Any]) -> None:
        asset, version = self.asset(one["asset"]), self.version(one["artifact"])
        learned = version.reference.get("features", {})
        for key, counts in one["counts"].items():
            if key not in learned or len(counts) != len(learned[key]["edges"]) + 2:
                raise BatchUnfit(
                    _("The bins of “%(key)s” are not those of %(version)s; the node runs another spec.")
                    % {"key": key, "version": version}
                )
        starts = _time(one["starts"])
        late = self._late(asset, version, starts)
        window, _made = Window.objects.select_for_update().get_or_create(
            asset=asset,
            version=version,
            lot=one["lot"][:40],
            recipe=one["recipe"][:40],
            shift=self.shifts.at(asset.line, starts),
            starts=starts,
            defaults={"ends": _time(one["ends"])},
        )
        window.n += one["n"]
        window.ends = max(window.ends, _time(one["ends"]))
        window.counts = merge.add_by_feature(window.counts, one["counts"])
        window.moments = merge.add_moments_by_feature(window.moments, one["moments"])
        window.classes = merge.add_by_key(window.classes, one["classes"])
        window.confidence = merge.add_counts(window.confidence, one["confidence"])
        window.packed = pack(window.counts, window.moments, layout_of(learned), window.n)
        # what its hour was merged to is judged: alone it would be a window of a few parts
        window.judged_at, window.span = (self.now, starts) if late else (None, window.span)
        window.save()
        if window.span is not None and not late:  # the others of its span are judged together with it
            Window.objects.filter(asset=asset, version=version, span=window.span).update(judged_at=None)

    def _late(self, asset: Asset, version: ModelVersion, starts: datetime) -> bool:
        """Whether the windows of that time were merged to an hour, day or month before."""
        if self.now - starts < RECENT:
            return False
        rolled = Rollup.objects.filter(asset=asset, version=version, starts__lte=starts, ends__gt=starts)
        return rolled.exists()

    def _predictions(self, records: list[dict[str, Any]]) -> None:
        wrong = next((one for one in records if not one["id"].startswith(f"{self.node.slug}:")), None)
        if wrong:
            raise BatchUnfit(
                _("Predictions of %(node)s are numbered “%(slug)s:…”, and “%(id)s” is not.")
                % {"node": self.node, "slug": self.node.slug, "id": wrong["id"][:80]}
            )
        rows = {
            one["id"]: Prediction(
                id=one["id"][:80],
                node=self.node,
                asset=self.asset(one["asset"]),
                version=self.version(one["artifact"]),
                activation=one["activation"][:80],
                part_id=one["part"][:60],
                lot=one["lot"][:40],
                recipe=one["recipe"][:40],
                tool=one["tool"][:40],
                at=_time(one["at"]),
                label=one["label"][:40],
                confidence=one["confidence"],
            )
            for one in records
        }
        Prediction.objects.bulk_create(
            sorted(rows.values(), key=lambda row: str(row.pk)),
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=[
                *("asset", "version", "activation", "part_id", "lot", "recipe", "tool", "at", "label"),
                "confidence",
            ],
        )

    def _rows(self, records: list[dict[str, Any]]) -> None:
        ids = {one["id"] for one in records}
        known = set(Prediction.objects.filter(pk__in=ids, node=self.node).values_list("pk", flat=True))
        if ids - known:
            raise TooEarly(
                _("Readings came of “%(id)s”, but not yet what was said of it.") % {"id": min(ids - known)}
            )
        SampledRow.objects.bulk_create(
            [
                SampledRow(
                    prediction_id=one["id"],
                    readings=one["readings"],
                    probabilities=one["probabilities"],
                    reason=one["reason"],
                    inclusion_probability=one["inclusion_probability"],
                )
                for one in {one["id"]: one for one in records}.values()
            ],
            ignore_conflicts=True,  # the first reason stands: a random pick stays one
        )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
