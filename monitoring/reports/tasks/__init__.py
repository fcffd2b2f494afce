"""Jobs of reports, and of merging what is old."""

from monitoring.reports.tasks import report, rollup

__all__ = ["report", "rollup"]
