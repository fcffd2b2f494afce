from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from kombu.transport.redis import Channel as KOMBUS
from pytest_django import Settings

from mlops_portal.above.serve import health, heartbeat, redis_probe, tasks


@pytest.fixture(autouse=True)
def _no_heartbeat() -> None:
    cache.delete(heartbeat.KEY)


def failing(client: Client) -> dict[str, str]:
    answer = client.get("/readyz")
    checks = answer.json()["checks"]
    failing = {name: check["says"] for name, check in checks.items() if not check["ok"]}
    assert answer.status_code == (503 if failing else 200)
    assert answer.json()["ready"] is not bool(failing)
    return failing


def test_healthz_answers_without_the_database(client: Client) -> None:
    """Without the mark django_db a query would fail this test."""
    answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.services
@pytest.mark.django_db
def test_readyz_is_ready_when_all_parts_answer(client: Client) -> None:
    tasks.beat.delay()

    assert failing(client) == {}


@pytest.mark.services
@pytest.mark.django_db
def test_readyz_says_that_no_worker_lives(client: Client) -> None:
    assert failing(client) == {"worker": "no heartbeat yet; scheduler and worker must both run"}


@pytest.mark.django_db
def test_readyz_says_that_the_worker_stopped(client: Client) -> None:
    cache.set(heartbeat.KEY, 1_000_000_000.0)

    assert failing(client)["worker"].startswith("last heartbeat ")


@pytest.mark.django_db
def test_readyz_says_that_the_broker_is_silent(client: Client, settings: Settings) -> None:
    tasks.beat.delay()
    settings.REDIS_URL = "unix:///nowhere/broker.sock"

    assert failing(client) == {"broker": "does not answer"}


@pytest.mark.django_db
def test_readyz_tells_no_address_and_no_password(client: Client, settings: Settings) -> None:
    settings.REDIS_URL = "redis://:hidden@127.0.0.1:1/0"

    answer = client.get("/readyz").content

    assert b"hidden" not in answer
    assert b"127.0.0.1" not in answer


@pytest.mark.django_db
def test_readyz_says_that_the_storage_cannot_be_written(
    client: Client, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "storage").write_text("a file where the folder should be")
    files = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**files, "OPTIONS": {"location": tmp_path / "storage"}},
    }
    monkeypatch.setattr(health, "_written_until", 0.0)
    tasks.beat.delay()

    assert failing(client) == {"storage": "cannot be written"}


def test_metrics_are_given_to_this_machine(client: Client) -> None:
    for host in ("localhost:8000", "127.0.0.1", "[::1]:8000"):
        answer = client.get("/metrics", headers={"host": host})
        assert answer.status_code == 200
        assert b"django_http_requests" in answer.content


@pytest.mark.parametrize("address", ["192.0.2.7", "", "unix:"])
def test_metrics_are_not_given_to_another_machine(client: Client, address: str) -> None:
    answer = client.get("/metrics", headers={"host": "localhost"}, REMOTE_ADDR=address)

    assert answer.status_code == 403
    assert answer.content == b"Metrics are given to this machine alone."


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Via", "Forwarded", "CF-Connecting-IP"]
)
def test_metrics_are_not_given_through_a_proxy_of_this_machine(client: Client, header: str) -> None:
    answer = client.get("/metrics", headers={"host": "localhost", header: "192.0.2.7"})
    assert answer.status_code == 403


def test_metrics_are_not_given_under_a_name_that_others_use(client: Client) -> None:
    """As a proxy hands it on that says nothing of itself."""
    assert client.get("/metrics", headers={"host": "testserver"}).status_code == 403


def test_in_production_metrics_need_a_token(client: Client, settings: Any) -> None:
    settings.PRODUCTION = True
    answer = client.get("/metrics", headers={"host": "localhost"})
    assert (answer.status_code, answer.content) == (403, b"Metrics need METRICS_TOKEN to be set.")


@pytest.mark.services
def test_jobs_of_every_priority_are_counted() -> None:
    with redis_probe.asked() as redis:
        names = ["learn", f"learn{KOMBUS.sep}9", f"learn{KOMBUS.sep}3"]
        for name in names:
            redis.rpush(name, "a job", "another")
        try:
            assert redis_probe.waiting(redis)["learn"] >= 6
        finally:
            for name in names:
                redis.lrem(name, 0, "a job")
                redis.lrem(name, 0, "another")


def test_queues_are_read_as_kombu_writes_them() -> None:
    assert (KOMBUS.sep, tuple(KOMBUS.priority_steps)) == (redis_probe.SEPARATOR, redis_probe.STEPS)


def test_with_a_token_metrics_are_given_to_whoever_sends_it(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "scrape-me"
    for given in ({}, {"authorization": "Bearer other"}, {"authorization": "scrape-me"}):
        assert client.get("/metrics", headers=given).status_code == 403
    answer = client.get("/metrics", headers={"authorization": "Bearer scrape-me"}, REMOTE_ADDR="192.0.2.7")
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_health_pages_only_read(client: Client, path: str) -> None:
    assert client.post(path).status_code in (403, 405)
