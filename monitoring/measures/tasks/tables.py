"""Reading a table of values; what waits for answers is not taken."""

from __future__ import annotations

import tempfile
from pathlib import Path

from celery import shared_task
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _
from structlog import get_logger

from mlops_portal.foundation.registry.compute.tables.answers import Answers
from mlops_portal.foundation.wire.errors import PortalError
from monitoring.measures.services.tables import measure_table_read, measure_table_refuse
from monitoring.measures.services.values import values_record
from monitoring.measures.tasks.reading import values_in
from monitoring.models import MeasureTable
from monitoring.models.measure import TableState

log = get_logger(__name__)


@shared_task(name="monitoring.read_measure_table")
def read_measure_table(table_id: int) -> None:
    """Read it once; a message that comes twice reads nothing twice."""
    table = MeasureTable.objects.select_related("measure__line__site", "by").filter(pk=table_id).first()
    if table is None or table.state != TableState.READING:
        return
    guesses: list[dict[str, object]] = []
    try:
        with tempfile.NamedTemporaryFile() as copy, default_storage.open(table.file_path) as stored:
            copy.write(stored.read())
            copy.flush()
            answers = Answers(table.answers, table.measure.line.site.time_zone)
            reading = values_in(Path(copy.name), name=table.file_name, answers=answers)
        guesses = [one.to_json() for one in reading.problems]
        if any(one.blocking for one in reading.problems):
            measure_table_read(table=table, guesses=guesses, result=None)
            return
        with transaction.atomic():
            done = values_record(by=table.by, measure=table.measure, values=reading.values)
            result = {"new": done.new, "same": done.same, "corrected": done.corrected}
            measure_table_read(table=table, guesses=guesses, result={**result, "left_out": reading.left_out})
    except PortalError as error:
        measure_table_refuse(table=table, sentence=error.sentence, guesses=guesses)
    except Exception:  # whatever a foreign file makes a reader raise: it ends the reading, and says so
        log.exception("measure_table_not_read", table=table_id)
        measure_table_refuse(table=table, sentence=_("The portal could not read it; the fault was recorded."))
