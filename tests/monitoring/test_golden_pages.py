"""The golden samples' pages and API."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.utils import timezone

from monitoring.golden.selectors.samples import golden_set
from monitoring.golden.services.samples import golden_add
from monitoring.models import GoldenCheck, GoldenSample, Prediction, SampledRow

pytestmark = pytest.mark.django_db
READINGS = {"pressure": 151.4, "thickness": 2.0}


@pytest.fixture
def row(floor) -> SampledRow:
    prediction = Prediction.objects.create(
        id="node-1:7", node=floor.node, asset=floor.press, version=floor.version, activation="press-1/1",
        part_id="1-20611", at=timezone.now(), label="ok", confidence=0.7,
    )  # fmt: skip
    return SampledRow.objects.create(
        prediction=prediction, readings=READINGS, reason="random", inclusion_probability=0.1
    )


@pytest.fixture
def sample(floor, cast) -> GoldenSample:
    return golden_add(
        by=cast.whole.domain_expert, model=floor.model, code="G-07", readings=READINGS, truth="crack"
    )


def checked(floor, **more: Any) -> None:
    one = {"code": "G-07", "truth": "crack", "said": "ok", "probability": 0.2, "tolerance": 0.5}
    GoldenCheck.objects.create(
        version=floor.version,
        set_digest=golden_set(floor.model)[1],
        results=[one | {"safety": False, "passed": False} | more],
        passed=False,
        at=timezone.now(),
    )


def test_everybody_sees_the_set_and_who_judged_it(floor, sample, cast, client_for):
    page = client_for(cast.one.operator).get("/golden/press-quality/")
    assert "G-07: Crack" in page.text
    assert cast.whole.domain_expert.name in page.text
    assert "Add a golden sample" not in page.text


def test_with_one_model_its_set_is_there_at_once(floor, cast, client_for):
    assert client_for(cast.one.auditor).get("/golden/").headers["Location"] == "/golden/press-quality/"


def test_the_check_is_shown_sample_by_sample_with_what_the_model_said(floor, sample, cast, client_for):
    checked(floor)
    page = client_for(cast.whole.quality_engineer).get("/golden/press-quality/")
    assert "0 of 1 sample passed" in page.text
    assert "G-07, Crack → Good: missed" in page.text


def test_a_part_becomes_a_golden_sample_with_the_truth_of_the_person(floor, row, cast, client_for):
    client = client_for(cast.whole.domain_expert)
    assert "Part 1-20611" in client.get("/golden/press-quality/add/?q=206").text
    address = f"/golden/press-quality/add/{row.pk}/"
    assert "G-01" in client.get(address).text
    data = {"code": "G-01", "truth": "crack", "tolerance": "0.6", "safety": "on"}
    assert client.post(address, data).headers["Location"] == "/golden/press-quality/"
    made = GoldenSample.objects.get()
    assert (made.readings, made.judged_by, made.safety) == (READINGS, cast.whole.domain_expert, True)
    again = client.post(address, data)
    assert again.status_code == 409
    assert "choose another code" in again.text


def test_retiring_offers_an_undo(floor, sample, cast, client_for):
    client = client_for(cast.whole.domain_expert)
    page = client.post(f"/golden/samples/{sample.pk}/retire/", follow=True)
    assert "Undo" in page.text
    assert GoldenSample.objects.get().retired_at is not None


@pytest.mark.parametrize("address", ["/golden/press-quality/add/", "/golden/samples/1/retire/"])
def test_operators_change_nothing(floor, sample, cast, client_for, address):
    client = client_for(cast.one.operator)
    asked = (
        client.get(address)
        if address.endswith("add/")
        else client.post(f"/golden/samples/{sample.pk}/retire/")
    )
    assert asked.status_code == 403


def test_the_api_adds_lists_and_retires(floor, cast, client_for):
    client = client_for(cast.whole.domain_expert)
    body = {"model": "press-quality", "code": "G-01", "readings": READINGS, "truth": "ok", "tolerance": 0.5}
    made = client.post("/api/v1/golden-samples/", json.dumps(body), content_type="application/json")
    assert made.status_code == 201
    assert made.json()["judged_by"] == str(cast.whole.domain_expert.pk)
    assert len(client.get("/api/v1/golden-samples/").json()["results"]) == 1
    assert client.delete(f"/api/v1/golden-samples/{made.json()['id']}/").status_code == 204
    refused = client_for(cast.one.operator).post(
        "/api/v1/golden-samples/", json.dumps(body), content_type="application/json"
    )
    assert refused.status_code == 403


def test_the_api_shows_checks(floor, sample, cast, client_for):
    checked(floor)
    found = client_for(cast.one.quality_engineer).get("/api/v1/golden-checks/").json()["results"]
    assert (found[0]["model"], found[0]["version"], found[0]["passed"]) == ("press-quality", 1, False)
