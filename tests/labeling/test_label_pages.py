"""The page at the line: one part, one tap, the next one."""

from __future__ import annotations

import json
from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from labeling.models import Label, LabelRequest
from labeling.services import label_answer, label_next
from labeling.transitions import RequestState
from mlops_portal.foundation.registry.services import artifact_put
from monitoring.models import Picture

pytestmark = pytest.mark.django_db


def page_of(queue, client_for, person=None):
    return client_for(person or queue.operator).get("/label/line-1/")


def tap(client, request, answer: str, done: int = 0, of: int = 3, **more):
    data = {"request": str(request.pk), "answer": answer, "done": done, "of": of, **more}
    return client.post("/label/line-1/answer/", data)


def test_who_works_on_one_line_is_there_at_once(queue, client_for):
    answer = client_for(queue.operator).get("/label/")
    assert answer.headers["Location"] == "/label/line-1/"
    lines = client_for(queue.second).get("/label/")
    assert "3 parts wait" in lines.text


def test_the_page_shows_the_part_its_readings_and_the_answers_but_not_what_the_model_said(queue, client_for):
    page = page_of(queue, client_for)
    assert "Part N-0" in page.text
    assert "Chosen at random" in page.text
    assert "1 of 3" in page.text
    assert page.text.count('class="reading-value"') == 4 + 14
    for answer in ("ok", "crack", "scratch", "burr", "cant_tell", "escalate"):
        assert f'value="{answer}"' in page.text
    assert "The model said" not in page.text
    assert page.context["question"].choices[0]["key"] == "1"


def test_one_request_saves_the_answer_and_brings_the_next_part(queue, client_for):
    client = client_for(queue.operator)
    client.get("/label/line-1/")
    answer = tap(client, queue.requests[0], "crack", shown="1")
    assert "Part N-1" in answer.text
    assert "Part N-0: Crack. The model said: Good part." in answer.text
    assert "2 of 3" in answer.text
    assert Label.objects.get().answer == "crack"
    assert LabelRequest.objects.get(pk=queue.requests[1].pk).leased_by == queue.operator


def test_when_both_agree_it_says_so(queue, client_for):
    client = client_for(queue.operator)
    client.get("/label/line-1/")
    assert "You and the model agree." in tap(client, queue.requests[0], "ok").text


def test_handing_on_says_what_happens_and_nothing_of_the_model(queue, client_for):
    client = client_for(queue.operator)
    client.get("/label/line-1/")
    said = tap(client, queue.requests[0], "cant_tell").text
    assert "an expert will look at it" in said
    assert "The model said" not in said


def test_undo_brings_the_part_back(queue, client_for):
    client = client_for(queue.operator)
    client.get("/label/line-1/")
    tap(client, queue.requests[0], "crack")
    label = Label.objects.get()
    page = client.post("/label/line-1/undo/", {"label": str(label.pk), "done": 1, "of": 3})
    assert "Part N-0" in page.text
    assert "1 of 3" in page.text
    label.refresh_from_db()
    assert label.undone_at is not None


def test_undo_too_late_says_why_and_goes_on(queue, client_for):
    client = client_for(queue.operator)
    client.get("/label/line-1/")
    tap(client, queue.requests[0], "crack")
    data = {"label": str(Label.objects.get().pk), "done": 1, "of": 3}
    client.post("/label/line-1/undo/", data)
    again = client.post("/label/line-1/undo/", data)
    assert again.status_code == 200
    assert "taken back before" in again.text


def test_a_part_that_somebody_else_has_by_now_is_not_lost_in_silence(queue, client_for):
    client = client_for(queue.operator)
    client.get("/label/line-1/")
    LabelRequest.objects.filter(pk=queue.requests[0].pk).update(leased_by=queue.second)
    page = tap(client, queue.requests[0], "crack")
    assert "your answer was not saved" in page.text
    assert "Part N-1" in page.text
    assert not Label.objects.exists()


def test_the_end_of_a_bundle_says_thank_you_and_holds_nothing(queue, client_for):
    client = client_for(queue.operator)
    client.get("/label/line-1/")
    page = tap(client, queue.requests[0], "ok", done=2, of=3)
    assert "3 parts judged. Thank you." in page.text
    assert "Go on: 2 more wait" in page.text
    assert not LabelRequest.objects.filter(state=RequestState.LEASED).exists()


def test_an_empty_queue_says_what_will_come_and_listens(queue, client_for):
    page = client_for(queue.cast.two.operator).get("/label/line-2/")
    assert "Nothing to judge now" in page.text
    assert 'data-live="labels:line-2"' in page.text


def test_an_answer_that_does_not_exist_changes_nothing(queue, client_for):
    client = client_for(queue.operator)
    client.get("/label/line-1/")
    assert tap(client, queue.requests[0], "banana").status_code == 422
    assert client.post("/label/line-1/answer/", {"request": "x"}).status_code == 404
    assert not Label.objects.exists()


def test_the_page_works_without_script(queue, client_for):
    client = client_for(queue.operator)
    client.get("/label/line-1/")
    data = {"request": str(queue.requests[0].pk), "answer": "ok", "done": "0", "of": "3"}
    page = client.post("/label/line-1/answer/", data)
    assert "<html" in page.text
    assert "Part N-1" in page.text


def test_answers_are_posted_and_their_address_alone_leads_to_the_page(queue, client_for):
    client = client_for(queue.operator)
    assert client.put("/label/line-1/answer/").status_code == 405
    for address in ("/label/line-1/answer/", "/label/line-1/undo/"):
        assert client.get(address).headers["Location"] == "/label/line-1/"


def test_the_page_is_never_shown_again_from_what_the_browser_keeps(queue, client_for):
    assert "no-store" in page_of(queue, client_for).headers["Cache-Control"]


def test_a_form_sent_twice_is_one_answer(queue, client_for):
    client = client_for(queue.operator)
    client.get("/label/line-1/")
    key = str(uuid4())
    tap(client, queue.requests[0], "crack", key=key)
    assert "Part N-0: Crack." in tap(client, queue.requests[0], "crack", key=key).text
    assert Label.objects.get().key == UUID(key)


def test_another_lines_operator_sees_no_such_page(queue, client_for):
    assert client_for(queue.cast.two.operator).get("/label/line-1/").status_code == 404
    assert client_for(queue.cast.one.auditor).get("/label/line-1/").status_code == 403


def test_the_page_asks_for_the_next_parts_and_gets_them_as_it_draws_them(queue, client_for):
    artifact = artifact_put(data=b"\x89PNG\r\n\x1a\n", kind="picture", name="p")
    Picture.objects.create(prediction=queue.rows[1].prediction, view="colour", artifact=artifact)
    url = reverse("picture", args=["node-1:1", "colour"])
    client = client_for(queue.operator)
    page_of(queue, client_for)
    given = client.get("/label/line-1/tasks/").json()
    assert [one["part"] for one in given["tasks"]] == [
        "N-0",
        "N-1",
    ]  # half of the others stays for colleagues
    assert given["tasks"][1]["pictures"] == [url]
    assert given["person"] == str(queue.operator.pk)
    assert "model_said" not in json.dumps(given)
    have = given["tasks"][0]["id"]
    more = client.get(f"/label/line-1/tasks/?have={have}").json()
    assert have in more["held"]
    assert have not in {one["id"] for one in more["tasks"]}


def test_who_is_signed_out_is_told_so_as_a_program(queue, client):
    answer = client.get("/label/line-1/tasks/", headers={"Accept": "application/json"})
    assert answer.status_code == 401


def test_the_frame_for_times_without_a_network_holds_no_person_and_no_part(queue, client_for):
    page = client_for(queue.operator).get("/label/without-network/").text
    assert "Operator One" not in page
    assert str(queue.operator.pk) not in page
    assert "N-0" not in page
    worker = client_for(queue.operator).get("/label/worker.js")
    assert worker.headers["Content-Type"] == "text/javascript"


def test_why_a_part_is_asked_names_no_class_and_nothing_that_the_model_thinks(queue, client_for):
    why = {"text_key": "hesitates", "classes": ["crack", "burr"], "measure": "margin", "value": 0.01}
    LabelRequest.objects.update(why=why)
    said = page_of(queue, client_for).context["question"].why
    assert said == "A second pair of eyes is needed here."
    listed = client_for(queue.operator).get("/api/v1/label-requests/").json()["results"][0]
    assert "classes" not in listed["measure"]


def test_answer_and_next_cost_few_queries(queue, client_for, django_assert_max_num_queries):
    client = client_for(queue.operator)
    client.get("/label/line-1/")
    with django_assert_max_num_queries(45):
        tap(client, queue.requests[0], "crack")


def test_my_answers_show_what_became_of_them_and_can_be_taken_back(queue, client_for):
    client = client_for(queue.operator)
    assert "No answers yet" in client.get("/label/mine/").text
    client.get("/label/line-1/")
    tap(client, queue.requests[0], "crack")
    page = client.get("/label/mine/")
    assert "Part N-0: Crack" in page.text
    assert "waits for the next training" in page.text
    client.post(f"/label/mine/{Label.objects.get().pk}/take-back/")
    assert "Taken back" in client.get("/label/mine/").text


def test_nobody_takes_back_anothers_answer(queue, client_for):
    request = label_next(by=queue.operator, line=queue.cast.line_1)
    label, _ = label_answer(by=queue.operator, request=request, answer="ok")
    assert client_for(queue.second).post(f"/label/mine/{label.pk}/take-back/").status_code == 404


def test_experts_see_what_was_said_and_settle_it(queue, client_for):
    request = label_next(by=queue.operator, line=queue.cast.line_1)
    label_answer(by=queue.operator, request=request, answer="cant_tell")
    client = client_for(queue.expert)
    assert "Part N-0" in client.get("/label/experts/").text
    address = f"/label/experts/{request.pk}/"
    page = client.get(address)
    assert "Operator One" in page.text
    assert 'value="escalate"' not in page.text
    assert client.post(address, {"answer": "burr"}).headers["Location"] == "/label/experts/"
    assert LabelRequest.objects.get(pk=request.pk).state == RequestState.SETTLED
    assert "Nothing needs an expert" in client.get("/label/experts/").text


def test_why_people_could_not_tell_says_where_a_better_picture_is_needed(queue, client_for):
    for reason in ("picture", "picture", "dirty"):
        request = label_next(by=queue.operator, line=queue.cast.line_1)
        label_answer(by=queue.operator, request=request, answer="cant_tell", reason=reason)
    page = client_for(queue.expert).get("/label/experts/")
    assert [(one.asset, one.count) for one in page.context["unclear"]] == [("Press 1", 2), ("Press 1", 1)]
    assert "The picture does not show it" in page.text
    elsewhere = client_for(queue.cast.two.domain_expert).get("/label/experts/")
    assert elsewhere.context["unclear"] == []
    one = client_for(queue.expert).get(f"/label/experts/{queue.requests[2].pk}/")
    assert "The part is dirty or wet" in one.text


def test_experts_doubt_an_answer_from_its_page(queue, client_for):
    request = label_next(by=queue.operator, line=queue.cast.line_1)
    label_answer(by=queue.operator, request=request, answer="crack")
    client = client_for(queue.expert)
    client.post(f"/label/experts/{request.pk}/dispute/", {"reason": "A shadow."})
    assert "Your word settles it" in client.get(f"/label/experts/{request.pk}/").text


def test_operators_do_not_see_the_experts_page(queue, client_for):
    assert client_for(queue.operator).get("/label/experts/").status_code == 403


def test_the_home_of_an_operator_says_what_the_line_needs(queue, client_for):
    page = client_for(queue.operator).get("/")
    assert "What do you need from me?" in page.text
    assert "Judge 3 parts" in page.text


def test_the_form_to_ask_needs_a_champion(queue, client_for):
    client = client_for(queue.expert)
    assert client.get("/label/ask/").status_code == 200
    data = {"line": "line-1", "model": "press-quality", "count": 5}
    page = client.post("/label/ask/", data)
    assert page.status_code == 404
    assert "No machine runs a version" in page.text
