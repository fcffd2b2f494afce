from labeling.models.manifest import TrainingManifest
from labeling.models.request import Label, LabelRequest
from labeling.models.run import RetrainRun, RunStep

__all__ = ["Label", "LabelRequest", "RetrainRun", "RunStep", "TrainingManifest"]
