"""Pages and API of joint measures."""

from __future__ import annotations

import json

import pytest

from monitoring.measures.tasks.measures import judge
from monitoring.models import Alert, Measure
from tests.monitoring.test_measure_joint import (  # noqa: F401 - fixtures
    SIZE,
    expert,
    joint,
    learnt,
    parts,
    rows,
    send,
)

pytestmark = pytest.mark.django_db


def fields(parts, **more):  # noqa: F811
    known = {"name": "Drive", "kind": "process", "weeks": "20", "reference_size": str(SIZE)}
    return known | {"parts": [str(one.pk) for one in parts]} | more


def test_an_expert_joins_measures_on_a_page(parts, floor, expert, client_for):  # noqa: F811
    client = client_for(expert)
    assert "Several measures together" in client.get("/measures/add/").content.decode()
    page = client.get("/measures/add/joint/").content.decode()
    assert "MEWMA: several measures together" in page
    assert "Heat · Press 1, Line 1" in page
    made = client.post("/measures/add/joint/", fields(parts))
    measure = Measure.objects.get(chart="mewma")
    assert made["Location"] == f"/measures/{measure.pk}/"
    assert (measure.asset, measure.share) == (floor.press, 0.05)
    assert list(measure.parts.order_by("pk")) == parts
    assert "3 measures together" in client.get("/measures/").content.decode()
    page = client.get(made["Location"]).content.decode()
    assert "Watched together" in page
    assert "learns: 0 of 120 values" in page
    assert "Tell a value" not in page
    part = client.get(f"/measures/{parts[0].pk}/").content.decode()
    assert "It can be ended once “Drive” is" in part
    assert client.post(f"/measures/{parts[0].pk}/end/").status_code == 409
    assert client.post(f"/measures/{measure.pk}/end/").status_code == 302


def test_what_is_wrong_is_said_at_the_form(parts, expert, client_for):  # noqa: F811
    client = client_for(expert)
    for wrong, words in (
        (fields(parts[:1]), "Choose 2 to 12 measures"),
        (fields([]), "required"),
        (fields(parts) | {"parts": ["999999"]}, "999999"),
    ):
        page = client.post("/measures/add/joint/", wrong)
        assert page.status_code == 422
        assert words in page.content.decode()
    assert not Measure.objects.filter(chart="mewma").exists()


def test_without_two_measures_the_page_says_what_to_do_first(floor, expert, client_for):  # noqa: F811
    page = client_for(expert).get("/measures/add/joint/").content.decode()
    assert "Add two or more measures of one line first" in page
    assert client_for(floor.cast.one.operator).get("/measures/add/joint/").status_code == 403


def test_the_single_form_offers_no_joint_chart(expert, client_for):  # noqa: F811
    page = client_for(expert).get("/measures/add/").content.decode()
    assert "CUSUM" in page
    assert "mewma" not in page


def test_the_pages_show_every_part_the_limit_and_who_carries_the_alert(
    joint,  # noqa: F811
    parts,  # noqa: F811
    expert,  # noqa: F811
    client_for,
):
    client = client_for(expert)
    learnt(joint, parts, expert)
    send(parts, expert, rows(60, seed=5, shifts=(0.0, 1.2, 0.0)), ago=100)
    judge(joint)
    page = client.get(f"/measures/{joint.pk}/").content.decode()
    for words in (
        "Limit on T²", "A step is a value of", "MEWMA chart: how much of the limit is used up", "Heat",
        "at most 1 false alarm in 20 weeks", "the promise would hold within 25 %", "An alert is open",
        "% of the limit used up",
    ):  # fmt: skip
        assert words in page, words
    alert = Alert.objects.get()
    page = client.get(f"/alerts/{alert.pk}/").content.decode()
    assert "is not as its parts were together, above all Power" in page
    carried = page[page.index("Which measures carry it") :]
    assert carried.index("Power") < carried.index("Heat")
    assert "higher on average" in carried
    assert "Look at Power of Press 1 first" in page
    assert "above all Power" in client.get("/alerts/").content.decode()


def test_a_silent_part_is_named(joint, parts, expert, client_for):  # noqa: F811
    learnt(joint, parts, expert)
    send(parts[:2], expert, rows(10, seed=5), ago=100)
    judge(joint)
    page = client_for(expert).get(f"/measures/{joint.pk}/").content.decode()
    assert "No value of late from “Heat”" in page


def test_the_api_joins_measures_by_their_keys(parts, floor, expert, client_for):  # noqa: F811
    client = client_for(expert)

    def post(**data):
        facts = {"name": "Drive", "line": "line-1", "kind": "process"}
        return client.post("/api/v1/measures/", json.dumps(facts | data), content_type="application/json")

    keys = [one.key for one in parts]
    made = post(parts=keys)
    assert made.status_code == 201, made.content
    assert (made.json()["chart"], made.json()["bad"], sorted(made.json()["parts"])) == (
        "mewma",
        "both",
        sorted(keys),
    )
    assert post(name="Other", parts=keys[:1]).status_code == 422
    assert post(name="Other", parts=keys, chart="cusum").status_code == 422
    assert post(name="Other", parts=["nothing", *keys]).status_code == 422
    assert client.get(f"/api/v1/measures/{parts[0].pk}/").json()["parts"] == []
    ended = client.delete(f"/api/v1/measures/{parts[0].pk}/")
    assert (ended.status_code, ended.headers["Content-Type"]) == (409, "application/problem+json")
    assert client.delete(f"/api/v1/measures/{Measure.objects.get(chart='mewma').pk}/").status_code == 204
