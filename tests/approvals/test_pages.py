"""The pages of candidates and approvals."""

from __future__ import annotations

import pytest

from approvals.models import ApprovalRequest, Decision, LinePolicy, Policy
from mlops_portal.foundation.ledger.models import Event
from tests.approvals.world import Bench, add_version, golden_check, measured, taught_by


def text(response) -> str:
    assert response.status_code == 200, response.content.decode()[-2000:]
    return response.content.decode()


@pytest.fixture
def quality(bench: Bench, client_for):
    return client_for(bench.cast.two.quality_engineer)


@pytest.fixture
def engineer(bench: Bench, client_for):
    return client_for(bench.cast.two.ml_engineer)


def test_the_candidate_stands_beside_what_runs(bench: Bench, quality) -> None:
    page = text(quality.get("/candidates/press-quality/2/"))
    assert "On the same 1,240 parts" in page
    assert "+4.0 (3.0 to 5.0)" in page
    assert "Found: Crack" in page
    assert "version 1 (runs now)" in page


def test_raf_2_a_missed_golden_part_is_shown_with_both_verdicts_and_stops_the_approval(
    bench: Bench, quality, engineer
) -> None:
    golden_check(bench.candidate, missed=("G-02",))
    page = text(quality.get("/candidates/press-quality/2/"))
    judge = bench.cast.whole.domain_expert.name
    assert f"G-02: {judge} judged it “Crack”, the model says “OK”" in page
    assert "so it cannot be approved" in page
    asked = engineer.post(
        "/candidates/press-quality/2/ask/", {"assets": [bench.presses[1].pk], "comment": "x"}
    )
    assert asked.status_code == 302
    request = ApprovalRequest.objects.get()
    assert "Not met, and nobody can override it: Golden parts, all" in text(
        engineer.get(f"/approvals/{request.pk}/")
    )
    assert engineer.post(f"/approvals/{request.pk}/submit/", {"comment": "Please"}).status_code == 409
    request.refresh_from_db()
    assert request.state == "draft"


def test_the_engineer_asks_and_submits(bench: Bench, engineer) -> None:
    page = text(engineer.get("/candidates/press-quality/2/ask/"))
    assert "Line 2 · Press 3" in page
    assert "Press 1" not in page
    chosen = [one.pk for one in bench.presses[1:]]
    engineer.post("/candidates/press-quality/2/ask/", {"assets": chosen, "comment": "New lot"})
    request = ApprovalRequest.objects.get()
    engineer.post(f"/approvals/{request.pk}/submit/", {"comment": ""})
    request.refresh_from_db()
    assert (request.state, request.comment) == ("submitted", "New lot")


def test_one_line_s_machines_are_offered_at_a_time(bench: Bench, client_for) -> None:
    engineer = client_for(bench.cast.whole.ml_engineer)
    first = text(engineer.get("/candidates/press-quality/2/ask/"))
    assert "Line 1 · Press 1" in first
    assert "Press 3" not in first
    slug = bench.cast.line_2.slug
    assert f'href="?line={slug}"' in engineer.get("/candidates/press-quality/2/ask/").text
    second = text(engineer.get(f"/candidates/press-quality/2/ask/?line={slug}"))
    assert "Line 2 · Press 3" in second
    assert "Press 1" not in second


def test_the_page_says_what_one_signs_who_else_may_and_who_may_not(bench: Bench, quality) -> None:
    bench.key_of(bench.cast.two.quality_engineer)
    request = bench.submitted()
    page = text(quality.get(f"/approvals/{request.pk}/"))
    assert "approve the release of Press quality version 2 to Press 3 as release 2" in page
    assert f"{bench.cast.whole.ml_engineer} may not: started its training" in page
    assert f"{bench.cast.two.ml_engineer} may not: asked for this approval" in page
    assert "Sign with passkey" in page
    assert "portal-trusted" not in page


def test_without_a_passkey_the_page_says_what_to_do(bench: Bench, quality) -> None:
    page = text(quality.get(f"/approvals/{bench.submitted().pk}/"))
    assert "You have no passkey" in page
    assert "Sign with passkey" not in page


def test_who_may_not_sign_reads_why(bench: Bench, client_for) -> None:
    request = bench.submitted(by=bench.cast.two.quality_engineer)
    page = text(client_for(bench.cast.two.quality_engineer).get(f"/approvals/{request.pk}/"))
    assert "You may not decide here: asked for this approval." in page


def test_an_auditor_sees_everything_and_signs_nothing(bench: Bench, client_for) -> None:
    request = bench.submitted()
    client = client_for(bench.cast.two.auditor)
    page = text(client.get(f"/approvals/{request.pk}/"))
    assert "Who may sign" in page
    assert "What you sign" not in page
    assert (
        client.post(f"/approvals/{request.pk}/sign/", {"statement": "{}", "envelope": "{}"}).status_code
        == 403
    )


@pytest.mark.parametrize("role", ["operator", "administrator"])
def test_who_has_no_role_here_is_refused(bench: Bench, client_for, role: str) -> None:
    request = bench.submitted()
    assert client_for(getattr(bench.cast.two, role)).get(f"/approvals/{request.pk}/").status_code == 403


def test_somebody_of_another_line_does_not_find_it(bench: Bench, client_for) -> None:
    request = bench.submitted()
    assert client_for(bench.cast.one.quality_engineer).get(f"/approvals/{request.pk}/").status_code == 404


def test_a_signature_sent_by_the_page_decides(bench: Bench, quality) -> None:
    import json

    request = bench.submitted()
    quality.get(f"/approvals/{request.pk}/")
    statement, envelope = bench.signed(request, bench.cast.two.quality_engineer, comment="Well “done” – ü")
    answer = quality.post(
        f"/approvals/{request.pk}/sign/", {"statement": statement.decode(), "envelope": json.dumps(envelope)}
    )
    assert answer.status_code == 302
    decision = Decision.objects.get()
    assert decision.comment == "Well “done” – ü"
    assert decision.opened_at is not None
    assert decision.opened_at <= decision.at
    page = text(quality.get(f"/approvals/{request.pk}/"))
    assert "Approved" in page
    assert "signed “Approve” by passkey" in page


def test_the_live_part_shows_who_signed(bench: Bench, quality) -> None:
    request = bench.submitted()
    part = quality.get(f"/approvals/{request.pk}/", headers={"hx-request": "true", "hx-target": "signers"})
    assert "may not: started its training" in text(part)
    assert "<html" not in text(part)


def test_bac_3_candidates_stand_side_by_side_and_the_choice_keeps_its_reason(bench: Bench, engineer) -> None:
    third = add_version(
        bench.model, bench.cast.two.ml_engineer, "three", measured(0.91), taught_by(bench.model, {})
    )
    golden_check(third, missed=("G-04",))
    page = text(engineer.get("/candidates/press-quality/?v=2&v=3"))
    assert "Version 2" in page
    assert "Version 3" in page
    assert "No shape constraints" in page
    engineer.post("/candidates/press-quality/?v=2&v=3", {"chosen": "2", "reason": "3 misses G-04"})
    event = Event.objects.get(type="approvals.candidate.chosen")
    assert (event.data["number"], event.data["others"], event.data["reason"]) == (2, [3], "3 misses G-04")
    relations = set(event.subjects.values_list("relation", "key"))
    assert {("chosen", "press-quality/2"), ("not_chosen", "press-quality/3")} <= relations


def test_a_choice_without_a_reason_is_not_kept(bench: Bench, engineer) -> None:
    add_version(bench.model, None, "three", measured(0.91), "")
    answer = engineer.post("/candidates/press-quality/?v=2&v=3", {"chosen": "2", "reason": ""})
    assert answer.status_code == 422
    assert not Event.objects.filter(type="approvals.candidate.chosen").exists()


def test_lists_and_home_show_what_waits(bench: Bench, quality) -> None:
    bench.submitted()
    assert "Press quality 2" in text(quality.get("/approvals/"))
    assert "Version 2" in text(quality.get("/candidates/"))
    assert "Waiting for a decision" in text(quality.get("/"))
    assert "Press quality 2" in text(quality.get("/search?q=press"))


def test_policies_are_set_on_their_page(bench: Bench, client_for) -> None:
    client = client_for(bench.cast.whole.quality_engineer)
    rules = {
        "now_worse_by": "4",
        "now_missed_by": "1.5",
        "found_floor": "60",
        "fewest_now": "20",
        "not_worse_by": "1",
        "label_share": "25",
        "fewest_rows": "100",
        "valid_days": "5",
        "parity": "0.00001",
    }
    assert client.post("/approvals/policies/models/press-quality/", rules).status_code == 302
    assert Policy.objects.get().body == {
        "now_worse_by": 0.04, "now_missed_by": 0.015, "found_floor": 0.6, "fewest_now": 20,
        "not_worse_by": 0.01, "label_share": 0.25, "fewest_rows": 100, "valid_days": 5, "parity": 1e-5,
    }  # fmt: skip
    line = {"minimum_assurance": "code", "quality_engineer": "1", "domain_expert": "1"}
    assert client.post("/approvals/policies/lines/line-1/", line).status_code == 302
    assert LinePolicy.objects.get().quorum == {"quality_engineer": 1, "domain_expert": 1}
    page = text(client.get("/approvals/policies/"))
    assert "portal-trusted line" in page
    assert "25 %" in page


def test_an_approval_needs_few_queries(bench: Bench, quality, django_assert_max_num_queries) -> None:
    request = bench.submitted()
    quality.get(f"/approvals/{request.pk}/")
    with django_assert_max_num_queries(60):
        quality.get(f"/approvals/{request.pk}/")
