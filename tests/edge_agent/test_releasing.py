"""From an approved release to a model that runs; and everything that is refused on the way."""

import json
from datetime import timedelta

import pytest

from edge_sync.agent.machine.activations import Activations
from mlops_portal.foundation.wire import assertion, release
from tests.edge_agent import models
from tests.edge_agent.world import LINE, sha
from tests.wire.samples import EXPERT, QUALITY, SEAL, STRANGER

STEPS = ["desired", "downloading", "verified", "golden_passed", "active"]


@pytest.fixture
def ran(world):
    """A node that runs release 1, confirmed."""
    world.release(models.good(), 1)
    world.start()
    world.exchange()
    world.parts(20)
    world.judge()
    world.exchange()
    assert world.portal.states() == [(1, state) for state in [*STEPS, "confirmed"]]
    return world


def refused(world, reason):
    """The node refused the newest release for ``reason`` and went on as before."""
    world.exchange()
    world.exchange()
    last = world.last_report()
    assert last["state"] == "refused", last
    assert last["reason"].startswith(f"{reason}: "), last["reason"]
    assert world.running() == 1
    assert [one["reason"] for one in world.portal.reports.values()].count(last["reason"]) == 1
    return last


def test_an_approved_release_runs_and_every_step_is_reported(ran):
    assert ran.running() == 1
    assert len(ran.portal.all("predictions")) == 20
    assert {one["activation"] for one in ran.portal.all("predictions")} == {"press-3/1"}
    passed = next(one for one in ran.portal.reports.values() if one["state"] == "golden_passed")
    assert passed["measures"]["golden_samples"] == 2


def test_the_next_release_replaces_it_without_a_pause(ran):
    ran.release(models.better(), 2, fallback=sha(models.good()))
    ran.parts(3)
    ran.exchange()
    ran.judge()
    ran.exchange()
    assert ran.running() == 2
    assert ran.portal.all("predictions")[-1]["activation"] == "press-3/2"
    assert len(ran.portal.all("predictions")) == 23


def test_nothing_runs_without_an_approval(world):
    world.start()
    world.parts(5)
    world.judge()
    world.exchange()
    assert (world.running(), world.portal.batches, world.portal.reports) == (None, {}, {})


def test_an_old_number_is_refused(ran):
    ran.release(models.better(), 3)
    ran.exchange()
    assert ran.running() == 3
    ran.release(models.good(), 2)
    ran.exchange()
    assert ran.last_report()["reason"].startswith("old-number: ")
    assert (ran.last_report()["number"], ran.running()) == (2, 3)


def test_the_same_number_with_another_artifact_is_refused(ran):
    ran.release(models.better(), 1)
    refused(ran, "changed-content")


def test_a_release_that_a_stranger_signed_is_refused(ran):
    payload = ran.statement(models.better(), 2, person_id=STRANGER.id)
    ran.release(models.better(), 2, signed=release.Signed(payload, STRANGER.sign(payload)))
    refused(ran, "stranger")


def test_a_release_that_another_signed_in_a_name_is_refused(ran):
    payload = ran.statement(models.better(), 2)
    forged = EXPERT.sign(payload) | {"credential_id": QUALITY.credential}
    ran.release(models.better(), 2, signed=release.Signed(payload, forged))
    refused(ran, "signature")


def test_the_portals_seal_does_not_move_a_line_of_passkeys(ran):
    payload = ran.statement(models.better(), 2)
    sealed = assertion.seal(payload, SEAL, key_id="approval")
    ran.release(models.better(), 2, signed=release.Signed(payload, sealed))
    refused(ran, "assurance")


def test_an_approval_of_another_artifact_is_refused(ran):
    payload = ran.statement(models.good(), 2)
    ran.release(models.better(), 2, signed=release.Signed(payload, QUALITY.sign(payload)))
    refused(ran, "artifact-mismatch")


def test_an_expired_approval_is_refused(ran):
    payload = ran.statement(models.better(), 2, not_after=ran.now - timedelta(seconds=1))
    ran.release(models.better(), 2, signed=release.Signed(payload, QUALITY.sign(payload)))
    refused(ran, "expired")


def test_an_altered_statement_is_refused(ran):
    one = ran.release(models.better(), 2, publish=False)
    whole = json.loads(one.statement)
    whole["predicate"]["comment"] = "and press-4 too"
    other = release.signed_file(json.dumps(whole).encode(), one.envelope)
    ran.repository.put(f"lines/{LINE}/{one.digest}.statement.json", other)
    ran.repository.publish()
    refused(ran, "statement-missing")


def test_a_release_for_another_model_is_refused(ran):
    described = ran.spec(models.better(), 2, model="mill")
    ran.release(models.better(), 2, spec=described)
    refused(ran, "wrong-model")


def test_a_spec_of_another_artifact_is_refused(ran):
    described = ran.spec(models.good(), 2)
    ran.release(models.better(), 2, spec=described)
    refused(ran, "spec-mismatch")


def test_a_model_that_fails_a_golden_sample_is_refused_for_good(ran):
    ran.release(models.blind(), 2)
    last = refused(ran, "golden-failed")
    assert "G-790 is ok" in last["reason"]
    ran.restart()
    assert ran.running() == 1
    ran.exchange()
    assert ran.last_report() == last


def test_an_artifact_that_is_no_model_is_refused(ran):
    ran.release(b"MZ no model", 2)
    refused(ran, "golden-failed")


def test_a_roster_that_another_key_signed_stops_updates(ran):
    ran.put_roster(people=[STRANGER.entry()])
    payload = ran.statement(models.better(), 2, person_id=STRANGER.id)
    ran.release(models.better(), 2, signed=release.Signed(payload, STRANGER.sign(payload)), publish=False)
    ran.repository.publish(sign_roster_with="line")
    ran.exchange()
    assert ran.running() == 1
    assert "UnsignedMetadataError" in ran.agent.store.meta("updates_stop")


def test_an_altered_artifact_stops_the_update_and_nothing_else(ran):
    ran.release(models.better(), 2)
    place = ran.repository.targets / "lines" / LINE / f"{sha(models.better())}.onnx"
    altered = bytearray(models.better())
    altered[1000] ^= 1
    place.write_bytes(bytes(altered))
    ran.exchange()
    assert "LengthOrHashMismatchError" in ran.agent.store.meta("updates_stop")
    assert (ran.running(), ran.last_report()["state"]) == (1, "downloading")
    place.write_bytes(models.better())
    ran.exchange()
    assert ran.running() == 2


def test_expired_metadata_stops_updates_and_never_inference(ran):
    ran.release(models.better(), 2, publish=False)
    ran.repository.publish(expires=ran.now - timedelta(days=1))
    ran.parts(4)
    ran.judge()
    ran.exchange()
    assert "ExpiredMetadataError" in ran.agent.store.meta("updates_stop")
    assert (ran.running(), len(ran.portal.all("predictions"))) == (1, 24)


def test_a_clock_that_fell_back_stops_updates(ran):
    ran.later(-86_400)
    ran.release(models.better(), 2)
    ran.agent.update(ran.now)
    assert "set the clock" in ran.agent.store.meta("updates_stop")
    assert ran.running() == 1


def test_a_revocation_is_remembered_when_the_roster_forgets_it(ran):
    ran.put_roster(revoked=[QUALITY.credential])
    ran.repository.publish()
    ran.exchange()
    ran.put_roster()
    ran.release(models.better(), 2)
    refused(ran, "key")


def test_a_refusal_that_a_later_roster_mends_is_tried_again(ran):
    ran.put_roster(quorum={"domain_expert": 1})
    ran.release(models.better(), 2)
    refused(ran, "quorum")
    ran.put_roster()
    ran.repository.publish()
    ran.exchange()
    assert ran.running() == 2


def test_a_power_cut_between_the_switch_and_its_report_loses_nothing(ran, monkeypatch):
    ran.release(models.better(), 2, fallback=sha(models.good()))

    class PowerCut(BaseException):
        pass

    move = Activations.move

    def until_active(self, asset, number, artifact, state, **more):
        if state == "active":
            raise PowerCut
        move(self, asset, number, artifact, state, **more)

    with monkeypatch.context() as patch:
        patch.setattr(Activations, "move", until_active)
        with pytest.raises(PowerCut):
            ran.exchange()
    ran.restart()
    assert ran.running() == 2
    ran.exchange()
    assert ran.portal.states()[-1] == (2, "active")
