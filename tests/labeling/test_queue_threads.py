"""Many people at once: nobody gets another's part, and no answer is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from labeling.models import Label, LabelRequest
from labeling.services import label_answer, label_next
from labeling.transitions import RequestState
from mlops_portal.foundation.plant.models import Person, RoleAssignment
from tests.cast import JOINED, make_cast, new_person
from tests.labeling.asked import make_queue

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]
PEOPLE, PARTS = 6, 48


def crowd(queue) -> list[Person]:
    people = Person.objects.bulk_create([new_person(f"crowd-{n}") for n in range(PEOPLE)])
    RoleAssignment.objects.bulk_create(
        RoleAssignment(
            person=one, role="operator", site=queue.cast.site, line=queue.cast.line_1, granted_at=JOINED
        )
        for one in people
    )
    return people


def apart(work, *args):
    try:
        return work(*args)
    finally:
        connection.close()


def test_everybody_at_once_answers_every_part_exactly_once():
    queue = make_queue(make_cast(), PARTS)
    people, start = crowd(queue), Barrier(PEOPLE)

    def work(person: Person) -> list[object]:
        start.wait(30)
        mine = []
        while (request := label_next(by=person, line=queue.cast.line_1)) is not None:
            label_answer(by=person, request=request, answer="ok")
            mine.append(request.pk)
        return mine

    with ThreadPoolExecutor(PEOPLE) as pool:
        answered = [task.result(120) for task in [pool.submit(apart, work, one) for one in people]]
    everything = [pk for mine in answered for pk in mine]
    assert len(everything) == len(set(everything)) == PARTS
    assert Label.objects.count() == PARTS
    assert not LabelRequest.objects.exclude(state=RequestState.ANSWERED).exists()


def test_one_person_in_two_windows_holds_one_part():
    queue = make_queue(make_cast(), 10)
    start = Barrier(4)

    def work() -> object:
        start.wait(30)
        request = label_next(by=queue.operator, line=queue.cast.line_1)
        return request and request.pk

    with ThreadPoolExecutor(4) as pool:
        got = {task.result(60) for task in [pool.submit(apart, work) for _ in range(4)]}
    assert len(got) == 1
    assert LabelRequest.objects.filter(state=RequestState.LEASED).count() == 1


def test_one_part_is_taken_by_one_of_many():
    queue = make_queue(make_cast(), 1)
    people, start = crowd(queue), Barrier(PEOPLE)

    def work(person: Person) -> bool:
        start.wait(30)
        return label_next(by=person, line=queue.cast.line_1) is not None

    with ThreadPoolExecutor(PEOPLE) as pool:
        taken = [task.result(60) for task in [pool.submit(apart, work, one) for one in people]]
    assert taken.count(True) == 1
