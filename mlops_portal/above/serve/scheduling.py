"""The scheduler's table, and that it never lets two of one kind wait."""

from __future__ import annotations

from typing import Any

from celery.beat import PersistentScheduler, ScheduleEntry

from mlops_portal.foundation.shell.work import jobs, waiting


class Scheduler(PersistentScheduler):
    """Sends what apps want done regularly, unless the last one has not begun yet."""

    def setup_schedule(self) -> None:
        self.app.conf.beat_schedule = jobs.schedule()
        super().setup_schedule()

    def apply_async(self, entry: ScheduleEntry, *args: Any, **kwargs: Any) -> Any:
        if not waiting.first(entry.task, entry.kwargs):
            return None
        try:
            return super().apply_async(entry, *args, **kwargs)
        except Exception:
            waiting.over(entry.task, entry.kwargs)
            raise
