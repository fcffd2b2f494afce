"""Lineage: from a judgement at the edge to the people who approved and taught, each step shown by the log."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from approvals.selectors.lineage.steps import Stage
from approvals.selectors.lineage.whole import lineage_of
from approvals.views.lineage import picture_of
from mlops_portal.foundation.ledger.refs import SYSTEM, Actor, Ref
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Node
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.shell.charts.drawing.canvas import Pen
from monitoring.models import Prediction
from tests.approvals.world import Bench

pytestmark = pytest.mark.django_db


@dataclass
class Run:
    """A judgement under an approved release, with the events that lead to it."""

    bench: Bench
    prediction: Prediction
    number: int


def judged(bench: Bench, version: ModelVersion, activation: str) -> Prediction:
    press = bench.presses[1]
    node, _made = Node.objects.get_or_create(
        slug="node-1", defaults={"name": "Node 1", "line": press.line, "registered_at": timezone.now()}
    )
    return Prediction.objects.create(
        id=f"node-1:{Prediction.objects.count()}", node=node, asset=press, version=version,
        activation=activation, part_id="4-20598", at=timezone.now(), label="crack", confidence=0.87,
    )  # fmt: skip


@pytest.fixture
def run(bench: Bench) -> Run:
    """As labeling, approvals and the node record it."""
    engineer, version = bench.cast.whole.ml_engineer, bench.candidate
    model, retrain = version.model, Ref("retrain_run", "7")
    manifest = Ref("manifest", version.manifest_digest)
    with transaction.atomic():
        event_record(
            type="labeling.run.proposed", actor=engineer.actor,
            subjects=[retrain, model.ref("of"), Ref("alert", "3", "because_of")],
            public={"name": model.name, "trigger": "drift", "reason": "tool wear"},
        )  # fmt: skip
        event_record(
            type="labeling.run.started", actor=engineer.actor, subjects=[retrain], public={"name": model.name}
        )
        label = Ref("label", "11111111-1111-4111-8111-111111111111")
        event_record(
            type="labeling.label.answered", actor=bench.cast.two.operator.actor, subjects=[label],
            public={"part": "P1", "answer": "ok"},
        )  # fmt: skip
        event_record(
            type="labeling.manifest.frozen", actor=SYSTEM,
            subjects=[manifest, Ref(label.kind, label.id, "contains")],
            public={"rows": 28, "name": model.name},
        )  # fmt: skip
        event_record(
            type="labeling.run.finished", actor=SYSTEM, subjects=[retrain, version.ref("gave")],
            public={"name": model.name, "number": version.number},
        )  # fmt: skip
    request = bench.submitted()
    bench.sign(request, bench.cast.two.quality_engineer, comment="Fewer misses")
    press = bench.presses[1]
    number = request.numbers[press.slug]
    target = Ref("release_target", f"{press.slug}/{number}")
    with transaction.atomic():
        event_record(
            type="edge.release.published", actor=SYSTEM, subjects=[target, Ref("release", "5", "of")],
            public={"number": number, "name": model.name, "asset": press.name},
        )  # fmt: skip
        event_record(
            type="edge.target.reported", actor=Actor("node", "node-1", ""),
            subjects=[target, Ref("release", "5", "of")],
            public={"asset": press.name, "number": number, "state": "confirmed", "reason": ""},
        )  # fmt: skip
    return Run(bench, judged(bench, version, target.id), number)


def test_every_step_is_there_and_each_leads_to_its_event(run: Run):
    found = lineage_of(run.prediction.pk)
    assert [step.stage for step in found.steps] == [
        Stage.PREDICTION, Stage.ACTIVATION, Stage.RELEASE, Stage.DECISION, Stage.EVIDENCE, Stage.VERSION,
        Stage.RUN, Stage.MANIFEST, *[Stage.TEACHER] * 4,
    ]  # fmt: skip
    assert all(step.proof for step in found.steps[1:8])
    assert found.gaps == ["The readings were not sent; the node keeps them for some days only."]
    (decision,) = found.of(Stage.DECISION)
    assert decision.title == run.bench.cast.two.quality_engineer.name
    facts = dict(decision.facts)
    assert (facts["Decision"], facts["Comment"]) == ("Approve", "Fewer misses")
    assert "approve the release of Press quality version 2" in facts["Statement"]
    (version,) = found.of(Stage.VERSION)
    assert version.digest == run.bench.candidate.artifact_id
    (retrain,) = found.of(Stage.RUN)
    assert dict(retrain.facts)["Because of"] == "Drift"


def test_the_people_who_taught_stand_in_order_of_their_labels(run: Run):
    teachers = lineage_of(run.prediction.pk).of(Stage.TEACHER)
    labels = [dict(one.facts)["Taught it with"] for one in teachers]
    assert labels == ["8 labels", "8 labels", "8 labels", "4 labels"]
    operator = next(one for one in teachers if one.title == run.bench.cast.two.operator.name)
    assert operator.proof.startswith("/log/events/")


def test_the_page_draws_and_lists_the_way(run: Run, client_for):
    auditor = client_for(run.bench.cast.whole.auditor)
    page = auditor.get(f"/lineage/{run.prediction.pk}/").content.decode()
    for text in ("4-20598", "Fewer misses", "Retrain run 7", "8 labels", "<svg", "Evidence “"):
        assert text in page
    told = auditor.get(f"/api/v1/lineage/{run.prediction.pk}/").json()
    assert [one["stage"] for one in told["steps"]][:4] == ["prediction", "activation", "release", "decision"]


@pytest.mark.parametrize("width", [860, 340])
def test_the_picture_is_well_formed_and_keeps_inside_its_width(run: Run, width):
    drawn = picture_of(lineage_of(run.prediction.pk)).draw(Pen(width))
    root = ET.fromstring(drawn.svg)
    boxes = [one for one in root.iter() if one.tag.endswith("rect")]
    assert len(boxes) == 12
    for box in boxes:
        left, wide = (float(box.get(name, "-1")) for name in ("x", "width"))
        assert left >= 0
        assert left + wide <= width


def test_what_ran_before_any_release_says_so(bench: Bench):
    found = lineage_of(judged(bench, bench.champion, "").pk)
    assert "The node named no release; it ran a model from before the portal released any." in found.gaps
    assert "The log knows no signed decision about this release number." in found.gaps
    assert "It was added without a retrain run." in found.gaps


def test_an_artifact_changed_behind_the_log_is_told(run: Run):
    ModelVersion.objects.filter(pk=run.bench.candidate.pk).update(artifact=run.bench.champion.artifact)
    gaps = lineage_of(run.prediction.pk).gaps
    assert "The artifact is not the one that the log names; the database was changed." in gaps


def test_a_part_is_found_by_what_stands_on_it(run: Run, client_for):
    auditor = client_for(run.bench.cast.whole.auditor)
    answer = auditor.get("/lineage/?part=4-20598")
    assert answer.headers["Location"] == f"/lineage/{run.prediction.pk}/"
    judged(run.bench, run.bench.champion, "press-3/1")
    assert auditor.get("/lineage/?part=4-20598").content.decode().count("/lineage/node-1:") == 2
    assert "No node sent" in auditor.get("/lineage/?part=nothing").content.decode()
    assert "/lineage/node-1:" in auditor.get("/search?q=4-20598").content.decode()


def test_an_unknown_prediction_is_not_found_and_operators_may_not_look(run: Run, client_for):
    auditor, operator = client_for(run.bench.cast.whole.auditor), client_for(run.bench.cast.two.operator)
    assert auditor.get("/lineage/node-9:1/").status_code == 404
    assert auditor.get("/api/v1/lineage/node-9:1/").status_code == 404
    for address in ("/lineage/", f"/lineage/{run.prediction.pk}/", f"/api/v1/lineage/{run.prediction.pk}/"):
        assert operator.get(address).status_code == 403


def test_the_log_is_asked_a_fixed_number_of_times(run: Run):
    with CaptureQueriesContext(connection) as asked:
        lineage_of(run.prediction.pk)
    assert len(asked) < 70
