"""Jobs of drift: limits, judging, evidence."""

from monitoring.drift.tasks import calibrations, contrast, judge, limits, statistics, two_sample

__all__ = ["calibrations", "contrast", "judge", "limits", "statistics", "two_sample"]
