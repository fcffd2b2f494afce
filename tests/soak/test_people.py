"""The people of the fault run do what they are there for: a run in which nobody judges shows no labels."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from mlops_portal.foundation.plant.models import Person
from tests.soak import sides
from tests.soak.counting import count
from tests.soak.feeder import Feeder
from tests.soak.people import People

if TYPE_CHECKING:
    from tests.labeling.asked import Queue

pytestmark = pytest.mark.django_db(transaction=True)  # the reading side closes its connections


class Here(People):
    """The same people, who speak to the portal in this process."""

    def _once(self, person: str, path: str, body: dict[str, Any], key: str) -> tuple[int, dict[str, Any]]:
        answer = Client().post(
            f"/api/v1{path}",
            json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {self._tokens[person]}", "Idempotency-Key": key},
        )
        return answer.status_code, answer.json() if answer.content else {}


@pytest.fixture
def people(queue: Queue, tmp_path: Path) -> Here:
    named = {
        "tom": queue.operator, "elif": queue.cast.two.operator,
        "maja": queue.cast.whole.domain_expert, "sam": queue.cast.whole.ml_engineer,
    }  # fmt: skip
    for name, person in named.items():
        Person.objects.filter(pk=person.pk).update(username=name)
    return Here(0, sides.tokens(), Feeder(tmp_path, seed=1, speed=1), {"line-2": "none"}, seed=1)


def test_people_judge_the_parts_of_their_line_and_remember_what_was_taken(people: Here) -> None:
    for _time in range(6):
        people._answer()

    assert len(people.acknowledged.labels) >= 2
    found = sides.labels(people.acknowledged)
    assert (found.made, found.there, found.good) == (len(people.acknowledged.labels),) * 2 + (True,)


def test_nobody_is_told_that_they_may_not(people: Here) -> None:
    for _time in range(6):
        people._answer()

    assert not [one for one in people.acknowledged.refused if "may not" in one]


class Busy(People):
    """The portal still works at the first request when it comes a second time."""

    def _once(self, person: str, path: str, body: dict[str, Any], key: str) -> tuple[int, dict[str, Any]]:
        self.keys = [*getattr(self, "keys", []), key]
        busy = {"type": "urn:mlops-portal:problem:request-in-flight"}
        return (409, busy) if len(self.keys) == 1 else (201, {"id": "7"})


def test_what_is_still_at_work_is_asked_again_under_the_same_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.soak.people.EVERY", 0.01)
    people = Busy(0, {}, Feeder(tmp_path, seed=1, speed=1), {}, seed=1)

    assert people._post("maja", "/inspections/", {}) == (201, {"id": "7"})
    assert len(people.keys) == 2
    assert len(set(people.keys)) == 1


def test_a_row_of_which_nothing_was_made_is_told() -> None:
    found = sides.nothing_made([count("labels", [], []), count("inspections", ["a"], [("a", "a")])])

    assert list(found) == ["no labels were made: this run shows nothing of them"]
