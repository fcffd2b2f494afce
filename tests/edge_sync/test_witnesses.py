"""Nodes witness the decision log: the agent's own witness against the real portal, without a network."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone

from edge_sync.agent.config import Config
from edge_sync.agent.disk import witnessed
from edge_sync.agent.disk.files import Files
from edge_sync.agent.disk.store import Store
from edge_sync.agent.sending.transport import Away
from edge_sync.agent.sending.witnessing import ROSTER, Witness
from edge_sync.keys.repository import repository
from mlops_portal.foundation.ledger.models import Cosignature, Dispute
from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.ledger.selectors import checkpoint_latest, events
from mlops_portal.foundation.ledger.selectors.keys import checkpoint_key, origin
from mlops_portal.foundation.ledger.services import event_record, log_sequence
from mlops_portal.foundation.ledger.types import sentence
from mlops_portal.foundation.shell.models import Notification
from mlops_portal.foundation.wire import note
from mlops_portal.foundation.wire.receipt import Delivery
from tests.edge_sync.plant import EdgePlant, ceremony, give_passkey
from tests.edge_sync.speaking import At, receipt_of


class InProcess:
    """The agent's way to the portal, through Django itself."""

    def __init__(self, at: At) -> None:
        self.at, self.away = at, False

    def deliver(self, method: str, path: str, *, kind: str, key: str, now: Any, body: bytes = b"") -> Any:
        if self.away:
            raise Away("the network is cut")
        return receipt_of(self.at.send(method, path, body), Delivery.of(kind, self.at.node, key, body))


class Watching:
    """One node's witness; ``look`` is one exchange."""

    def __init__(self, plant: EdgePlant, folder: Path, node: str = "node-2") -> None:
        folder.mkdir(exist_ok=True)
        self.line, self.way = plant.nodes[node].line.slug, InProcess(At(plant, node))
        self.config = Config(
            home=folder, portal="", node=node, line=self.line, assets={}, feed=folder, root=folder,
            key_file=folder, witness_s=1e-9,
        )  # fmt: skip
        self.store, self.files = Store(folder / "agent.sqlite3"), Files(folder / "files")
        self.key = plant.node_keys[node]
        self.learn()

    def learn(self) -> None:
        """What the TUF client does: keep the newest roster."""
        with self.store.transaction():
            self.store.set_meta(ROSTER, self.files.put(repository().roster_bytes(self.line)))

    def look(self) -> witnessed.Kept:
        now = timezone.now()
        Witness(self.config, self.store, self.files, self.key, self.way).exchange(now)  # type: ignore[arg-type]
        return witnessed.read(self.config.home, self.store, now)


def happen(count: int = 1, what: str = "a") -> None:
    for number in range(count):
        with transaction.atomic():
            event_record(type="ledger.history.accepted", actor=SYSTEM, public={"reason": f"{what}{number}"})
    log_sequence()


@pytest.fixture
def watching(plant: EdgePlant, tmp_path: Path) -> Watching:
    give_passkey(plant.cast.two.quality_engineer)
    ceremony()
    happen()
    return Watching(plant, tmp_path / "node")


def size_of(kept: witnessed.Kept) -> int:
    assert kept.checkpoint
    return kept.checkpoint.size


def forked(watching: Watching) -> witnessed.Kept:
    """The node sees a log of which an older copy is restored and goes on with other events."""
    with transaction.atomic():
        happen(5)
        seen = watching.look()
        transaction.set_rollback(True)
    happen(7, "b")
    return seen


def test_a_node_cosigns_what_extends_what_it_saw(watching: Watching) -> None:
    first = watching.look()
    happen(3)
    second = watching.look()
    assert size_of(second) >= size_of(first) + 3
    row = Cosignature.objects.get()
    assert row.checkpoint == checkpoint_latest()
    assert (row.witness, watching.look()) == (f"{origin()}/witness/node-2", second)
    shown = Client().get("/log/checkpoint").content.decode()
    assert shown == second.note
    assert Dispute.objects.count() == 0


def test_of_each_day_one_cosignature_is_kept(watching: Watching) -> None:
    for _time in range(3):
        happen()
        watching.look()
    assert Cosignature.objects.count() == 1


def test_a_cosignature_that_did_not_arrive_is_given_later(watching: Watching) -> None:
    watching.look()
    happen()
    deliver, given = watching.way.deliver, []

    def lost(method: str, path: str, **said: Any) -> Any:
        if method == "POST":
            given.append(path)
            raise Away("the answer was lost")
        return deliver(method, path, **said)

    watching.way.deliver = lost  # type: ignore[method-assign]
    with pytest.raises(Away):
        watching.look()
    watching.way.deliver = deliver  # type: ignore[method-assign]
    kept = watching.look()
    assert kept.told
    assert Cosignature.objects.get().checkpoint.size == size_of(kept)


def test_an_older_copy_of_the_database_that_went_on_is_refused_and_kept_as_evidence(
    watching: Watching, plant: EdgePlant
) -> None:
    seen = forked(watching)
    kept = watching.look()
    assert (kept.note, kept.told) == (seen.note, True)
    assert "no longer those from before" in kept.why or "it had" in kept.why or "other ones" in kept.why
    dispute = Dispute.objects.get()
    assert (dispute.kept, dispute.settled_at) == (seen.note, None)
    note.verify(dispute.kept, [note.public_key(origin(), checkpoint_key())])
    told = events(types=["ledger.checkpoint.refused"]).get()
    assert told.data["kept"] == seen.note
    assert "refuses a checkpoint" in sentence(told)
    assert Notification.objects.filter(kind="log.refused").exists()
    happen(40, "c")
    watching.look()
    assert Dispute.objects.count() == 1, "one history, told once"
    assert not Cosignature.objects.filter(checkpoint__size__gt=size_of(seen)).exists()


def test_a_shorter_log_is_refused(watching: Watching) -> None:
    with transaction.atomic():
        happen(5)
        watching.look()
        transaction.set_rollback(True)
    assert "it had" in watching.look().why


def test_a_log_of_another_key_is_no_evidence_and_is_not_cosigned(
    watching: Watching, settings: Any, tmp_path: Path
) -> None:
    first = watching.look()
    (tmp_path / "keys" / "checkpoint.pem").unlink()
    happen(3)
    assert watching.look() == first
    assert Dispute.objects.count() == 0


def test_rot_of_one_of_both_copies_takes_nothing_from_the_node(watching: Watching) -> None:
    seen = watching.look()
    (watching.config.home / "witness" / "kept.json").write_text("{")
    assert watching.look() == seen
    assert list((watching.config.home / "witness").glob("kept.json.aside-*"))
    happen()
    newer = watching.look()
    with watching.store.transaction():
        watching.store.set_meta(witnessed.META, {"note": 1})
    assert watching.look() == newer


def test_a_ceremony_says_that_the_log_goes_on_and_each_node_follows_once(watching: Watching) -> None:
    forked(watching)
    watching.look()
    found = ceremony(recover="the disk of the portal was replaced from Monday's copy")
    assert any("whatever nodes saw" in one for row in found["rosters"] for one in row["changes"])
    dispute = Dispute.objects.get()
    assert dispute.settled_at
    assert dispute.settled_why.endswith("Monday's copy")
    log_sequence()
    watching.learn()
    kept = watching.look()
    latest = checkpoint_latest()
    assert latest
    assert (kept.refused, size_of(kept)) == ("", latest.size)
    with transaction.atomic():  # the same recovery helps nobody a second time
        happen(5, "d")
        seen = watching.look()
        transaction.set_rollback(True)
    happen(9, "e")
    assert watching.look().note == seen.note
    assert Dispute.objects.filter(settled_at=None).count() == 1
    ceremony()
    watching.learn()
    assert watching.look().note == seen.note, "a ceremony about something else settles nothing"


@pytest.mark.parametrize("name", ["node-1", "node-2"])
def test_nobody_speaks_as_another_witness(watching: Watching, plant: EdgePlant, name: str) -> None:
    kept = watching.look()
    body = json.dumps({"nonce": "n", "note": kept.note}).encode()
    answer = At(plant, name).send("POST", "/api/v1/edge/cosignatures", body)
    assert answer.status_code == (200 if name == "node-2" else 422), answer.content


@pytest.mark.parametrize(
    "body",
    [{}, [], {"note": 1}, {"note": "x"}, {"note": "x" * 9000}, {"kept": "a", "refused": "b", "why": "c"}],
    ids=str,
)
def test_what_is_no_cosignature_and_no_evidence_is_refused(plant: EdgePlant, body: Any) -> None:
    node = At(plant, "node-2")
    for path in ("cosignatures", "disputes"):
        answer = node.send("POST", f"/api/v1/edge/{path}", json.dumps(body).encode())
        assert answer.status_code == 422, (path, answer.content)
    assert node.send("GET", "/api/v1/edge/checkpoint?old=x&nonce=1").status_code == 422
    assert Client().get("/api/v1/edge/checkpoint").status_code == 401


def test_the_pages_show_who_saw_the_log_and_who_refuses_it(watching: Watching, plant: EdgePlant) -> None:
    auditor = Client()
    auditor.force_login(plant.cast.two.auditor)
    watching.look()
    assert "node-2" in auditor.get("/log/").content.decode()
    forked(watching)
    watching.look()
    assert "Edge nodes saw another log than this one" in auditor.get("/log/").content.decode()
    assert "refuses the decision log" in auditor.get("/edge/node-2/").content.decode()
    said = auditor.get("/api/v1/events/witnesses/").json()
    assert [one["settled_at"] for one in said["disputes"]] == [None]
    assert said["seen"][0]["witness"].endswith("/node-2")


def test_the_ceremony_refuses_to_recover_a_log_without_a_checkpoint(plant: EdgePlant) -> None:
    with pytest.raises(Exception, match="no checkpoint yet"):
        call_command("keys_ceremony", "--yes", "--recover", "x", stdout=StringIO())
