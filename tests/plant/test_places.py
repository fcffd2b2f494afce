"""Lines, machines and edge nodes."""

from __future__ import annotations

import pytest
from django.utils import timezone

from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.plant.errors import AlreadyEnded, NameTaken, StillInUse, WrongPlace
from mlops_portal.foundation.plant.models import Asset, Node, Person
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.plant.selectors.places import assets_for, lines_for, nodes_for
from mlops_portal.foundation.plant.services.places import (
    asset_change,
    asset_create,
    asset_retire,
    line_create,
    node_register,
    node_retire,
)
from mlops_portal.foundation.wire.errors import NotAllowed

pytestmark = pytest.mark.services


def admin(cast) -> Person:
    return cast.whole.administrator


def test_the_administrator_adds_a_line(cast, recorded):
    line = line_create(by=admin(cast), site=cast.site, name="Line 3", slug="line-3", order=3)
    assert line in lines_for(person=admin(cast))
    assert recorded() == ["plant.line.created"]


def test_a_short_name_is_taken_once(cast, recorded):
    with pytest.raises(NameTaken):
        line_create(by=admin(cast), site=cast.site, name="Again", slug="line-1")
    assert recorded() == []


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_no_other_role_changes_the_plant(cast, machines, role):
    by = cast.whole.having(role)
    with pytest.raises(NotAllowed):
        line_create(by=by, site=cast.site, name="Line 3", slug="line-3")
    with pytest.raises(NotAllowed):
        asset_create(by=by, line=cast.line_1, type=machines.press, name="P", slug="p")
    with pytest.raises(NotAllowed):
        asset_retire(by=by, asset=machines.asset)
    with pytest.raises(NotAllowed):
        node_register(by=by, line=cast.line_1, name="N", slug="n")


def test_the_administrator_of_one_line_changes_nothing_not_even_there(cast, machines):
    with pytest.raises(NotAllowed, match="whole site"):
        asset_retire(by=cast.one.administrator, asset=machines.asset)


def test_a_machine_is_added_with_its_node(cast, machines, recorded):
    asset = asset_create(
        by=admin(cast),
        line=cast.line_1,
        type=machines.mill,
        name="Mill 2",
        slug="mill-2",
        node=machines.node,
    )
    assert asset in assets_for(person=cast.one.operator)
    assert recorded() == ["plant.asset.created"]


def test_a_node_of_another_line_is_refused(cast, machines):
    with pytest.raises(WrongPlace):
        asset_create(
            by=admin(cast),
            line=cast.line_1,
            type=machines.mill,
            name="Mill 2",
            slug="mill-2",
            node=machines.line_2_node,
        )


def test_a_retired_node_serves_no_new_machine(cast, machines):
    node_retire(by=admin(cast), node=machines.line_2_node)
    with pytest.raises(AlreadyEnded):
        asset_create(
            by=admin(cast),
            line=cast.line_2,
            type=machines.mill,
            name="Mill 2",
            slug="mill-2",
            node=Node.objects.get(pk=machines.line_2_node.pk),
        )


def test_a_move_keeps_the_old_and_the_new_line_in_the_log(cast, machines):
    asset_change(
        by=admin(cast),
        asset=machines.asset,
        name="Press 1",
        line=cast.line_2,
        type=machines.press,
        node=machines.line_2_node,
    )
    machines.asset.refresh_from_db()
    assert machines.asset.line == cast.line_2
    event = Event.objects.get(type="plant.asset.changed")
    assert {"line-1", "line-2"} <= set(event.subjects.filter(kind="line").values_list("key", flat=True))


def test_a_change_that_changes_nothing_records_nothing(cast, machines, recorded):
    asset_change(
        by=admin(cast),
        asset=machines.asset,
        name="Press 1",
        line=cast.line_1,
        type=machines.press,
        node=machines.node,
    )
    assert recorded() == []


def test_a_machine_is_not_moved_to_a_site_where_one_may_not(cast, machines, other_site):
    with pytest.raises(NotAllowed):
        asset_change(
            by=admin(cast),
            asset=machines.asset,
            name="Press 1",
            line=other_site.lines.get(),
            type=machines.press,
            node=None,
        )


def test_a_machine_is_retired_once_and_then_stays_as_it_is(cast, machines, recorded):
    asset_retire(by=admin(cast), asset=machines.asset)
    assert machines.asset not in assets_for(person=cast.one.operator)
    with pytest.raises(AlreadyEnded):
        asset_retire(by=admin(cast), asset=machines.asset)
    with pytest.raises(AlreadyEnded):
        asset_change(
            by=admin(cast),
            asset=machines.asset,
            name="New",
            line=cast.line_1,
            type=machines.press,
            node=None,
        )
    assert recorded() == ["plant.asset.retired"]


def test_a_node_is_registered_without_an_identity(cast, recorded):
    node = node_register(by=admin(cast), line=cast.line_1, name="Node 7", slug="node-7")
    assert (node.public_key, node.enrolled_at) == ("", None)
    assert recorded() == ["plant.node.registered"]


def test_a_node_that_serves_a_machine_stays(cast, machines, recorded):
    with pytest.raises(StillInUse):
        node_retire(by=admin(cast), node=machines.node)
    asset_retire(by=admin(cast), asset=machines.asset)
    node_retire(by=admin(cast), node=machines.node)
    with pytest.raises(AlreadyEnded):
        node_retire(by=admin(cast), node=machines.node)
    assert recorded() == ["plant.asset.retired", "plant.node.retired"]


def test_everybody_sees_their_own_lines_and_no_others(cast, machines, other_site):
    assert list(lines_for(person=cast.one.operator)) == [cast.line_1]
    assert list(lines_for(person=cast.whole.operator)) == [cast.line_1, cast.line_2]
    assert list(assets_for(person=cast.two.operator)) == []
    assert list(nodes_for(person=cast.two.operator)) == [machines.line_2_node]
    assert not lines_for(person=cast.stranger).exists()


def test_two_nodes_never_share_a_key(cast, machines):
    from django.db import IntegrityError, transaction

    Node.objects.filter(pk=machines.node.pk).update(public_key="ab" * 32, enrolled_at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Node.objects.filter(pk=machines.line_2_node.pk).update(public_key="ab" * 32)
    assert Asset.objects.filter(node=machines.node).exists()
