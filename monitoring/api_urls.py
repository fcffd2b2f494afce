"""Below /api/v1/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from monitoring.alerts.api import Alerts
from monitoring.changes.api import Changes
from monitoring.containment.api import ContainmentParts, Containments
from monitoring.drift.api import Statistics
from monitoring.gauges.api import GaugeStudies
from monitoring.golden.api.rounds import GoldenChanges, GoldenPlans, GoldenRounds
from monitoring.golden.api.samples import GoldenChecks, GoldenSamples
from monitoring.intake.api import (
    Batches,
    SetAside,
    UnapprovedRuns,
    Windows,
)
from monitoring.limits.api import Budgets, Limits, Watches
from monitoring.measures.api.measures import Measures, MeasureValues
from monitoring.measures.api.tables import MeasureTables
from monitoring.performance.api import Inspections, Predictions
from monitoring.reports.api import DriftReports

router = SimpleRouter(use_regex_path=False)
router.register("alerts", Alerts, "api-alerts")
router.register("windows", Windows, "api-windows")
router.register("statistics", Statistics, "api-statistics")
router.register("batches", Batches, "api-batches")
router.register("set-aside", SetAside, "api-set-aside")
router.register("unapproved-runs", UnapprovedRuns, "api-unapproved-runs")
router.register("predictions", Predictions, "api-predictions")
router.register("changes", Changes, "api-changes")
router.register("false-alarm-budgets", Budgets, "api-budgets")
router.register("watches", Watches, "api-watches")
router.register("limits", Limits, "api-limits")
router.register("measures", Measures, "api-measures")
router.register("measure-tables", MeasureTables, "api-measure-tables")
router.register("measure-values", MeasureValues, "api-measure-values")
router.register("drift-reports", DriftReports, "api-drift-reports")
router.register("containments", Containments, "api-containments")
router.register("containment-parts", ContainmentParts, "api-containment-parts")
router.register("gauge-studies", GaugeStudies, "api-gauge-studies")
router.register("golden-samples", GoldenSamples, "api-golden-samples")
router.register("golden-rounds", GoldenRounds, "api-golden-rounds")
router.register("golden-plans", GoldenPlans, "api-golden-plans")
router.register("golden-changes", GoldenChanges, "api-golden-changes")
router.register("golden-checks", GoldenChecks, "api-golden-checks")

urlpatterns = [*router.urls, path("inspections/", Inspections.as_view(), name="api-inspections")]
