"""Running the golden set against a version's edge model, and asking which of it the version was taught."""

from __future__ import annotations

from celery import shared_task

from labeling.tasks.keeping_apart import taught
from mlops_portal.foundation.registry.compute import edge_model
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.registry.selectors import classes_of, features_of, sizes_of
from mlops_portal.foundation.registry.services import artifact_read
from mlops_portal.foundation.wire import golden
from monitoring.golden.compute import golden as compute
from monitoring.golden.selectors.samples import golden_bytes
from monitoring.golden.services.samples import golden_check_record


@shared_task(name="labeling.golden_check")
def golden_check(version_id: int) -> None:
    """Run the set in force. Nothing to run is no pass."""
    version = ModelVersion.objects.select_related("model", "artifact").get(pk=version_id)
    data, digest = golden_bytes(version.model)
    samples = golden.parse(data)
    if not samples:
        return
    features = features_of(version.model)
    read = edge_model.as_read(compute.readings(samples, [one.key for one in features]), sizes_of(features))
    _labels, probabilities = edge_model.probabilities(artifact_read(version.artifact), read)
    why = taught(version, samples)
    results = compute.results(samples, probabilities, classes_of(version))
    golden_check_record(
        version=version, digest=digest, results=[{**one, "taught": why[one["code"]]} for one in results]
    )
