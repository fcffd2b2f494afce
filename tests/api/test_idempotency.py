"""The same POST sent twice happens once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import path
from django.utils import timezone
from rest_framework.response import Response
from rest_framework.views import APIView

from mlops_portal import urls
from mlops_portal.foundation.shell.models import KeptAnswer
from mlops_portal.foundation.shell.tasks import kept_answers_expire

happened: list[object] = []
gate = threading.Event()
entered = threading.Event()


class Make(APIView):
    def post(self, request):
        happened.append(request.data)
        if request.data.get("wait"):
            entered.set()
            assert gate.wait(10)
        if request.data.get("fail"):
            raise RuntimeError
        return Response({"number": len(happened)}, status=201, headers={"Location": "/made/1"})


urlpatterns = [*urls.urlpatterns, path("api/v1/make/", Make.as_view())]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture(autouse=True)
def _nothing_happened():
    happened.clear()
    gate.clear()
    entered.clear()


@pytest.fixture
def api(cast, client_for):
    client = client_for(cast.one.operator)
    client.raise_request_exception = False
    return client


def make(client, key="k-1", **body):
    headers = {"Idempotency-Key": key} if key is not None else {}
    return client.post("/api/v1/make/", body, content_type="application/json", headers=headers)


def test_the_second_request_gets_the_first_answer(api):
    first, second = make(api), make(api)
    assert len(happened) == 1
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert second["Location"] == "/made/1"
    assert second["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first


def test_without_a_key_it_happens_again(api):
    make(api, key=None)
    make(api, key=None)
    assert len(happened) == 2


def test_the_same_key_with_another_body_is_refused(api):
    make(api, part="1")
    answer = make(api, part="2")
    assert answer.status_code == 422
    assert answer.json()["type"].endswith("idempotency-key-reused")
    assert len(happened) == 1


def test_another_person_may_use_the_same_key(api, cast, client_for):
    make(api)
    assert make(client_for(cast.two.operator)).json() == {"number": 2}


def test_a_stranger_gets_no_kept_answer(api):
    make(api)
    assert make(Client()).status_code == 401
    assert len(happened) == 1


def test_somebody_who_left_gets_no_kept_answer(api, cast):
    make(api)
    person = cast.one.operator
    person.is_active = False
    person.save()
    assert make(api).status_code in (401, 403)


def test_after_a_fault_the_key_is_free_again(api):
    assert make(api, fail=True).status_code == 500
    assert make(api, fail=True).status_code == 500
    assert len(happened) == 2
    assert not KeptAnswer.objects.exists()


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
def test_a_key_that_is_none_is_refused(api, key):
    answer = make(api, key=key)
    assert answer.status_code == 400
    assert happened == []


def test_a_request_whose_process_died_is_not_run_again(api):
    make(api)
    KeptAnswer.objects.update(status=None, created=timezone.now() - timedelta(minutes=5))
    answer = make(api)
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("outcome-unknown")
    assert len(happened) == 1


def test_after_a_day_the_key_is_new(api):
    make(api)
    KeptAnswer.objects.update(created=timezone.now() - timedelta(hours=25))
    assert make(api).json() == {"number": 2}


def test_old_answers_are_forgotten_and_young_ones_kept(api):
    make(api, key="old")
    KeptAnswer.objects.update(created=timezone.now() - timedelta(hours=25))
    make(api, key="young")
    assert kept_answers_expire() == 1
    assert KeptAnswer.objects.get().key == "young"


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_while_the_first_is_at_work_the_second_is_asked_to_wait(api):
    answers = []

    def first():
        answers.append(make(api, wait=True))
        connection.close()

    worker = threading.Thread(target=first)
    worker.start()
    assert entered.wait(10)
    answer = make(api, wait=True)
    gate.set()
    worker.join()
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("request-in-flight")
    assert answer["Retry-After"] == "1"
    assert [one.status_code for one in answers] == [201]
    assert len(happened) == 1


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_of_eight_equal_requests_at_once_one_happens(cast, client_for):
    clients = [client_for(cast.one.operator) for _ in range(8)]
    start = threading.Barrier(8)
    answers = []

    def race(client):
        start.wait()
        answers.append(make(client).status_code)
        connection.close()

    threads = [threading.Thread(target=race, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(happened) == 1
    assert set(answers) <= {201, 409}
    assert len(answers) == 8
