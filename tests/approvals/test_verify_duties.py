"""What a decision rests on, as the auditor's verifier judges it: duties kept apart, gates, grounds."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest

from approvals.verify.people import check_grounds
from approvals.verify.proofs import Fault
from approvals.verify.reading import Export, Facts, subject
from mlops_portal.foundation.wire.jcs import canonical

SIGNER, TRAINER, ASKER, TEACHER = "signer", "trainer", "asker", "teacher"
RULES = {"label_share": 0.2}


def pack() -> dict[str, Any]:
    return {
        "version": "press/2", "artifact": "a" * 64, "targets": {"press-3": 2},
        "asked_by": ASKER, "trained_by": TRAINER,
        "manifest": {"digest": "", "per_person": {TEACHER: 9, SIGNER: 1}},
        "policy": {"digest": sha256(canonical(RULES)).hexdigest(), "rules": RULES},
        "gates": [{"kind": "hard", "met": True}, {"kind": "soft", "met": False}],
    }  # fmt: skip


def events(asker: str = ASKER, trainer: str = TRAINER) -> list[dict[str, Any]]:
    return [
        {"type": "approvals.request.opened", "actor": {"kind": "person", "id": asker},
         "subjects": [{"relation": "about", "kind": "approval_request", "id": "r1"}]},
        {"type": "registry.version.added", "actor": {"kind": "person", "id": trainer},
         "subjects": [{"relation": "about", "kind": "model_version", "id": "press/2"}]},
    ]  # fmt: skip


@pytest.fixture
def judge(tmp_path) -> Callable[..., None]:
    """Judge a decision on a pack, in the light of what events say."""

    def judged(
        found: dict[str, Any], kept: list[dict[str, Any]], *, verdict: str = "approve", rules=None
    ) -> None:
        for name, value in (
            ("evidence/e.json", found),
            ("policies/press/1.json", {"rules": rules or RULES}),
        ):
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(canonical(value))
        body = {
            "evidence": "e", "policy": "press/1", "request": "r1", "verdict": verdict,
            "person": {"id": SIGNER, "name": "S"}, "targets": {"press-3": 2},
        }  # fmt: skip
        said = {"subject": [{"digest": {"sha256": "a" * 64}}], "predicate": body}
        facts = Facts({"filter": {}}, [], kept=kept)
        check_grounds(Export(tmp_path), facts, "the statement", said)

    return judged


def test_somebody_who_had_no_hand_in_it_may_decide(judge):
    judge(pack(), events())


@pytest.mark.parametrize("field", ["asked_by", "trained_by"])
def test_who_asked_or_trained_may_not(judge, field):
    kept = events(**{"asker" if field == "asked_by" else "trainer": SIGNER})
    with pytest.raises(Fault, match="asked for it or trained it"):
        judge({**pack(), field: SIGNER}, kept)


@pytest.mark.parametrize(("asker", "trainer"), [(SIGNER, TRAINER), (ASKER, SIGNER)])
def test_evidence_that_hides_who_asked_or_trained_does_not_fit_the_log(judge, asker, trainer):
    with pytest.raises(Fault, match="somebody else"):
        judge(pack(), events(asker, trainer))


def test_who_gave_too_many_labels_may_not(judge):
    found = pack()
    found["manifest"]["per_person"][SIGNER] = 3
    with pytest.raises(Fault, match="share of the labels"):
        judge(found, events())


def test_a_hard_gate_that_is_not_met_forbids_to_approve_but_not_to_reject(judge):
    found = pack()
    found["gates"][0]["met"] = False
    with pytest.raises(Fault, match="hard gate"):
        judge(found, events())
    judge(found, events(), verdict="reject")


def test_a_policy_that_is_not_the_one_in_the_evidence_is_found(judge):
    with pytest.raises(Fault, match="policy"):
        judge(pack(), events(), rules={"label_share": 0.9})


def test_evidence_about_another_artifact_or_machine_is_found(judge):
    for change in ({"artifact": "b" * 64}, {"targets": {"press-3": 3}}):
        with pytest.raises(Fault, match="different artifacts or machines"):
            judge({**pack(), **change}, events())


def test_a_version_that_grew_from_another_is_the_one_that_its_event_is_about() -> None:
    named = [{"kind": "model_version", "id": key, "relation": role} for key, role in
             (("press/2", "about"), ("press/1", "parent"))]  # fmt: skip
    event = {"id": "e", "subjects": named}
    assert subject(event, "model_version", role="about") == "press/2"
    with pytest.raises(Fault, match="more than one"):
        subject(event, "model_version")
