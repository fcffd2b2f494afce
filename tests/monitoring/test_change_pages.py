"""I changed the tool: two taps and an undo."""

from __future__ import annotations

import pytest

from mlops_portal.foundation.ledger.models import Event
from monitoring.models import ProcessChange

pytestmark = pytest.mark.django_db


def test_two_taps_record_a_change_and_a_third_takes_it_back(floor, cast, client_for):
    client = client_for(cast.one.operator)
    first = client.get("/changes/")
    assert 'href="/changes/press-1/tool/"' in first.text
    assert "Record the change" in client.get("/changes/press-1/tool/").text
    done = client.post("/changes/press-1/tool/", {"value": "15"}, follow=True)
    assert "Press 1: Tool 15 recorded." in done.text
    change = ProcessChange.objects.get()
    assert (change.asset, change.kind, change.value, change.by) == (
        floor.press,
        "tool",
        "15",
        cast.one.operator,
    )
    assert Event.objects.filter(type="monitoring.change.recorded").count() == 1
    token = done.text.split('name="token" value="')[1].split('"')[0]
    client.post("/undo/", {"token": token})
    assert not ProcessChange.objects.exists()
    assert Event.objects.filter(type="monitoring.change.undone").count() == 1


def test_the_value_may_be_left_out(floor, cast, client_for):
    client_for(cast.one.operator).post("/changes/press-1/sensor/")
    assert ProcessChange.objects.get().value == ""


def test_what_was_changed_lately_is_listed_with_who_did_it(floor, cast, client_for):
    client = client_for(cast.one.operator)
    client.post("/changes/press-1/lot/", {"value": "7731"})
    assert "Press 1: Lot 7731" in client.get("/changes/").text


@pytest.mark.parametrize(("kind", "status"), [("banana", 422), ("tool", 200)])
def test_only_known_kinds_are_asked_about(floor, cast, client_for, kind, status):
    assert client_for(cast.one.operator).get(f"/changes/press-1/{kind}/").status_code == status


def test_another_lines_machine_is_not_there(floor, cast, client_for):
    client = client_for(cast.two.operator)
    assert "press-1" not in client.get("/changes/").text
    assert client.post("/changes/press-1/tool/").status_code == 404
    assert not ProcessChange.objects.exists()


@pytest.mark.parametrize("role", ["ml_engineer", "auditor", "administrator"])
def test_who_does_not_work_at_the_machine_records_nothing(floor, cast, client_for, role):
    assert client_for(getattr(cast.one, role)).post("/changes/press-1/tool/").status_code == 403
