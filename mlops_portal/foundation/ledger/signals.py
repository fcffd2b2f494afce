"""Wakes upper rooms; sent after commit. Losing it loses no work: whoever listens can also read the rows."""

from django.dispatch import Signal

event_recorded = Signal()
"""Sent with ``sender=Event`` and ``event``."""
