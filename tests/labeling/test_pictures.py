"""Pictures of parts: for those who may see the line, and fetched once."""

from __future__ import annotations

import pytest

from mlops_portal.foundation.registry.services import artifact_put
from monitoring.models import Picture

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n and the rest"
ADDRESS = "/pictures/node-1:0/colour/"


@pytest.fixture
def picture(queue) -> Picture:
    artifact = artifact_put(data=PNG, kind="picture", name="p")
    return Picture.objects.create(prediction=queue.rows[0].prediction, view="colour", artifact=artifact)


def test_an_operator_of_the_line_sees_it(queue, picture, client_for):
    answer = client_for(queue.operator).get(ADDRESS)
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, PNG, "image/png")
    assert answer["Cache-Control"].startswith("private")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_browser_that_has_it_is_not_sent_it_again(queue, picture, client_for):
    client = client_for(queue.operator)
    etag = client.get(ADDRESS)["ETag"]
    again = client.get(ADDRESS, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")


def test_others_learn_nothing_even_with_the_right_etag(queue, picture, client_for):
    headers = {"If-None-Match": f'"{picture.artifact_id}"'}
    assert client_for(queue.cast.two.operator).get(ADDRESS, headers=headers).status_code == 404
    assert client_for(queue.cast.one.administrator).get(ADDRESS, headers=headers).status_code == 403


def test_a_picture_that_has_not_come_is_not_found(queue, client_for):
    assert client_for(queue.operator).get(ADDRESS).status_code == 404
    assert client_for(queue.operator).get("/pictures/node-1:0/other/").status_code == 404
