"""Why a part was chosen, in plain words.

``LabelRequest.why``: {"strategy", "measure", "value", "random", "text_key", "classes", "feature", "lot"}.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from labeling.models import LabelRequest
from mlops_portal.foundation.registry.models import Feature
from mlops_portal.foundation.registry.models.model import in_words


def why_text(request: LabelRequest) -> str:
    """One short sentence in the reader's language."""
    why: dict[str, Any] = request.why
    model = request.version.model
    match why.get("text_key"):
        case "hesitates":
            # by name, so that the order does not say which one the model favours
            first, second = sorted(model.class_words(key) for key in why["classes"])
            return _("The model hesitates between “%(first)s” and “%(second)s”.") % {
                "first": first,
                "second": second,
            }
        case "new_lot":
            return _("Parts from lot %(lot)s look new to the model.") % {"lot": why["lot"]}
        case "new_reading":
            feature = Feature.objects.filter(model=model, key=why["feature"]).first()
            name = in_words(feature.words) if feature else str(why["feature"])
            return _("%(reading)s is far from what the model learned.") % {"reading": name or why["feature"]}
        case "random":
            return _("Chosen at random, so that the model is measured fairly.")
        case "ask_zone":
            return _("The model is too unsure to decide this part alone.")
        case "all":
            return _("There were only few parts to ask about, so all of them are asked.")
    return _("Somebody asked about this part.")
