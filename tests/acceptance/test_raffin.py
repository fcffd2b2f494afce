"""Raffin et al. 2022, a reference architecture for manufacturing: rows RAF-1 to RAF-3, RAF-5.

Fixture: ``conftest.py``.
"""

from __future__ import annotations

import html
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import TestCase
from django.utils import timezone

from edge_sync.agent.machine.acquisition import Between, Odd, Reading, check
from edge_sync.agent.machine.judging import quarantined
from labeling.models import LabelRequest, TrainingManifest
from mlops_portal.foundation.registry.selectors import spec_bytes
from mlops_portal.foundation.wire import manifest, telemetry
from mlops_portal.foundation.wire import spec as wire_spec
from monitoring.golden.services.samples import golden_add
from monitoring.intake.services.telemetry import batch_receive
from monitoring.models import Alert
from tests.labeling.plant import QUICK, judged_parts, past
from tests.monitoring.ground import Floor, make_floor

pytestmark = pytest.mark.django_db


def test_raf_1_a_chosen_part_reaches_the_operator_and_the_answer_is_a_row_of_the_next_manifest(
    cast, shop, running, client_for, posted
):
    judged_parts(shop, running, 40, truth=False)
    asked = {"line": "line-1", "model": shop.model.slug, "count": 4}
    posted(client_for(cast.one.domain_expert), "/api/v1/label-requests/", asked, 202)
    requests = {str(one.pk): one for one in LabelRequest.objects.select_related("row__prediction")}
    assert len(requests) == 4
    assert any(one.why["measure"] == "margin" and not one.why["random"] for one in requests.values())

    operator = client_for(cast.one.operator)
    page = operator.get("/label/line-1/").content.decode()
    shown = requests[re.search(r'name="request" value="([0-9a-f-]{36})"', page).group(1)]
    assert shown.row.prediction.part_id in page
    with TestCase.captureOnCommitCallbacks(execute=True):
        answered = operator.post(
            "/label/line-1/answer/",
            {"request": str(shown.pk), "answer": "scratch", "done": "0", "of": "4", "shown": "0"},
        )
    assert answered.status_code == 200
    assert "Nothing to judge now" in client_for(cast.two.operator).get("/label/line-2/").content.decode()

    engineer = client_for(cast.whole.ml_engineer)
    run = posted(
        engineer,
        "/api/v1/runs/",
        {"model": shop.model.slug, "trigger": "manual", "reason": "new labels", "parameters": QUICK},
        201,
    )
    posted(engineer, f"/api/v1/runs/{run['id']}/start/", {}, 200)
    body = TrainingManifest.objects.get(runs=run["id"]).body
    (row,) = manifest.parse(body.encode())["rows"]
    assert (row.part, row.label, row.source) == (shown.row.prediction.part_id, "scratch", "label")
    assert row.person == str(cast.one.operator.pk)
    assert row.at
    assert row.version == f"{shop.model.slug}/{running.number}"


def test_raf_2_a_candidate_that_misses_a_golden_sample_is_refused_and_the_page_shows_both_verdicts(
    cast, shop, running, train, client_for, posted
):
    good = past().defect.index("ok")  # a part on which every model is sure that it is good
    golden_add(
        by=cast.whole.domain_expert,
        model=shop.model,
        code="G-01",
        readings=past().parts[good].readings,
        truth="crack",
        tolerance=0.5,
    )
    challenger = train(learning_rate=0.2)
    engineer = client_for(cast.one.quality_engineer)
    address = f"{shop.model.slug}/{challenger.number}/"
    posted(engineer, f"/api/v1/candidates/{address}golden/", {}, 202)

    page = engineer.get(f"/candidates/{address}").content.decode()
    assert "Missed beyond its tolerance" in page
    sentence = re.search(r"G-01: [^<\"]*", page).group(0)
    assert f"{cast.whole.domain_expert.name} judged it “Crack”" in sentence
    assert "the model says “Good part”" in sentence

    drawn = engineer.post(f"/candidates/{address}ask/", {"assets": [shop.asset.pk], "comment": "We want it."})
    assert drawn.status_code == 302
    refused = posted(engineer, f"/api/v1{drawn['Location']}submit/", {"comment": "All the same."}, 409)
    assert refused["type"].endswith("gates-unmet")
    assert "Nobody can override this" in refused["detail"]
    challenger.refresh_from_db()
    assert challenger.state == "candidate"


def data_drift(floor: Floor, minute: int) -> dict[str, Any]:
    """The pressure rises by 9 bar; what the model says stays."""
    return floor.window(minute, shift=9 if minute > 4 else 0)


def model_drift(floor: Floor, minute: int) -> dict[str, Any]:
    """Every reading stays; the model calls half of the parts cracked instead of a tenth."""
    whole = floor.window(minute)
    return whole | ({"classes": {"ok": 60, "crack": 60}} if minute > 4 else {})


@pytest.mark.parametrize(
    ("fixture", "kind", "reading", "says", "title"),
    [
        (data_drift, "data_drift", "pressure", "bar higher than the model learned", "Hydraulic pressure"),
        (model_drift, "model_drift", ":classes", "gives other answers than it did", "What the model says"),
    ],
    ids=["data", "model"],
)
def test_raf_3_each_drift_raises_its_own_alert_with_reference_window_statistic_limit_and_picture(
    cast, client_for, fixture, kind, reading, says, title
):
    floor = make_floor(cast)
    with TestCase.captureOnCommitCallbacks(execute=True):
        batch_receive(node=floor.node, body=floor.body(windows=[fixture(floor, n) for n in range(8)]))
    alert = Alert.objects.get()
    assert (alert.kind, alert.feature) == (kind, reading)
    stored = alert.features[reading]
    assert stored["value"] > stored["limit"] > 0

    page = client_for(cast.one.domain_expert).get(f"/alerts/{alert.pk}/").content.decode()
    assert says in page
    assert f"{title}, learned on and since the alert" in page  # the reference beside the window
    assert "1-minute windows" in page
    assert "at most one false alarm a week" in page  # the limit and its promise
    assert page.count("<svg") >= 3
    row = client_for(cast.one.domain_expert).get("/api/v1/statistics/", {"feature": reading}).json()
    assert {one["statistic"] for one in row["results"]} >= {stored["statistic"]}


def test_raf_5_a_record_that_fails_an_acquisition_check_is_shown_and_never_trained_on(
    cast, shop, running, client_for, posted
):
    spec = wire_spec.parse(spec_bytes(running))
    now = timezone.now().replace(microsecond=0)
    units = {one.key: one.unit for one in spec.features}
    sound = {"part": "S-1", "at": now.isoformat(), "readings": dict(past().parts[0].readings), "units": units}
    key = spec.features[0].key
    wrong = {
        "U-1": {"units": {name: unit for name, unit in units.items() if name != key}},
        "C-1": {"at": (now - timedelta(hours=5)).isoformat()},
        "R-1": {"readings": sound["readings"] | {key: 1e12}},
    }
    between = Between.of((now - timedelta(minutes=1)).timestamp(), now, 60)

    def checked(record: dict[str, Any]) -> Reading | Odd:
        return check(json.dumps(record).encode(), asset="press-1", spec=spec, between=between)

    odd = [checked(sound | {"part": part} | change) for part, change in wrong.items()]
    assert isinstance(checked(sound), Reading)
    assert [one.check for one in odd] == ["unit", "clock", "range"]

    parts = ["S-1", *wrong]  # the node measured the three again and judged them, and inspection saw all four
    predictions = [
        {"id": f"node-1:{part}", "asset": "press-1", "part": part, "at": now.isoformat(), "label": "ok",
         "confidence": 0.9, "artifact": running.artifact_id, "activation": "press-1/1", "lot": "",
         "recipe": "", "tool": ""}
        for part in parts
    ]  # fmt: skip
    rows = [
        {"id": f"node-1:{part}", "readings": sound["readings"], "probabilities": {"ok": 0.9},
         "reason": "random", "inclusion_probability": 0.1}
        for part in parts
    ]  # fmt: skip
    body = {
        "format": telemetry.FORMAT, "node": "node-1", "sequence": 1, "sent_at": now.isoformat(),
        "agent": "1.0", "backlog": 0, "windows": [], "predictions": predictions, "rows": rows,
        "quarantined": [quarantined(one, "press-1", now) for one in odd],
    }  # fmt: skip
    with TestCase.captureOnCommitCallbacks(execute=True):
        batch_receive(node=shop.node, body=json.dumps(body).encode())
    expert = client_for(cast.one.domain_expert)
    for part in parts:
        posted(expert, "/api/v1/inspections/", {"part": part, "truth": "scratch"}, 201)

    page = client_for(cast.one.quality_engineer).get("/telemetry/").content.decode()
    for one in odd:
        assert html.escape(one.reason) in page
    assert {one["check"] for one in expert.get("/api/v1/set-aside/").json()["results"]} == {
        "unit", "clock", "range",
    }  # fmt: skip

    engineer = client_for(cast.whole.ml_engineer)
    run = posted(
        engineer,
        "/api/v1/runs/",
        {"model": shop.model.slug, "trigger": "manual", "reason": "inspected parts", "parameters": QUICK},
        201,
    )
    posted(engineer, f"/api/v1/runs/{run['id']}/start/", {}, 200)
    body = TrainingManifest.objects.get(runs=run["id"]).body
    assert [row.part for row in manifest.parse(body.encode())["rows"]] == ["S-1"]
