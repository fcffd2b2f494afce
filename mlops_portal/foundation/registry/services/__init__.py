"""All writes of the registry."""

from mlops_portal.foundation.registry.services.artifacts import artifact_put, artifact_read
from mlops_portal.foundation.registry.services.ask_zone import ask_zone_end, ask_zone_set
from mlops_portal.foundation.registry.services.automation import automation_set
from mlops_portal.foundation.registry.services.champions import champion_set
from mlops_portal.foundation.registry.services.datasets import dataset_put
from mlops_portal.foundation.registry.services.models import model_register
from mlops_portal.foundation.registry.services.retiring import model_retire
from mlops_portal.foundation.registry.services.versions import version_add, version_move, version_tracked

__all__ = [
    "artifact_put",
    "artifact_read",
    "ask_zone_end",
    "ask_zone_set",
    "automation_set",
    "champion_set",
    "dataset_put",
    "model_register",
    "model_retire",
    "version_add",
    "version_move",
    "version_tracked",
]
