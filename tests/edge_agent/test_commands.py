"""Commands at the node: enrolling with a token, and settling what is parked."""

from __future__ import annotations

import json

import pytest

from edge_sync.agent import __main__ as program
from edge_sync.agent.disk import outbox
from edge_sync.agent.sending import parking
from mlops_portal.foundation.wire import receipt
from mlops_portal.foundation.wire.receipt import Delivery
from tests.edge_agent import liar, models
from tests.edge_agent.portal import FakePortal


@pytest.fixture
def command(world, monkeypatch, capsys):
    """Run a command in this process: (its code, what it printed, what it said)."""

    def go(*arguments):
        monkeypatch.setattr("sys.argv", ["agent", "--home", str(world.home), *arguments])
        code = program.main()
        said = capsys.readouterr()
        return code, said.out, said.err

    return go


@pytest.fixture
def refused(world):
    """A node with one parked batch of four parts and one that arrived."""
    world.release(models.good(), 1)
    world.start()
    world.exchange()
    world.parts(4)
    world.judge()
    world.portal.refuse = 1
    world.exchange()
    return world


def name_of(world):
    (one,) = parking.parked(world.agent.store)
    return f"telemetry/{one['id']}"


def test_the_machine_names_what_is_parked_and_what_waits(refused, command):
    name = name_of(refused)
    _code, printed, _said = command("parked")
    assert json.loads(printed)[name]["reason"] == "It does not fit."
    _code, printed, _said = command("status")
    assert json.loads(printed)["sending"] == {"waiting": 0, "held": 0, "parked": 1, "why_not": ""}


def test_a_person_at_the_node_sends_again(refused, command):
    assert command("send-again", "--delivery", name_of(refused), "--reason", "mended")[0] == 0
    refused.exchange()
    assert [one["part"] for one in refused.portal.all("predictions")] == ["P-1", "P-2", "P-3", "P-4"]
    assert [(one["how"], one["reason"]) for one in refused.portal.parked["left"]] == [
        ("sent-again", "mended")
    ]
    assert outbox.backlog(refused.agent.store) == 0


def test_a_person_at_the_node_gives_up_and_the_portal_is_told(refused, command):
    assert command("give-up", "--delivery", "all", "--reason", "a test part")[0] == 0
    for _time in range(2):
        refused.exchange()
    assert refused.portal.all("predictions") == []
    assert [(one["how"], one["reason"]) for one in refused.portal.parked["left"]] == [
        ("given-up", "a test part")
    ]
    assert refused.agent.store.db.execute("SELECT count(*) FROM parked_deliveries").fetchone() == (0,)


def test_what_is_not_parked_cannot_be_settled(refused, command):
    code, _printed, said = command("give-up", "--delivery", "telemetry/1", "--reason", "x")
    assert (code, name_of(refused) in said) == (2, True)


def test_a_batch_whose_number_the_portal_knows_otherwise_is_sent_again_under_a_new_one(refused):
    store = refused.agent.store
    with store.transaction() as db:
        db.execute("UPDATE parked_deliveries SET code = 'sequence-reused'")
    (one,) = parking.parked(store)
    refused.portal.digests[int(one["id"])] = "other"
    parking.send_again(store, "telemetry", one["id"], reason="restored from a copy", now=refused.now)
    refused.exchange()
    assert len(refused.portal.all("predictions")) == 4
    assert not parking.parked(store)


def test_a_home_without_a_store_says_so(world, command):
    code, _printed, said = command("parked")
    assert (code, said.count("\n")) == (2, 1)
    (world.home / "agent.sqlite3").write_bytes(b"not a database at all" * 100)
    code, _printed, said = command("parked")
    assert (code, said.count("\n")) == (2, 1)


# ---- enrolling ----


def enrolling(monkeypatch):
    def take(portal, path, body):
        said = json.loads(body)
        delivery = Delivery.of("enrolment", said["node"], said["public_key"], body)
        return 200 if said["token"] == "good" else 403, delivery, {}

    monkeypatch.setattr(FakePortal, "take", take)
    monkeypatch.setattr(FakePortal, "unsigned", ("/enrol",))


def test_a_node_is_enrolled_when_the_receipt_names_its_key(world, command, monkeypatch):
    enrolling(monkeypatch)
    code, printed, _said = command("enrol", "--token", "good")
    assert (code, len(printed.strip())) == (0, 64)
    assert command("key")[1] == printed


def test_a_refused_token_is_said_in_the_portals_words(world, command, monkeypatch):
    enrolling(monkeypatch)
    code, printed, said = command("enrol", "--token", "old")
    assert (code, printed, "It does not fit." in said) == (2, "", True)


@pytest.mark.parametrize("lie", ["200 with a page", "an echo", "204", "302 to a sign-in page", "silence"])
def test_no_page_enrols_a_node(world, command, monkeypatch, lie):
    enrolling(monkeypatch)
    proxy = liar.LyingProxy(world.portal.url)
    world.write_config(portal=proxy.url)
    proxy.always(lie)
    code, printed, said = command("enrol", "--token", "good")
    proxy.close()
    assert (code, printed, said.count("\n")) == (2, "", 1)
    assert "try again" in said
    assert receipt.FORMAT not in said
