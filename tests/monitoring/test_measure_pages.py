"""Pages and API of measures."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase
from django.utils import timezone

from monitoring.measures.tasks.measures import judge
from monitoring.models import Alert, Measure, MeasureValue, ProcessChange
from tests.monitoring.test_measures import air, expert, flow, minutes, send  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
FIELDS = {
    "name": "Air flow", "place": "asset:press-1", "kind": "process", "unit": "l/min", "bad": "both",
    "weeks": "20", "reference_size": "100", "chart": "ewma", "source": "",
}  # fmt: skip


def test_an_expert_adds_a_measure_and_ends_it_on_pages(floor, expert, client_for):  # noqa: F811
    client = client_for(expert)
    assert "No measure yet" in client.get("/measures/").content.decode()
    assert client.get("/measures/add/").status_code == 200
    made = client.post("/measures/add/", FIELDS)
    measure = Measure.objects.get()
    assert made["Location"] == f"/measures/{measure.pk}/"
    assert (measure.asset, measure.share) == (floor.press, 0.05)
    assert "No value yet" in client.get(made["Location"]).content.decode()
    assert "Air flow" in client.get("/measures/?kind=process").content.decode()
    assert "Air flow" not in client.get("/measures/?kind=business").content.decode()
    assert client.post(f"/measures/{measure.pk}/end/").status_code == 302
    assert "Ended measures" in client.get("/measures/").content.decode()


def test_what_is_wrong_with_a_measure_is_said_at_the_form(floor, expert, client_for):  # noqa: F811
    page = client_for(expert).post("/measures/add/", FIELDS | {"low": "9", "high": "1"})
    assert page.status_code == 422
    assert "swap the two numbers" in page.content.decode()
    assert not Measure.objects.exists()


def test_the_page_shows_series_chart_limit_reference_and_changes_on_one_axis(air, expert, floor, client_for):  # noqa: F811
    send(air, expert, minutes(flow(100), ago=200))
    send(air, expert, minutes(flow(30, 6.0), ago=60))
    ProcessChange.objects.create(
        asset=floor.press, kind="tool", value="15", at=timezone.now() - timedelta(minutes=59), by=expert
    )
    page = client_for(expert).get(f"/measures/{air.pk}/?span=all").content.decode()
    for words in (
        "how much of the limit is used up", "at most 1 false alarm in 20 weeks", "reference", "Tool 15",
        "An alert is open", "Promised: one false alarm in", "values of reference the promise would hold",
    ):  # fmt: skip
        assert words in page, words


def uploaded(client, measure, data):
    """What became of a table that was brought on the page, after a worker read it."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        page = client.post(f"/measures/{measure.pk}/upload/", {"table": SimpleUploadedFile("air.csv", data)})
    if page.status_code != 302:
        return page, None
    return page, measure.tables.get()


def test_a_value_is_told_and_a_table_uploaded(air, floor, client_for):  # noqa: F811
    client = client_for(floor.cast.one.operator)
    assert client.post(f"/measures/{air.pk}/record/", {"value": "120.5"}).status_code == 302
    data = b"time;value\n25.10.2026 14:30;119,5\n25.10.2026 14:31;1.121,25\n"
    _page, table = uploaded(client, air, data)
    assert (table.state, table.result["new"]) == ("taken", 2)
    assert sorted(air.values.values_list("value", flat=True)) == [119.5, 120.5, 1121.25]
    assert air.values.order_by("at").first().at.isoformat() == "2026-10-25T13:30:00+00:00"
    page = client.get(f"/measures/{air.pk}/tables/{table.pk}/").content.decode()
    assert "2 new" in page
    assert "read as Europe/Berlin" in page


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"time,value\n", "no rows below it"),
        (b"PK\x03\x04", "damaged"),
        (b"time,value\nyesterday,1\n", "No column holds times"),
        (b"a,b,c,d\n1,2,3,4\n", "No column holds times"),
        (b"time,value\n2026-11-01 10:00,ok\n", "No column holds numbers"),
        (b"time,value\n2126-11-01 10:00,1\n", "from the future"),
    ],
)
def test_a_table_that_cannot_be_read_says_why_and_nothing_is_taken(air, expert, client_for, data, words):  # noqa: F811
    client = client_for(expert)
    _page, table = uploaded(client, air, data)
    assert table.state == "refused"
    assert words in client.get(f"/measures/{air.pk}/tables/{table.pk}/").content.decode()
    assert not air.values.exists()


def test_an_empty_file_is_refused_at_once(air, expert, client_for):  # noqa: F811
    page, _table = uploaded(client_for(expert), air, b"")
    assert page.status_code == 422


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"time,value\n2026-11-25 14:30,12,5\n2026-11-25 14:31,13,5\n", 12.5),
        (b"time,flow,shift\n2026-11-25 14:30,12,5\n2026-11-25 14:31,13,5\n", 12.0),
        (b"03/04/2026 11:00\t1.5\n", 1.5),
        (b"time;value\n26-01-05 11:00;1,5\n26-01-05 11:10;2,5\n", 1.5),
        (b"time;value\n20.01.2026 %d:00;1,5\n" % 11 + b"20.01.2026 12:00;2,5\n20.01.2026 1:00;2,5\n", 2.5),
        (b"time;value\n2026-11-25 14:30;(1,5)\n" + b"2026-11-25 14:31;2,5\n" * 4, -1.5),
        (b"time;value\n2026-11-25 14:30;1,234\n", 1.234),
        (b"time;value\n2026-11-25 14:30;12,5\n2026-11-25 14:31;torn\n" + b"2026-11-25 14:32;1,5\n" * 9, 12.5),
    ],
)
def test_what_is_read_in_two_ways_is_asked_and_taken_when_answered(air, expert, client_for, data, value):  # noqa: F811
    client = client_for(expert)
    _page, table = uploaded(client, air, data)
    assert table.state == "waiting"
    assert not air.values.exists()
    address = f"/measures/{air.pk}/tables/{table.pk}/"
    assert "Nothing was taken yet" in client.get(address).content.decode()
    asked = next(one for one in table.guesses if one["blocking"])
    with TestCase.captureOnCommitCallbacks(execute=True):
        said = {"key": asked["key"], "value": asked["taken"]}
        assert client.post(f"{address}answer/", said).status_code == 302
    assert air.values.order_by("at").first().value == value
    assert client.post(f"{address}answer/", said).status_code == 409  # once


def test_three_columns_are_never_one_value_with_a_comma(air, expert, client_for):  # noqa: F811
    data = b"time,value,shift\n2026-11-25 14:30,12,5\n2026-11-25 14:31,13,5\n"
    _page, table = uploaded(client_for(expert), air, data)
    assert sorted(air.values.values_list("value", flat=True)) == [12.0, 13.0]
    assert "because it is called so" in " ".join(one["sentence"] for one in table.guesses)


def test_an_american_plant_is_guessed_to_write_the_month_first(air, expert, client_for):  # noqa: F811
    air.line.site.time_zone = "America/New_York"
    air.line.site.save()
    client = client_for(expert)
    _page, table = uploaded(client, air, b"time;value\n03/04/2026 10:00;1,5\n03/04/2026 10:05;2,5\n")
    with TestCase.captureOnCommitCallbacks(execute=True):
        client.post(f"/measures/{air.pk}/tables/{table.pk}/answer/", {"accept": "1"})
    assert air.values.order_by("at").first().at.isoformat() == "2026-03-04T15:00:00+00:00"


def test_a_table_is_brought_and_answered_by_api_with_the_zone_that_is_named(air, expert, client_for):  # noqa: F811
    client = client_for(expert)
    file = SimpleUploadedFile("air.csv", b"time;value\n03/04/2026 10:00;1,5\n")
    with TestCase.captureOnCommitCallbacks(execute=True):
        made = client.post(
            "/api/v1/measure-tables/", {"measure": air.key, "file": file, "zone": "Asia/Tokyo"}
        )
    assert made.status_code == 201, made.content
    address = f"/api/v1/measure-tables/{made.json()['id']}/"
    assert client.get(address).json()["state"] == "waiting"

    def answer(answers):
        body = json.dumps({"answers": answers})
        with TestCase.captureOnCommitCallbacks(execute=True):
            return client.post(f"{address}answer/", body, content_type="application/json")

    assert answer({"weather": "fine"}).status_code == 422
    assert answer({"date-order:time": "mdy"}).status_code == 202
    assert client.get(address).json()["state"] == "taken"
    assert air.values.get().at.isoformat() == "2026-03-04T01:00:00+00:00"


def test_a_stranger_neither_sees_nor_answers_a_table(air, floor, expert, client_for):  # noqa: F811
    _page, table = uploaded(client_for(expert), air, b"03/04/2026 11:00\t1.5\n")
    other = client_for(floor.cast.two.domain_expert)
    assert other.get(f"/measures/{air.pk}/tables/{table.pk}/").status_code == 404
    assert other.post(f"/measures/{air.pk}/tables/{table.pk}/answer/", {"accept": "1"}).status_code == 404
    auditor = client_for(floor.cast.one.auditor)
    assert auditor.post(f"/measures/{air.pk}/tables/{table.pk}/answer/", {"accept": "1"}).status_code == 403


def test_others_see_nothing_of_it(air, floor, client_for):  # noqa: F811
    other = client_for(floor.cast.two.domain_expert)
    assert other.get(f"/measures/{air.pk}/").status_code == 404
    assert other.post(f"/measures/{air.pk}/record/", {"value": "1"}).status_code == 404
    assert client_for(floor.cast.one.administrator).get("/measures/").status_code == 403
    auditor = client_for(floor.cast.one.auditor)
    page = auditor.get(f"/measures/{air.pk}/").content.decode()
    assert "Tell a value" not in page
    assert "Learn the reference anew" not in page


def test_the_alert_of_a_measure_has_a_page_and_is_handled_like_any_other(air, expert, client_for):  # noqa: F811
    send(air, expert, minutes(flow(100), ago=200))
    send(air, expert, minutes(flow(30, 6.0), ago=60))
    alert, client = Alert.objects.get(), client_for(expert)
    page = client.get(f"/alerts/{alert.pk}/").content.decode()
    assert "Process change suspected: Air flow on Press 1 is" in page
    assert "let the measure learn its reference anew" in page
    assert "Ask for labels" not in page
    assert "Process change suspected" in client.get("/alerts/").content.decode()
    assert "Process change suspected" in client.get("/alerts/?line=line-1").content.decode()
    assert b"Process change" in b"".join(client.get("/alerts/?csv=1").streaming_content)
    assert "Process change suspected" in client.get("/").content.decode()
    assert client.get(f"/api/v1/alerts/{alert.pk}/").json()["measure"] == air.key
    assert client.get("/api/v1/alerts/?line=line-1").json()["results"][0]["version"] is None
    assert client.get(f"/explain/alerts/{alert.pk}/").status_code == 404
    assert client.post(f"/alerts/{alert.pk}/take/").status_code == 302
    assert client.post(f"/alerts/{alert.pk}/resolve/", {}).status_code == 422
    assert client.post(f"/alerts/{alert.pk}/resolve/", {"cause": "process_change"}).status_code == 302
    assert client.get(f"/alerts/{alert.pk}/").status_code == 200


def test_the_api_does_what_the_pages_do(floor, expert, client_for):  # noqa: F811
    client = client_for(expert)

    def post(address: str, **data):
        return client.post(f"/api/v1/{address}", json.dumps(data), content_type="application/json")

    made = post("measures/", name="Scrap", line="line-1", kind="business", unit="%", bad="up")
    assert made.status_code == 201, made.content
    measure = Measure.objects.get()
    assert made.json()["key"] == measure.key == "line-1-scrap"
    batch = {"measure": measure.key, "values": [{"at": timezone.now().isoformat(), "value": 1.2}]}
    assert post("measure-values/", **batch).json() == {"new": 1, "same": 0, "corrected": 0}
    assert post("measure-values/", **batch).json() == {"new": 0, "same": 1, "corrected": 0}
    bad = post(
        "measure-values/", measure=measure.key, values=[{"at": timezone.now().isoformat(), "value": 1e20}]
    )
    assert (bad.status_code, bad.headers["Content-Type"]) == (422, "application/problem+json")
    assert post("measure-values/", measure="nothing", values=batch["values"]).status_code == 404
    assert client.get("/api/v1/measure-values/?measure=line-1-scrap").json()["results"][0]["value"] == 1.2
    again = post(f"measures/{measure.pk}/relearn/", since=timezone.now().isoformat(), reason="New filter")
    assert again.status_code == 200
    assert client.delete(f"/api/v1/measures/{measure.pk}/").status_code == 204
    assert MeasureValue.objects.count() == 1
    assert client.get("/api/v1/measures/?ended=false").json()["results"] == []


def test_relearning_is_done_on_the_page(air, expert, client_for):  # noqa: F811
    send(air, expert, minutes(flow(100), ago=400))
    send(air, expert, minutes(flow(150, 6.0), ago=200))
    since = timezone.localtime(timezone.now() - timedelta(minutes=200)).strftime("%Y-%m-%dT%H:%M")
    done = client_for(expert).post(f"/measures/{air.pk}/relearn/", {"since": since, "reason": "New filter"})
    assert done.status_code == 302
    judge(Measure.objects.get())
    assert Measure.objects.get().fitted["mean"] == pytest.approx(126, abs=1)
    ahead = timezone.localtime(timezone.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    assert (
        client_for(expert)
        .post(f"/measures/{air.pk}/relearn/", {"since": ahead, "reason": "New filter"})
        .status_code
        == 422
    )
