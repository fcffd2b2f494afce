"""Parts as they are now, as pages lead with them: figures of both versions, and what would narrow them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.views.shown_measures import WORSE, Measure, measure, scale
from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.shell.templatetags.ui_text import number_text

WIDE = 0.05  # half of an interval; above it more labels are offered
MOST_ASKED = 200
ROUNDED = 0.0015  # what three figures with one digit may be apart by their digits


@dataclass(frozen=True, slots=True)
class NowShown:
    """One machine, or all together (``asset`` ""): its rows, the sentences above them, what narrows them.

    ``verdict``: whether the challenger is better, "" without a champion; ``more``: parts by chance to ask
    for, 0 where it is close enough.
    """

    asset: str
    name: str
    lead: str
    verdict: str
    rows: list[Measure]
    notes: list[str]
    more: int
    narrow: str


@dataclass(frozen=True, slots=True)
class Now:
    since: datetime
    together: NowShown
    machines: list[NowShown]
    notes: list[str]


def now_shown(pack: Mapping[str, Any], version: ModelVersion) -> Now | None:
    """None where the pack was made before there was such a measure, or nothing was measured yet."""
    body = pack.get("now") or {}
    if not body.get("together"):
        return None
    names = dict(Asset.objects.filter(slug__in=body["machines"]).values_list("slug", "name"))
    targets = pack.get("targets") or {}
    machines = [
        _block(pack, one, slug, names.get(slug, slug))
        for slug, one in sorted(body["machines"].items())
        if not targets or slug in targets
    ]
    together = _block(pack, body["together"], "", _("All machines together"))
    if len(body["machines"]) == 1 and len(machines) == 1:
        together, machines = machines[0], []
    return Now(datetime.fromisoformat(body["since"]), together, machines, _notes(body))


def _block(pack: Mapping[str, Any], block: Mapping[str, Any], slug: str, name: str) -> NowShown:
    rows = list(_rows(block))
    low, high = scale([one for row in rows for one in row[2:4] if one])
    more = min(int(block["more"]), MOST_ASKED)
    return NowShown(
        asset=slug,
        name=name,
        lead=_lead(block),
        verdict=_verdict(block),
        rows=[measure(pack, low, high, *row) for row in rows],
        notes=[*(_block_note(note) for note in block["notes"]), *_apart(rows)],
        more=more,
        narrow=_narrow(block, more),
    )


def _rows(block: Mapping[str, Any]) -> Iterator[tuple[str, int, Any, Any, Any]]:
    """(label, which way is better, challenger's, champion's, difference) as in ``shown_measures``."""
    named = [
        ("wrong", _("Judged wrong, of all parts")),
        ("slipped", _("Defects that slip through, of all parts")),
        ("missed", _("Defects missed, of all defects")),
        ("rejected", _("Good parts rejected, of all good parts")),
    ]
    new, old = block.get("challenger") or {}, block.get("champion") or {}
    for key, label in named:
        if new.get(key):
            yield label, WORSE, new[key], old.get(key), (block.get("differences") or {}).get(key)


def _apart(rows: Sequence[tuple[str, int, Any, Any, Any]]) -> Iterator[str]:
    """One line where a difference is not the one figure minus the other, as a reader would expect."""
    for _label, _way, new, old, difference in rows:
        if old and difference and abs(new["value"] - old["value"] - difference["value"]) > ROUNDED:
            yield _(
                "A difference is not simply the one figure minus the other: how often the two versions say "
                "the same, and how sure they are, is known of parts without a label too, and counts there."
            )
            return


def _lead(block: Mapping[str, Any]) -> str:
    words = {
        "labelled": block["labelled"], "chance": block["chance"], "parts": number_text(block["parts"]),
    }  # fmt: skip
    if block["case"] == "nothing":
        return _("No part has a label since then, of about %(parts)s that came.") % words
    if block["case"] == "no_chance":
        return (
            _("%(labelled)s labels, all of parts that the model chose: they say nothing about the others.")
            % words
        )
    return (
        _("From %(labelled)s labels, %(chance)s of them by chance, for about %(parts)s parts that came.")
        % words
    )


def _verdict(block: Mapping[str, Any]) -> str:
    """Whether the challenger judges fewer parts wrong, as the whole interval says."""
    wrong = (block.get("differences") or {}).get("wrong")
    if wrong is None:
        return ""
    low, value, high = (100 * wrong[end] for end in ("low", "value", "high"))
    if low <= 0 <= high:
        return _("Which is better now is not proven: %(low)s to %(high)s of 100 parts more judged wrong.") % {
            "low": number_text(low, 1), "high": number_text(high, 1),
        }  # fmt: skip
    words = {
        "by": number_text(abs(value), 1),
        "low": number_text(min(abs(low), abs(high)), 1),
        "high": number_text(max(abs(low), abs(high)), 1),
    }
    if high < 0:
        return _("Better now: of 100 parts %(by)s fewer are judged wrong (%(low)s to %(high)s).") % words
    return _("Worse now: of 100 parts %(by)s more are judged wrong (%(low)s to %(high)s).") % words


def _narrow(block: Mapping[str, Any], more: int) -> str:
    if not more:
        return ""
    if block["case"] != "measured":
        return ngettext(
            "%(count)s part by chance gives a first figure.",
            "%(count)s parts by chance give a first figure.",
            more,
        ) % {"count": more}
    if block["more"] > MOST_ASKED:
        return _(
            "This many labels are too few to decide on; about %(count)s more by chance make it ± 5 points."
        ) % {"count": number_text(block["more"])}
    return ngettext(
        "%(count)s more part by chance narrows this to about ± 5 points.",
        "%(count)s more parts by chance narrow this to about ± 5 points.",
        more,
    ) % {"count": more}


def _block_note(note: str) -> str:
    return {
        "few": _("Limited sample: so few by chance say little, and the interval shows it."),
        "one_class": _("All labels are of one class; about the other classes nothing is known."),
        "one_lot": _("All labels are of one lot, and other lots came too; they may differ."),
    }.get(note, note)


def _notes(body: Mapping[str, Any]) -> list[str]:
    notes = []
    if body["why"] == "over":
        notes.append(_("What happened went away again; only parts since then count."))
    if body["why"] == "days":
        notes.append(_("No alert says that anything changed; the last 30 days count."))
    if body["disputed"]:
        notes.append(
            ngettext(
                "The answers for %(count)s part contradict one another; it does not count.",
                "The answers for %(count)s parts contradict one another; they do not count.",
                body["disputed"],
            )
            % {"count": body["disputed"]}
        )
    if body.get("unanswered"):
        notes.append(
            ngettext(
                "%(count)s part that was asked about by chance has no answer. If it is a hard one, the "
                "versions look better here than they are.",
                "%(count)s parts that were asked about by chance have no answer. If these are the hard ones, "
                "the versions look better here than they are.",
                body["unanswered"],
            )
            % {"count": body["unanswered"]}
        )
    if body["taught"]:
        notes.append(
            ngettext(
                "%(count)s label does not count: a version was taught it already.",
                "%(count)s labels do not count: a version was taught them already.",
                body["taught"],
            )
            % {"count": body["taught"]}
        )
    return notes
