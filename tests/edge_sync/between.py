"""A real agent and the real portal, with a proxy between them that can lie; ids are counted on both sides."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from edge_sync.agent.disk import outbox
from edge_sync.agent.sending.transport import Away
from edge_sync.api import nodes
from edge_sync.models import NodeReport, NodeStatus
from edge_sync.tasks import publish
from monitoring.models import Prediction, SampledRow, TelemetryBatch, Window
from monitoring.models.telemetry import BatchState
from tests.attacks.node import RealNode
from tests.cast import Cast
from tests.edge_agent import models
from tests.edge_agent.liar import LyingProxy
from tests.edge_sync.decided import EDGES, approved, make_model, make_version
from tests.edge_sync.plant import EdgePlant, ceremony, give_passkey, make_plant
from tests.monitoring.ground import reference_of

ASSET = "press-2a"


class Between:
    """``now`` is real time at the start, and what both clocks say; release 1 runs on the press."""

    def __init__(self, cast: Cast, portal: str, folder: Path) -> None:
        self.plant: EdgePlant = make_plant(cast)
        person = cast.two.quality_engineer
        key = give_passkey(person)
        ceremony()
        version = make_version(make_model(self.plant.press, cast.two.domain_expert), models.good())
        rows = models.data(7, 4000)[0]
        version.reference = {"features": {key: reference_of(rows[:, at]) for at, key in enumerate(EDGES)}}
        version.save()
        approved(version, cast.line_2, {ASSET: 1}, person, key)
        publish()
        self.proxy = LyingProxy(portal)
        self.node = RealNode(folder, self.proxy.url, self.plant.nodes["node-2"], self.plant.assets[ASSET])
        self.feed = folder / "feed" / f"{ASSET}.jsonl"
        self.now = datetime.now(UTC)
        self.made = 0
        self._true_time = nodes.time_signed
        nodes.time_signed = self._time_signed
        self.node.agent.clock._steady = lambda: self.now.timestamp()
        self.exchange()
        assert self.node.running() == version.artifact_id, self.node.updates_stop()

    def _time_signed(self, *, nonce: str, now: datetime) -> dict[str, Any]:
        """The portal lives in the same time as the node; only the rest of it has the machine's."""
        return self._true_time(nonce=nonce, now=self.now)

    def close(self) -> None:
        nodes.time_signed = self._true_time
        self.node.end()
        self.proxy.close()

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def parts(self, count: int) -> None:
        """Write readings into the feed and judge them all."""
        draw = models.data(7, 4000)[0]
        with self.feed.open("a", encoding="utf-8") as file:
            for index in range(count):
                self.made += 1
                row = draw[self.made % 4000]
                record: dict[str, Any] = {
                    "part": f"P-{self.made}",
                    "asset": ASSET,
                    "at": (self.now - timedelta(milliseconds=count - index)).isoformat(),
                    "readings": {"force": float(row[0]), "power": float(row[1])},
                }
                file.write(json.dumps(record) + "\n")
        while self.node.agent.judge(self.now):
            pass

    def exchange(self) -> str:
        """Once; why it did not succeed, "" where it did."""
        try:
            self.node.agent.exchange(self.now)
        except Away as error:
            return str(error)
        return ""

    def settle(self) -> None:
        """The network tells the truth until nothing waits; every window is closed."""
        self.proxy.always(None)
        self.later(seconds=200)
        self.node.agent.judge(self.now)
        for _time in range(5):
            self.exchange()

    def counted(self) -> None:
        """Lost 0, doubled 0, stuck 0, in every kind of thing that travels."""
        store = self.node.agent.store
        at_node = [one for (one,) in store.db.execute("SELECT id FROM kept_rows ORDER BY id")]
        sent = {one for (one,) in store.db.execute("SELECT id FROM kept_rows WHERE sent = 1")}
        assert len(at_node) == self.made, f"{len(at_node)} of {self.made} judged"
        assert list(Prediction.objects.order_by("pk").values_list("pk", flat=True)) == at_node
        parts = Prediction.objects.order_by("at", "pk").values_list("part_id", flat=True)
        assert list(parts) == [f"P-{number}" for number in range(1, self.made + 1)]
        assert set(SampledRow.objects.values_list("prediction_id", flat=True)) == sent
        counted = sum(Window.objects.values_list("n", flat=True))
        assert counted == self.made, f"{counted} of {self.made} counted in windows"
        taken = TelemetryBatch.objects.exclude(state=BatchState.VOID)
        assert set(taken.values_list("state", flat=True)) == {BatchState.MERGED}
        numbers = list(NodeReport.objects.order_by("sequence").values_list("sequence", flat=True))
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        assert NodeReport.objects.get(sequence=numbers[-1]).state == "confirmed"
        assert outbox.backlog(store) == 0
        assert not store.db.execute("SELECT count(*) FROM reports").fetchone()[0]
        assert NodeStatus.objects.get(node=self.node.node).backlog <= 1
