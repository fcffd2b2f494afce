"""Who may set how a model is watched, and why not; the buttons and the services both ask here."""

from __future__ import annotations

from mlops_portal.foundation.plant.models import Line, Person
from mlops_portal.foundation.plant.policies import Verdict, verdict
from mlops_portal.foundation.registry.models import RegisteredModel


def watch_verdict(person: Person, model: RegisteredModel) -> Verdict:
    """Whether ``person`` may set how a model is watched: on every line with a machine of its type."""
    lines = Line.objects.filter(assets__type=model.asset_type_id, assets__retired_at=None).distinct()
    verdicts = [verdict(person, "budget.set", line=line) for line in lines.select_related("site")] or [
        verdict(person, "budget.set")
    ]
    return next((one for one in verdicts if not one), verdicts[0])
