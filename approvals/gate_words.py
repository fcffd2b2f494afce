"""The gates' titles and sentences; evidence freezes cases and numbers, people read them in their words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.shell.templatetags.ui_text import number_text

TITLES: dict[str, str | Promise] = {
    "artifact": _("Artifact digest"),
    "golden_safety": _("Golden parts, safety subset"),
    "golden_all": _("Golden parts, all"),
    "golden_apart": _("Golden parts, never taught"),
    "parity": _("Edge model agrees with the trained one"),
    "now_not_worse": _("Now: not worse than the champion"),
    "now_missed": _("Now: no more defects slip through"),
    "now_floor": _("Now: each class is found often enough"),
    "not_worse": _("Before: not worse than the champion"),
    "missed": _("Before: misses no more defects"),
    "rows": _("Enough parts measured"),
    "manifest": _("What it was taught is known"),
    "containment": _("Parts in doubt on this line"),
    "ask_zone": _("What it decides alone"),
}
SENTENCES: dict[str, str | Promise] = {
    "artifact": _("The stored file is what its digest says."),
    "artifact_damaged": _("The stored file is not what its digest says; restore it from a backup."),
    "artifact_missing": _("The file is missing from the storage; restore it from a backup."),
    "golden_passed": _(
        "%(passed)s of %(n)s. So at most %(at_most)s %% of such parts are missed (95 %% certain); %(needed)s "
        "parts would prove %(promise)s %%."
    ),
    "golden_missed": _("%(passed)s of %(n)s; missed beyond tolerance: %(missed)s"),
    "golden_not_run": _("Not run yet on the golden set in force; run the golden check first."),
    "golden_taught": _(
        "This version was taught all that it passes (%(taught)s), so nothing tests it; train again, or add "
        "parts that it never saw."
    ),
    "golden_apart": _("None of %(n)s, nor its like, was in the training."),
    "golden_apart_taught": _(
        "It was taught %(taught)s or their like, so they do not count; train again to be tested on them."
    ),
    "golden_apart_unknown": _("Nobody here knows whether they were in its training."),
    "golden_none": _("There are no golden samples; add parts whose truth a skilled person gave."),
    "golden_borderline": _("All golden samples are borderline, so none tests it; add some that are clear."),
    "golden_no_safety": _("No golden sample is marked as safety."),
    "parity": _("On %(rows)s rows the probabilities differ by %(largest)s at most; the limit is %(limit)s."),
    "parity_far": _(
        "On %(rows)s rows the probabilities differ by up to %(largest)s; the limit is %(limit)s."
    ),
    "parity_labels": _("On %(rows)s rows the two do not always say the same class."),
    "parity_none": _("The edge model was never compared with the trained one."),
    "no_champion": _("Nothing runs there yet."),
    "now_not_measured": _(
        "No label tells of parts as they are now, and nothing is known to have changed; so this says nothing."
    ),
    "now_no_chance": _(
        "Something changed, and no part by chance has a label since. %(more)s parts by chance would tell."
    ),
    "now_better": _("Even the worse end of the interval is no worse (%(n)s parts by chance)."),
    "now_within": _(
        "Worse by %(by)s of 100 parts at most; the policy allows %(limit)s (%(n)s parts by chance)."
    ),
    "now_may_be_worse": _(
        "It may be worse by %(by)s of 100 parts; the policy allows %(limit)s (%(n)s parts by chance)."
    ),
    "now_one_lot": _(
        "By the labels it is not worse, but all of them are of one lot, and other lots came too; ask for "
        "more parts by chance."
    ),
    "now_unanswered": _(
        "By the labels it is not worse, but %(silent)s parts that were asked about by chance have no answer, "
        "beside %(n)s that have one. If these are the hard ones, it may be; wait for the answers."
    ),
    "now_worse_on": _("It is worse now on %(machines)s; its whole interval says so."),
    "limited_now_better": _(
        "Limited sample: %(n)s parts by chance, the policy asks for %(fewest)s. Even the worse end of the "
        "interval is no worse."
    ),
    "limited_now_within": _(
        "Limited sample: %(n)s parts by chance, the policy asks for %(fewest)s. Worse by %(by)s of 100 parts "
        "at most; the policy allows %(limit)s."
    ),
    "limited_now_may_be_worse": _(
        "Limited sample: %(n)s parts by chance, the policy asks for %(fewest)s. It may be worse by %(by)s of "
        "100 parts; the policy allows %(limit)s."
    ),
    "floor_none": _("The policy sets no floor."),
    "floor_kept": _("On each machine at least %(limit)s %% of each class are found, by the low end too."),
    "floor_below": _("Found in fewer than %(limit)s %% of the cases now: %(below)s."),
    "floor_unknown": _(
        "Limited sample: whether %(limit)s %% are found now is not known yet for %(unknown)s."
    ),
    "floor_not_measured": _(
        "Nothing was measured on parts as they are now; the policy asks for %(limit)s %%."
    ),
    "not_compared": _("It was not measured beside %(champion)s, which runs now, on the same parts."),
    "better": _("Even the worse end of the interval is no worse."),
    "within": _("Worse by %(by)s points at most; the policy allows %(limit)s."),
    "may_be_worse": _("It may be worse by %(by)s points; the policy allows %(limit)s."),
    "rows": _("%(n)s held-out parts; the policy asks for %(limit)s."),
    "manifest": _("The manifest lists every part, its label and who gave it."),
    "manifest_damaged": _("The stored manifest is not what its digest says."),
    "manifest_none": _("There is no training manifest."),
    "contained_none": _("None; nothing waits for a decision."),
    "contained": _(
        "Parts wait for a decision: %(which)s. Decide about them first, or say why this release cannot wait."
    ),
    "zone_not_tried": _(
        "Not tried: it was trained before somebody promised that at most %(limit)s %% of what it decides "
        "alone is wrong. It would decide everything alone; train again."
    ),
    "zone_other": _(
        "Proven for another promise than the one in force (at most %(limit)s %% wrong, %(certainty)s %% "
        "certain); train again."
    ),
    "zone_now": _(
        "Alone from %(threshold)s %% confidence: of %(alone)s parts as they are now %(wrong)s were wrong, so "
        "at most %(at_most)s %% are (%(certainty)s %% certain; promised: %(limit)s %%). That is %(share)s %% "
        "of the parts; a person is asked about the others."
    ),
    "zone_all": _(
        "Alone from %(threshold)s %% confidence: of %(alone)s held-out parts, old ones too, %(wrong)s were "
        "wrong, so at most %(at_most)s %% are (%(certainty)s %% certain; promised: %(limit)s %%). That is "
        "%(share)s %% of the parts; a person is asked about the others."
    ),
    "zone_foreign": _(
        "Alone from %(threshold)s %% confidence: of %(alone)s parts %(wrong)s were wrong. It was trained "
        "elsewhere, and nobody here knows whether on these parts, so that proves nothing."
    ),
    "zone_more": _(
        "No threshold is proven: of its surest %(alone)s parts %(wrong)s were wrong, so up to %(at_most)s %% "
        "may be; promised: %(limit)s %%. About %(needed)s parts by chance would prove one. It would decide "
        "everything alone."
    ),
    "zone_never": _(
        "No threshold is proven, and more parts would not help: of its surest %(alone)s parts %(wrong)s were "
        "wrong; promised: at most %(limit)s %%. It would decide everything alone."
    ),
}


def title_of(gate: Mapping[str, Any]) -> str:
    return str(TITLES.get(gate["key"], gate["key"]))


def sentence_of(gate: Mapping[str, Any]) -> str:
    """The sentence of a frozen gate in the reader's language; a dash for what it was frozen without."""
    params = defaultdict(lambda: "–", {name: _shown(value) for name, value in gate["params"].items()})
    return str(SENTENCES.get(gate["case"], gate["case"])) % params


def _shown(value: Any) -> str:
    """Points with one digit; what is far smaller as powers of ten."""
    if isinstance(value, float):
        return number_text(value, None if 0 < abs(value) < 0.01 else 1)
    return number_text(value)
