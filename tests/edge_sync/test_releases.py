"""From an approval under a checkpoint to files that nodes take."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from edge_sync.errors import ReleaseNeedsApproval
from edge_sync.keys.repository import repository
from edge_sync.models import Release
from edge_sync.services.releases import release_claim
from edge_sync.tasks import publish
from mlops_portal.foundation.ledger.selectors import events
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.wire import release as wire
from monitoring.containment.services.disposing import containment_close
from monitoring.containment.services.opening import containment_ask
from monitoring.models import GoldenSample
from tests.directory.signing import SoftKey
from tests.edge_agent import models
from tests.edge_sync.decided import (
    approved,
    decide,
    make_model,
    make_request,
    make_version,
    passkey_signed,
    statement_of,
)
from tests.edge_sync.plant import EdgePlant, ceremony, give_passkey


@pytest.fixture
def version(plant: EdgePlant) -> ModelVersion:
    return make_version(make_model(plant.press, plant.cast.two.domain_expert), models.good())


@pytest.fixture
def key(plant: EdgePlant) -> SoftKey:
    """The quality engineer's passkey, known to nodes."""
    found = give_passkey(plant.cast.two.quality_engineer)
    ceremony()
    return found


@pytest.fixture
def approve(plant: EdgePlant, version: ModelVersion, key: SoftKey) -> Any:
    def do(numbers: dict[str, int], **more: Any) -> Any:
        person = plant.cast.two.quality_engineer
        return approved(version, plant.cast.line_2, numbers, person, key, **more)

    return do


def test_the_first_machine_goes_ahead(approve: Any, version: ModelVersion) -> None:
    approve({"press-2a": 1, "press-2b": 1})
    assert publish() == 1
    release = Release.objects.get()
    assert release.state == "canary"
    first, second = release.targets.order_by("asset__slug")
    assert (first.published_at is not None, second.published_at) == (True, None)
    found = repository().line_file("line-2", "press-2a.json")
    assert found is not None
    assert wire.parse(found).artifact == version.artifact_id
    assert repository().line_file("line-2", "press-2b.json") is None
    assert publish() == 0


def test_every_file_of_a_release_is_published(approve: Any, version: ModelVersion) -> None:
    approve({"press-2a": 1})
    publish()
    said = wire.parse(repository().line_file("line-2", "press-2a.json") or b"")
    for name in (
        f"{said.artifact}.onnx",
        f"{said.spec}.spec.json",
        f"{said.golden}.golden.json",
        f"{said.statements[0]}.statement.json",
    ):
        assert repository().line_file("line-2", name), name


def test_an_approval_is_claimed_once(approve: Any) -> None:
    request = approve({"press-2a": 1})
    assert release_claim(approval=request) is not None
    assert release_claim(approval=request) is None
    assert Release.objects.count() == 1


def test_a_decision_waits_for_its_checkpoint(plant: EdgePlant, version: ModelVersion, key: SoftKey) -> None:
    person = plant.cast.two.quality_engineer
    request = make_request(version, plant.cast.line_2, {"press-2a": 1}, person)
    payload = statement_of(request, person)
    decide(request, person, passkey_signed(payload, key), payload, logged=False)
    assert publish() == 0
    assert not Release.objects.exists()
    with pytest.raises(ReleaseNeedsApproval, match="checkpoint"):
        release_claim(approval=request)


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "rejected", "withdrawn", "void"])
def test_only_an_approved_request_becomes_a_release(approve: Any, state: str) -> None:
    request = approve({"press-2a": 1}, state=state)
    publish()
    with pytest.raises(ReleaseNeedsApproval):
        release_claim(approval=request)
    assert not Release.objects.exists()


def test_a_passkey_that_nodes_do_not_know_yet_waits_for_a_ceremony(
    plant: EdgePlant, version: ModelVersion
) -> None:
    ceremony()
    person = plant.cast.two.quality_engineer
    approved(version, plant.cast.line_2, {"press-2a": 1}, person, give_passkey(person))
    assert publish() == 0
    assert Release.objects.get().state == "staged"
    assert "Waits for a ceremony" in Release.objects.get().reason
    ceremony()
    assert publish() == 1
    assert Release.objects.get().reason == ""


def test_without_any_ceremony_nothing_is_published(plant: EdgePlant, version: ModelVersion) -> None:
    person = plant.cast.two.quality_engineer
    approved(version, plant.cast.line_2, {"press-2a": 1}, person, give_passkey(person))
    assert publish() == 0
    assert Release.objects.get().state == "staged"


def halted(sentence: str) -> None:
    assert publish() == 0
    found = Release.objects.get()
    assert found.state == "halted"
    assert sentence in found.reason
    assert repository().line_file("line-2", "press-2a.json") is None
    assert [one.data["new"] for one in events(types=["edge.release.moved"])] == ["halted"]


def test_a_seal_is_too_weak_for_a_passkey_line(plant: EdgePlant, version: ModelVersion, key: SoftKey) -> None:
    approved(version, plant.cast.line_2, {"press-2a": 1}, plant.cast.two.quality_engineer, None)
    halted("demands a passkey")


def test_an_approval_that_ran_out_is_halted(approve: Any) -> None:
    approve({"press-2a": 1}, not_after=timezone.now() - timedelta(minutes=1))
    halted("valid until")


def test_a_golden_set_that_changed_halts_the_release(approve: Any) -> None:
    approve({"press-2a": 1})
    GoldenSample.objects.update(tolerance=0.01)
    halted("golden set changed")


def test_an_artifact_that_changed_in_the_storage_halts_the_release(
    approve: Any, version: ModelVersion, settings: Any
) -> None:
    approve({"press-2a": 1})
    digest = version.artifact_id
    path = settings.VAR_DIR / "storage" / "artifacts" / digest[:2] / digest
    path.write_bytes(b"another model")
    halted("was changed")


def test_an_old_number_halts_the_release(approve: Any) -> None:
    approve({"press-2a": 5})
    publish()
    Release.objects.all().update(state="complete")
    approve({"press-2a": 4})
    publish()
    late = Release.objects.get(state="halted")
    assert "older than 5" in late.reason


def test_a_code_line_takes_the_portals_seal(plant: EdgePlant, version: ModelVersion) -> None:
    ceremony()
    approved(version, plant.cast.line_1, {"press-1a": 1}, plant.cast.one.quality_engineer, None)
    assert publish() == 1
    assert Release.objects.get().state == "waves"


def test_the_log_names_the_release_its_target_and_its_approval(approve: Any) -> None:
    request = approve({"press-2a": 7})
    publish()
    (event,) = events(types=["edge.release.published"])
    about = {(one.relation, one.kind, one.key) for one in event.subjects.all()}
    assert ("target", "release_target", "press-2a/7") in about
    assert ("approved_by", "approval_request", str(request.pk)) in about
    assert ("of", "model_version", "press/1") in about


def test_a_release_waits_for_parts_that_came_into_doubt_after_the_decision(
    approve: Any, plant: EdgePlant
) -> None:
    approve({"press-2a": 1, "press-2b": 1})
    asset = plant.cast.line_2.assets.get(slug="press-2a")
    doubt = containment_ask(
        by=plant.cast.two.quality_engineer, asset=asset, reason="Smell", until=timezone.now()
    )
    assert publish() == 0
    release = Release.objects.get()
    assert (release.state, doubt.code in release.reason) == ("staged", True)
    containment_close(by=plant.cast.two.quality_engineer, containment=doubt)
    assert publish() == 1
