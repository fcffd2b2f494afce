"""Nodes: enrolment, signed requests, reports and what follows from them."""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256
from io import StringIO
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from edge_sync.models import EnrolmentToken, NodeReport, NodeStatus, PublicKey, Release, ReleaseTarget
from edge_sync.selectors.running import running_on
from edge_sync.services.nodes import ENROLS
from edge_sync.tasks import publish
from mlops_portal.foundation.ledger.selectors import events
from mlops_portal.foundation.ledger.types import sentence
from mlops_portal.foundation.plant.models import Asset, Node
from mlops_portal.foundation.registry.selectors import champion_for
from mlops_portal.foundation.shell.models import Notification
from mlops_portal.foundation.wire import jcs, nodeauth, receipt
from mlops_portal.foundation.wire.receipt import Delivery, Receipt, Refusal
from monitoring.intake.selectors.approved import approved_version
from monitoring.models import Quarantined, TelemetryBatch, UnapprovedRun
from tests.edge_agent import models
from tests.edge_sync.decided import approved, make_model, make_version
from tests.edge_sync.plant import EdgePlant, ceremony, give_passkey


def receipt_of(answer: Any, delivery: Delivery) -> Receipt | Refusal | None:
    """What the agent reads in an answer to ``delivery``."""
    return receipt.read(
        delivery, status=answer.status_code, media_type=answer["Content-Type"], body=answer.content
    )


class At:
    """A node's side of the wire: signs requests and reports with its key."""

    def __init__(self, plant: EdgePlant, node: str) -> None:
        self.node, self.key, self.sequence = node, plant.node_keys[node], 0

    def send(self, method: str, path: str, body: bytes = b"", *, later: timedelta = timedelta()) -> Any:
        headers = nodeauth.sign(
            self.key, node=self.node, method=method, path=path, body=body, now=timezone.now() + later
        )
        return Client().generic(method, path, body, "application/json", headers=headers)

    def report(self, asset: str, number: int, state: str, artifact: str, reason: str = "") -> dict[str, Any]:
        self.sequence += 1
        said: dict[str, Any] = {
            "sequence": self.sequence,
            "asset": asset,
            "number": number,
            "artifact": artifact,
            "state": state,
            "reason": reason,
            "at": timezone.now().isoformat(timespec="seconds"),
            "measures": {},
        }
        return said | {"signature": self.key.sign(jcs.canonical(said)).hex()}

    def say(self, *reports: dict[str, Any]) -> Any:
        return self.send("POST", "/api/v1/edge/reports", json.dumps(reports).encode())


@pytest.fixture
def node(plant: EdgePlant) -> At:
    return At(plant, "node-2")


@pytest.fixture
def release(plant: EdgePlant) -> Release:
    person = plant.cast.two.quality_engineer
    key = give_passkey(person)
    ceremony()
    version = make_version(make_model(plant.press, plant.cast.two.domain_expert), models.good())
    approved(version, plant.cast.line_2, {"press-2a": 1, "press-2b": 1}, person, key)
    publish()
    return Release.objects.get()


@pytest.fixture
def artifact(release: Release) -> str:
    return release.approval.version.artifact_id


# ---- enrolment ----


def test_a_node_is_enrolled_by_command(plant: EdgePlant) -> None:
    call_command("node_enrol", "node-1", "--key", "CD" * 32, stdout=StringIO())
    assert Node.objects.get(slug="node-1").public_key == "cd" * 32
    assert PublicKey.objects.get(purpose="node node-1").key_id == "cd" * 32
    assert [one.data["key"] for one in events(types=["edge.node.enrolled"])] == ["cd" * 32]


@pytest.mark.parametrize("key", ["", "xy" * 32, "ab" * 16])
def test_what_is_no_key_enrols_nobody(plant: EdgePlant, key: str) -> None:
    with pytest.raises(CommandError, match="64 hex digits"):
        call_command("node_enrol", "node-1", "--key", key)


def test_two_nodes_never_share_a_key(plant: EdgePlant) -> None:
    with pytest.raises(CommandError, match="Another node"):
        call_command("node_enrol", "node-1", "--key", plant.nodes["node-2"].public_key)


def enrol(token: str, key: Ed25519PrivateKey, node: str = "node-1") -> Any:
    body = {
        "node": node,
        "token": token,
        "public_key": key.public_key().public_bytes_raw().hex(),
        "proof": key.sign(ENROLS + f"{node}\n{token}".encode()).hex(),
    }
    return Client().post("/api/v1/edge/enrol", body, content_type="application/json")


@pytest.fixture
def token(plant: EdgePlant) -> str:
    out = StringIO()
    call_command("node_enrol", "node-1", "--token", "--json", stdout=out)
    found: str = json.loads(out.getvalue())["token"]
    return found


def test_a_token_enrols_one_node_once(token: str) -> None:
    key = Ed25519PrivateKey.generate()
    assert enrol(token, key).status_code == 200
    assert Node.objects.get(slug="node-1").public_key == key.public_key().public_bytes_raw().hex()
    assert enrol(token, Ed25519PrivateKey.generate()).status_code == 403


def test_the_same_key_with_the_same_token_again_is_the_same_enrolment(token: str, plant: EdgePlant) -> None:
    key = Ed25519PrivateKey.generate()
    assert [enrol(token, key).status_code for _time in range(2)] == [200, 200]
    assert events(types=["edge.node.enrolled"]).count() == 1
    call_command("node_enrol", "node-1", "--key", "CD" * 32, stdout=StringIO())
    assert enrol(token, key).status_code == 403


def test_a_token_is_good_for_its_node_and_its_day_alone(token: str) -> None:
    key = Ed25519PrivateKey.generate()
    assert enrol(token, key, node="node-2").status_code == 403
    EnrolmentToken.objects.update(expires_at=timezone.now())
    assert enrol(token, key).status_code == 403


def test_a_key_that_the_node_does_not_hold_is_not_enrolled(token: str, plant: EdgePlant) -> None:
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()
    body = {"node": "node-1", "token": token, "public_key": other, "proof": "ab" * 64}
    assert Client().post("/api/v1/edge/enrol", body, content_type="application/json").status_code == 403


# ---- signed requests ----


def test_a_signed_request_is_heard(node: At) -> None:
    answer = node.send("GET", "/api/v1/edge/wanted?nonce=n7")
    assert receipt_of(answer, Delivery.of("wanted", "node-2", "n7", b"")) == Receipt({"rows": []})
    assert answer["Cache-Control"] == "no-store"
    assert NodeStatus.objects.get().node.slug == "node-2"


def test_a_stranger_a_late_clock_and_a_retired_node_are_not_heard(node: At, plant: EdgePlant) -> None:
    assert Client().get("/api/v1/edge/wanted").status_code == 401
    assert node.send("GET", "/api/v1/edge/wanted", later=timedelta(hours=2)).status_code == 401
    node.key = plant.node_keys["node-1"]
    assert node.send("GET", "/api/v1/edge/wanted").status_code == 401
    node.key = plant.node_keys["node-2"]
    Node.objects.filter(slug="node-2").update(retired_at=timezone.now())
    assert node.send("GET", "/api/v1/edge/wanted").status_code == 401
    assert not NodeStatus.objects.exists()


def test_a_person_is_no_node(plant: EdgePlant, client: Client) -> None:
    client.force_login(plant.cast.whole.administrator)
    assert client.get("/api/v1/edge/wanted").status_code == 401


BATCH = {
    "format": "mlops-portal/telemetry@1",
    "node": "node-2",
    "sequence": 1,
    "sent_at": "2026-11-22T12:00:00+00:00",
    "agent": "0.1.0",
    "backlog": 7,
    "windows": [],
    "predictions": [],
    "rows": [],
    "quarantined": [],
}


def send_batch(node: At, /, **changes: Any) -> Receipt | Refusal | None:
    batch = BATCH | changes
    body = json.dumps(batch).encode()
    answer = node.send("POST", "/api/v1/edge/telemetry", body)
    return receipt_of(answer, Delivery.of("telemetry", "node-2", str(batch["sequence"]), body))


def test_telemetry_is_taken_and_its_backlog_noted(node: At) -> None:
    assert send_batch(node) == Receipt({})
    assert send_batch(node) == Receipt({})
    status = NodeStatus.objects.get()
    assert (status.agent_version, status.backlog) == ("0.1.0", 7)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"backlog": 8}, "sequence-reused"),
        ({"node": "node-1"}, "not-this-node"),
        ({"windows": {}}, "invalid"),
        ({"agent": "x" * (1 << 20)}, "too-large"),
    ],
)
def test_what_the_portal_refuses_names_the_batch_and_the_reason(
    node: At, change: dict[str, Any], code: str
) -> None:
    send_batch(node)
    found = send_batch(node, **change)
    assert isinstance(found, Refusal)
    assert found.code == code
    assert found.sentence


def test_what_is_no_batch_at_all_is_refused_without_a_name(node: At) -> None:
    for body in (b"", b"[]", b"<html>", b"[" * 100_000):
        answer = node.send("POST", "/api/v1/edge/telemetry", body)
        found = receipt_of(answer, Delivery.of("telemetry", "node-2", "", body))
        assert isinstance(found, Refusal)
        assert found.code == "invalid"


# ---- a batch that is taken back, to come in smaller ones ----


def void(node: At, digest: str, *, sequence: int = 1, promise: bool = True) -> Receipt | Refusal | None:
    body = json.dumps({"digest": digest, "void": promise}).encode()
    answer = node.send("POST", f"/api/v1/edge/telemetry/{sequence}/void", body)
    return receipt_of(answer, Delivery.of("void", "node-2", str(sequence), body))


DIGEST = sha256(json.dumps(BATCH).encode()).hexdigest()


def test_the_portal_never_takes_what_it_promised_not_to_take(node: At) -> None:
    for _time in range(2):
        assert void(node, DIGEST) == Receipt({"taken": False})
    found = send_batch(node)
    assert isinstance(found, Refusal)
    assert found.code == "batch-void"
    assert TelemetryBatch.objects.get().state == "void"


def test_a_batch_that_arrived_is_not_taken_back(node: At) -> None:
    send_batch(node)
    assert void(node, DIGEST) == Receipt({"taken": True})
    assert send_batch(node) == Receipt({})


def test_a_question_promises_nothing(node: At) -> None:
    assert void(node, DIGEST, promise=False) == Receipt({"taken": False})
    assert send_batch(node) == Receipt({})


def test_other_content_under_a_number_is_not_taken_back(node: At) -> None:
    send_batch(node)
    found = void(node, "0" * 64)
    assert isinstance(found, Refusal)
    assert found.code == "sequence-reused"
    found = void(node, "no digest", sequence=2)
    assert isinstance(found, Refusal)
    assert found.code == "invalid"


# ---- reports ----


def test_each_step_moves_the_target_and_stands_in_the_log(node: At, release: Release, artifact: str) -> None:
    for state in ("desired", "downloading", "verified", "golden_passed", "active"):
        assert node.say(node.report("press-2a", 1, state, artifact)).status_code == 200
        assert ReleaseTarget.objects.get(asset__slug="press-2a").state == state
    told = events(types=["edge.target.reported"], subject=("release_target", "press-2a/1"))
    assert told.count() == 5
    assert "Golden samples passed" in [sentence(one).rpartition(": ")[2] for one in told]
    assert {(one.actor_kind, one.actor_id, one.channel) for one in told} == {("node", "node-2", "node")}


def test_the_first_confirmation_lets_the_others_follow(node: At, release: Release, artifact: str) -> None:
    node.say(node.report("press-2a", 1, "confirmed", artifact))
    publish()
    release.refresh_from_db()
    assert release.state == "waves"
    moved = [sentence(one) for one in events(types=["edge.release.moved"])]
    assert any(one.endswith("went from “First node” to “Rolling out”") for one in moved)
    assert all(one.published_at for one in release.targets.all())
    node.say(node.report("press-2b", 1, "confirmed", artifact))
    release.refresh_from_db()
    assert release.state == "complete"
    champion = champion_for(release.targets.last().asset)  # type: ignore[union-attr]  # there are two
    assert champion == release.approval.version


def test_what_was_refused_pauses_the_release_and_people_are_told(
    node: At, release: Release, artifact: str
) -> None:
    node.say(node.report("press-2a", 1, "refused", artifact, "golden-failed: G-820 is crack"))
    release.refresh_from_db()
    assert (release.state, "golden-failed" in release.reason) == ("paused", True)
    assert publish() == 0
    assert Notification.objects.filter(kind="edge-release", person=release.approval.asked_by).exists()
    assert champion_for(release.targets.first().asset) is None  # type: ignore[union-attr]  # there are two


def test_a_fallback_shows_as_a_mismatch(node: At, release: Release, artifact: str) -> None:
    node.say(node.report("press-2a", 1, "active", artifact))
    now = timezone.now()
    asset = ReleaseTarget.objects.get(asset__slug="press-2a").asset
    (row,) = running_on([asset], now=now)
    assert (row.matches, row.tone) == (True, "good")
    node.say(node.report("press-2a", 1, "fallen_back", artifact, "health: 9 of 10 parts"))
    (row,) = running_on([asset], now=now)
    assert (row.matches, row.tone, row.version) == (False, "bad", None)
    assert row.why == "health: 9 of 10 parts"
    (row,) = running_on([asset], now=now + timedelta(hours=1))
    assert row.unknown_since is not None


def test_an_emergency_stop_at_the_machine_is_seen(node: At, release: Release, artifact: str) -> None:
    node.say(node.report("press-2a", 1, "active", artifact))
    node.say(node.report("press-2a", 1, "stopped", artifact, "smoke"))
    asset = ReleaseTarget.objects.get(asset__slug="press-2a").asset
    (row,) = running_on([asset], now=timezone.now())
    assert (row.stopped, row.tone) == ("smoke", "bad")
    node.say(node.report("press-2a", 1, "resumed", artifact))
    (row,) = running_on([asset], now=timezone.now())
    assert row.tone == "good"


def test_a_report_is_taken_once_and_never_with_other_content(
    node: At, release: Release, artifact: str
) -> None:
    one = node.report("press-2a", 1, "desired", artifact)
    body = json.dumps([one]).encode()
    for _time in range(2):
        found = receipt_of(node.say(one), Delivery.of("reports", "node-2", "1", body))
        assert found == Receipt({})
    node.sequence -= 1
    other, new = (
        node.report("press-2a", 1, "active", artifact),
        node.report("press-2a", 1, "verified", artifact),
    )
    assert node.say(other, new).status_code == 200
    assert set(NodeReport.objects.values_list("state", flat=True)) == {"desired", "verified"}
    assert Quarantined.objects.get(check_key="altered").sort == "report"
    assert events(types=["monitoring.node.contradicted"]).count() == 1


def test_a_late_report_does_not_turn_back_what_came_after(node: At, release: Release, artifact: str) -> None:
    early = node.report("press-2a", 1, "verified", artifact)
    node.say(node.report("press-2a", 1, "active", artifact))
    node.say(early)
    assert ReleaseTarget.objects.get(asset__slug="press-2a").state == "active"


@pytest.mark.parametrize(
    "change",
    [
        {"state": "confirmed"},
        {"number": 2},
        {"artifact": "0" * 64},
        {"extra": 1},
        {"signature": "00"},
        {"asset": "press-1a"},
    ],
)
def test_a_report_that_was_changed_is_set_aside_and_those_beside_it_are_taken(
    node: At, release: Release, artifact: str, change: dict[str, Any]
) -> None:
    changed = node.report("press-2a", 1, "desired", artifact) | change
    assert node.say(changed, node.report("press-2a", 1, "verified", artifact)).status_code == 200
    assert NodeReport.objects.get().state == "verified"
    assert Quarantined.objects.get().check_key in ("signature", "format")


def test_a_node_reports_for_its_own_machines_alone(plant: EdgePlant, release: Release, artifact: str) -> None:
    other = At(plant, "node-1")
    assert other.say(other.report("press-2a", 1, "confirmed", artifact)).status_code == 200
    assert Quarantined.objects.get().check_key == "node"
    assert ReleaseTarget.objects.get(asset__slug="press-2a").state == "desired"


def test_confirming_another_artifact_makes_no_champion(node: At, release: Release) -> None:
    node.say(node.report("press-2a", 1, "confirmed", "0" * 64))
    target = ReleaseTarget.objects.get(asset__slug="press-2a")
    assert champion_for(target.asset) is None
    assert target.state == "desired"
    (row,) = running_on([target.asset], now=timezone.now())
    assert (row.tone, row.word) == ("bad", "runs what nobody approved")


def test_what_nobody_approved_is_over_when_an_approved_model_runs(
    node: At, release: Release, artifact: str
) -> None:
    node.say(node.report("press-2a", 1, "active", "0" * 64))
    UnapprovedRun.objects.update(seen_at=timezone.now() - timedelta(minutes=1))
    node.say(node.report("press-2a", 1, "active", artifact))
    assert UnapprovedRun.objects.get().ended_at is not None
    target = ReleaseTarget.objects.get(asset__slug="press-2a")
    (row,) = running_on([target.asset], now=timezone.now())
    assert (row.tone, target.state) == ("good", "active")


def test_a_version_approved_on_one_machine_is_approved_there_alone(
    plant: EdgePlant, release: Release, artifact: str
) -> None:
    here = ReleaseTarget.objects.get(asset__slug="press-2a").asset
    elsewhere = Asset.objects.get(slug="press-1a")
    assert approved_version(here, artifact) == release.approval.version
    assert approved_version(elsewhere, artifact) is None


def test_a_report_of_an_impossible_time_counts_from_when_it_came(
    node: At, release: Release, artifact: str
) -> None:
    said = node.report("press-2a", 1, "verified", artifact)
    del said["signature"]
    said["at"] = "0001-01-01T00:00:00+01:00"
    said["signature"] = node.key.sign(jcs.canonical(said)).hex()
    assert node.say(said).status_code == 200
    assert timezone.now() - NodeReport.objects.get().at < timedelta(minutes=5)
