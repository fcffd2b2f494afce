"""One machine with a real agent at its node, and the people who take a model through the whole loop."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd
from django.core.management import call_command

from approvals.models import ApprovalRequest, LinePolicy
from approvals.services.decisions import decide
from approvals.services.requests import request_open, request_submit
from approvals.services.statements import statement_for
from approvals.transitions import Verdict
from edge_sync.agent.agent import Agent
from edge_sync.agent.config import load
from edge_sync.agent.disk import keys
from edge_sync.keys.repository import layout
from edge_sync.services.nodes import node_enrol
from edge_sync.tasks import publish
from labeling.models import LabelRequest, RetrainRun
from labeling.services.answering import label_answer
from labeling.services.asking import requests_ask
from labeling.services.leasing import label_next
from labeling.services.runs import run_propose, run_start
from labeling.tasks.golden import golden_check
from labeling.transitions import Trigger
from mlops_portal.foundation.ledger.services import log_sequence
from mlops_portal.foundation.plant.models import Asset, AssetType, Node
from mlops_portal.foundation.registry.compute.tables.headings import keys_of
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.registry.selectors import features_of
from monitoring.alerts.services import alert_take
from monitoring.golden.selectors.samples import clear
from monitoring.golden.services.samples import golden_mark
from monitoring.models import Alert, GoldenSample
from tests.approvals.world import envelope_of, with_passkey
from tests.cast import Cast
from tests.edge_sync.plant import ceremony

QUICK = {"max_iter": 40, "max_leaf_nodes": 8, "min_samples_leaf": 5}
BETWEEN = "Its readings are those of two classes."
START = datetime(2026, 1, 5, 6, 0, tzinfo=UTC)


@dataclass
class Taught:
    """What a plant brings: a table, the column to learn, and what else ``model_onboard`` should be told."""

    slug: str
    table: pd.DataFrame
    target: str
    options: tuple[str, ...] = ()
    golden: int = 3
    overlapping: bool = False  # classes so near that a later version misses golden parts which the first knew


class Loop:
    """Line 2 demands passkeys. ``agent`` is the real one, in its own folder, speaking HTTP to the portal."""

    def __init__(self, cast: Cast, folder: Path, portal: str, taught: Taught) -> None:
        self.cast, self.team, self.taught, self.folder = cast, cast.two, taught, folder
        kind = AssetType.objects.create(name="Machine", slug="machine")
        self.node = Node.objects.create(name="Node 1", slug="node-1", line=cast.line_2, registered_at=START)
        self.asset = Asset.objects.create(
            name="Machine 1", slug="machine-1", line=cast.line_2, type=kind, node=self.node
        )
        LinePolicy.objects.create(
            line=cast.line_2, minimum_assurance="passkey", quorum={"quality_engineer": 1}
        )
        self.signs = self.team.quality_engineer
        self.passkey = with_passkey(self.signs)
        self.portal: str = portal
        self.agent: Agent | None = None
        self.version = self._onboarded()
        self.model = self.version.model
        self.class_of = {value: one["key"] for one in self.model.classes for value in one["values"]}

    def _onboarded(self) -> ModelVersion:
        """Version 1, by ``model_onboard``, with golden samples in the name of the site's domain expert."""
        taught, out = self.taught, StringIO()
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{taught.slug}.csv"
        taught.table.to_csv(path, index=False)
        call_command(
            "model_onboard", taught.slug, "--data", str(path), "--target", taught.target,
            "--as", self.cast.whole.ml_engineer.username, "--asset-type", "machine",
            "--golden", str(taught.golden), "--golden-as", self.cast.whole.domain_expert.username,
            "--json", *taught.options, stdout=out, stderr=StringIO(),
        )  # fmt: skip
        found = ModelVersion.objects.select_related("model", "artifact").get(model__slug=taught.slug)
        golden_check(found.pk)
        self._without_what_cannot_be_known(found)
        return found

    def _without_what_cannot_be_known(self, version: ModelVersion) -> None:
        """The expert looks at the clear parts that the version misses, and says that they lie between
        classes, as many do in these public tables. They stay in the set; the log says who said it and why."""
        results = clear(version.golden_checks.first().results)  # of the set as it is now
        missed = [one["code"] for one in results if not one["passed"]]
        for sample in GoldenSample.objects.filter(model=version.model, code__in=missed):
            golden_mark(by=self.cast.whole.domain_expert, sample=sample, borderline=True, reason=BETWEEN)
        if missed:
            golden_check(version.pk)

    # ---- learning ----

    def train(self, trigger: Trigger, *, alert: Alert | None = None, **parameters: float) -> ModelVersion:
        """A run of the ML engineer, from the proposal to its candidate; its steps run as jobs do."""
        by = self.cast.whole.ml_engineer
        run = run_propose(
            by=by, model=self.model, trigger=trigger, alert=alert, parameters=QUICK | parameters
        )
        run_start(by=by, run=run)
        run = RetrainRun.objects.select_related("candidate__model", "candidate__artifact").get(pk=run.pk)
        assert run.candidate is not None, run.error
        if self.taught.overlapping:
            self._without_what_cannot_be_known(run.candidate)
        return run.candidate

    # ---- approving and releasing ----

    def approve(self, version: ModelVersion) -> ApprovalRequest:
        """Asked by the ML engineer of the line, signed by the quality engineer with a passkey."""
        asking = self.team.ml_engineer
        request = request_open(by=asking, version=version, line=self.cast.line_2, assets=[self.asset])
        request = request_submit(by=asking, request=request, comment="The loop's own test.")
        asked = statement_for(by=self.signs, request=request, verdict=Verdict.APPROVE, comment="")
        decide(
            by=self.signs,
            request=request,
            statement=asked.canonical.encode(),
            envelope=envelope_of(self.passkey, asked.challenge),
        )
        request.refresh_from_db()
        assert request.state == "approved"
        return request

    def release(self) -> None:
        """The decision comes under a checkpoint, and what it allows is published once the node has said what
        it can do; the node looks twice."""
        log_sequence()
        agent = self.agent or self._start()
        agent.exchange(datetime.now(UTC))
        publish()
        for _again in range(2):
            agent.exchange(datetime.now(UTC))

    def _start(self) -> Agent:
        home = self.folder / "node-1"
        (home / "feed").mkdir(parents=True)
        (home / "root.json").write_bytes((layout().metadata / "1.root.json").read_bytes())
        said = {
            "portal": self.portal,
            "node": "node-1",
            "line": self.cast.line_2.slug,
            "assets": {"machine-1": self.model.slug},
            "feed": "feed",
            "root": "root.json",
            "golden_ms": 2000,
        }
        (home / "agent.json").write_text(json.dumps(said))
        node_enrol(by=None, node=self.node, public_key=keys.public_hex(keys.load_or_make(home / "node.key")))
        self.agent = Agent(load(home))
        self.agent.start(datetime.now(UTC))
        return self.agent

    def running(self) -> str:
        """The artifact that judges parts at the machine now."""
        assert self.agent is not None
        found = self.agent.stations["machine-1"].running
        return found.installed.artifact if found else f"nothing: {self.agent.store.meta('updates_stop', '')}"

    def work(self, table: pd.DataFrame) -> dict[str, str]:
        """The machine makes these parts now; its node judges them and tells the portal. Truth by part id."""
        assert self.agent is not None
        now = datetime.now(UTC)
        columns = dict(zip(keys_of(table.columns), table.columns, strict=True))
        rows = table[[columns[one.key] for one in features_of(self.model)]]
        names = [f"W{now:%f}-{number}" for number in range(len(table))]
        with (self.folder / "node-1" / "feed" / "machine-1.jsonl").open("a") as feed:
            for name, row in zip(names, rows.to_dict("records"), strict=True):
                readings = dict(zip((one.key for one in features_of(self.model)), row.values(), strict=True))
                feed.write(json.dumps({"part": name, "at": now.isoformat(), "readings": readings}) + "\n")
        while self.agent.judge(now):
            pass
        self.agent.exchange(now)
        return dict(zip(names, self._classes(table), strict=True))

    def _classes(self, table: pd.DataFrame) -> list[str]:
        return [self.class_of[str(value)] for value in table[self.taught.target]]

    def truths(self, run: str, table: pd.DataFrame, part: str = "") -> dict[str, str]:
        """Of the rows of a replay, by part id; ``part`` is the column with the parts' own."""
        own = table[part] if part else range(1, len(table) + 1)
        return {f"{run}-{name}": truth for name, truth in zip(own, self._classes(table), strict=True)}

    def another_machine(self, slug: str) -> Asset:
        """One more of the same kind on the line."""
        return Asset.objects.create(name=slug.title(), slug=slug, line=self.cast.line_2, type=self.asset.type)

    # ---- what happens then ----

    def replay(self, path: Path, *options: str) -> dict[str, Any]:
        """``stream_replay``'s JSON."""
        out = StringIO()
        call_command(
            "stream_replay", self.model.slug, "--data", str(path), "--json", *options,
            stdout=out, stderr=StringIO(),
        )  # fmt: skip
        found: dict[str, Any] = json.loads(out.getvalue())
        return found

    def ask(self, alert: Alert, version: ModelVersion, count: int) -> int:
        """The domain expert takes the alert and asks the line about parts since it began; how many."""
        by = self.team.domain_expert
        alert_take(by=by, alert=alert)
        requests_ask(by=by, alert=alert, version=version, line=self.cast.line_2, count=count)
        return LabelRequest.objects.filter(alert=alert).count()

    def answer(self, truth: Mapping[str, str]) -> int:
        """The operator answers everything that waits; ``truth`` by part id. How many answers."""
        by, answered = self.team.operator, 0
        while (request := label_next(by=by, line=self.cast.line_2)) is not None:
            label_answer(by=by, request=request, answer=truth[request.row.prediction.part_id])
            answered += 1
        return answered

    def end(self) -> None:
        if self.agent is not None:
            self.agent.close()


def started(loop: Loop) -> ModelVersion:
    """Version 1 as it came of the table: approved, released, and running at the machine."""
    ceremony()
    loop.approve(loop.version)
    loop.release()
    assert loop.running() == loop.version.artifact_id
    return loop.version
