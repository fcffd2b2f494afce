"""Deciding: what a signature must be, and who may give it."""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256

import pytest
from django.utils import timezone

from approvals.errors import (
    AlreadyDecided,
    CommentMissing,
    Excluded,
    Expired,
    GatesUnmet,
    StatementChanged,
    TooWeak,
    Void,
    WrongState,
)
from approvals.models import ApprovalRequest, Decision
from approvals.selectors.duties import who_may_sign
from approvals.selectors.passkeys import passkeys_of
from approvals.selectors.requests import approved_unclaimed
from approvals.selectors.seal_key import seal_key, seal_public
from approvals.services.decisions import decide
from approvals.services.opening import opened_at, request_opened
from approvals.services.policies import line_policy_set, policy_set
from approvals.services.requests import request_submit
from approvals.services.sealing import statement_seal
from approvals.services.statements import statement_for
from approvals.transitions import Assurance
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.wire import statement as wire
from mlops_portal.foundation.wire.assertion import AssertionRefused, b64url, seal
from mlops_portal.foundation.wire.errors import Invalid, NotAllowed
from tests.approvals.world import Bench, envelope_of, golden_check


def types() -> list[str]:
    return list(Event.objects.order_by("id").values_list("type", flat=True))


def test_a_quality_engineer_approves_with_a_passkey(bench: Bench) -> None:
    request = bench.submitted()
    decision = bench.sign(request, bench.cast.two.quality_engineer)
    request.refresh_from_db()
    assert (request.state, decision.assurance, decision.role) == ("approved", "passkey", "quality_engineer")
    assert ModelVersion.objects.get(pk=bench.candidate.pk).state == "approved"
    assert list(approved_unclaimed()) == [request]
    assert types()[-3:] == [
        "approvals.decision.signed",
        "registry.version.moved",
        "approvals.request.approved",
    ]


def test_the_stored_statement_is_what_was_signed_and_says_everything(bench: Bench) -> None:
    request = bench.submitted()
    decision = bench.sign(request, bench.cast.two.quality_engineer)
    said = wire.parse(decision.statement.encode())
    assert said.artifact == bench.candidate.artifact_id
    assert said.targets == {"press-3": 2, "press-4": 2}
    assert said.predecessors == dict.fromkeys(said.targets, bench.champion.artifact_id)
    assert said.fallback == bench.champion.artifact_id
    assert said.evidence == request.evidence_id == sha256(request.evidence.body.encode()).hexdigest()
    assert said.person_name == bench.cast.two.quality_engineer.name
    assert "Press 3 as release 2" in said.meaning
    event = Event.objects.get(type="approvals.decision.signed")
    assert event.data["statement"] == sha256(decision.statement.encode()).hexdigest()
    (key,) = passkeys_of(bench.cast.two.quality_engineer)
    assert event.data["key"] == {"id": key.id, "public": b64url(key.public_key)}
    assert said.person_name not in event.public


def test_the_meaning_is_in_the_words_of_the_person_who_signs(bench: Bench) -> None:
    by = bench.cast.two.quality_engineer
    asked = statement_for(by=by, request=bench.submitted())
    assert asked.meaning.startswith(f"I, {by.name}, Quality engineer, approve the release of Press quality")


@pytest.mark.parametrize(("verdict", "state"), [("return", "returned"), ("reject", "rejected")])
def test_one_return_or_reject_ends_the_request(bench: Bench, verdict: str, state: str) -> None:
    request = bench.submitted()
    bench.sign(request, bench.cast.two.quality_engineer, verdict, "Misses G-04 too often.")
    request.refresh_from_db()
    assert (request.state, request.closed_reason) == (state, "Misses G-04 too often.")
    assert ModelVersion.objects.get(pk=bench.candidate.pk).state == state


def test_a_return_without_a_reason_is_refused(bench: Bench) -> None:
    with pytest.raises(CommentMissing):
        bench.sign(bench.submitted(), bench.cast.two.quality_engineer, "return")


@pytest.mark.parametrize(
    ("lies", "reason"),
    [
        ({"flags": 0}, "verification"),
        ({"origin": "https://elsewhere.example"}, "origin"),
        ({"crossOrigin": True}, "cross-origin"),
        ({"topOrigin": "https://elsewhere.example"}, "cross-origin"),
        ({"challenge": "AAAA"}, "challenge"),
        ({"type": "webauthn.create"}, "type"),
    ],
)
def test_a_signature_that_proves_something_else_is_refused_and_logged(
    bench: Bench, lies: dict[str, object], reason: str
) -> None:
    request = bench.submitted()
    statement, envelope = bench.signed(request, bench.cast.two.quality_engineer, **lies)
    with pytest.raises(AssertionRefused) as error:
        decide(by=bench.cast.two.quality_engineer, request=request, statement=statement, envelope=envelope)
    assert error.value.reason == reason
    assert not Decision.objects.exists()
    assert Event.objects.get(type="approvals.signing.refused").data["reason"] == reason


def test_somebody_elses_passkey_does_not_sign_for_me(bench: Bench) -> None:
    request, me = bench.submitted(), bench.cast.two.quality_engineer
    other = bench.key_of(bench.cast.whole.quality_engineer)
    asked = statement_for(by=me, request=request)
    with pytest.raises(AssertionRefused):
        decide(
            by=me,
            request=request,
            statement=asked.canonical.encode(),
            envelope=envelope_of(other, asked.challenge),
        )


@pytest.mark.parametrize(
    "change",
    [
        {"targets": {"press-3": 2, "press-4": 2, "press-9": 1}},
        {"evidence": "0" * 64},
        {"fallback": ""},
        {"notAfter": "2036-01-01T00:00:00+00:00"},
        {"meaning": "I approve nothing"},
        {"nonce": "1"},
        {"policy": "press-quality/9"},
        {"role": "administrator"},
        {"time": "2026-01-01T00:00:00+00:00"},
    ],
)
def test_a_statement_that_says_something_else_is_refused(bench: Bench, change: dict[str, object]) -> None:
    request, by = bench.submitted(), bench.cast.two.quality_engineer
    statement = json.loads(statement_for(by=by, request=request).canonical)
    statement["predicate"] |= change
    if "targets" in change:
        statement["predicate"]["predecessors"]["press-9"] = ""
    data = wire.canonical(statement)
    envelope = envelope_of(bench.key_of(by), wire_challenge(data))
    with pytest.raises(StatementChanged):
        decide(by=by, request=request, statement=data, envelope=envelope)


def wire_challenge(data: bytes) -> str:
    return b64url(wire.challenge(data))


def test_nobody_signs_twice(bench: Bench) -> None:
    line_policy_set(
        by=bench.cast.whole.quality_engineer,
        line=bench.cast.line_2,
        minimum_assurance=Assurance.PASSKEY,
        quorum={"quality_engineer": 2},
    )
    request, by = bench.submitted(), bench.cast.two.quality_engineer
    bench.sign(request, by)
    request.refresh_from_db()
    assert request.state == "submitted"
    with pytest.raises(AlreadyDecided):
        bench.sign(request, by)


def test_a_quorum_of_two_roles_needs_two_people(bench: Bench) -> None:
    line_policy_set(
        by=bench.cast.whole.quality_engineer,
        line=bench.cast.line_2,
        minimum_assurance=Assurance.PASSKEY,
        quorum={"quality_engineer": 1, "domain_expert": 1},
    )
    request = bench.submitted()
    bench.sign(request, bench.cast.two.quality_engineer)
    request.refresh_from_db()
    assert request.state == "submitted"
    bench.sign(request, bench.cast.two.domain_expert)
    request.refresh_from_db()
    assert request.state == "approved"


def test_who_asked_trained_taught_or_administers_may_not_sign_and_reads_why(bench: Bench) -> None:
    request = bench.submitted(by=bench.cast.two.quality_engineer)
    reasons = {one.person: one.reason for one in who_may_sign(request)}
    assert reasons[bench.cast.two.quality_engineer] == "asked for this approval"
    assert reasons[bench.cast.whole.ml_engineer] == "started its training"
    assert reasons[bench.cast.whole.quality_engineer] == ""
    with pytest.raises(Excluded, match="asked for this approval"):
        bench.sign(request, bench.cast.two.quality_engineer)


def test_who_gave_more_labels_than_the_policy_allows_may_not_sign(bench: Bench) -> None:
    policy_set(by=bench.cast.whole.quality_engineer, model=bench.model, body={"label_share": 0.1})
    request = bench.submitted()
    with pytest.raises(Excluded, match="14 %"):
        bench.sign(request, bench.cast.two.domain_expert)


def test_who_changed_the_policy_after_the_training_may_not_sign(bench: Bench) -> None:
    policy_set(by=bench.cast.whole.quality_engineer, model=bench.model, body={"label_share": 0.3})
    with pytest.raises(Excluded, match="changed its policy"):
        bench.sign(bench.submitted(), bench.cast.whole.quality_engineer)


@pytest.mark.parametrize("role", ["operator", "ml_engineer", "auditor", "administrator"])
def test_other_roles_never_decide(bench: Bench, role: str) -> None:
    request = bench.submitted()
    with pytest.raises(NotAllowed):
        statement_for(by=getattr(bench.cast.whole, role), request=request)


def test_a_quality_engineer_of_another_line_does_not_decide(bench: Bench) -> None:
    with pytest.raises(NotAllowed):
        statement_for(by=bench.cast.one.quality_engineer, request=bench.submitted())


def test_a_seal_counts_for_nothing_on_a_passkey_line(bench: Bench) -> None:
    """Even whoever holds the portal's approval key cannot make a decision there."""
    request, by = bench.submitted(), bench.cast.two.quality_engineer
    key_id, _public = seal_public(make=True)
    data = statement_for(by=by, request=request).canonical.encode()
    with pytest.raises(TooWeak):
        decide(by=by, request=request, statement=data, envelope=seal(data, seal_key(), key_id=key_id))
    assert Event.objects.get(type="approvals.signing.refused").data["reason"] == "assurance"


def test_an_old_signature_is_refused(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    request, by = bench.submitted(), bench.cast.two.quality_engineer
    statement, envelope = bench.signed(request, by)
    later = timezone.now() + timedelta(minutes=11)
    monkeypatch.setattr("approvals.services.statements.timezone.now", lambda: later)
    with pytest.raises(StatementChanged):
        decide(by=by, request=request, statement=statement, envelope=envelope)


def test_an_expired_request_ends_instead_of_being_decided(bench: Bench) -> None:
    request, by = bench.submitted(), bench.cast.two.quality_engineer
    statement, envelope = bench.signed(request, by)
    ApprovalRequest.objects.filter(pk=request.pk).update(not_after=timezone.now())
    request.refresh_from_db()
    with pytest.raises(Expired):
        decide(by=by, request=request, statement=statement, envelope=envelope)
    request.refresh_from_db()
    assert request.state == "expired"


def test_a_request_whose_golden_set_changed_is_void_instead_of_decided(bench: Bench) -> None:
    request, by = bench.submitted(), bench.cast.two.quality_engineer
    statement, envelope = bench.signed(request, by)
    bench.model.golden.filter(code="G-05").update(retired_at=timezone.now())
    with pytest.raises(Void, match="golden samples"):
        decide(by=by, request=request, statement=statement, envelope=envelope)
    request.refresh_from_db()
    assert request.state == "void"
    assert ModelVersion.objects.get(pk=bench.candidate.pk).state == "candidate"


def test_a_decided_request_is_not_decided_again(bench: Bench) -> None:
    request = bench.submitted()
    bench.sign(request, bench.cast.two.quality_engineer)
    request.refresh_from_db()
    with pytest.raises(WrongState):
        bench.sign(request, bench.cast.whole.quality_engineer)


def test_bytes_that_are_no_statement_are_refused(bench: Bench) -> None:
    with pytest.raises(Invalid):
        decide(by=bench.cast.two.quality_engineer, request=bench.submitted(), statement=b"{}", envelope={})


def test_a_candidate_that_misses_a_golden_part_never_reaches_those_who_decide(bench: Bench) -> None:
    golden_check(bench.candidate, missed=("G-02",))
    request = bench.opened()
    with pytest.raises(GatesUnmet, match="Golden parts, all"):
        request_submit(by=request.asked_by, request=request, comment="Please.")
    with pytest.raises(WrongState):
        bench.sign(request, bench.cast.two.quality_engineer)


def test_who_may_not_decide_gets_no_seal_and_learns_nothing_of_the_line(bench: Bench) -> None:
    """A passkey line would answer TooWeak, a wrong password NotProved."""
    request = bench.submitted()
    for person in (bench.cast.stranger, bench.cast.two.operator, bench.cast.one.quality_engineer):
        with pytest.raises(NotAllowed):
            statement_seal(by=person, request=request, statement=b"{}", password="", code="")


def test_who_may_not_see_a_request_does_not_open_it(bench: Bench) -> None:
    request = bench.submitted()
    for person in (bench.cast.stranger, bench.cast.two.operator, bench.cast.one.quality_engineer):
        with pytest.raises(NotAllowed):
            request_opened(by=person, request=request)
        assert opened_at(person=person, request=request) is None
    signer = bench.cast.two.quality_engineer
    request_opened(by=signer, request=request)
    assert opened_at(person=signer, request=request) is not None
