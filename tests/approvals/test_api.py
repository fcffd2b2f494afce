"""Approvals through the API: the same services, the same events, and a token that never signs."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from approvals.models import Decision
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.services.tokens import token_create
from tests.approvals.world import Bench, envelope_of, trust_the_portal
from tests.cast import PASSWORD
from tests.directory.signing import code_of, with_app

API = "/api/v1"


def send(client: Client, method: str, path: str, data: dict | None = None, **headers: str):
    return client.generic(
        method, f"{API}/{path}", json.dumps(data or {}), "application/json", headers=headers
    )


def bearer(person: Person, *scopes: str) -> dict[str, str]:
    _token, secret = token_create(
        by=person, name="notebook", scopes=scopes, expires_at=timezone.now() + timedelta(days=1)
    )
    return {"authorization": f"Bearer {secret}"}


def test_a_request_is_drawn_up_submitted_signed_and_approved(bench: Bench, client_for) -> None:
    asking, signing = client_for(bench.cast.two.ml_engineer), client_for(bench.cast.two.quality_engineer)
    key = bench.key_of(bench.cast.two.quality_engineer)
    body = {"version": "press-quality/2", "line": "line-2", "assets": ["press-3", "press-4"]}
    made = send(asking, "POST", "approvals/", body)
    assert made.status_code == 201, made.content
    at = f"approvals/{made.json()['id']}/"
    assert send(asking, "POST", f"{at}submit/").status_code == 200
    asked = signing.get(f"{API}/{at}statement/").json()
    signed = send(
        signing,
        "POST",
        f"{at}decisions/",
        {"statement": asked["canonical"], "envelope": envelope_of(key, asked["challenge"])},
    )
    assert signed.status_code == 201, signed.content
    whole = signing.get(f"{API}/{at}").json()
    assert (whole["state"], whole["decisions"][0]["assurance"]) == ("approved", "passkey")
    assert whole["evidence"]["artifact"] == bench.candidate.artifact_id


def test_a_token_carries_a_passkeys_assertion(bench: Bench) -> None:
    by = bench.cast.two.quality_engineer
    request = bench.submitted()
    headers = bearer(by, "approval.view", "approval.decide")
    statement, envelope = bench.signed(request, by)
    answer = send(
        Client(),
        "POST",
        f"approvals/{request.pk}/decisions/",
        {"statement": statement.decode(), "envelope": envelope},
        **headers,
    )
    assert answer.status_code == 201, answer.content
    assert Event.objects.get(type="approvals.decision.signed").channel == "api"


def test_a_token_never_signs_with_password_and_code(bench: Bench) -> None:
    by, line = bench.cast.one.quality_engineer, bench.cast.line_1
    trust_the_portal(line)
    secret = with_app(by)
    request = bench.submitted(by=bench.cast.one.ml_engineer, line=line, assets=bench.presses[:1])
    headers = bearer(by, "approval.view", "approval.decide")
    asked = Client().get(f"{API}/approvals/{request.pk}/statement/", headers=headers).json()
    body = {"statement": asked["canonical"], "password": PASSWORD, "code": code_of(secret)}
    answer = send(Client(), "POST", f"approvals/{request.pk}/decisions/", body, **headers)
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:mlops-portal:problem:token-never-signs")
    assert not Decision.objects.exists()


def test_a_session_signs_with_password_and_code_where_the_line_allows_it(bench: Bench, client_for) -> None:
    by, line = bench.cast.one.quality_engineer, bench.cast.line_1
    trust_the_portal(line)
    secret = with_app(by)
    request = bench.submitted(by=bench.cast.one.ml_engineer, line=line, assets=bench.presses[:1])
    client = client_for(by)
    asked = client.get(f"{API}/approvals/{request.pk}/statement/").json()
    assert asked["assurance"] == "code"
    body = {"statement": asked["canonical"], "password": PASSWORD, "code": code_of(secret)}
    assert send(client, "POST", f"approvals/{request.pk}/decisions/", body).status_code == 201


def test_a_token_without_the_scope_does_not_even_read_the_statement(bench: Bench) -> None:
    request = bench.submitted()
    headers = bearer(bench.cast.two.quality_engineer, "approval.view")
    answer = Client().get(f"{API}/approvals/{request.pk}/statement/", headers=headers)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "proof", [{}, {"password": "x"}, {"envelope": "x"}, {"envelope": {}, "password": "x", "code": "1"}]
)
def test_a_decision_without_one_whole_proof_is_refused(bench: Bench, client_for, proof: dict) -> None:
    request = bench.submitted()
    client = client_for(bench.cast.two.quality_engineer)
    answer = send(client, "POST", f"approvals/{request.pk}/decisions/", {"statement": "{}", **proof})
    assert answer.status_code == 422


def test_candidates_evidence_and_choice(bench: Bench, client_for) -> None:
    client = client_for(bench.cast.two.ml_engineer)
    listed = client.get(f"{API}/candidates/").json()["results"]
    assert {one["version"] for one in listed} == {"press-quality/1", "press-quality/2"}
    assert client.get(f"{API}/candidates/press-quality/2/").json()["golden"]["run"]
    body = {"chosen": "press-quality/2", "among": ["press-quality/1", "press-quality/2"], "reason": "Better"}
    assert send(client, "POST", "candidates/choice/", body).status_code == 204


def test_policies(bench: Bench, client_for) -> None:
    client = client_for(bench.cast.whole.quality_engineer)
    assert client.get(f"{API}/approval-policies/press-quality/").json()["version"] == 0
    assert (
        send(client, "PUT", "approval-policies/press-quality/", {"body": {"valid_days": 3}}).json()["version"]
        == 1
    )
    wrong = send(client, "PUT", "approval-policies/press-quality/", {"body": {"golden": "safety"}})
    assert (wrong.status_code, wrong.json()["type"]) == (422, "urn:mlops-portal:problem:policy-unfit")
    body = {"minimum_assurance": "code", "quorum": {"quality_engineer": 2}}
    assert send(client, "PUT", "line-policies/line-1/", body).json() == body
