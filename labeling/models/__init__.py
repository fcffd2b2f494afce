from labeling.models.manifest import TrainingManifest
from labeling.models.now import NowMeasure
from labeling.models.request import BY_CHANCE, Label, LabelRequest, ReasonDoubt
from labeling.models.run import RetrainRun, RunStep

__all__ = [
    "BY_CHANCE",
    "Label",
    "LabelRequest",
    "NowMeasure",
    "ReasonDoubt",
    "RetrainRun",
    "RunStep",
    "TrainingManifest",
]
