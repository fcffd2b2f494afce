"""The demo plant at work: feeds without the truth, state that survives, inspection that comes later."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from mlops_portal.above.demo.runner import feeds
from mlops_portal.above.demo.runner.inspection import ONE_IN, Station
from mlops_portal.above.demo.runner.plant import Runner

NOW = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)


def run(home: Path, *, seconds: int, start: datetime = NOW, station: Station | None = None) -> Runner:
    runner = Runner(home, seed=3, speed=60, now=start, station=station)
    for second in range(1, seconds + 1):
        runner.advance(start + timedelta(seconds=second))
    return runner


def test_a_feed_holds_what_a_machine_knows_and_not_the_truth(tmp_path: Path) -> None:
    run(tmp_path, seconds=10)
    newest = feeds.last(tmp_path / "feeds" / "node-2" / "press-4.jsonl")[0]
    assert set(newest) == {"part", "asset", "at", "lot", "recipe", "tool", "readings"}
    assert abs(datetime.fromisoformat(newest["at"]) - NOW) < timedelta(seconds=11)


def test_a_plant_that_was_stopped_goes_on_where_it_was(tmp_path: Path) -> None:
    runner = run(tmp_path, seconds=10)
    runner.save()
    last = feeds.last(tmp_path / "feeds" / "node-2" / "press-4.jsonl")[0]["part"]
    run(tmp_path, seconds=10, start=NOW + timedelta(hours=1))
    parts = [row["part"] for row in feeds.last(tmp_path / "feeds" / "node-2" / "press-4.jsonl", 1000)]
    assert len(set(parts)) == len(parts)
    assert parts.index(last) > 0


def test_a_disturbance_of_the_table_acts_until_it_is_taken_off(tmp_path: Path) -> None:
    runner = run(tmp_path, seconds=1)
    runner.follow([("7", "power_step", "press-4", "", 1.0)])
    assert [event.disturbance for event in runner.plant.events("press-4")] == ["power_step"]
    runner.follow([])
    assert runner.plant.events("press-4")[0].until is not None


def test_a_computer_that_slept_finds_the_plant_standing_still(tmp_path: Path) -> None:
    runner = run(tmp_path, seconds=1)
    assert runner.advance(NOW + timedelta(hours=3)) == 0


@pytest.fixture
def portal() -> Any:
    """A server that refuses each part once, as a portal that has not heard of it, then takes it."""
    seen: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            known = any(one["part"] == body["part"] for one in seen)
            seen.append({**body, "token": self.headers["Authorization"]})
            self.send_response(201 if known else 404)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()
    server.server_close()


def test_some_parts_are_inspected_later_and_sent_until_the_portal_knows_them(
    tmp_path: Path, portal: tuple[str, list[dict[str, Any]]]
) -> None:
    address, seen = portal
    token = tmp_path / "token"
    token.write_text("mlp_secret")
    station = Station(portal=address, token=token, speed=60)
    run(tmp_path, seconds=30, station=station)
    assert station.send(NOW) == 0
    later = NOW + timedelta(days=1)
    assert station.send(later) == 0
    refused = len(seen)
    assert refused > 0
    assert station.send(later + timedelta(minutes=1)) == refused
    assert {one["token"] for one in seen} == {"Bearer mlp_secret"}
    made = sum(len(feeds.last(path, 10_000)) for path in (tmp_path / "feeds").glob("*/*.jsonl"))
    assert refused == made // ONE_IN
