"""What a reference says of the promise that its limits make, in words: one for pages and commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.shell.templatetags.ui_text import number_text
from monitoring.models import Calibration

WIDER = 1.01  # from where it is worth a sentence
PROVES = 2.0  # times the promise: a count whose interval goes beyond says little
APART = 1.5  # parts from row to row, from where a table is a sample of them
PAST_LEAST = 40  # windows of a machine from which its own past counts


def promise_of(version: ModelVersion) -> dict[str, Any] | None:
    """Whether the rows that a version learned from can keep the promise: {"kept", "why", "reading", "memory",
    "rows", "needs"}; None where nobody knows."""
    kept = version.reference.get("dependence", {})
    slowest = kept.get("slowest")
    if not slowest:
        return None
    enough = slowest["share"] >= 1
    return _of_limits(version) | {
        "kept": enough,
        "why": "" if enough else "memory",
        "reading": list(version.reference["features"])[slowest["place"]],
        "memory": slowest["memory"],
        "rows": kept["rows"],
        "needs": max(kept["rows"], slowest["needs"]),
    }


def _of_limits(version: ModelVersion) -> dict[str, Any]:
    """What its calibrated limits rest on: {"lag_parts": parts from row to row or None, "tested": windows of
    the reference, "wider": {reading: times}}; nothing where its rows have no order in time."""
    if "spacing" not in version.reference:
        return {}
    of = Calibration.objects.filter(version=version, made_at__isnull=False)
    row = of.values_list("body__lag_parts", "body__windows", "body__wider").first()
    return dict(zip(("lag_parts", "tested", "wider"), row, strict=True)) if row else {}


def promise_words(told: Mapping[str, Any] | None, reading: str, name: Callable[[str], str] = str) -> str:
    """Of ``Promise.stored`` (or what a version kept of it), whose slowest reading is called ``reading``;
    ``name`` of every other."""
    if not told:
        return _(
            "Nobody knows whether this reference can keep the promise: its rows have no order in time, too "
            "few of them are of one machine, or no reading varies."
        )
    parts = [_verdict(told, reading)]
    if told.get("windows"):
        parts.append(_counted(told))
    elif "windows" in told:
        parts.append(_("It is too short to be tested with windows of this size."))
    if float(told.get("widened") or 1.0) > WIDER:
        parts.append(
            _("Its own windows passed more often than they should, so limits lie %(times)s times as far out.")
            % {"times": number_text(float(told["widened"]), 2)}
        )
    if told.get("tested"):
        parts.append(
            ngettext(
                "Limits were tested on %(windows)s window of the reference.",
                "Limits were tested on %(windows)s windows of the reference.",
                told["tested"],
            )
            % {"windows": number_text(told["tested"])}
        )
    if told.get("wider"):
        parts.append(
            _(
                "Limits of %(readings)s lie up to %(times)s times as far out, because its own windows passed "
                "more often than they should."
            )
            % {
                "readings": ", ".join(name(key) for key in told["wider"]),
                "times": number_text(max(told["wider"].values()), 2),
            }
        )
    if "lag_parts" in told:
        parts.append(_spacing(told["lag_parts"]))
    return " ".join(one for one in parts if one)


def _spacing(lag_parts: float | None) -> str:
    if lag_parts is None:
        return _(
            "Nobody knows how many parts lie between two of its rows. Serial part numbers would tell, or "
            "windows of the machine; until then limits lie further out than they may have to."
        )
    if lag_parts < APART:
        return ""
    return _(
        "It holds about one part in %(parts)s. Limits are drawn for parts that come after one another; what "
        "comes and goes between two of its rows counts once a machine has made %(windows)s windows."
    ) % {"parts": number_text(lag_parts, 0), "windows": number_text(PAST_LEAST)}


def _verdict(told: Mapping[str, Any], reading: str) -> str:
    if told["kept"]:
        return _("The reference is long enough to keep the promise.")
    if told["why"] == "memory":
        return _(
            "The promise cannot be kept with this reference: %(reading)s resembles its past for about "
            "%(memory)s rows, and %(rows)s rows hold too few such spans. About %(needs)s rows would do, "
            "without a step inside."
        ) % {
            "reading": reading,
            "memory": number_text(float(f"{told['memory']:.2g}"), 0),
            "rows": number_text(told["rows"]),
            "needs": number_text(float(f"{told['needs']:.2g}"), 0),
        }
    return _(
        "The promise cannot be kept with this reference: its own windows differ more than what was learned "
        "from it explains. Take more rows of normal running."
    )


def _counted(told: Mapping[str, Any]) -> str:
    windows = int(told["windows"])
    counted = ngettext(
        "Tested on itself: %(events)s event in %(windows)s windows that its limits had not seen",
        "Tested on itself: %(events)s events in %(windows)s windows that its limits had not seen",
        int(told["events"]),
    ) % {"events": number_text(told["events"]), "windows": number_text(windows)}
    words = _("%(counted)s; %(low)s to %(high)s in 1,000 are plausible, %(promised)s are promised.") % {
        "counted": counted,
        "low": number_text(1000 * told["low"], 1),
        "high": number_text(1000 * told["high"], 1),
        "promised": number_text(1000 * told["promised"], 1),
    }
    if told["high"] > PROVES * told["promised"]:
        words += " " + _("So few windows prove nothing by themselves: the promise rests on what was learned.")
    return words
