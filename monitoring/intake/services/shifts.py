"""The name of the shift of a moment, asked once per line and hour."""

from __future__ import annotations

from datetime import datetime

from mlops_portal.foundation.plant.models import Line
from mlops_portal.foundation.plant.selectors.calendar import ShiftSpan, shift_at


class ShiftNames:
    """Remembers the spans it has seen, for one batch."""

    def __init__(self) -> None:
        self.spans: dict[int, list[ShiftSpan]] = {}

    def at(self, line: Line, when: datetime) -> str:
        """The shift's name, or "" between shifts."""
        seen = self.spans.setdefault(line.pk, [])
        span = next((one for one in seen if one.starts <= when < one.ends), None)
        if span is None:
            span = shift_at(site=line.site, when=when, line=line)
            if span is None:
                return ""
            seen.append(span)
        return span.shift.name
