"""A draft follows what it rests on until it is submitted; from then on a change makes it void."""

from __future__ import annotations

import pytest
from django.core.files.storage import default_storage

from approvals.errors import EvidenceRenewed, GatesUnmet
from approvals.models import ApprovalRequest, EvidencePack
from approvals.selectors.requests import pack_of
from approvals.services.policies import policy_set
from approvals.services.requests import request_submit, requests_check
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.registry.services import champion_set
from mlops_portal.foundation.registry.services.artifacts import artifact_path
from tests.approvals.world import Bench, golden_check

pytestmark = pytest.mark.django_db


def again(request: ApprovalRequest) -> ApprovalRequest:
    return ApprovalRequest.objects.select_related("version__model", "line", "evidence", "policy").get(
        pk=request.pk
    )


def gathered() -> int:
    return Event.objects.filter(type="approvals.request.gathered").count()


def test_a_draft_from_before_the_golden_check_can_be_submitted_once_it_was_run(bench: Bench) -> None:
    bench.candidate.golden_checks.all().delete()
    draft = bench.opened()
    with pytest.raises(GatesUnmet):
        request_submit(by=draft.asked_by, request=draft)
    golden_check(bench.candidate)
    assert requests_check() == 0
    draft = again(draft)
    assert draft.state == "draft"
    assert pack_of(draft)["golden"]["run"]
    assert gathered() == 1
    request_submit(by=draft.asked_by, request=draft)
    assert again(draft).state == "submitted"


def test_who_submits_what_has_just_changed_is_asked_to_look_first(bench: Bench) -> None:
    draft = bench.opened()
    policy_set(by=bench.cast.whole.quality_engineer, model=bench.model, body={"valid_days": 3})
    with pytest.raises(EvidenceRenewed):
        request_submit(by=draft.asked_by, request=draft)
    draft = again(draft)
    assert (draft.state, draft.policy.body["valid_days"]) == ("draft", 3)
    request_submit(by=draft.asked_by, request=draft)
    assert again(draft).state == "submitted"


@pytest.mark.parametrize("what", ["golden", "policy"])
def test_a_draft_is_gathered_anew_where_a_request_is_void(bench: Bench, what: str) -> None:
    draft = bench.opened()
    before = draft.evidence_id
    if what == "golden":
        bench.model.golden.filter(code="G-03").update(tolerance=0.9)
    else:
        policy_set(by=bench.cast.whole.quality_engineer, model=bench.model, body={"valid_days": 3})
    for _time in range(2):
        assert requests_check() == 0
    draft = again(draft)
    assert draft.state == "draft"
    assert draft.evidence_id != before
    assert gathered() == 1


def test_a_draft_whose_machines_run_the_version_already_is_void(bench: Bench) -> None:
    draft = bench.opened()
    for press in bench.presses[1:]:
        champion_set(asset=press, version=bench.candidate, number=7)
    assert requests_check() == 1
    draft = again(draft)
    assert (draft.state, draft.closed_reason) == ("void", "These machines run this version already.")


def test_a_draft_whose_stored_evidence_was_altered_is_void(bench: Bench) -> None:
    draft = bench.opened()
    EvidencePack.objects.update(body='{"gates":[]}')
    assert requests_check() == 1
    assert again(draft).state == "void"


def test_a_file_that_is_gone_is_told_once(bench: Bench) -> None:
    draft = bench.opened()
    default_storage.delete(artifact_path(bench.candidate.artifact_id))
    for _time in range(3):
        requests_check()
    assert again(draft).state == "draft"
    assert gathered() == 1
    gates = {one["key"]: one["met"] for one in pack_of(again(draft))["gates"]}
    assert not gates["artifact"]
