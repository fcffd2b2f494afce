"""Signing with password and code, on a line that trusts the portal."""

from __future__ import annotations

import pytest
from django.test import Client

from approvals.models import ApprovalRequest, Decision
from approvals.selectors.seal_key import seal_path, seal_public
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.wire.assertion import verify_seal
from tests.approvals.world import Bench, trust_the_portal
from tests.cast import PASSWORD
from tests.directory.signing import code_of, with_app


@pytest.fixture
def request_1(bench: Bench) -> ApprovalRequest:
    """Submitted for line 1, which trusts the portal."""
    line = bench.cast.line_1
    trust_the_portal(line)
    return bench.submitted(by=bench.cast.one.ml_engineer, line=line, assets=bench.presses[:1])


@pytest.fixture
def signer(bench: Bench) -> Person:
    return bench.cast.one.quality_engineer


def post(client: Client, request: ApprovalRequest, **fields: str):
    given = {"verdict": "approve", "comment": "", "password": PASSWORD, **fields}
    return client.post(f"/approvals/{request.pk}/sign/", given)


def test_password_and_code_sign_and_the_portal_seals(request_1, signer, client_for) -> None:
    secret = with_app(signer)
    assert post(client_for(signer), request_1, code=code_of(secret)).status_code == 302
    decision = Decision.objects.get()
    assert (decision.verdict, decision.assurance, decision.envelope["kind"]) == ("approve", "code", "seal")
    key_id, public = seal_public()
    assert decision.envelope["key_id"] == key_id
    verify_seal(decision.statement.encode(), decision.envelope, public_key=public)
    assert seal_path().stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("wrong", ["password", "code"])
def test_a_wrong_password_or_code_signs_nothing_and_says_so(request_1, signer, client_for, wrong) -> None:
    secret = with_app(signer)
    client = client_for(signer)
    post(client, request_1, **{"code": code_of(secret), wrong: "000000"})
    assert not Decision.objects.exists()
    assert "Nothing was signed" in client.get(f"/approvals/{request_1.pk}/").content.decode()


def test_a_code_signs_once(bench, request_1, signer, client_for) -> None:
    secret = with_app(signer)
    client = client_for(signer)
    code = code_of(secret)
    post(client, request_1, code=code)
    second = bench.submitted(by=bench.cast.two.ml_engineer)
    trust_the_portal(bench.cast.line_2)
    both = bench.cast.whole.quality_engineer
    assert Decision.objects.count() == 1
    post(client_for(both), second, code=code)
    assert Decision.objects.count() == 1


def test_without_an_authenticator_app_the_person_reads_what_to_do(request_1, signer, client_for) -> None:
    client = client_for(signer)
    post(client, request_1, code="123456")
    assert "authenticator app" in client.get(f"/approvals/{request_1.pk}/").content.decode()


def test_the_page_says_that_the_line_trusts_the_portal(request_1, signer, client_for) -> None:
    page = client_for(signer).get(f"/approvals/{request_1.pk}/").content.decode()
    assert "portal-trusted line" in page
    assert "Sign with password and code" in page
    assert "Sign with passkey" not in page


def test_a_passkey_signs_there_too(bench, request_1, signer) -> None:
    assert bench.sign(request_1, signer).assurance == "passkey"


def test_on_a_passkey_line_password_and_code_are_refused(bench, client_for) -> None:
    signer = bench.cast.two.quality_engineer
    secret = with_app(signer)
    request = bench.submitted()
    assert post(client_for(signer), request, code=code_of(secret)).status_code == 403
    assert not Decision.objects.exists()
