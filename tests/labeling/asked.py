"""Parts that were asked about, for tests of the queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from labeling.models import LabelRequest
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.registry.models import ModelVersion
from monitoring.models import SampledRow
from tests.cast import Cast
from tests.labeling.plant import Shop, a_version, judged_parts, make_shop


@dataclass(frozen=True)
class Queue:
    """Line 1 with a press, a version and questions about its parts, first asked first."""

    cast: Cast
    shop: Shop
    version: ModelVersion
    rows: list[SampledRow]
    requests: list[LabelRequest]

    @property
    def operator(self) -> Person:
        return self.cast.one.operator

    @property
    def second(self) -> Person:
        return self.cast.whole.operator

    @property
    def expert(self) -> Person:
        return self.cast.one.domain_expert


def ask_about(
    rows: list[SampledRow], version: ModelVersion, cast: Cast, *, now: datetime | None = None, **more: Any
) -> list[LabelRequest]:
    moment = now or timezone.now()
    return LabelRequest.objects.bulk_create(
        LabelRequest(
            row=row,
            version=version,
            line=cast.line_1,
            why={"text_key": "random", "random": True, "measure": "margin", "value": 0.1},
            inclusion_probability=0.5,
            asked_at=moment + timedelta(milliseconds=place),
            expires_at=moment + timedelta(days=2),
            **more,
        )
        for place, row in enumerate(rows)
    )


def make_queue(cast: Cast, n: int = 3) -> Queue:
    shop = make_shop(cast)
    version = a_version(shop)
    rows = judged_parts(shop, version, n, truth=False)
    return Queue(cast, shop, version, rows, ask_about(rows, version, cast))
