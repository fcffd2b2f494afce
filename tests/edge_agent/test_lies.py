"""Between the node and its portal something lies: nothing is lost, nothing is doubled, nothing is stuck."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from edge_sync.agent.disk import outbox
from edge_sync.agent.sending import batches, parking, transport, web
from edge_sync.agent.sending.transport import Away, Foreign
from tests.edge_agent import liar, models
from tests.edge_agent.world import sha


@pytest.fixture
def proxy(world, monkeypatch):
    """Every byte between the node and its portal goes through it."""
    monkeypatch.setattr(web, "BODY_SECONDS", 0.2)
    made = liar.LyingProxy(world.portal.url)
    world.write_config(portal=made.url)
    yield made
    made.close()


@pytest.fixture
def ran(world, proxy):
    world.release(models.good(), 1)
    world.start()
    world.exchange()
    assert world.running() == 1
    return world


def parts_of(world):
    return [one["part"] for one in world.portal.all("predictions")]


def lied_to(world, times=1):
    """Exchange while something lies; the sentence under which the node gave up, "" where it did not."""
    said = ""
    for _time in range(times):
        try:
            world.exchange()
        except Away as error:
            said = str(error)
    return said


TRUE = ("sent on twice", "the answer is packed")


def test_no_lie_makes_the_node_forget_or_park_or_stop(ran, proxy):
    told = 0
    for lie in (one for one in liar.LIES if one not in TRUE):
        ran.parts(3)
        ran.judge()
        waiting = outbox.waiting(ran.agent.store)
        proxy.always(lie)
        assert lied_to(ran), lie
        assert outbox.waiting(ran.agent.store) in (waiting, 1), lie  # as they were, or in one batch
        assert ran.running() == 1, lie
        proxy.always(None)
        ran.exchange()
        told += 3
        assert parts_of(ran) == [f"P-{number}" for number in range(1, told + 1)], lie
        assert outbox.backlog(ran.agent.store) == 0, lie
        assert ran.agent.store.meta("exchange_stop") == ""


@pytest.mark.parametrize("lie", ["200 with a page", "a cached answer", "413 after it was taken"])
@pytest.mark.parametrize("exchange", ["reports", "telemetry", "wanted", "pictures"])
def test_who_lies_about_one_exchange_holds_up_no_other(world, proxy, lie, exchange):
    world.write_config(camera=world.portal.url, random_share=1.0)
    world.release(models.good(), 1)
    world.start()
    world.exchange()
    world.parts(2)
    world.judge()
    proxy.always(lie, exchange)
    world.parts(2)
    world.judge()
    world.portal.reports.clear()
    (world.home / "commands").mkdir(exist_ok=True)
    (world.home / "commands" / "stop-press-3").write_text("smoke")
    world.judge()
    lied_to(world, 5)
    if exchange != "telemetry":
        assert len(parts_of(world)) == 4
    if exchange != "reports":
        assert [one["state"] for one in world.portal.reports.values()] == ["stopped"]
    proxy.always(None)
    for _time in range(2):
        world.exchange()
    assert parts_of(world) == [f"P-{number}" for number in range(1, 5)]
    assert len(world.portal.pictures) == 8
    assert outbox.backlog(world.agent.store) == 0


def test_the_node_says_at_the_machine_what_stands_between(ran, proxy):
    ran.parts(1)
    ran.judge()
    proxy.always("200 with a page")
    said = lied_to(ran)
    assert "Guest network" in said
    assert "sign-in page or a proxy" in said
    assert ran.agent.store.meta("exchange_stop") == said


def test_a_redirect_is_never_followed(ran, proxy):
    ran.parts(1)
    ran.judge()
    asked = []
    proxy.choose = lambda one: asked.append(one.path) or "302 to a sign-in page"
    lied_to(ran)
    assert not [path for path in asked if "signin" in path]


def test_a_packed_receipt_is_a_receipt(ran, proxy):
    ran.parts(3)
    ran.judge()
    proxy.always("the answer is packed", "telemetry", "reports", "wanted", "parked")
    ran.exchange()
    assert len(parts_of(ran)) == 3


# ---- what is too large ----


@pytest.mark.parametrize("limit", [20_000, 1_500])
def test_what_is_too_large_for_the_way_is_halved_until_it_fits(ran, proxy, limit):
    ran.parts(200)
    ran.judge()
    proxy.limit = limit
    for _time in range(4):
        ran.exchange()
    assert sorted(parts_of(ran)) == sorted(f"P-{number}" for number in range(1, 201))
    assert proxy.told["limit"] >= 1
    assert outbox.backlog(ran.agent.store) == 0
    assert max(len(json.dumps(one)) for one in ran.portal.batches.values()) <= limit * 1.2


def test_halves_stay_in_order_and_the_next_batches_are_smaller_at_once(ran, proxy):
    ran.parts(200)
    ran.judge()
    proxy.limit = 20_000
    ran.exchange()
    assert parts_of(ran) == [f"P-{number}" for number in range(1, 201)]
    before = proxy.told["limit"]
    ran.parts(200)
    ran.judge()
    ran.exchange()
    assert proxy.told["limit"] == before


def test_a_batch_that_was_taken_before_it_became_too_large_is_not_sent_in_halves(ran, proxy):
    ran.parts(20)
    ran.judge()
    proxy.always("413 after it was taken", "telemetry")
    proxy.choose = lambda one: "413 after it was taken" if one.path.endswith("/telemetry") else None
    ran.exchange()
    assert parts_of(ran) == [f"P-{number}" for number in range(1, 21)]
    assert len(ran.portal.batches) == 1
    assert outbox.waiting(ran.agent.store) == 0


def test_a_large_batch_that_only_ever_meets_pages_is_halved_once_the_portal_is_reached(ran, proxy):
    ran.parts(20)
    ran.judge()
    proxy.choose = lambda one: "403" if len(one.body) > 3_000 else None
    lied_to(ran, batches.FAILURES + 1)
    assert parts_of(ran) == [f"P-{number}" for number in range(1, 21)]


def test_while_the_portal_cannot_be_reached_no_batch_is_halved(ran, proxy):
    ran.parts(20)
    ran.judge()
    proxy.always("403")
    lied_to(ran, 2 * batches.FAILURES)
    proxy.always(None)
    ran.exchange()
    assert len(ran.portal.batches) == 1
    assert not ran.portal.void


def test_one_record_that_something_on_the_way_refuses_holds_up_no_other_and_is_never_parked(ran, proxy):
    ran.parts(6, lot="DROP TABLE")
    ran.parts(1, lot="L2")
    ran.judge()
    with ran.agent.store.transaction() as db:  # the filter dislikes one record alone
        db.execute("UPDATE items SET body = replace(body, 'DROP TABLE', 'L1') WHERE body NOT LIKE '%P-3\"%'")
    proxy.choose = lambda one: "403" if b"DROP TABLE" in one.body else None
    lied_to(ran, 8)
    assert sorted(parts_of(ran)) == ["P-1", "P-2", "P-4", "P-5", "P-6", "P-7"]
    assert outbox.held(ran.agent.store)
    assert outbox.backlog(ran.agent.store) >= 1
    assert not parking.parked(ran.agent.store)
    proxy.always(None)
    ran.exchange()
    assert sorted(parts_of(ran)) == [f"P-{number}" for number in range(1, 8)]
    assert outbox.backlog(ran.agent.store) == 0


# ---- when to come again ----


@pytest.mark.parametrize("lie", ["429", "503"])
def test_a_wait_that_is_asked_for_is_kept(ran, proxy, lie):
    ran.parts(1)
    ran.judge()
    proxy.always(lie, "telemetry")
    with pytest.raises(Away) as found:
        ran.exchange()
    assert (found.value.wait, isinstance(found.value, Foreign)) == (1.0, False)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        ("Tue, 01 Dec 2026 12:00:30 GMT", 30),
        ("Tue, 01 Dec 2026 11:00:00 GMT", 0),
        ("99999999", 3600),
        ("soon", 0),
        ("-5", 0),
        ("", 0),
    ],
)
def test_retry_after_is_read_in_both_forms_and_bounded(text, seconds):
    assert transport.retry_after(text, datetime(2026, 12, 1, 12, tzinfo=UTC)) == seconds


# ---- downloads ----


def test_no_page_touches_what_was_downloaded_already(world, proxy):
    artifact = models.better()
    proxy.choose = lambda one: "the answer is cut" if one.path.endswith(".onnx") else None
    world.release(artifact, 1)
    world.start()
    world.exchange()
    (partial,) = (one for one in (world.home / "tuf" / "partial").glob("*") if not one.suffix)
    have = partial.read_bytes()
    assert artifact.startswith(have)
    assert len(have) > len(artifact) / 2
    for lie in (one for one in liar.LIES if one not in (*TRUE, "the answer is cut", "a cached answer")):
        proxy.choose = lambda one, lie=lie: lie if one.path.endswith(".onnx") else None
        world.exchange()
        assert partial.read_bytes() == have, lie
        assert world.running() is None
    proxy.always(None)
    world.exchange()
    assert world.running() == 1
    assert world.agent.kept.get(sha(artifact)) == artifact


@pytest.mark.parametrize("exchange", ["metadata", "targets"])
def test_no_lie_about_the_repository_ends_the_agent_or_is_kept(world, proxy, exchange):
    world.start()
    world.exchange()
    for number, lie in enumerate(liar.LIES, 1):
        world.release(models.good(), number)
        proxy.always(lie, exchange)
        world.exchange()
        proxy.always(None)
        world.exchange()
        assert world.running() == number, lie
        assert world.agent.store.meta("updates_stop") == "", lie
    kept = [one.read_bytes() for one in (world.home / "files").iterdir()]
    assert not [one for one in kept if b"Guest network" in one]


def test_a_target_that_drips_gives_the_rest_its_turn_and_goes_on(world, proxy, monkeypatch):
    from edge_sync.agent.updating import fetcher

    monkeypatch.setattr(fetcher, "TARGET_SECONDS", 0.0)
    world.release(models.better(), 1)
    world.start()
    for _time in range(40):
        world.exchange()
        if world.running():
            break
    assert world.running() == 1
    assert len(world.portal.ranges) > 1


def test_a_head_that_drips_is_cut(world, proxy, monkeypatch):
    monkeypatch.setattr(web, "HEAD_SECONDS", 0.1)
    told = liar.Told(200, b"", {f"X-{n}": "y" for n in range(3)})

    class Slow:
        def __get__(self, handler, kind):
            def end() -> None:
                time.sleep(0.5)
                type(handler).__mro__[1].end_headers(handler)

            return end

    handler = proxy._server.RequestHandlerClass
    monkeypatch.setattr(handler, "end_headers", Slow(), raising=False)
    monkeypatch.setitem(liar.LIES, "200 with a page", lambda *_args: told)
    proxy.always("200 with a page")
    world.start()
    assert "does not answer" in lied_to(world)


# ---- what the portal itself refuses ----


def test_what_is_parked_is_sent_again_by_an_order_of_the_portal(ran):
    ran.parts(4)
    ran.judge()
    ran.portal.refuse = 1
    ran.exchange()
    (one,) = ran.portal.parked["parked"]
    assert ran.portal.parked["backlog"] == 1
    order = {name: one[name] for name in ("kind", "id", "digest")} | {"order": "send", "reason": "mended"}
    ran.portal.orders = [order]
    ran.exchange()
    ran.portal.orders = []
    ran.exchange()
    assert parts_of(ran) == [f"P-{number}" for number in range(1, 5)]
    assert (ran.portal.parked["parked"], ran.portal.parked["total"]) == ([], 0)
    assert [one["how"] for one in ran.portal.parked["left"]] == ["sent-again"]
    assert outbox.backlog(ran.agent.store) == 0


def test_an_order_about_other_content_is_not_obeyed(ran):
    ran.parts(4)
    ran.judge()
    ran.portal.refuse = 1
    ran.exchange()
    (one,) = ran.portal.parked["parked"]
    ran.portal.orders = [
        {"kind": "telemetry", "id": one["id"], "digest": "0" * 64, "order": "give-up", "reason": ""},
        {"kind": "telemetry", "id": one["id"], "digest": one["digest"], "order": "burn", "reason": ""},
        "give-up",
    ]
    ran.exchange()
    assert parking.parked(ran.agent.store) == [one]


def test_a_node_with_nothing_parked_tells_so_once_and_is_silent(ran):
    ran.portal.parked = {}
    ran.exchange()
    assert ran.portal.parked == {}
    ran.restart()
    ran.exchange()
    assert ran.portal.parked["total"] == 0


def test_a_report_that_the_portal_refuses_is_parked_and_comes_back_whole(ran, monkeypatch):
    monkeypatch.setattr(ran.portal, "take_reports", lambda body: 422)
    (ran.home / "commands").mkdir(exist_ok=True)
    (ran.home / "commands" / "stop-press-3").write_text("smoke")
    ran.judge()
    ran.exchange()
    (one,) = parking.parked(ran.agent.store)
    assert (one["kind"], one["records"]) == ("report", 1)
    monkeypatch.undo()
    parking.send_again(ran.agent.store, "report", one["id"], reason="the machine is back", now=ran.now)
    ran.exchange()
    assert ran.last_report()["state"] == "stopped"


def test_a_day_without_network_comes_once_and_in_order(ran, proxy):
    proxy.always("silence")
    for _hour in range(24):
        ran.parts(20)
        ran.judge()
        lied_to(ran)
        ran.later(3600)
    ran.now = datetime.now(UTC) + timedelta(minutes=5)
    proxy.always(None)
    ran.exchange()
    assert parts_of(ran) == [f"P-{number}" for number in range(1, 481)]
