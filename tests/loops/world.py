"""One machine with a real agent at its node, and the people who take a model through the whole loop."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from django.core.management import call_command
from django.utils.text import slugify

from approvals.models import ApprovalRequest, LinePolicy
from approvals.services.decisions import decide
from approvals.services.requests import request_open, request_submit
from approvals.services.statements import statement_for
from approvals.transitions import Verdict
from edge_sync.agent import keys
from edge_sync.agent.agent import Agent
from edge_sync.agent.config import load
from edge_sync.keys.repository import layout
from edge_sync.services.nodes import node_enrol
from edge_sync.tasks import publish
from labeling.models import LabelRequest, RetrainRun
from labeling.services.answering import label_answer
from labeling.services.asking import requests_ask
from labeling.services.leasing import label_next
from labeling.services.runs import run_propose, run_start
from labeling.tasks.training import steps_do
from labeling.transitions import Trigger
from mlops_portal.ledger.services import log_sequence
from mlops_portal.plant.models import Asset, AssetType, Node
from mlops_portal.registry.compute import edge_model
from mlops_portal.registry.compute.datasets import encode
from mlops_portal.registry.models import ModelVersion, RegisteredModel
from mlops_portal.registry.selectors import classes_of
from mlops_portal.registry.services import artifact_read, dataset_put, model_register
from monitoring.models import Alert
from monitoring.services.alerts import alert_take
from monitoring.services.golden import golden_add
from monitoring.tasks.golden import golden_check
from tests.approvals.world import envelope_of, with_passkey
from tests.cast import Cast
from tests.edge_sync.plant import ceremony

QUICK = {"max_iter": 40, "max_leaf_nodes": 8, "min_samples_leaf": 5}
START = datetime(2026, 1, 5, 6, 0, tzinfo=UTC)


def key_of(column: str) -> str:
    return slugify(column.partition("[")[0]).replace("-", "_")


@dataclass
class Taught:
    """A table as a plant describes it: ``readings`` are its columns, ``target`` the one with the truth."""

    slug: str
    table: pd.DataFrame
    readings: Sequence[str]
    target: str
    good: str
    group: Mapping[str, str] = field(default_factory=dict)
    window_seconds: int = 900
    ordered: bool = False
    tolerance_sd: float | None = None

    def classes(self) -> list[dict[str, object]]:
        names = [str(one) for one in sorted(self.table[self.target].unique())]
        return [
            {"key": slugify(one), "words": {"en": one}, "icon": "check", "defect": one != self.good}
            for one in names
        ]

    def features(self) -> list[dict[str, object]]:
        return [
            {
                "key": key_of(one),
                "words": {"en": one},
                "unit": one.partition("[")[2].rstrip("]"),
                "group_words": {"en": self.group[one]} if one in self.group else {},
            }
            for one in self.readings
        ]

    def encoded(self) -> bytes:
        return encode(
            columns={key_of(one): self.table[one].to_numpy(np.float64) for one in self.readings},
            label=[slugify(str(one)) for one in self.table[self.target]],
            part=[f"H{number}" for number in range(len(self.table))],
            asset=["machine-1"] * len(self.table),
            at=[START + timedelta(seconds=60 * number) for number in range(len(self.table))],
        )


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
        self.model = self._registered(kind)
        self.portal, self.agent = portal, None

    def _registered(self, kind: AssetType) -> RegisteredModel:
        by, taught = self.cast.whole.ml_engineer, self.taught
        model = model_register(
            by=by,
            slug=taught.slug,
            name=taught.slug.title(),
            asset_type=kind,
            classes=taught.classes(),
            features=taught.features(),
            window_seconds=taught.window_seconds,
        )
        if taught.tolerance_sd is not None:
            for one in model.features.all():
                column = next(name for name in taught.readings if key_of(name) == one.key)
                one.tolerance = float(taught.table[column].std() * taught.tolerance_sd)
                one.save(update_fields=["tolerance"])
        dataset_put(
            by=by,
            model=model,
            data=taught.encoded(),
            rows=len(taught.table),
            name="history",
            ordered=taught.ordered,
        )
        return model

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
        return run.candidate

    def train_here(self, **parameters: float) -> ModelVersion:
        """The same by a command's way: the steps run in this process, one after another."""
        by = self.cast.whole.ml_engineer
        run = run_propose(by=by, model=self.model, trigger=Trigger.MANUAL, parameters=QUICK | parameters)
        run_start(by=by, run=run, here=True)
        steps_do(run.pk)
        run = RetrainRun.objects.select_related("candidate__model", "candidate__artifact").get(pk=run.pk)
        assert run.candidate is not None, run.error
        return run.candidate

    def pick_golden(self, version: ModelVersion, each: int = 3) -> int:
        """The surest parts of every class, judged by the domain expert; how many."""
        readings = np.column_stack(
            [self.taught.table[one].to_numpy(np.float64) for one in self.taught.readings]
        )
        _labels, said = edge_model.probabilities(artifact_read(version.artifact), readings)
        truth = np.array([slugify(str(one)) for one in self.taught.table[self.taught.target]])
        made = 0
        for place, name in enumerate(classes_of(version)):
            own = np.where(truth == name, said[:, place], 0.0)
            for row in np.argsort(-own)[:each]:
                made += 1
                golden_add(
                    by=self.cast.whole.domain_expert,
                    model=self.model,
                    code=f"G-{made:02d}",
                    readings=dict(
                        zip(map(key_of, self.taught.readings), map(float, readings[row]), strict=True)
                    ),
                    truth=name,
                    tolerance=0.3,
                )
        return made

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
        """The decision comes under a checkpoint, and what it allows is published; the node looks twice."""
        log_sequence()
        publish()
        agent = self.agent or self._start()
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
        names = [f"W{now:%f}-{number}" for number in range(len(table))]
        with (self.folder / "node-1" / "feed" / "machine-1.jsonl").open("a") as feed:
            for number, row in enumerate(table[list(self.taught.readings)].itertuples(index=False)):
                readings = dict(zip(map(key_of, self.taught.readings), map(float, row), strict=True))
                record = {"part": names[number], "at": now.isoformat(), "readings": readings}
                feed.write(json.dumps(record) + "\n")
        while self.agent.judge(now):
            pass
        self.agent.exchange(now)
        return dict(zip(names, map(self.class_of, table[self.taught.target]), strict=True))

    def class_of(self, value: object) -> str:
        return slugify(str(value))

    def truths(self, run: str, table: pd.DataFrame) -> dict[str, str]:
        """Of the rows of a replay, by part id."""
        return {
            f"{run}-{number}": self.class_of(value)
            for number, value in enumerate(table[self.taught.target], start=1)
        }

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
    """Version 1: taught, golden samples picked, approved, released, and confirmed at the machine."""
    ceremony()
    version = loop.train(Trigger.MANUAL)
    assert loop.pick_golden(version) > 0
    golden_check(version.pk)
    loop.approve(version)
    loop.release()
    assert loop.running() == version.artifact_id
    return version
