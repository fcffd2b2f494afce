"""The page of drift reports and its file."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client, TestCase
from django.utils import timezone

from monitoring.models import DriftReport
from monitoring.models.report import ReportState
from monitoring.reports.rules.reports import LOST
from monitoring.reports.services.reports import drift_report_ask
from monitoring.reports.services.rollup import windows_roll_up
from tests.monitoring.reporting import PARTS, asked, hour_of, run_on, send, send_lately

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2024, 1, 31, 12, 0, tzinfo=UTC)


@pytest.fixture
def expert(floor):
    return floor.cast.one.domain_expert


@pytest.fixture
def client(expert, client_for) -> Client:
    return client_for(expert)


def post(client: Client, address: str, **data: str):
    """With the work that follows it."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        return client.post(address, data)


def test_a_question_without_a_report_asks_by_itself_and_then_shows_it(floor, client):
    run_on(floor)
    send_lately(floor, shift=6)
    page = client.get("/drift/").text
    assert 'hx-trigger="load, submit"' in page
    assert not DriftReport.objects.exists()
    ask = "/drift/ask/?asset=press-1&amp;version=press-quality%2F1&amp;span=week"
    assert f'hx-post="{ask}"' in page
    answer = post(client, ask.replace("&amp;", "&"))
    assert answer["Location"] == "/drift/?asset=press-1&version=press-quality%2F1&span=week"
    page = client.get(answer["Location"]).text
    for words in (
        "1 of 2 readings moved", "600 parts", "from single windows", "Hydraulic pressure", "Sheet thickness",
        'aria-label="over its limit"', "worked out in", "learned on", "Make it again", "readings.csv",
        "how much of its limit is used up",
    ):  # fmt: skip
        assert words in page, words
    assert 'hx-trigger="load' not in page
    assert page.index("Hydraulic pressure") < page.index("Sheet thickness")


def test_a_chosen_reading_is_drawn(floor, expert, client):
    send(floor, start=LONG_AGO, shift=6)
    report = asked(floor, expert, **hour_of(LONG_AGO))
    assert "Hydraulic pressure, learned on and in this span" in client.get(f"/drift/{report.pk}/").text
    page = client.get(f"/drift/{report.pk}/?reading=thickness").text
    assert "Sheet thickness, learned on and in this span" in page
    assert client.get(f"/drift/{report.pk}/?reading=nothing").status_code == 200


def test_while_it_is_worked_out_the_page_listens(floor, expert, client):
    run_on(floor)
    report, _new = drift_report_ask(by=expert, asset=floor.press, span="week")
    page = client.get("/drift/?asset=press-1").text
    assert "The report is being worked out" in page
    assert f"live:drift-report:{report.pk} from:body" in page
    assert 'hx-trigger="load' not in page


def test_a_report_that_its_worker_lost_is_asked_for_anew(floor, expert, client):
    run_on(floor)
    report, _new = drift_report_ask(by=expert, asset=floor.press, span="week")
    DriftReport.objects.update(asked_at=timezone.now() - LOST)
    for address in ("/drift/?asset=press-1", f"/drift/{report.pk}/"):
        assert 'hx-trigger="load, submit"' in client.get(address).text


def test_few_parts_are_said_instead_of_a_limit_that_no_value_can_pass(floor, expert, client):
    send(floor, start=LONG_AGO, count=1)
    report = asked(floor, expert, **hour_of(LONG_AGO))
    for row in report.body["readings"]:
        row |= {"ks": 0.9, "ks_limit": 1.2, "psi": 0.0, "psi_limit": None}
    report.save()
    page = client.get(f"/drift/{report.pk}/").text
    assert page.count('<span class="small muted">too few parts</span>') == 4
    assert 'aria-label="over its limit"' not in page


def test_a_report_that_failed_says_why_and_does_not_ask_by_itself(floor, expert, client):
    run_on(floor)
    drift_report_ask(by=expert, asset=floor.press, span="week")
    DriftReport.objects.update(state=ReportState.FAILED, problem="The worker fell over.")
    page = client.get("/drift/?asset=press-1").text
    assert "The worker fell over." in page
    assert 'hx-trigger="load' not in page
    assert post(client, "/drift/ask/?asset=press-1&span=week", again="1").status_code == 302
    assert DriftReport.objects.first().state == ReportState.MADE


def test_a_report_up_to_now_that_is_old_stays_visible_while_a_new_one_is_asked_for(floor, expert, client):
    run_on(floor)
    send_lately(floor)
    asked(floor, expert, span="week")
    assert "no longer the newest" not in client.get("/drift/").text
    DriftReport.objects.update(made_at=timezone.now() - timedelta(minutes=6))
    page = client.get("/drift/").text
    assert "no longer the newest" in page
    assert "None of 2 readings is over its limits" in page
    assert 'hx-trigger="load, submit"' in page


def test_the_span_is_in_the_address_in_the_persons_time(floor, expert, client):
    expert.time_zone = "America/New_York"
    expert.save()
    send(floor, start=LONG_AGO, count=2)
    answer = post(client, "/drift/ask/?asset=press-1&since=2024-01-31T07:00&until=2024-01-31T08:00")
    report = DriftReport.objects.get()
    assert (report.since, report.until) == (LONG_AGO, LONG_AGO + timedelta(hours=1))
    assert "since=2024-01-31T07%3A00&until=2024-01-31T08%3A00" in answer["Location"]
    page = client.get(answer["Location"]).text
    assert 'value="2024-01-31T07:00"' in page
    assert "Times are yours, EST." in page
    assert "31 Jan 2024, 07:00 EST" in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("since=2024-01-31T08:00&until=2024-01-31T07:00", "swap the two times"),
        ("since=2014-01-31T08:00&until=2024-01-31T07:00", "at most five years"),
        ("since=2924-01-31T08:00&until=2924-02-01T07:00", "begins in the future"),
        ("since=yesterday&until=", "valid date/time"),
        ("until=2024-01-31T08:00", "This field is required"),
    ],
)
def test_a_span_that_does_not_fit_is_said_at_the_form(floor, client, query, words):
    run_on(floor)
    page = client.get(f"/drift/?asset=press-1&{query}")
    assert (page.status_code, words in page.text, 'id="report"' in page.text) == (200, True, False)
    assert client.post(f"/drift/ask/?asset=press-1&{query}").status_code == 302
    assert not DriftReport.objects.exists()


def test_an_empty_span_says_when_the_last_window_ended(floor, expert, client):
    send(floor, start=LONG_AGO)
    report = asked(floor, expert, **hour_of(LONG_AGO + timedelta(days=1)))
    page = client.get(f"/drift/{report.pk}/").text
    assert "No windows in this span" in page
    assert "ended on 31 Jan 2024" in page


def test_an_empty_span_on_a_machine_that_begins_says_when_windows_come(floor, expert, client):
    run_on(floor)
    report = asked(floor, expert, span="day")
    assert "a window comes every minute" in client.get(f"/drift/{report.pk}/").text


def test_a_time_that_was_merged_to_a_day_is_offered_as_that_day(floor, expert, client):
    send(floor, start=LONG_AGO)
    windows_roll_up(asset=floor.press, version=floor.version, now=LONG_AGO + timedelta(days=100))
    report = asked(floor, expert, **hour_of(LONG_AGO))
    assert report.body["n"] == 0
    page = client.get(f"/drift/{report.pk}/").text
    assert "kept as one row" in page
    day = LONG_AGO.replace(hour=0)
    whole = asked(floor, expert, since=day, until=day + timedelta(days=1))
    assert whole.body["n"] == 5 * PARTS
    page = client.get(f"/drift/{whole.pk}/").text
    assert "from days" in page
    assert "Asked for:" not in page


def test_what_is_not_stored_of_the_span_is_said(floor, expert, client):
    send(floor, start=LONG_AGO)
    report = asked(floor, expert, since=LONG_AGO - timedelta(days=3), until=LONG_AGO + timedelta(days=3))
    assert "Asked for:" in client.get(f"/drift/{report.pk}/").text


def test_without_a_version_or_a_machine_the_page_says_what_will_come(floor, client, client_for):
    assert "No version runs here yet" in client.get("/drift/").text
    assert "No machine yet" in client_for(floor.cast.two.domain_expert).get("/drift/").text


def test_the_file_has_every_reading_and_no_formula(floor, expert, client):
    send(floor, start=LONG_AGO, shift=6)
    floor.model.features.filter(key="pressure").update(words={"en": "=1+1"})
    report = asked(floor, expert, **hour_of(LONG_AGO))
    answer = client.get(f"/drift/{report.pk}/readings.csv")
    assert "drift-press-1-2024-01-31.csv" in answer["Content-Disposition"]
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    head, first, second = list(csv.reader(io.StringIO(text)))
    assert (first[0], first[1], second[1]) == ("pressure", "'=1+1", "Sheet thickness")
    assert float(first[head.index("PSI")]) > float(first[head.index("Limit of PSI")])


def test_others_see_nothing_of_it(floor, expert, client_for):
    run_on(floor)
    report = asked(floor, expert, span="week")
    other = client_for(floor.cast.two.domain_expert)
    for address in (f"/drift/{report.pk}/", f"/drift/{report.pk}/readings.csv", "/drift/?asset=press-1"):
        assert other.get(address).status_code == 404
    assert other.post("/drift/ask/?asset=press-1&span=week").status_code == 404
    nobody = client_for(floor.cast.one.administrator)
    assert nobody.get("/drift/").status_code == nobody.post("/drift/ask/").status_code == 403
    assert Client().get("/drift/").status_code == 302
    assert DriftReport.objects.count() == 1


def test_looking_is_a_get_and_asking_a_post(floor, expert, client):
    run_on(floor)
    report = asked(floor, expert, span="week")
    assert client.get("/drift/ask/").status_code == 405
    for address in ("/drift/", f"/drift/{report.pk}/", f"/drift/{report.pk}/readings.csv"):
        assert client.post(address).status_code == 405


def test_a_machines_page_leads_to_its_readings(floor, client, client_for):
    assert "/drift/?asset=press-1" in client.get("/plant/machines/press-1/").text
    outsider = client_for(floor.cast.one.administrator)
    assert "/drift/?asset=press-1" not in outsider.get("/plant/machines/press-1/").text
