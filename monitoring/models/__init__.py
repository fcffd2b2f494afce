from monitoring.models.alert import Alert
from monitoring.models.golden import GoldenCheck, GoldenSample
from monitoring.models.measure import Measure, MeasureValue
from monitoring.models.performance import Performance
from monitoring.models.prediction import Picture, Prediction, SampledRow
from monitoring.models.process import ProcessChange
from monitoring.models.telemetry import Quarantined, TelemetryBatch
from monitoring.models.window import StatisticPoint, Window

__all__ = [
    "Alert",
    "GoldenCheck",
    "GoldenSample",
    "Measure",
    "MeasureValue",
    "Performance",
    "Picture",
    "Prediction",
    "ProcessChange",
    "Quarantined",
    "SampledRow",
    "StatisticPoint",
    "TelemetryBatch",
    "Window",
]
