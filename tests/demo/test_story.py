"""The demo page tells its story as steps; the demo's authenticator app and ceremony exist there alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from edge_sync.keys.demo import demo_mark
from mlops_portal.above.demo.accounts import ACCOUNTS
from mlops_portal.above.demo.codes import code_now
from mlops_portal.above.demo.load import load_plant
from mlops_portal.above.demo.services import disturbance_on
from mlops_portal.above.demo.story import PLOTS, chapters
from mlops_portal.foundation.plant.models import Asset, Person
from mlops_portal.foundation.plant.roles import Role
from tests.edge_sync.conftest import _own_files  # noqa: F401 - keys and files of this test alone

pytestmark = pytest.mark.django_db
For = Callable[..., Client]


@pytest.fixture
def plant(db: None) -> None:
    load_plant()
    demo_mark()


def somebody(username: str) -> Person:
    return Person.objects.get(username=username)


def states(line: str) -> list[str]:
    return [step.state for chapter in chapters() if chapter.line.slug == line for step in chapter.steps]


def test_who_labels_trains_and_signs_are_three() -> None:
    roles = {one.username: one.role for one in ACCOUNTS}
    for plot in PLOTS:
        assert len({plot.operator, "sam", plot.signer}) == 3
        assert [roles[plot.operator], roles["sam"], roles[plot.signer]] == [
            Role.OPERATOR, Role.ML_ENGINEER, Role.QUALITY_ENGINEER,
        ]  # fmt: skip


def test_both_lines_begin_with_the_first_step_and_say_as_whom(plant: None, client_for: For) -> None:
    for line in ("line-1", "line-2"):
        assert states(line)[:2] == ["next", "later"]
    page = client_for(somebody("anna")).get("/demo/").content.decode()
    assert page.count('aria-current="step"') == 2
    assert "Sign in as Maja Lindgren (maja)." in page
    assert "Disturb a machine" in page
    assert '<form method="post" action="/demo/on/"' not in page  # she may not, so she sees the story alone
    own = client_for(somebody("maja")).get("/demo/?machine=mill-5").content.decode()
    assert "That is you." in own
    assert '<option value="mill-5" selected>' in own


def test_a_step_that_is_done_gives_way_to_the_next(plant: None) -> None:
    mill = Asset.objects.select_related("line__site").get(slug="mill-5")
    disturbance_on(by=somebody("maja"), asset=mill, key="tool_wear", strength=3)
    assert states("line-2")[:3] == ["done", "next", "later"]
    assert states("line-1")[0] == "next"


def test_the_app_of_who_signs_by_code_can_be_looked_at_before_signing_in(plant: None, client: Client) -> None:
    page = client.get("/demo/code/").content.decode()
    assert code_now("jonas") in page or code_now("jonas") in client.get("/demo/code/").content.decode()
    assert "anna" not in page


@pytest.mark.parametrize("address", ["/demo/code/", "/demo/", "/demo/story/"])
def test_elsewhere_than_at_the_demo_plant_there_is_no_such_page(
    cast: Any, client_for: For, address: str
) -> None:
    assert client_for(cast.whole.quality_engineer).get(address).status_code in (403, 404)


def test_in_the_production_profile_no_code_is_shown(plant: None, client: Client, settings: Any) -> None:
    settings.PROFILE = "production"
    assert client.get("/demo/code/").status_code == 404
