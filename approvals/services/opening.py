"""When a person first opened a request: the beginning of the minutes from opening to decision."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.cache import cache
from django.utils import timezone

from approvals.models import ApprovalRequest
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import guard

LONGEST = timedelta(days=31)


def _key(person: Person, request: ApprovalRequest) -> str:
    return f"approvals.opened.{request.pk}.{person.pk}"


def request_opened(*, by: Person, request: ApprovalRequest) -> None:
    """The person looks at the evidence; only the first time counts. A lost cache costs the measure alone."""
    guard(by, "approval.view", line=request.line)
    now = timezone.now().isoformat()
    cache.add(_key(by, request), now, timeout=LONGEST.total_seconds())


def opened_at(*, person: Person, request: ApprovalRequest) -> datetime | None:
    kept = cache.get(_key(person, request))
    return datetime.fromisoformat(kept) if kept else None
