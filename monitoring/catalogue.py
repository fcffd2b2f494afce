"""Every statistic of a window, once: its key, the field's term, plain words, unit, tone and what it is of.

Alerts, limits and reports read it. What it is computed by are the functions of ``drift.compute.binned`` (from
counts) and ``drift.compute.detector.scores`` (from rows); ``tests/monitoring/test_catalogue.py`` holds that
these tell no statistic that is not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NUMBERS, WORDS, MODEL, JOINT = "numbers", "words", "model", "joint"


@dataclass(frozen=True, slots=True)
class Statistic:
    """``term`` is the field's; ``name`` and ``measures`` are for people. ``of``: what it applies to. ``unit``
    of its limit; ``tone`` of its line. ``least`` rows of a window; ``largest`` value that there can be."""

    key: str
    term: str
    name: str | Promise
    measures: str | Promise
    of: frozenset[str]
    unit: str = ""
    tone: str = "quiet"
    least: int = 1
    largest: float | None = None
    logarithm: bool = False


def _of(*kinds: str) -> frozenset[str]:
    return frozenset(kinds)


ALL: tuple[Statistic, ...] = (
    Statistic(
        "psi", "population stability index", _("Population stability"),
        _("how differently it is spread than learned"), _of(NUMBERS, WORDS, MODEL), tone="info", least=20,
    ),
    Statistic(
        "ks", "Kolmogorov-Smirnov distance", _("Largest distance"),
        _("largest distance from what was learned"), _of(NUMBERS), tone="change", least=20, largest=1.0,
    ),
    Statistic(
        "mean", "standardised mean shift", _("Shift of the mean"),
        _("shift of the mean, in deviations of what was learned"), _of(NUMBERS), unit="σ", tone="bad",
    ),
    Statistic(
        "beside", "regression-adjusted mean", _("Beside the others"),
        _("shift that the other readings do not explain"), _of(NUMBERS), unit="σ", tone="good",
    ),
    Statistic(
        "ewma", "exponentially weighted moving average", _("Memory of the mean"),
        _("lasting shift of the mean, in deviations of what was learned"), _of(NUMBERS), unit="σ",
        tone="caution",
    ),
    Statistic(
        "narrow", "log ratio of deviations", _("Spread, narrower"),
        _("how much less it varies than learned, as a logarithm"), _of(NUMBERS), unit="%", least=20,
        logarithm=True,
    ),
    Statistic(
        "wide", "ratio of deviations", _("Spread, wider"),
        _("how much it varies, in deviations of what was learned"), _of(NUMBERS), unit="%", least=20,
    ),
    Statistic(
        "unseen", "share of unseen categories", _("Words never met"),
        _("share of words that the model never met"), _of(WORDS), unit="%", largest=1.0,
    ),
    Statistic(
        "missing", "share missing", _("Share missing"),
        _("share of parts without it"), _of(NUMBERS, WORDS), unit="%", largest=1.0,
    ),
    Statistic(
        "error", "error rate", _("Share judged wrong"), _("share judged wrong"), _of(MODEL), largest=1.0,
    ),
    Statistic("changed", "share changed", _("Changed"), _("share that differs from the one value learned"),
              _of(NUMBERS), largest=1.0),
    Statistic("t2", "Hotelling's T²", _("All readings, within"),
              _("how far out parts lie in what readings have in common"), _of(JOINT)),
    Statistic("q", "squared prediction error", _("All readings, beside"),
              _("how far off what readings have in common parts lie"), _of(JOINT)),
    Statistic("mewma", "multivariate EWMA", _("All readings, memory"),
              _("lasting shift of all means together"), _of(JOINT)),
)  # fmt: skip
STATISTICS: Mapping[str, Statistic] = {one.key: one for one in ALL}


def of_kind(kind: str) -> list[Statistic]:
    """The statistics of numbers, of words, of the model or of all readings together, in their order."""
    return [one for one in ALL if kind in one.of]


def name_of(key: str) -> str:
    """What people call the statistic; a key that is none is its own name."""
    return str(STATISTICS[key].name) if key in STATISTICS else key
