"""No model runs on a machine that a named person did not approve: each way around it, tried.

The thief may have the database and every key that lies beside the portal. On a line that demands passkeys
the node refuses whatever they publish. On a line where password and code suffice the portal itself vouches
for people: there the thief of its approval key succeeds, and the last test says so.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from approvals.models import ApprovalRequest, Decision
from approvals.selectors.seal_key import seal_key, seal_public
from edge_sync.errors import NotPublished, ReleaseNeedsApproval
from edge_sync.keys import online
from edge_sync.keys.repository import layout, repository
from edge_sync.models import Release
from edge_sync.repository import roles
from edge_sync.services.releases import release_claim
from edge_sync.tasks import publish
from mlops_portal.foundation.wire import assertion, jcs
from mlops_portal.foundation.wire.release import Signed
from tests.attacks.node import RealNode
from tests.attacks.scene import Scene, sql
from tests.directory.signing import SoftKey
from tests.edge_sync.decided import approved, make_request, passkey_signed, statement_of
from tests.edge_sync.plant import give_passkey
from tests.wire.samples import spki

Stays = Callable[[str], None]


def unsigned(scene: Scene, **more: Any) -> ApprovalRequest:
    """A request about the evil version on which nobody decided."""
    line = scene.plant.cast.line_2
    by = scene.plant.cast.two.ml_engineer
    return make_request(scene.evil, line, {"press-2a": 2}, by, **({"state": "submitted"} | more))


# ---- through the portal ----


def test_the_service_makes_no_release_without_an_approval(scene: Scene) -> None:
    before = Release.objects.count()
    with pytest.raises(ReleaseNeedsApproval):
        release_claim(approval=unsigned(scene))
    assert publish() == 0
    assert Release.objects.count() == before


def test_the_api_makes_no_release_at_all(scene: Scene, client_for: Any) -> None:
    before = Release.objects.count()
    for person in (scene.plant.cast.whole.ml_engineer, scene.plant.cast.whole.administrator):
        answer = client_for(person).post(
            "/api/v1/releases/",
            json.dumps({"approval": str(unsigned(scene, state="rejected").pk)}),
            content_type="application/json",
        )
        assert answer.status_code == 403
        assert answer.json()["type"].endswith("release-needs-approval")
    assert Release.objects.count() == before


# ---- with the database ----


def test_an_approval_written_by_sql_waits_for_ever(scene: Scene, node: RealNode) -> None:
    request = unsigned(scene)
    sql("UPDATE approvals_approvalrequest SET state = 'approved' WHERE id = %s", request.pk.hex)
    assert ApprovalRequest.objects.get(pk=request.pk).state == "approved"
    assert publish() == 0
    node.exchange()
    assert node.running() == scene.good


def test_a_release_written_by_sql_is_halted_before_it_is_published(scene: Scene, node: RealNode) -> None:
    request = unsigned(scene, state="approved")
    now = timezone.now().isoformat()
    columns = "(approval_id, state, created_at, reason)"
    sql(f"INSERT INTO edge_sync_release {columns} VALUES (%s, 'staged', %s, '')", request.pk.hex, now)
    release = Release.objects.get(approval=request)
    sql(
        "INSERT INTO edge_sync_releasetarget "
        "(release_id, asset_id, number, state, reason, descriptor_digest) "
        "VALUES (%s, %s, 2, 'desired', '', '')",
        release.pk,
        scene.plant.assets["press-2a"].pk,
    )
    assert publish() == 0
    release.refresh_from_db()
    assert release.state == "halted"
    node.exchange()
    assert node.running() == scene.good


def test_a_decision_altered_by_sql_is_halted_and_its_node_refuses(
    scene: Scene, stays_on_version_1: Stays
) -> None:
    """The signed approval of one version, rewritten to be about another."""
    person = scene.plant.cast.two.quality_engineer
    request = approved(scene.version, scene.plant.cast.line_2, {"press-2a": 2}, person, scene.key)
    decision = Decision.objects.get(request=request)
    altered = decision.statement.replace(scene.good, scene.evil.artifact_id)
    sql("UPDATE approvals_decision SET statement = %s WHERE id = %s", altered, decision.pk.hex)
    sql("UPDATE approvals_approvalrequest SET version_id = %s WHERE id = %s", scene.evil.pk, request.pk.hex)
    assert publish() == 0
    assert "another statement" in Release.objects.get(approval=request).reason
    scene.steal("line-2", "press-2a", 2, Signed(altered.encode(), decision.envelope))
    stays_on_version_1("challenge")


# ---- with the database and every online key: straight to the nodes ----


def test_a_statement_under_a_passkey_that_is_not_the_persons_is_refused(
    scene: Scene, stays_on_version_1: Stays
) -> None:
    payload = statement_of(unsigned(scene), scene.plant.cast.two.quality_engineer)
    scene.steal("line-2", "press-2a", 2, Signed(payload, passkey_signed(payload, SoftKey())))
    stays_on_version_1("key")


def test_a_passkey_that_the_thief_added_to_the_database_is_refused(
    scene: Scene, stays_on_version_1: Stays
) -> None:
    person = scene.plant.cast.two.quality_engineer
    own = give_passkey(person)
    request = approved(scene.evil, scene.plant.cast.line_2, {"press-2a": 2}, person, own)
    assert publish() == 0
    decision = Decision.objects.get(request=request)
    scene.steal("line-2", "press-2a", 2, Signed(decision.statement.encode(), decision.envelope))
    stays_on_version_1("key")


def test_a_person_whom_the_roster_does_not_know_is_refused(scene: Scene, stays_on_version_1: Stays) -> None:
    key = SoftKey()
    payload = statement_of(unsigned(scene), scene.plant.cast.two.operator)
    scene.steal("line-2", "press-2a", 2, Signed(payload, passkey_signed(payload, key)))
    stays_on_version_1("stranger")


def test_the_approval_of_another_artifact_is_refused(scene: Scene, stays_on_version_1: Stays) -> None:
    one = Decision.objects.get(request=scene.first)
    carried = Signed(one.statement.encode(), one.envelope)
    scene.steal("line-2", "press-2a", 2, carried)
    stays_on_version_1("wrong-target")


def test_a_genuine_reject_is_no_approval(scene: Scene, stays_on_version_1: Stays) -> None:
    payload = statement_of(unsigned(scene), scene.plant.cast.two.quality_engineer, verdict="reject")
    scene.steal("line-2", "press-2a", 2, Signed(payload, passkey_signed(payload, scene.key)))
    stays_on_version_1("not-an-approval")


def test_the_stolen_approval_key_moves_no_node_of_a_passkey_line(
    scene: Scene, stays_on_version_1: Stays
) -> None:
    payload = statement_of(unsigned(scene), scene.plant.cast.two.quality_engineer)
    seal = assertion.seal(payload, seal_key(), key_id=seal_public()[0])
    scene.steal("line-2", "press-2a", 2, Signed(payload, seal))
    stays_on_version_1("assurance")


def test_a_release_that_names_no_statement_is_not_even_read(scene: Scene, node: RealNode) -> None:
    scene.steal("line-2", "press-2a", 2)
    node.exchange()
    assert "at least one statement" in node.updates_stop()
    assert node.running() == scene.good


def test_an_old_release_published_again_is_refused(scene: Scene, node: RealNode) -> None:
    """Going back to a weaker model by replaying its genuine approval."""
    person = scene.plant.cast.two.quality_engineer
    old = repository().line_file("line-2", "press-2a.json")
    approved(scene.evil, scene.plant.cast.line_2, {"press-2a": 2}, person, scene.key)
    assert publish() == 1
    node.exchange()
    assert node.running() == scene.evil.artifact_id
    repository().publish(line="line-2", files={"press-2a.json": old or b""}, now=timezone.now())
    node.exchange()
    node.exchange()
    assert node.last_reason().startswith("old-number: ")
    assert node.running() == scene.evil.artifact_id


def test_another_model_under_the_same_number_is_refused(scene: Scene, stays_on_version_1: Stays) -> None:
    payload = statement_of(unsigned(scene), scene.plant.cast.two.quality_engineer)
    scene.steal("line-2", "press-2a", 1, Signed(payload, passkey_signed(payload, scene.key)))
    stays_on_version_1("changed-content")


# ---- forging who may approve ----


def forged_roster(scene: Scene, key: SoftKey) -> bytes:
    """The published roster with the thief's passkey in the quality engineer's place."""
    whole: Any = jcs.parse(repository().roster_bytes("line-2"))
    for one in whole["people"]:
        if one["id"] == str(scene.plant.cast.two.quality_engineer.pk):
            own = {"id": assertion.b64url(key.id), "public_key": assertion.b64url(spki(key.private))}
            one["passkeys"] = [own]
    return jcs.canonical(whole | {"version": whole["version"] + 1})


@pytest.mark.parametrize("signing", ["timestamp", "snapshot", "line-line-2", "line-line-1"])
def test_a_roster_forged_with_an_online_key_is_not_published_and_stops_updates_alone(
    scene: Scene, node: RealNode, signing: str
) -> None:
    data = forged_roster(scene, SoftKey())
    before = repository().read().targets
    assert before is not None
    delegations = before.signed.delegations
    made = roles.targets(
        version=before.signed.version + 1, expires=before.signed.expires, rosters={"line-2": data}, lines={}
    )
    made.signed.delegations = delegations
    made.sign(online.signer(signing))
    with pytest.raises(NotPublished, match="0 of 1 valid"):
        repository().install(root=None, targets=made, rosters={"line-2": data}, now=timezone.now())
    by_hand(made, data)
    node.exchange()
    assert "UnsignedMetadataError" in node.updates_stop()
    assert node.running() == scene.good


def by_hand(made: Any, roster: bytes) -> None:
    """Past the portal's own checks: the thief writes the files, signed with the online keys."""
    state = repository().read()
    assert state.snapshot is not None
    assert state.timestamp is not None
    now = timezone.now()
    versions = state.versions() | {"targets": made.signed.version}
    snapshot = roles.snapshot(version=state.snapshot.signed.version + 1, now=now, versions=versions)
    snapshot.sign(online.signer("snapshot"))
    timestamp = roles.timestamp(
        version=state.timestamp.signed.version + 1, now=now, snapshot_version=snapshot.signed.version
    )
    timestamp.sign(online.signer("timestamp"))
    layout().put(layout().targets, {"roster/line-2.json": roster})
    layout().put(
        layout().metadata,
        {
            f"{made.signed.version}.targets.json": roles.dump(made),
            f"{snapshot.signed.version}.snapshot.json": roles.dump(snapshot),
            "timestamp.json": roles.dump(timestamp),
        },
    )


def test_a_forged_roster_under_the_genuine_signature_is_refused(scene: Scene, node: RealNode) -> None:
    """The node keeps files by digest, so one that never saw the genuine roster is asked."""
    (layout().targets / "roster" / "line-2.json").write_bytes(forged_roster(scene, SoftKey()))
    for kept in (node.agent.config.home / "files").rglob("*"):
        if kept.is_file() and b"mlops-portal/roster@1" in kept.read_bytes():
            kept.unlink()
    node.exchange()
    assert "LengthOrHashMismatchError" in node.updates_stop()
    assert node.running() == scene.good


# ---- what does not hold, said plainly ----


def test_on_a_portal_trusted_line_the_thief_of_the_approval_key_succeeds(
    scene: Scene, weak_node: RealNode
) -> None:
    """Password and code leave no proof that a node could check: the portal's word is all it has."""
    line = scene.plant.cast.line_1
    person = scene.plant.cast.one.quality_engineer
    request = make_request(scene.evil, line, {"press-1a": 2}, person, state="submitted")
    payload = statement_of(request, person)
    seal = assertion.seal(payload, seal_key(), key_id=seal_public()[0])
    scene.steal("line-1", "press-1a", 2, Signed(payload, seal))
    weak_node.exchange()
    assert weak_node.running() == scene.evil.artifact_id
