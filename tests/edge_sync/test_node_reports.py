"""Reports of nodes, and what follows from them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from edge_sync.models import NodeReport, Release, ReleaseTarget
from edge_sync.selectors.running import running_on
from edge_sync.services.control import release_halt
from edge_sync.tasks import publish
from mlops_portal.foundation.ledger.selectors import events
from mlops_portal.foundation.ledger.types import sentence
from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.selectors import champion_for
from mlops_portal.foundation.shell.models import Notification
from mlops_portal.foundation.wire import jcs
from mlops_portal.foundation.wire.receipt import Delivery, Receipt
from monitoring.containment.selectors.words import why
from monitoring.intake.selectors.approved import approved_version
from monitoring.models import Containment, Quarantined, UnapprovedRun
from tests.edge_agent import models
from tests.edge_sync.decided import approved, make_model, make_version
from tests.edge_sync.plant import EdgePlant, ceremony, give_passkey
from tests.edge_sync.speaking import At, receipt_of


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


def test_what_a_version_judged_before_the_machine_went_back_from_it_is_in_doubt(
    node: At, release: Release, artifact: str
) -> None:
    node.say(node.report("press-2a", 1, "active", artifact))
    node.say(node.report("press-2a", 1, "fallen_back", artifact, "health: 9 of 10 parts"))
    doubt = Containment.objects.get()
    assert (doubt.trigger, doubt.activation, doubt.began) == ("fallen_back", "press-2a/1", "release")
    assert doubt.until is not None
    assert people_told(doubt)


def test_a_version_that_never_ran_puts_nothing_in_doubt(node: At, release: Release, artifact: str) -> None:
    node.say(node.report("press-2a", 1, "fallen_back", artifact, "never started"))
    assert not Containment.objects.exists()


def test_a_version_that_is_called_back_is_in_doubt_until_another_runs(
    node: At, release: Release, artifact: str, plant: EdgePlant
) -> None:
    node.say(node.report("press-2a", 1, "active", artifact))
    by = plant.cast.two.quality_engineer
    release_halt(by=by, release=release, reason="Scratches slip through")
    doubt = Containment.objects.get()
    assert (doubt.trigger, doubt.grows) == ("called_back", True)
    assert "Scratches slip through" in why(doubt)
    node.say(node.report("press-2a", 2, "active", "cd" * 32))
    doubt.refresh_from_db()
    assert not doubt.grows


def people_told(doubt: Containment) -> bool:
    return Notification.objects.filter(kind="containment.opened", params__code=doubt.code).exists()


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
