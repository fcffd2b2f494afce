"""The plant as a picture: sites, their lines, the machines on each, and the shift that runs now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mlops_portal.foundation.plant.models import Asset, Line, Person, Site
from mlops_portal.foundation.plant.selectors.calendar import ShiftSpan, shifts_at
from mlops_portal.foundation.plant.selectors.places import assets_for, lines_for


@dataclass(frozen=True, slots=True)
class LineNow:
    line: Line
    assets: list[Asset]
    shift: ShiftSpan | None


@dataclass(frozen=True, slots=True)
class SiteNow:
    site: Site
    lines: list[LineNow]

    @property
    def machines(self) -> int:
        return sum(len(one.assets) for one in self.lines)


def board_for(*, person: Person, now: datetime) -> list[SiteNow]:
    """Every line that the person sees, by site; four queries however many machines there are."""
    lines = list(lines_for(person=person).order_by("site__name", "order", "name"))
    assets: dict[int, list[Asset]] = {line.pk: [] for line in lines}
    for asset in assets_for(person=person).order_by("name"):
        assets[asset.line_id].append(asset)
    shifts = shifts_at(lines=lines, when=now)
    sites: dict[int, SiteNow] = {}
    for line in lines:
        there = sites.setdefault(line.site_id, SiteNow(line.site, []))
        there.lines.append(LineNow(line, assets[line.pk], shifts[line.pk]))
    return list(sites.values())


def own_lines(*, person: Person, now: datetime) -> list[LineNow]:
    """The lines on which somebody works, with their shift; for the home page."""
    return [one for site in board_for(person=person, now=now) for one in site.lines]
