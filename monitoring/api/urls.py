"""Below /api/v1/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from monitoring.api.alerts import Alerts
from monitoring.api.changes import Changes
from monitoring.api.golden import GoldenChecks, GoldenSamples
from monitoring.api.inspections import Inspections, Predictions
from monitoring.api.limits import Budgets, Limits, Watches
from monitoring.api.measure_tables import MeasureTables
from monitoring.api.measures import Measures, MeasureValues
from monitoring.api.readings import (
    Batches,
    SetAside,
    UnapprovedRuns,
    Windows,
)
from monitoring.api.reports import DriftReports
from monitoring.api.statistics import Statistics

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
router.register("golden-samples", GoldenSamples, "api-golden-samples")
router.register("golden-checks", GoldenChecks, "api-golden-checks")

urlpatterns = [*router.urls, path("inspections/", Inspections.as_view(), name="api-inspections")]
