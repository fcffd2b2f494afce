"""Asking for approval, and what ends a request."""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256

import pytest
from django.db import transaction
from django.utils import timezone

from approvals.errors import (
    AlreadyOpen,
    CommentMissing,
    EvidenceDamaged,
    GatesUnmet,
    TargetsUnfit,
    WrongState,
)
from approvals.models import ApprovalRequest, EvidencePack
from approvals.selectors.requests import number_next, pack_of
from approvals.services.policies import policy_set
from approvals.services.requests import request_submit, request_withdraw, requests_check
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.registry.services import champion_set
from mlops_portal.foundation.shell.models import Notification
from mlops_portal.foundation.wire import jcs
from mlops_portal.foundation.wire.errors import NotAllowed
from tests.approvals.world import Bench, add_version, golden_check, measured


def state_of(request: ApprovalRequest) -> str:
    return ApprovalRequest.objects.get(pk=request.pk).state


def test_the_evidence_is_frozen_and_known_by_its_digest(bench: Bench) -> None:
    request = bench.opened()
    pack = EvidencePack.objects.get()
    assert pack.digest == sha256(pack.body.encode()).hexdigest()
    body = jcs.parse(pack.body)
    assert body["artifact"] == bench.candidate.artifact_id
    assert body["targets"] == request.numbers == {"press-3": 2, "press-4": 2}
    assert body["manifest"]["digest"] == bench.candidate.manifest_digest
    assert sum(body["manifest"]["per_person"].values()) == 28
    assert [one["code"] for one in body["golden"]["results"]] == ["G-01", "G-02", "G-03", "G-04", "G-05"]
    assert body["measures"]["differences"]["macro_f1"]["low"] == pytest.approx(0.03)
    assert all(gate["met"] for gate in body["gates"])


def test_the_evidence_names_nobody(bench: Bench) -> None:
    bench.opened()
    body = EvidencePack.objects.get().body
    for person in (bench.cast.whole.ml_engineer, bench.cast.two.operator, bench.cast.whole.domain_expert):
        assert person.name not in body
        assert str(person.pk) in body


def test_submitting_tells_those_who_may_sign(bench: Bench) -> None:
    request = bench.submitted()
    assert state_of(request) == "submitted"
    assert ModelVersion.objects.get(pk=bench.candidate.pk).state == "in_review"
    told = {one.person for one in Notification.objects.filter(kind="approval.asked")}
    assert told == {
        bench.cast.two.quality_engineer,
        bench.cast.whole.quality_engineer,
    }


def test_a_missed_golden_part_cannot_be_submitted_by_anybody(bench: Bench) -> None:
    golden_check(bench.candidate, missed=("G-02",))
    request = bench.opened()
    with pytest.raises(GatesUnmet, match="Golden parts, all"):
        request_submit(by=request.asked_by, request=request, comment="It is urgent.")
    assert state_of(request) == "draft"


def test_a_golden_set_that_was_not_run_cannot_be_submitted(bench: Bench) -> None:
    bench.candidate.golden_checks.all().delete()
    request = bench.opened()
    with pytest.raises(GatesUnmet):
        request_submit(by=request.asked_by, request=request)


def test_an_unmet_soft_gate_needs_a_reason(bench: Bench) -> None:
    policy_set(by=bench.cast.whole.quality_engineer, model=bench.model, body={"fewest_rows": 5000})
    request = bench.opened()
    with pytest.raises(CommentMissing, match="Enough parts measured"):
        request_submit(by=request.asked_by, request=request)
    request_submit(by=request.asked_by, request=request, comment="The lot is small.")
    assert state_of(request) == "submitted"


def test_one_request_at_a_time_for_a_version_and_a_line(bench: Bench) -> None:
    bench.opened()
    with pytest.raises(AlreadyOpen):
        bench.opened()


def test_release_numbers_are_never_used_again(bench: Bench) -> None:
    first = bench.opened()
    request_withdraw(by=first.asked_by, request=first)
    assert bench.opened().numbers == {"press-3": 3, "press-4": 3}
    assert number_next(bench.presses[0]) == 2


def test_numbers_that_a_lost_portal_may_have_given_are_never_given_again(bench: Bench) -> None:
    press, other = bench.presses[0], number_next(bench.presses[1])
    with transaction.atomic():
        event_record(type="ledger.log.recovered", actor=SYSTEM, public={"numbers": {press.slug: 1003}})
    assert number_next(press) == 1004
    assert number_next(bench.presses[1]) == other


def test_machines_of_another_line_or_type_are_refused(bench: Bench) -> None:
    with pytest.raises(TargetsUnfit):
        bench.opened(assets=bench.presses)


def test_machines_that_run_different_versions_are_asked_for_apart(bench: Bench) -> None:
    champion_set(asset=bench.presses[1], version=bench.candidate, number=2)
    with pytest.raises(TargetsUnfit, match="different versions"):
        bench.opened()


def test_machines_that_run_this_version_already_are_refused(bench: Bench) -> None:
    for press in bench.presses:
        champion_set(asset=press, version=bench.candidate, number=2)
    with pytest.raises(TargetsUnfit, match="already"):
        bench.opened()


def test_another_version_of_the_same_bytes_is_another_version(bench: Bench) -> None:
    ModelVersion.objects.filter(pk=bench.candidate.pk).update(artifact=bench.champion.artifact_id)
    bench.candidate.refresh_from_db()
    assert bench.opened().version == bench.candidate


def test_machines_that_run_two_versions_of_the_same_bytes_are_asked_for_apart(bench: Bench) -> None:
    twin = add_version(bench.model, None, "one", measured(0.88), "")
    assert twin.artifact_id == bench.champion.artifact_id
    champion_set(asset=bench.presses[1], version=twin, number=2)
    with pytest.raises(TargetsUnfit, match="different versions"):
        bench.opened()


def test_operators_and_auditors_do_not_ask(bench: Bench) -> None:
    for by in (bench.cast.two.operator, bench.cast.two.auditor, bench.cast.one.ml_engineer):
        with pytest.raises(NotAllowed):
            bench.opened(by=by)


def test_a_withdrawn_request_gives_the_version_back(bench: Bench) -> None:
    request = bench.submitted()
    request_withdraw(by=request.asked_by, request=request, comment="Wrong machines.")
    assert state_of(request) == "withdrawn"
    assert ModelVersion.objects.get(pk=bench.candidate.pk).state == "candidate"
    with pytest.raises(WrongState):
        request_submit(by=request.asked_by, request=request)


def test_the_check_expires_what_ran_out(bench: Bench) -> None:
    request = bench.submitted()
    assert requests_check() == 0
    assert requests_check(now=timezone.now() + timedelta(days=8)) == 1
    assert state_of(request) == "expired"
    assert Event.objects.filter(type="approvals.request.expired").count() == 1


def test_the_check_voids_what_changed_and_tells_who_asked(bench: Bench) -> None:
    request = bench.submitted()
    policy_set(by=bench.cast.whole.quality_engineer, model=bench.model, body={"valid_days": 3})
    assert requests_check() == 1
    assert state_of(request) == "void"
    assert Notification.objects.get(kind="approval.over").person == request.asked_by


@pytest.mark.parametrize("what", ["golden", "champion", "artifact", "evidence"])
def test_each_thing_it_rests_on_voids_it(bench: Bench, what: str) -> None:
    request = bench.submitted()
    if what == "golden":
        bench.model.golden.filter(code="G-03").update(tolerance=0.9)
    elif what == "champion":
        champion_set(asset=bench.presses[1], version=bench.candidate, number=7)
    elif what == "evidence":
        EvidencePack.objects.update(body='{"gates":[]}')
    else:
        from django.core.files.storage import default_storage

        from mlops_portal.foundation.registry.services.artifacts import artifact_path

        default_storage.delete(artifact_path(bench.candidate.artifact_id))
    assert requests_check() == 1
    assert state_of(request) == "void"


def test_evidence_that_was_altered_is_not_shown(bench: Bench) -> None:
    request = bench.submitted()
    EvidencePack.objects.update(body=request.evidence.body.replace('"met":true', '"met":false', 1))
    with pytest.raises(EvidenceDamaged):
        pack_of(ApprovalRequest.objects.get(pk=request.pk))


def test_policies_are_counted_and_the_same_rules_change_nothing(bench: Bench) -> None:
    by = bench.cast.whole.quality_engineer
    first = policy_set(by=by, model=bench.model, body={"valid_days": 3})
    again = policy_set(by=by, model=bench.model, body={"valid_days": 3})
    other = policy_set(by=by, model=bench.model, body={"valid_days": 4})
    assert (first.version, again.pk, other.version) == (1, first.pk, 2)
    assert first.digest == sha256(jcs.canonical(first.body)).hexdigest()


def test_the_pack_reads_back_as_it_was_frozen(bench: Bench) -> None:
    request = bench.opened()
    assert json.loads(request.evidence.body) == pack_of(request)
