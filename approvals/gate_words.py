"""The gates' titles and sentences; evidence freezes cases and numbers, people read them in their words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TITLES: dict[str, str | Promise] = {
    "artifact": _("Artifact digest"),
    "golden_safety": _("Golden parts, safety subset"),
    "golden_all": _("Golden parts, all"),
    "parity": _("Edge model agrees with the trained one"),
    "not_worse": _("Not worse than the champion"),
    "missed": _("Misses no more defects"),
    "rows": _("Enough parts measured"),
    "manifest": _("What it was taught is known"),
}
SENTENCES: dict[str, str | Promise] = {
    "artifact": _("The stored file is what its digest says."),
    "artifact_damaged": _("The stored file is not what its digest says; restore it from a backup."),
    "artifact_missing": _("The file is missing from the storage; restore it from a backup."),
    "golden_passed": _("%(passed)d of %(n)d"),
    "golden_missed": _("%(passed)d of %(n)d; missed beyond tolerance: %(missed)s"),
    "golden_not_run": _("Not run yet on the golden set in force; run the golden check first."),
    "golden_none": _("There are no golden samples; add parts whose truth a skilled person gave."),
    "golden_no_safety": _("No golden sample is marked as safety."),
    "parity": _(
        "On %(rows)d rows the probabilities differ by %(largest).1e at most; the limit is %(limit).1e."
    ),
    "parity_far": _(
        "On %(rows)d rows the probabilities differ by up to %(largest).1e; the limit is %(limit).1e."
    ),
    "parity_labels": _("On %(rows)d rows the two do not always say the same class."),
    "parity_none": _("The edge model was never compared with the trained one."),
    "no_champion": _("Nothing runs there yet."),
    "not_compared": _("It was not measured beside %(champion)s, which runs now, on the same parts."),
    "within": _("Worse by more than %(by).1f points is excluded; the policy allows %(limit).1f."),
    "may_be_worse": _("It may be worse by %(by).1f points; the policy allows %(limit).1f."),
    "rows": _("%(n)d held-out parts; the policy asks for %(limit)d."),
    "manifest": _("The manifest lists every part, its label and who gave it."),
    "manifest_damaged": _("The stored manifest is not what its digest says."),
    "manifest_none": _("There is no training manifest."),
}


def title_of(gate: Mapping[str, Any]) -> str:
    return str(TITLES.get(gate["key"], gate["key"]))


def sentence_of(gate: Mapping[str, Any]) -> str:
    """The sentence of a frozen gate in the reader's language."""
    return str(SENTENCES.get(gate["case"], gate["case"])) % gate["params"]
