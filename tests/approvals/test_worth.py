"""What a signature would count as, and whether nodes know the key, is said before anybody signs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from approvals.errors import CountsForNothing
from approvals.models import ApprovalRequest, LinePolicy
from approvals.selectors.duties import who_may_sign, worth_for
from approvals.selectors.worth import Key
from approvals.services.statements import statement_for
from mlops_portal.foundation.plant.models import Person, RoleAssignment
from mlops_portal.foundation.plant.roles import Role
from tests.approvals.world import Bench, with_passkey
from tests.cast import JOINED
from tests.edge_sync.conftest import _own_files  # noqa: F401 - a repository of this test alone

pytestmark = pytest.mark.django_db
For = Callable[..., Client]


def ceremony() -> None:
    call_command("keys_ceremony", "--yes", "--json", stdout=StringIO())


def worth(person: Person, request: ApprovalRequest) -> tuple[str, str]:
    found = worth_for(person, request)
    return (found.counts_as.value if found.counts_as else "", found.key.value)


def page_of(client: Client, request: ApprovalRequest) -> str:
    return client.get(f"/approvals/{request.pk}/").content.decode()


def test_who_may_sign_says_of_each_whether_they_can(bench: Bench, client_for: For) -> None:
    known, unknown = bench.cast.two.quality_engineer, bench.cast.whole.quality_engineer
    bench.key_of(known)
    ceremony()
    bench.key_of(unknown)
    request = bench.submitted()
    assert worth(known, request) == ("quality_engineer", "known")
    assert worth(unknown, request) == ("quality_engineer", "unknown")
    assert worth(bench.cast.two.domain_expert, request) == ("", "none")
    assert [one.person for one in who_may_sign(request) if one.can] == [known]
    page = page_of(client_for(unknown), request)
    assert f"{known.name} can sign, as Quality engineer" in page
    assert f"{unknown.name}, Quality engineer: nodes do not know the passkey yet" in page
    assert f"{bench.cast.two.domain_expert.name}, Domain expert: fills no empty place" in page
    told = client_for(unknown).get(f"/api/v1/approvals/{request.pk}/").json()["signers"]
    mine = next(one for one in told if one["person"] == unknown.name)
    assert (mine["counts_as"], mine["signing_key"], mine["can"]) == ("quality_engineer", "unknown", False)


def test_without_a_passkey_nobody_is_shown_as_one_who_can(bench: Bench, client_for: For) -> None:
    request = bench.submitted()
    page = page_of(client_for(bench.cast.two.quality_engineer), request)
    assert f"{bench.cast.two.quality_engineer.name}, Quality engineer: has no passkey yet" in page
    assert "can sign, as" not in page
    assert 'href="/keys/"' in page.partition("You have no passkey")[2][:600]


def test_a_key_that_nodes_do_not_know_is_said_before_signing_with_the_way_on(
    bench: Bench, client_for: For
) -> None:
    person = bench.cast.two.quality_engineer
    request = bench.submitted()
    bench.key_of(person)
    page = page_of(client_for(person), request)
    assert "Nodes do not know your passkey yet" in page
    assert "Your signature counts as: Quality engineer." in page
    ceremony()
    page = page_of(client_for(person), request)
    assert "Nodes do not know your passkey yet" not in page


def test_of_several_passkeys_those_that_nodes_know_are_asked_for(bench: Bench) -> None:
    person = bench.cast.two.quality_engineer
    bench.key_of(person)
    ceremony()
    known = worth_for(person, bench.opened()).credentials
    with_passkey(person)
    request = ApprovalRequest.objects.get()
    assert worth_for(person, request).credentials == known
    assert len(known) == 1


def test_a_roster_that_ran_out_makes_no_key_known(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    person = bench.cast.two.quality_engineer
    bench.key_of(person)
    ceremony()
    request = bench.opened()
    later = timezone.now() + timedelta(days=31)
    monkeypatch.setattr("approvals.selectors.worth.timezone.now", lambda: later)
    assert worth_for(person, request).key == Key.UNKNOWN


def test_a_role_that_fills_no_place_is_offered_no_approval_and_the_service_refuses_one(
    bench: Bench, client_for: For
) -> None:
    expert = bench.cast.two.domain_expert
    bench.key_of(expert)
    request = bench.submitted()
    page = page_of(client_for(expert), request)
    assert "Your approval would count for nothing" in page
    assert 'value="approve"' not in page
    assert 'value="return"' in page
    with pytest.raises(CountsForNothing, match="1 × Quality engineer"):
        statement_for(by=expert, request=request)
    answer = client_for(expert).get(f"/api/v1/approvals/{request.pk}/statement/")
    assert answer.status_code == 403
    assert not request.decisions.exists()


def test_the_start_page_asks_for_decisions_that_count_alone(bench: Bench, client_for: For) -> None:
    request = bench.submitted()
    for person, asked in ((bench.cast.two.quality_engineer, True), (bench.cast.two.domain_expert, False)):
        page = client_for(person).get("/").content.decode()
        assert (f"/approvals/{request.pk}/" in page) is asked, person


def test_a_role_that_fills_no_place_may_still_reject(bench: Bench) -> None:
    request = bench.submitted()
    bench.sign(request, bench.cast.two.domain_expert, "reject", "The parts are cracked.")
    request.refresh_from_db()
    assert request.state == "rejected"


def test_a_place_that_is_filled_is_not_filled_twice(bench: Bench) -> None:
    quorum = {"quality_engineer": 1, "domain_expert": 1}
    LinePolicy.objects.update_or_create(
        line=bench.cast.line_2, defaults={"minimum_assurance": "passkey", "quorum": quorum}
    )
    request = bench.submitted()
    bench.sign(request, bench.cast.two.quality_engineer)
    with pytest.raises(CountsForNothing):
        bench.sign(request, bench.cast.whole.quality_engineer)
    assert worth(bench.cast.two.domain_expert, request)[0] == "domain_expert"


def test_somebody_with_two_roles_signs_as_the_one_that_counts(bench: Bench) -> None:
    person = bench.cast.two.domain_expert
    RoleAssignment.objects.create(
        person=person,
        role=Role.QUALITY_ENGINEER,
        site=bench.cast.site,
        line=bench.cast.line_2,
        granted_at=JOINED,
    )
    person = Person.objects.get(pk=person.pk)
    decision = bench.sign(bench.submitted(), person)
    assert decision.role == "quality_engineer"


def test_on_a_portal_trusted_line_an_authenticator_app_suffices(bench: Bench, client_for: For) -> None:
    from allauth.mfa.totp.internal.auth import TOTP

    LinePolicy.objects.update_or_create(
        line=bench.cast.line_2, defaults={"minimum_assurance": "code", "quorum": {}}
    )
    request, person = bench.submitted(), bench.cast.two.quality_engineer
    assert worth(person, request)[1] == "none"
    TOTP.activate(person, "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU")
    assert worth(person, request) == ("quality_engineer", "code")
    assert "can sign, as" in page_of(client_for(person), request)


def doubted(bench: Bench, **more: Any) -> ApprovalRequest:
    """A draft with one soft gate in doubt."""
    from approvals.services.policies import policy_set

    policy_set(by=bench.cast.whole.quality_engineer, model=bench.model, body={"fewest_rows": 5000})
    return bench.opened(**more)


class TestGatesInDoubt:
    @pytest.mark.parametrize("comment", ["", "   ", "ok", "."])
    def test_need_a_reason_that_says_something(self, bench: Bench, client_for: For, comment: str) -> None:
        request = doubted(bench, comment="Written before anybody saw the gates")
        client = client_for(request.asked_by)
        page = page_of(client, request)
        assert "Why it should be approved although gates are in doubt" in page
        assert client.post(f"/approvals/{request.pk}/submit/", {"comment": comment}).status_code == 422
        answer = client.post(
            f"/api/v1/approvals/{request.pk}/submit/", {"comment": comment}, content_type="application/json"
        )
        assert answer.status_code == 422
        request.refresh_from_db()
        assert request.state == "draft"

    def test_show_the_reason_and_bind_it_into_the_evidence(self, bench: Bench, client_for: For) -> None:
        request = doubted(bench)
        draft = request.evidence_id
        client_for(request.asked_by).post(
            f"/approvals/{request.pk}/submit/", {"comment": "The lot is small, and the tool is new."}
        )
        request.refresh_from_db()
        assert request.state == "submitted"
        assert request.evidence_id != draft
        signer = bench.cast.two.quality_engineer
        page = page_of(client_for(signer), request)
        assert "Asked although gates are in doubt" in page
        assert "The lot is small, and the tool is new." in page
        statement = statement_for(by=signer, request=request).statement
        assert statement["predicate"]["evidence"] == request.evidence_id
        told = client_for(signer).get(f"/api/v1/approvals/{request.pk}/").json()
        assert told["evidence"]["in_spite"] == {
            "gates": ["rows"], "reason": "The lot is small, and the tool is new.",
            "by": str(request.asked_by_id),
        }  # fmt: skip
        bench.sign(request, signer)
        request.refresh_from_db()
        assert request.state == "approved"

    def test_that_are_all_met_need_none_and_leave_the_evidence_as_it_was_frozen(self, bench: Bench) -> None:
        request = bench.opened()
        before = request.evidence_id
        from approvals.services.requests import request_submit

        request_submit(by=request.asked_by, request=request)
        request.refresh_from_db()
        assert (request.state, request.evidence_id) == ("submitted", before)
