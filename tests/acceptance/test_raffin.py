"""Raffin et al. 2022, a reference architecture for manufacturing: rows RAF-1 to RAF-3.

Fixture: ``conftest.py``.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import TestCase

from labeling.models import LabelRequest, TrainingManifest
from mlops_portal.wire import manifest
from monitoring.models import Alert
from monitoring.services import batch_receive
from monitoring.services.golden import golden_add
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
