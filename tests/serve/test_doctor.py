"""The doctor says what is wrong and how to mend it, whatever else is wrong."""

from __future__ import annotations

import json
import socket
from datetime import timedelta
from io import StringIO
from threading import Event
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError, ProgrammingError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from edge_sync.models import NodeStatus
from mlops_portal.above.serve import tasks
from mlops_portal.above.serve.doctor import database, files, parts, running
from mlops_portal.above.serve.doctor.finding import State
from mlops_portal.foundation.plant.models import Node
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def told(part: str) -> dict[str, State]:
    return {one.says: one.state for one in parts.look() if one.part == part}


def worst_of(part: str) -> tuple[State, str, str]:
    own = [one for one in parts.look() if one.part == part]
    one = max(own, key=lambda each: list(State).index(each.state))
    return one.state, one.says, one.mend


@pytest.mark.services
def test_what_is_well_is_said_to_be_well() -> None:
    tasks.beat.delay()
    found = {one.part: one.state for one in parts.look()}
    assert {part: found[part] for part in ("database", "storage", "broker", "workers")} == dict.fromkeys(
        ("database", "storage", "broker", "workers"), State.GOOD
    )


def test_every_part_is_told_even_where_one_look_breaks(monkeypatch: Any) -> None:
    def broken() -> list[Any]:
        raise RuntimeError("here")

    monkeypatch.setitem(parts.HERE, "disk", broken)
    found = parts.look()
    assert {one.part for one in found} >= {"database", "disk", "storage", "broker", "mlflow", "keys"}
    assert worst_of("disk")[0] == State.BAD


def test_a_home_page_does_not_wait_for_a_silent_host(monkeypatch: Any) -> None:
    answered = Event()

    def silent() -> list[Any]:
        answered.wait(60)
        return []

    monkeypatch.setitem(parts.AFAR, "mlflow", silent)
    monkeypatch.setattr(parts, "LITTLE_PATIENCE", 0.05)
    monkeypatch.setattr(parts, "_seen", {})
    try:
        mlflow = [one for one in parts.lately() if one.part == "mlflow"]
        assert [one.state for one in mlflow] == [State.CAUTION]
        assert mlflow[0].says.startswith("No answer within")
        first = parts._asked["en", "mlflow"]
        parts.look(patience=0.05)
        assert parts._asked["en", "mlflow"] is first  # one call a silent host, however many pages ask
    finally:
        answered.set()
        first.result(10)


def test_a_database_of_a_later_version_is_told_apart_from_an_earlier_one() -> None:
    recorder = MigrationRecorder(connection)
    recorder.record_applied("labeling", "9999_from_tomorrow")
    recorder.record_applied("long_gone", "0001_initial")
    try:
        (one,) = [one for one in database.look() if one.state == State.BAD]
    finally:
        recorder.record_unapplied("labeling", "9999_from_tomorrow")
    assert "later version" in one.says
    assert {one.state for one in database.look()} == {State.GOOD}


@pytest.mark.parametrize(
    ("error", "says"), [(OperationalError, "does not answer"), (ProgrammingError, "could not be looked at")]
)
def test_a_database_without_the_tables_is_not_said_to_be_silent(
    monkeypatch: Any, error: type[Exception], says: str
) -> None:
    def broken() -> list[Any]:
        raise error

    monkeypatch.setitem(parts.HERE, "nodes", broken)
    assert says in worst_of("nodes")[1]


def test_a_silent_broker_is_named_with_what_to_set(settings: Any) -> None:
    settings.REDIS_URL = "unix:///nowhere/broker.sock"
    state, _says, mend = worst_of("broker")
    assert state == State.BAD
    assert "REDIS_URL" in mend


def test_a_disk_that_is_nearly_full_is_told_before_it_is(monkeypatch: Any) -> None:
    for free, state in ((100, State.BAD), (3 * files.GIB, State.CAUTION), (90 * files.GIB, State.GOOD)):
        monkeypatch.setattr(
            files.shutil, "disk_usage", lambda _path, free=free: type("U", (), {"free": free})
        )
        assert files.disk()[0].state == state


def test_a_database_that_cannot_be_written_is_told_apart_from_one_that_is_away(monkeypatch: Any) -> None:
    def readonly(*_args: Any, **_kwargs: Any) -> None:
        raise OperationalError("attempt to write a readonly database")

    monkeypatch.setattr(database.Event.objects, "filter", readonly)
    found = {one.state: one.says for one in database.look()}
    assert "readonly" in found[State.BAD]
    assert any("answers" in one.says for one in database.look())


@pytest.mark.parametrize(("apart", "state"), [(0.1, State.GOOD), (-3600.0, State.BAD), (30.0, State.BAD)])
def test_a_clock_that_is_off_is_told_with_how_much(apart: float, state: State) -> None:
    one = running.clock(apart, of="the broker")
    assert one.state == state
    assert state == State.GOOD or f"{abs(apart):.0f} seconds" in one.says


def test_a_mail_server_that_is_away_is_told(settings: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = free.getsockname()
        (one,) = running.mail()
    assert one.state == State.CAUTION
    assert "EMAIL_URL" in one.mend


def test_nodes_that_are_silent_are_counted(cast: Cast) -> None:
    now = timezone.now()
    for number, age in ((7, 0), (8, 30)):
        node = Node.objects.create(
            name=f"Node {number}", slug=f"node-{number}", line=cast.line_1, registered_at=now
        )
        NodeStatus.objects.create(node=node, heard_at=now - timedelta(minutes=age))
    (one,) = running.nodes()
    assert one.state == State.CAUTION
    assert one.says.startswith("1 of 2 ")


def test_the_command_says_all_of_it_and_fails_where_something_is_bad(settings: Any) -> None:
    settings.REDIS_URL = "unix:///nowhere/broker.sock"
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("doctor", "--json", stdout=out)
    said = json.loads(out.getvalue())
    assert said["state"] == "bad"
    assert {"part", "state", "says", "mend"} == set(said["findings"][0])


def test_the_page_the_card_and_the_api_say_the_same(cast: Cast, client: Any) -> None:
    client.force_login(cast.whole.administrator)
    page = client.get("/status/").content.decode()
    api = client.get("/api/v1/status/").json()
    for one in api["findings"]:
        if one["part"] in ("database", "disk", "nodes"):
            assert one["part"] in page
    assert "/status/" in client.get("/").content.decode()
    client.force_login(cast.whole.operator)
    assert client.get("/status/").status_code == 403
    assert client.get("/api/v1/status/").status_code == 403
