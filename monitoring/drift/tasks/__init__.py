"""Jobs of drift: limits, judging, evidence."""

from monitoring.drift.tasks import contrast, judge, ladders, limits, statistics, together

__all__ = ["contrast", "judge", "ladders", "limits", "statistics", "together"]
