"""The plant's board, lines, machines and nodes."""

from __future__ import annotations

import pytest

from mlops_portal.foundation.plant.models import Asset, Node


@pytest.fixture
def admin(world, client_for):
    return client_for(world.cast.whole.administrator)


def test_the_board_shows_the_lines_that_one_sees_and_no_others(world, client_for):
    text = client_for(world.cast.two.operator).get("/plant/").content.decode()
    assert "Line 2" in text
    assert "Press 1" not in text
    assert "Borkheide" not in text


def test_the_board_answers_a_live_change_with_its_part_alone(admin):
    text = admin.get("/plant/", headers={"hx-request": "true"}).content.decode()
    assert "Press 1" in text
    assert "<html" not in text


def test_who_has_no_role_is_told_so_instead_of_an_empty_board(world, client_for):
    assert client_for(world.cast.stranger).get("/plant/").status_code == 403


@pytest.mark.parametrize("address", ["/plant/", "/plant/machines/", "/plant/nodes/"])
def test_five_hundred_machines_cost_no_more_queries(address, admin, world, django_assert_max_num_queries):
    Asset.objects.bulk_create(
        Asset(
            name=f"Press {number}",
            slug=f"press-x{number}",
            line=world.cast.line_1 if number % 2 else world.cast.line_2,
            type=world.press,
        )
        for number in range(500)
    )
    with django_assert_max_num_queries(20):
        assert admin.get(address).status_code == 200


def test_a_change_of_a_machine_can_be_undone(admin, world):
    changed = {"name": "Press A", "type": "press", "line": "line-2", "node": ""}
    response = admin.post("/plant/machines/press-1/change/", changed, follow=True)
    world.asset.refresh_from_db()
    assert (world.asset.name, world.asset.line, world.asset.node) == ("Press A", world.cast.line_2, None)
    [message] = response.context["messages"]
    admin.post("/undo/", {"token": message.extra_tags.removeprefix("undo:")})
    world.asset.refresh_from_db()
    assert (world.asset.name, world.asset.line, world.asset.node) == (
        "Press 1",
        world.cast.line_1,
        world.node,
    )


def test_a_taken_short_name_is_said_at_the_form(admin):
    taken = {"name": "Press", "slug": "press-1", "type": "press", "line": "line-1"}
    response = admin.post("/plant/machines/new/", taken)
    assert response.status_code == 409
    assert "is taken" in response.content.decode()


def test_a_retired_machine_leaves_the_lists_and_keeps_its_page(admin):
    admin.post("/plant/machines/press-1/retire/")
    assert "press-1" not in admin.get("/plant/machines/").content.decode()
    page = admin.get("/plant/machines/press-1/")
    assert "retired" in page.content.decode()
    assert page.context["offers"] == []
    assert admin.post("/plant/machines/press-1/retire/").status_code == 409


def test_a_node_that_serves_a_machine_cannot_be_retired_and_its_page_says_why(admin):
    [offer] = admin.get("/plant/nodes/node-1/").context["offers"]
    assert not offer.allowed
    assert "still serves machines" in offer.reason
    assert admin.post("/plant/nodes/node-1/retire/").status_code == 409


def test_a_node_is_registered_for_the_line_named_in_the_address(admin):
    assert 'value="line-2" selected' in admin.get("/plant/nodes/new/?line=line-2").content.decode()
    admin.post("/plant/nodes/new/", {"name": "Node 9", "slug": "node-9", "line": "line-2"})
    assert Node.objects.get(slug="node-9").line.slug == "line-2"


def test_what_happened_to_a_machine_stands_on_its_page(admin):
    admin.post("/plant/machines/new/", {"name": "P 7", "slug": "p-7", "type": "press", "line": "line-1"})
    assert "Administrator Whole added the machine P 7" in admin.get("/plant/machines/p-7/").content.decode()


def test_the_list_of_machines_exports_what_it_shows(admin):
    response = admin.get("/plant/machines/?line=line-1&csv=1")
    assert response.headers["Content-Type"].startswith("text/csv")


def test_a_line_s_page_tells_of_roles_only_to_who_may_read_the_log(admin, world, client_for):
    admin.post(f"/people/{world.worker.pk}/role/", {"role": "auditor", "place": "ahrensfeld/line-1"})
    admin.post("/plant/machines/press-1/retire/")
    for person, told in ((world.cast.one.auditor, True), (world.cast.one.operator, False)):
        text = client_for(person).get("/plant/lines/line-1/").content.decode()
        assert ("made Wanda Worker Auditor" in text) is told
        assert "retired the machine Press 1" in text
