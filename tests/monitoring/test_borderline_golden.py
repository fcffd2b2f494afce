"""Golden samples that lie between two classes: who says so, and what hangs on it."""

from __future__ import annotations

import json

import pytest

from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.plant.models import Skill
from mlops_portal.foundation.wire import golden
from mlops_portal.foundation.wire.errors import Invalid, NotAllowed
from mlops_portal.foundation.wire.formats import BORDERLINE, FIRST, OtherVersion
from monitoring.errors import Marked, Retired
from monitoring.golden.selectors.samples import golden_bytes
from monitoring.golden.services.samples import (
    golden_add,
    golden_check_record,
    golden_mark,
    golden_retire,
)
from monitoring.models import GoldenSample

pytestmark = pytest.mark.django_db
READINGS = {"pressure": 151.4, "thickness": 2.0}
WHY = "Its crack begins under the burr."


@pytest.fixture
def judge(cast):
    return cast.whole.domain_expert


@pytest.fixture
def sample(floor, judge) -> GoldenSample:
    return golden_add(by=judge, model=floor.model, code="G-07", readings=READINGS, truth="crack")


def events(kind):
    return list(Event.objects.filter(type=f"monitoring.golden.{kind}"))


def test_a_person_says_it_with_a_reason_and_takes_it_back_and_both_are_events(sample, judge):
    golden_mark(by=judge, sample=sample, borderline=True, reason=WHY)
    assert GoldenSample.objects.get().borderline
    (said,) = events("borderline")
    assert (said.data["code"], said.data["reason"]) == ("G-07", WHY)
    golden_mark(by=judge, sample=sample, borderline=False, reason="Cut open: it is a crack.")
    assert not GoldenSample.objects.get().borderline
    assert len(events("clear")) == 1


def test_the_set_that_nodes_get_says_so_and_those_without_the_word_refuse_it(floor, sample, judge):
    plain, _digest = golden_bytes(floor.model)
    assert "borderline" not in json.loads(plain)["samples"][0]
    golden_mark(by=judge, sample=sample, borderline=True, reason=WHY)
    data, _digest = golden_bytes(floor.model)
    assert json.loads(data)["needs"] == [BORDERLINE]
    assert [one.borderline for one in golden.parse(data)] == [True]
    with pytest.raises(OtherVersion, match="update the agent"):
        golden.parse(data, has=FIRST)
    golden_mark(by=judge, sample=sample, borderline=False, reason=WHY)
    assert golden_bytes(floor.model)[0] == plain


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301])
def test_nothing_is_said_without_a_reason(sample, judge, reason):
    with pytest.raises(Invalid):
        golden_mark(by=judge, sample=sample, borderline=True, reason=reason)
    assert not events("borderline")


def test_it_is_said_once_and_of_samples_in_force(sample, judge):
    golden_mark(by=judge, sample=sample, borderline=True, reason=WHY)
    with pytest.raises(Marked):
        golden_mark(by=judge, sample=sample, borderline=True, reason=WHY)
    golden_retire(by=judge, sample=sample)
    with pytest.raises(Retired):
        golden_mark(by=judge, sample=sample, borderline=False, reason=WHY)


def test_a_safety_part_is_never_borderline(floor, judge):
    said = {"by": judge, "model": floor.model, "readings": READINGS, "truth": "crack", "safety": True}
    safe = golden_add(code="G-08", **said)
    with pytest.raises(Invalid, match="beyond doubt"):
        golden_mark(by=judge, sample=safe, borderline=True, reason=WHY)
    with pytest.raises(Invalid, match="beyond doubt"):
        golden_add(code="G-09", borderline=True, **said)


def test_only_who_edits_the_set_and_knows_the_machines_says_it(floor, sample, cast, judge):
    with pytest.raises(NotAllowed):
        golden_mark(by=cast.one.operator, sample=sample, borderline=True, reason=WHY)
    Skill.objects.create(asset_type=floor.model.asset_type, name="Presses")
    with pytest.raises(NotAllowed, match="skill"):
        golden_mark(by=judge, sample=sample, borderline=True, reason=WHY)


def outcome(code, *, passed, borderline):
    return {"code": code, "passed": passed, "borderline": borderline, "safety": False}


@pytest.mark.parametrize(
    ("results", "passed"),
    [
        ([("G-1", True, False), ("G-2", False, True)], True),
        ([("G-1", False, False), ("G-2", True, True)], False),
        ([("G-1", True, True)], False),
    ],
)
def test_a_check_is_passed_by_the_clear_ones_alone_and_needs_one(floor, results, passed):
    said = [outcome(code, passed=right, borderline=edge) for code, right, edge in results]
    check = golden_check_record(version=floor.version, digest="d" * 64, results=said)
    assert check.passed is passed
    assert events("checked")[0].data["borderline"] == sum(edge for _code, _right, edge in results)


# ---- page and API ----


def test_it_is_said_on_a_page_and_shown_in_the_set(floor, sample, judge, client_for):
    client = client_for(judge)
    address = f"/golden/samples/{sample.pk}/mark/"
    assert f'href="{address}"' in client.get("/golden/press-quality/").text
    assert "It counts as clear" in client.get(address).text
    assert client.post(address, {"borderline": "1", "reason": ""}).status_code == 422
    page = client.post(address, {"borderline": "1", "reason": WHY}, follow=True)
    assert "G-07 is borderline now." in page.text
    assert "Clear?" in page.text
    assert client.post(address, {"borderline": "1", "reason": WHY}).status_code == 409
    client.post(address, {"borderline": "0", "reason": WHY})
    assert not GoldenSample.objects.get().borderline


def test_the_api_says_it_too(sample, judge, client_for):
    client, address = client_for(judge), f"/api/v1/golden-samples/{sample.pk}/mark/"

    def said(**body):
        return client.post(address, json.dumps(body), content_type="application/json")

    assert said(borderline=True).status_code in (400, 422)
    assert said(borderline=True, reason=WHY).json()["borderline"] is True
    assert said(borderline=True, reason=WHY).status_code == 409


def test_who_may_not_edit_the_set_says_nothing(sample, cast, client_for):
    client = client_for(cast.one.operator)
    assert client.get(f"/golden/samples/{sample.pk}/mark/").status_code == 403
    body = json.dumps({"borderline": True, "reason": WHY})
    address = f"/api/v1/golden-samples/{sample.pk}/mark/"
    assert client.post(address, body, content_type="application/json").status_code == 403
