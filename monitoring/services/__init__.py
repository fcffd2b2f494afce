"""All writes of monitoring."""

from monitoring.services.alerts import (
    alert_acknowledge,
    alert_reopen,
    alert_resolve,
    alert_snooze,
    alert_take,
)
from monitoring.services.changes import change_record, change_undo
from monitoring.services.golden import golden_add, golden_check_ask, golden_restore, golden_retire
from monitoring.services.inspections import inspection_record
from monitoring.services.limits import budget_set, watch_set
from monitoring.services.measure_values import values_record
from monitoring.services.measures import measure_add, measure_end, measure_relearn
from monitoring.services.pictures import picture_put
from monitoring.services.reports import drift_report_ask
from monitoring.services.telemetry import batch_receive

__all__ = [
    "alert_acknowledge",
    "alert_reopen",
    "alert_resolve",
    "alert_snooze",
    "alert_take",
    "batch_receive",
    "budget_set",
    "change_record",
    "change_undo",
    "drift_report_ask",
    "golden_add",
    "golden_check_ask",
    "golden_restore",
    "golden_retire",
    "inspection_record",
    "measure_add",
    "measure_end",
    "measure_relearn",
    "picture_put",
    "values_record",
    "watch_set",
]
