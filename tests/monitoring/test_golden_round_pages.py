"""The operator's page of golden parts, and one part over time."""

from __future__ import annotations

import json

import pytest
from django.utils import timezone

from mlops_portal.foundation.registry.models import Champion
from monitoring.golden.services.samples import golden_add
from monitoring.models import GoldenPlan, GoldenRound, GoldenSample, Prediction

pytestmark = pytest.mark.django_db


@pytest.fixture
def golden(floor):
    golden_add(
        by=floor.cast.whole.domain_expert, model=floor.model, code="G-01", truth="crack", place="Drawer 3",
        readings={"pressure": 151.0},
    )  # fmt: skip
    Champion.objects.create(asset=floor.press, version=floor.version, number=1, since=timezone.now())
    return floor


@pytest.fixture
def operator(golden, client_for):
    return client_for(golden.cast.one.operator)


BEGIN = "/golden/rounds/begin/press-1/press-quality/"


def test_the_operator_runs_a_part_without_seeing_its_truth_and_then_sees_how_it_went(golden, operator):
    assert "Press 1" in operator.get("/golden/rounds/").text
    assert operator.get(BEGIN).status_code == 200
    begun = operator.post(BEGIN)
    page = operator.get(begun.headers["Location"])
    assert "Put in G-01" in page.text
    assert "kept in Drawer 3" in page.text
    assert "judged by" not in page.text
    assert "Golden parts on Press 1" in operator.get("/cards/labeling-needed/").text
    operator.post(begun.headers["Location"], {"code": "G-01", "said": "ok"})
    ended = operator.get(begun.headers["Location"])
    assert "Press 1 did not see all golden parts right" in ended.text
    assert "Stop, and call quality" in ended.text


def test_an_answer_that_does_not_fit_is_said_and_nothing_is_lost(golden, operator):
    address = operator.post(BEGIN).headers["Location"]
    page = operator.post(address, {"code": "G-01", "said": ""})
    assert (page.status_code, "Say why the part could not be run" in page.text) == (422, True)
    assert GoldenRound.objects.get().state == "running"


def test_a_golden_part_over_time_has_a_line_for_each_machine(golden, operator):
    sample = GoldenSample.objects.get()
    address = f"/golden/press-quality/parts/{sample.pk}/"
    assert "It was not run yet" in operator.get(address).text
    place = operator.post(BEGIN).headers["Location"]
    Prediction.objects.create(
        id="node-1:9", node=golden.node, asset=golden.press, version=golden.version, activation="press-1/1",
        part_id="G-01", label="crack", confidence=0.8, at=timezone.now(),
    )  # fmt: skip
    assert "saw all golden parts right" in operator.get(place).text
    assert "Probability that stations gave the truth of G-01" in operator.get(address).text


def test_the_plan_is_set_on_a_page_and_shown(golden, client_for):
    quality = client_for(golden.cast.whole.quality_engineer)
    assert quality.get("/golden/press-quality/plan/").status_code == 200
    given = {"at_shift": "on", "minutes": "45", "second_person": "on"}
    assert quality.post("/golden/press-quality/plan/", given).status_code == 302
    assert GoldenPlan.objects.get().minutes == 45
    assert "at the start of each shift" in quality.get("/golden/press-quality/").text
    refused = quality.post("/golden/press-quality/plan/", {"minutes": "1"})
    assert refused.status_code == 422


def test_the_api_runs_a_round_and_sets_the_plan(golden, operator, client_for):
    def post(client, path, body, method="post"):
        send = getattr(client, method)
        return send(f"/api/v1/{path}", json.dumps(body), content_type="application/json")

    begun = post(operator, "golden-rounds/", {"asset": "press-1", "model": "press-quality"})
    assert begun.status_code == 201
    said = post(operator, f"golden-rounds/{begun.json()['id']}/say/", {"code": "G-01", "said": "crack"})
    assert (said.status_code, said.json()["state"]) == (200, "passed")
    plan = {"at_shift": True, "at_changeover": False, "minutes": 30, "second_person": False}
    quality = client_for(golden.cast.whole.quality_engineer)
    assert post(quality, "golden-plans/press-quality/", plan, "put").json()["at_shift"] is True
