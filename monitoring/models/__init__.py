from monitoring.models.alert import Alert
from monitoring.models.containment import Containment, ContainmentLot, ContainmentPart, Disposition
from monitoring.models.gauge import GaugeStudy
from monitoring.models.golden import (
    GoldenAnswer,
    GoldenChange,
    GoldenCheck,
    GoldenPlan,
    GoldenProposal,
    GoldenRound,
    GoldenSample,
)
from monitoring.models.inspection import Inspection
from monitoring.models.limits import Calibration, FalseAlarmBudget, JudgingShard, LimitSet, Watch
from monitoring.models.measure import Measure, MeasureTable, MeasureValue, NewNormal
from monitoring.models.performance import Performance
from monitoring.models.prediction import Picture, Prediction, SampledRow
from monitoring.models.process import ProcessChange
from monitoring.models.report import DriftReport
from monitoring.models.telemetry import CountedPiece, Quarantined, SketchTaken, TelemetryBatch, UnapprovedRun
from monitoring.models.window import Rollup, StatisticPoint, Window

__all__ = [
    "Alert",
    "Calibration",
    "Containment",
    "ContainmentLot",
    "ContainmentPart",
    "CountedPiece",
    "Disposition",
    "DriftReport",
    "FalseAlarmBudget",
    "GaugeStudy",
    "GoldenAnswer",
    "GoldenChange",
    "GoldenCheck",
    "GoldenPlan",
    "GoldenProposal",
    "GoldenRound",
    "GoldenSample",
    "Inspection",
    "JudgingShard",
    "LimitSet",
    "Measure",
    "MeasureTable",
    "MeasureValue",
    "NewNormal",
    "Performance",
    "Picture",
    "Prediction",
    "ProcessChange",
    "Quarantined",
    "Rollup",
    "SampledRow",
    "SketchTaken",
    "StatisticPoint",
    "TelemetryBatch",
    "UnapprovedRun",
    "Watch",
    "Window",
]
