"""Running the golden set on a version again, because the set changed since."""

from __future__ import annotations

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.registry.selectors import champion_of
from mlops_portal.foundation.shell.work.jobs import enqueue


def golden_run(*, by: Person, version: ModelVersion) -> None:
    """Let a worker run the golden set in force on the version, and on what runs now."""
    guard(by, "approval.request")
    champion = champion_of(version.model)
    for one in {version.pk, champion.pk if champion else version.pk}:
        enqueue("labeling.golden_check", version_id=one)
