from mlops_portal.foundation.registry.models.artifact import Artifact
from mlops_portal.foundation.registry.models.ask_zone import AskZone
from mlops_portal.foundation.registry.models.automation import AutomationLevel, Level, Step
from mlops_portal.foundation.registry.models.champion import Champion
from mlops_portal.foundation.registry.models.dataset import Dataset
from mlops_portal.foundation.registry.models.model import Feature, RegisteredModel
from mlops_portal.foundation.registry.models.outside import OutsideVersion
from mlops_portal.foundation.registry.models.version import ModelVersion

__all__ = [
    "Artifact",
    "AskZone",
    "AutomationLevel",
    "Champion",
    "Dataset",
    "Feature",
    "Level",
    "ModelVersion",
    "OutsideVersion",
    "RegisteredModel",
    "Step",
]
