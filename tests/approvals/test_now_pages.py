"""Candidate, approval, model page and API lead with parts as they are now."""

from __future__ import annotations

import json

import numpy as np
import pytest
from django.utils import timezone

from approvals.gates import gates_of
from approvals.models import ApprovalRequest
from approvals.rules import Rules
from approvals.selectors.facts import facts_of
from labeling.compute.now.blocks import block as figures
from labeling.compute.now.measured import Answers, Said
from labeling.compute.now.sample import Labelled, Unlabelled
from labeling.models import NowMeasure
from monitoring.models import Alert
from tests.approvals.test_now_gates import block, interval, now
from tests.approvals.world import Bench


@pytest.fixture
def measured_now(bench: Bench) -> NowMeasure:
    whole = block()
    for who in ("challenger", "champion"):
        whole[who] |= {"slipped": interval(0, 0.02), "missed": None, "rejected": interval(0.01, 0.1)}
    body = now(whole, **{one.slug: block(chance=9) for one in bench.presses})
    return NowMeasure.objects.create(
        version=bench.candidate,
        champion=bench.champion,
        body=body,
        rows="c" * 64,
        labels=80,
        at=timezone.now(),
    )


def text(response) -> str:
    assert response.status_code == 200, response.content.decode()[-2000:]
    return response.content.decode()


def test_the_candidate_leads_with_now_and_offers_what_narrows_it(
    bench: Bench, client_for, measured_now: NowMeasure
) -> None:
    page = text(client_for(bench.cast.whole.domain_expert).get("/candidates/press-quality/2/"))
    assert page.index("Parts as they are now") < page.index("Parts as they were: 1,240 held-out parts")
    assert "From 80 labels, 40 of them by chance, for about 3,000 parts that came." in page
    assert "14 more parts by chance narrow this to about ± 5 points." in page
    assert "Better now: of 100 parts 15.0 fewer are judged wrong (10.0 to 20.0)." in page
    assert "Ask for 14 more parts by chance" in page
    assert "−15.0 (−20.0 to −10.0)" in page
    assert all(one.name in page for one in bench.presses)
    assert "/label/ask/press-quality/2/" in page


def test_questions_by_chance_without_an_answer_are_told(
    bench: Bench, client_for, measured_now: NowMeasure
) -> None:
    client = client_for(bench.cast.whole.auditor)
    for count, says in ((0, False), (7, True)):
        NowMeasure.objects.update(body=measured_now.body | {"unanswered": count})
        page = text(client.get("/candidates/press-quality/2/"))
        assert ("7 parts that were asked about by chance have no answer." in page) is says


def test_who_may_not_ask_gets_the_sentence_and_no_button(
    bench: Bench, client_for, measured_now: NowMeasure
) -> None:
    page = text(client_for(bench.cast.whole.auditor).get("/candidates/press-quality/2/"))
    assert "14 more parts by chance narrow this" in page
    assert "Ask for 14 more parts by chance" not in page


def test_the_evidence_of_a_request_has_now_of_its_machines(
    bench: Bench, client_for, measured_now: NowMeasure
) -> None:
    client = client_for(bench.cast.two.ml_engineer)
    client.post(
        "/candidates/press-quality/2/ask/", {"assets": [bench.presses[1].pk], "comment": "wear on Press 2"}
    )
    request = ApprovalRequest.objects.get()
    pack = json.loads(request.evidence.body)
    assert pack["now"]["rows"] == "c" * 64
    assert pack["now"]["together"]["chance"] == 40
    page = text(client.get(f"/approvals/{request.pk}/"))
    assert page.index("Parts as they are now") < page.index("Parts as they were")
    shown = page[page.index("Parts as they are now") : page.index("Parts as they were")]
    assert bench.presses[1].name in shown
    assert bench.presses[2].name not in shown


def test_the_api_gives_now_with_the_evidence(bench: Bench, client_for, measured_now: NowMeasure) -> None:
    answer = client_for(bench.cast.whole.quality_engineer).get("/api/v1/candidates/press-quality/2/")
    whole = answer.json()["now"]["together"]
    assert whole["differences"]["wrong"] == {"value": pytest.approx(-0.15), "low": -0.2, "high": -0.1}
    assert [one["case"] for one in answer.json()["gates"] if one["key"].startswith("now_")] == [
        "now_better", "now_better", "floor_none",
    ]  # fmt: skip


def test_the_models_page_says_how_often_each_version_is_wrong_now(
    bench: Bench, client_for, measured_now: NowMeasure
) -> None:
    page = text(client_for(bench.cast.whole.quality_engineer).get("/models/press-quality/"))
    assert "Judged wrong now" in page
    assert "80 labels" in page


def test_a_difference_that_is_not_the_one_figure_minus_the_other_says_why(
    bench: Bench, client_for, measured_now: NowMeasure
) -> None:
    """Ten labels: the one version wrong in all, the other in none; of parts without a label they say the same
    of half."""
    rows = Labelled(
        truth=np.ones(10, dtype=np.int64), weight=np.ones(10), batch=np.zeros(10, dtype=np.int64),
        drawn=np.full(10, 0.1), came=np.zeros(10),
    )  # fmt: skip
    doubt, said = np.full(90, 0.1), np.repeat([0, 1], 45)
    old = Said(np.zeros(10, dtype=np.int64), doubt[:10], Answers(np.zeros(90, dtype=np.int64), doubt))
    new = Said(np.ones(10, dtype=np.int64), doubt[:10], Answers(said, doubt))
    whole = figures(
        rows, Unlabelled(np.ones(90), np.zeros(90)), new, old,
        classes=["ok", "crack"], defect=[False, True], lots=([""] * 10, [""] * 90),
    )  # fmt: skip
    assert whole["champion"]["wrong"]["value"] - whole["challenger"]["wrong"]["value"] == 1.0
    assert -0.7 < whole["differences"]["wrong"]["value"] < -0.5
    why = "A difference is not simply the one figure minus the other"
    client = client_for(bench.cast.whole.quality_engineer)
    for body, times in ((whole, 1), ({**whole, "differences": {}}, 0)):
        NowMeasure.objects.update(body=now(body))
        assert text(client.get("/candidates/press-quality/2/")).count(why) == times


def test_an_alert_that_is_open_closes_the_gates_of_now_until_parts_by_chance_have_labels(
    bench: Bench,
) -> None:
    def case(*targets: str) -> str:
        facts = facts_of(bench.candidate, champion=bench.champion, targets=targets)
        return next(one.case for one in gates_of(facts, Rules()) if one.key == "now_not_worse")

    assert case() == "now_not_measured"
    Alert.objects.create(
        asset=bench.presses[1], version=bench.champion, kind="data_drift", since=timezone.now(),
        opened_at=timezone.now(),
    )  # fmt: skip
    assert case() == case(bench.presses[1].slug) == "now_no_chance"
    assert case(bench.presses[0].slug) == "now_not_measured"
    Alert.objects.update(state="resolved", cause="false_alarm", resolved_at=timezone.now())
    assert case() == "now_not_measured"


def test_a_measure_beside_another_champion_does_not_count(
    bench: Bench, client_for, measured_now: NowMeasure
) -> None:
    NowMeasure.objects.update(champion=None)
    page = text(client_for(bench.cast.whole.quality_engineer).get("/candidates/press-quality/2/"))
    assert "Parts as they are now" not in page
