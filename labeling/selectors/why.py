"""Why a part was chosen, in plain words.

``LabelRequest.why``: {"strategy", "measure", "value", "random", "text_key", "classes", "feature", "lot"}.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from labeling.models import LabelRequest


def why_text(request: LabelRequest) -> str:
    """One short sentence in the reader's language. It names no class and nothing that the model thinks: the
    answer is to be the person's own."""
    why: dict[str, Any] = request.why
    match why.get("text_key"):
        case "hesitates":
            return _("A second pair of eyes is needed here.")
        case "new_lot":
            return _("Parts from lot %(lot)s look new to the model.") % {"lot": why["lot"]}
        case "new_reading":
            return _("It is unlike the parts that the model knows.")
        case "random":
            return _("Chosen at random, so that the model is measured fairly.")
        case "ask_zone":
            return _("The model is too unsure to decide this part alone.")
        case "all":
            return _("There were only few parts to ask about, so all of them are asked.")
    return _("Somebody asked about this part.")


def measure_shown(request: LabelRequest) -> dict[str, Any]:
    """How the part was chosen, for programs; without the classes between which the model wavers."""
    return {key: value for key, value in request.why.items() if key not in ("classes", "feature")}
