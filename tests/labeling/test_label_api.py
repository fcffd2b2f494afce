"""What pages do with questions, programs can do."""

from __future__ import annotations

import json

import pytest

from labeling.models import Label, LabelRequest
from labeling.services import label_answer, label_next
from labeling.transitions import RequestState

pytestmark = pytest.mark.django_db


@pytest.fixture
def send(client_for):
    def call(person, address: str, **data):
        return client_for(person).post(
            f"/api/v1/{address}", json.dumps(data), content_type="application/json"
        )

    return call


def test_next_answer_undo(queue, send, client_for):
    given = send(queue.operator, "label-requests/next/", line="line-1").json()
    assert given["part"] == "N-0"
    assert given["answers"] == ["ok", "crack", "scratch", "burr", "cant_tell", "escalate"]
    assert "model_said" not in given
    answer = send(queue.operator, f"label-requests/{given['id']}/answer/", answer="crack", seconds=3)
    assert answer.status_code == 201
    assert answer.json()["model_said"] == "ok"
    fate = client_for(queue.operator).get("/api/v1/labels/").json()["results"][0]
    assert (fate["label"]["answer"], fate["undo_allowed"]) == ("crack", True)
    assert send(queue.operator, "undo/", undo=answer.json()["undo"]).status_code == 204
    assert Label.objects.get().undone_at is not None


def test_an_answer_is_undone_by_its_own_address(queue, send):
    request = label_next(by=queue.operator, line=queue.cast.line_1)
    label, _ = label_answer(by=queue.operator, request=request, answer="ok")
    assert send(queue.second, f"labels/{label.pk}/undo/").status_code == 404
    assert send(queue.operator, f"labels/{label.pk}/undo/").status_code == 204
    assert send(queue.operator, f"labels/{label.pk}/undo/").json()["status"] == 409


def test_an_empty_queue_is_no_content(queue, send):
    assert send(queue.cast.two.operator, "label-requests/next/", line="line-2").status_code == 204


def test_a_part_is_given_back(queue, send):
    request = label_next(by=queue.operator, line=queue.cast.line_1)
    assert send(queue.operator, f"label-requests/{request.pk}/release/").status_code == 204
    assert LabelRequest.objects.get(pk=request.pk).state == RequestState.OPEN


def test_anothers_part_is_a_conflict(queue, send):
    request = label_next(by=queue.operator, line=queue.cast.line_1)
    answer = send(queue.second, f"label-requests/{request.pk}/answer/", answer="ok")
    assert (answer.status_code, answer.json()["type"].rsplit(":", 1)[-1]) == (409, "not-your-part")


def test_experts_dispute_and_settle(queue, send):
    request = label_next(by=queue.operator, line=queue.cast.line_1)
    label_answer(by=queue.operator, request=request, answer="ok")
    at = f"label-requests/{request.pk}"
    assert send(queue.expert, f"{at}/dispute/", reason="A crack at the rim").status_code == 204
    assert send(queue.operator, f"{at}/settle/", answer="crack").status_code == 403
    assert send(queue.expert, f"{at}/settle/", answer="crack").status_code == 201


def test_asking_needs_an_alert_or_a_line_and_a_model(queue, send):
    assert send(queue.expert, "label-requests/", count=5).status_code == 422
    assert send(queue.operator, "label-requests/", count=5).status_code == 403
    missing = send(queue.expert, "label-requests/", line="line-1", model="press-quality", count=5)
    assert "No machine runs" in missing.json()["detail"]


def test_lists_end_at_the_persons_lines(queue, client_for):
    mine = client_for(queue.operator).get("/api/v1/label-requests/").json()["results"]
    assert len(mine) == 3
    assert client_for(queue.cast.two.operator).get("/api/v1/label-requests/").json()["results"] == []
    assert client_for(queue.cast.one.auditor).get("/api/v1/label-requests/").json()["results"] == []
