"""The way back of what can soundly be undone; each is a service of the plant with its own guard and claim."""

from __future__ import annotations

from datetime import date, time

from django.shortcuts import get_object_or_404

from mlops_portal.foundation.plant.models import (
    Asset,
    AssetType,
    ClosedDay,
    Line,
    Node,
    Person,
    PersonSkill,
    RoleAssignment,
    Shift,
    Site,
)
from mlops_portal.foundation.plant.services.calendar import (
    closed_day_add,
    closed_day_remove,
    shift_remove,
    shift_set,
)
from mlops_portal.foundation.plant.services.places import asset_change
from mlops_portal.foundation.plant.services.roles import role_end
from mlops_portal.foundation.plant.services.skills import skill_end
from mlops_portal.foundation.shell.registries import undo


def _role_given(*, by: Person, assignment: int) -> None:
    role_end(by=by, assignment=get_object_or_404(RoleAssignment, pk=assignment))


def _skill_given(*, by: Person, held: int) -> None:
    skill_end(by=by, held=get_object_or_404(PersonSkill, pk=held))


def _asset_changed(*, by: Person, asset: str, called: str, line: str, type: str, node: str | None) -> None:  # noqa: A002 - the column's own name
    asset_change(
        by=by,
        asset=get_object_or_404(Asset, slug=asset),
        name=called,
        line=get_object_or_404(Line, slug=line),
        type=get_object_or_404(AssetType, slug=type),
        node=get_object_or_404(Node, slug=node) if node else None,
    )


def _day_closed(*, by: Person, closed: int) -> None:
    closed_day_remove(by=by, closed=get_object_or_404(ClosedDay, pk=closed))


def _day_opened(*, by: Person, site: str, line: str | None, day: str, reason: str) -> None:
    closed_day_add(
        by=by,
        site=get_object_or_404(Site, slug=site),
        line=get_object_or_404(Line, slug=line) if line else None,
        day=date.fromisoformat(day),
        reason=reason,
    )


def _shift_set(*, by: Person, site: str, called: str, starts: str, ends: str, weekdays: str) -> None:
    shift_set(
        by=by,
        site=get_object_or_404(Site, slug=site),
        name=called,
        starts=time.fromisoformat(starts),
        ends=time.fromisoformat(ends),
        weekdays=weekdays,
    )


def _shift_made(*, by: Person, shift: int) -> None:
    shift_remove(by=by, shift=get_object_or_404(Shift, pk=shift))


def asset_as_it_is(asset: Asset) -> dict[str, str | None]:
    """What the undo of a change needs to know; read before the change."""
    return {
        "asset": asset.slug,
        "called": asset.name,
        "line": asset.line.slug,
        "type": asset.type.slug,
        "node": asset.node.slug if asset.node else None,
    }


def shift_as_it_is(shift: Shift) -> dict[str, str]:
    """The same for a shift that is changed or removed."""
    return {
        "site": shift.site.slug,
        "called": shift.name,
        "starts": shift.starts.isoformat(),
        "ends": shift.ends.isoformat(),
        "weekdays": shift.weekdays,
    }


def register_inverses() -> None:
    undo.register("directory.role_given", _role_given)
    undo.register("directory.skill_given", _skill_given)
    undo.register("directory.asset_changed", _asset_changed)
    undo.register("directory.day_closed", _day_closed)
    undo.register("directory.day_opened", _day_opened)
    undo.register("directory.shift_made", _shift_made)
    undo.register("directory.shift_set", _shift_set)
