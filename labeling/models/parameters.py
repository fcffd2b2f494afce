"""What may be chosen for a training, and within which limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mlops_portal.foundation.wire.errors import Invalid


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number: its default and its limits; ``whole`` numbers only where it is so."""

    title: Promise
    default: float
    low: float
    high: float
    whole: bool = False


PARAMETERS: dict[str, Parameter] = {
    "max_iter": Parameter(gettext_lazy("Trees for each class"), 100, 5, 500, whole=True),
    "learning_rate": Parameter(gettext_lazy("Learning rate"), 0.1, 0.005, 1.0),
    "max_leaf_nodes": Parameter(gettext_lazy("Leaves of a tree"), 15, 2, 63, whole=True),
    "min_samples_leaf": Parameter(gettext_lazy("Fewest parts in a leaf"), 10, 1, 500, whole=True),
    "l2_regularization": Parameter(gettext_lazy("Damping"), 1.0, 0.0, 100.0),
    "balance": Parameter(gettext_lazy("Weight of rare classes"), 0.5, 0.0, 1.0),
    "recent_weight": Parameter(gettext_lazy("Weight of parts since the first training"), 3.0, 1.0, 20.0),
    "holdout_share": Parameter(gettext_lazy("Share of parts kept for measuring"), 0.2, 0.05, 0.5),
    "seconds_to_choose": Parameter(
        gettext_lazy("Processor seconds to compare ways to train (0: as stated here)"), 60.0, 0.0, 3600.0
    ),
    "seed": Parameter(gettext_lazy("Seed"), 1, 0, 2**31 - 1, whole=True),
}


def parameters_checked(given: Mapping[str, Any]) -> dict[str, float | int]:
    """All parameters, defaults filled in. Raises Invalid for an unknown one or one beyond its limits."""
    if unknown := sorted(set(given) - set(PARAMETERS)):
        raise Invalid(_("There is no parameter “%(name)s”.") % {"name": unknown[0]})
    checked: dict[str, float | int] = {}
    for key, one in PARAMETERS.items():
        value = given.get(key, one.default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not one.low <= value <= one.high:
            raise Invalid(
                _("%(name)s must be a number from %(low)s to %(high)s.")
                % {"name": one.title, "low": one.low, "high": one.high}
            )
        if one.whole and value != int(value):
            raise Invalid(_("%(name)s must be a whole number.") % {"name": one.title})
        checked[key] = int(value) if one.whole else float(value)
    return checked
