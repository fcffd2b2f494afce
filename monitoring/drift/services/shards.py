"""Which worker judges a model's machines on a line: claimed in the database, given back, or run out."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from monitoring.models import JudgingShard

LONGEST = timedelta(minutes=5)  # a worker that died holds up its shard no longer


def shard_claim(*, model_id: int, line_id: int) -> tuple[int, datetime] | None:
    """The claim, or None where another worker has it."""
    now = timezone.now()
    row, _made = JudgingShard.objects.get_or_create(model_id=model_id, line_id=line_id)
    free = JudgingShard.objects.filter(Q(until=None) | Q(until__lt=now), pk=row.pk)
    until = now + LONGEST
    return (row.pk, until) if free.update(until=until) == 1 else None


def shard_release(claim: tuple[int, datetime]) -> None:
    """Give it back; a claim that ran out and is another's by now stays theirs."""
    pk, until = claim
    JudgingShard.objects.filter(pk=pk, until=until).update(until=None)
