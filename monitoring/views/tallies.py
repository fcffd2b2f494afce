"""How often each word or class came, then and now."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from mlops_portal.shell.charts.bars import Bar, BarsChart

SHOWN = 8


def tallies(names: Sequence[str], learned: Sequence[int], now: Sequence[int], title: str) -> BarsChart:
    """The most frequent of both; bars in pairs."""
    whole, here = sum(learned) or 1, sum(now) or 1
    pairs = [
        (name, 100 * was / whole, 100 * came / here)
        for name, was, came in zip(names, learned, now, strict=False)
    ]
    shown = sorted(sorted(pairs, key=lambda one: -max(one[1:]))[:SHOWN], key=pairs.index)
    bars = []
    for name, was, came in shown:
        bars.append(Bar(_("%(name)s, learned on") % {"name": name}, was, "quiet"))
        bars.append(Bar(_("%(name)s, now") % {"name": name}, came, "bad"))
    return BarsChart(title, bars, full=100, digits=1)
