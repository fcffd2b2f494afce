"""The first look at a table: its columns, so that a form can offer them."""

from __future__ import annotations

from typing import Any

import numpy as np
from celery import shared_task
from django.utils.translation import gettext as _
from structlog import get_logger

from mlops_portal.above.backtests.models import PastTable
from mlops_portal.above.backtests.services.tables import table_looked
from mlops_portal.above.backtests.tasks.files import answers_of, asked, on_disk
from mlops_portal.foundation.registry.compute.tables.model import Frame, Kind
from mlops_portal.foundation.registry.compute.tables.read import read
from mlops_portal.foundation.wire.errors import PortalError

log = get_logger(__name__)


@shared_task(name="backtests.look")
def look(table: int) -> None:
    """Read a table once and keep what its columns are; a message that comes twice looks twice."""
    row = PastTable.objects.filter(pk=table).first()
    if row is None:
        return
    try:
        with on_disk(row.path, row.name) as path:
            frame = read(path, name=row.name, answers=answers_of(row))
    except PortalError as error:
        table_looked(table=row, problem=error.sentence)
        return
    except Exception:  # foreign files raise foreign errors: the table says so, and the worker lives
        log.exception("table_not_read", table=table)
        table_looked(table=row, problem=_("The portal could not read it; the fault was recorded."))
        return
    columns = [_column(frame, name) for name in frame.columns]
    table_looked(table=row, rows=frame.rows, columns=columns, guesses=asked(frame))


def _column(frame: Frame, name: str) -> dict[str, Any]:
    values, kind = frame.columns[name], frame.kinds[name]
    if kind in (Kind.CATEGORY, Kind.TEXT, Kind.EMPTY):
        known = [one for one in values if one is not None]
        distinct, missing = len({str(one) for one in known}), frame.rows - len(known)
    else:
        numbers = np.asarray(values, dtype=np.float64)
        missing = int(np.isnan(numbers).sum())
        distinct = len(np.unique(numbers[~np.isnan(numbers)]))
    return {"name": name, "kind": kind.value, "distinct": distinct, "missing": missing}
