"""Raffin et al. 2022, a reference architecture for manufacturing: rows RAF-1 and RAF-2.

Fixture: one simulated press with 600 inspected past parts, version 1 trained on them and running.
"""

from __future__ import annotations

import re

import pytest
from django.test import TestCase

from labeling.models import LabelRequest, TrainingManifest
from labeling.services.runs import run_propose, run_start
from labeling.tasks.training import steps_do
from labeling.transitions import Trigger
from mlops_portal.registry.services import champion_set
from mlops_portal.wire import manifest
from tests.labeling.plant import QUICK, judged_parts, make_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(cast):
    return make_shop(cast)


@pytest.fixture
def running(cast, shop):
    """Version 1, trained on the past parts, runs on the press."""
    by = cast.whole.ml_engineer
    run = run_start(
        by=by,
        run=run_propose(by=by, model=shop.model, trigger=Trigger.MANUAL, reason="first", parameters=QUICK),
        here=True,
    )
    steps_do(run.pk)
    run.refresh_from_db()
    assert run.candidate is not None, run.error
    champion_set(asset=shop.asset, version=run.candidate, number=1)
    return run.candidate


def posted(client, address, data, status):
    """A POST through the API, and what the workers do after it."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        answer = client.post(address, data, content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json()


def test_raf_1_a_chosen_part_reaches_the_operator_and_the_answer_is_a_row_of_the_next_manifest(
    cast, shop, running, client_for
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
