"""A machine that runs what nobody approved: it alone is held, people are told, and pages are red."""

import pytest
from django.urls import reverse

from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.ledger.types import sentence
from mlops_portal.foundation.shell.models import Notification
from monitoring.models import SampledRow, UnapprovedRun, Window
from tests.monitoring.ground import MINUTE
from tests.monitoring.taking import STRANGE, checks, ids, take

pytestmark = pytest.mark.django_db


def test_only_the_machine_that_runs_what_nobody_approved_is_held(floor):
    strange = [floor.prediction(number, artifact=STRANGE) for number in (1, 2)]
    well = floor.prediction(3, asset="press-2", activation="press-2/1")
    take(
        floor, predictions=[*strange, well], rows=[floor.row(1), floor.row(3)],
        windows=[floor.window(0) | {"artifact": STRANGE}, floor.window(0, asset="press-2")],
    )  # fmt: skip
    assert ids() == ["node-1:3"]
    assert SampledRow.objects.get().prediction_id == "node-1:3"
    assert Window.objects.get().asset == floor.other
    assert checks() == ["unapproved"] * 4
    run = UnapprovedRun.objects.get()
    assert (run.asset, run.artifact, run.held, run.ended_at) == (floor.press, STRANGE, 2, None)
    assert run.since == floor.start
    assert not Event.objects.filter(type="monitoring.records.set_aside").exists()
    told = set(
        Notification.objects.filter(kind="model.unapproved").values_list("person__username", flat=True)
    )
    cast = floor.cast
    people = (cast.one.quality_engineer, cast.whole.quality_engineer, cast.whole.administrator)
    assert {one.username for one in people} <= told
    assert cast.two.quality_engineer.username not in told


def test_it_is_told_once_and_over_when_an_approved_model_runs_again(floor):
    for number in (1, 2):
        take(floor, predictions=[floor.prediction(number, artifact=STRANGE, minute=number)])
    assert Event.objects.filter(type="monitoring.unapproved.seen").count() == 1
    take(floor, predictions=[floor.prediction(3, minute=0)])  # older: it came late
    assert UnapprovedRun.objects.get().ended_at is None
    take(floor, predictions=[floor.prediction(4, minute=9)])
    assert UnapprovedRun.objects.get().ended_at == floor.start + 9 * MINUTE
    over = Event.objects.get(type="monitoring.unapproved.over")
    assert "no longer runs" in sentence(over)
    assert ids() == ["node-1:3", "node-1:4"]


@pytest.mark.parametrize("state", ["candidate", "in_review", "rejected", "withdrawn"])
def test_a_version_that_is_known_and_not_approved_is_held_too(floor, state):
    floor.version.state = state
    floor.version.save()
    take(floor, predictions=[floor.prediction(1)])
    assert (ids(), checks()) == ([], ["unapproved"])


# ---- where it is shown ----


def test_the_page_and_the_api_show_what_was_set_aside_and_strangers_see_none(floor, client_for):
    take(floor, predictions=[floor.prediction(1, asset="mill-9"), floor.prediction(2, artifact=STRANGE)])
    engineer = client_for(floor.cast.one.quality_engineer)
    page = engineer.get("/telemetry/").content.decode()
    assert "There is no machine “mill-9”." in page
    assert "Node 1: Judged by what nobody approved" in page
    narrowed = engineer.get("/telemetry/?aside-node=node-1&aside-check=unapproved").content.decode()
    assert "There is no machine" not in narrowed
    found = engineer.get("/api/v1/set-aside/?node=node-1&check=asset").json()["results"]
    assert [(one["part"], one["asset"], one["times"]) for one in found] == [("1-1", "mill-9", 1)]
    (run,) = engineer.get("/api/v1/unapproved-runs/?ended=false").json()["results"]
    assert (run["asset"], run["node"], run["held"], run["ended_at"]) == ("press-1", "node-1", 1, None)
    stranger = client_for(floor.cast.two.quality_engineer)
    assert stranger.get("/api/v1/set-aside/").json()["results"] == []
    assert stranger.get("/api/v1/unapproved-runs/").json()["results"] == []
    assert client_for(floor.cast.whole.administrator).get("/api/v1/set-aside/").status_code == 403


@pytest.mark.parametrize(
    ("name", "given"), [("edge_node", ["node-1"]), ("nodes", []), ("line", ["line-1"]), ("home", [])]
)
def test_a_machine_that_runs_what_nobody_approved_is_red_wherever_it_stands(floor, client_for, name, given):
    take(floor, predictions=[floor.prediction(1, artifact=STRANGE)])
    page = client_for(floor.cast.whole.administrator).get(reverse(name, args=given)).content.decode()
    assert "uns what nobody approved" in page
