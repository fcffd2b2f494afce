"""Tables of values: brought by a person, read by a worker, their questions answered, taken whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any
from uuid import uuid4

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.registry.selectors.guesses import (
    answers_checked,
    guesses_taken,
    questions_in,
    settled,
)
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.shell.work.jobs import enqueue
from monitoring.errors import MeasureEnded, TableUnfit, ValueUnfit, WrongTableState
from monitoring.models import Measure, MeasureTable
from monitoring.models.measure import TableState

LARGEST = 20_000_000
S = TableState


def measure_table_bring(
    *,
    by: Person,
    measure: Measure,
    file: File[bytes],
    name: str,
    answers: Mapping[str, str] | None = None,
) -> MeasureTable:
    """Keep the file and let a worker read it. ``answers`` as far as they are known (``zone``).

    Raises TableUnfit, MeasureEnded, ValueUnfit, AnswerUnfit.
    """
    guard(by, "measure.record", line=measure.line)
    if measure.ended_at is not None:
        raise MeasureEnded(_("The measure “%(key)s” was ended; add it again first.") % {"key": measure.key})
    if measure.joint:
        raise ValueUnfit(_("The values of a joint measure follow from its parts; send theirs."))
    if not file.size:
        raise TableUnfit(_("The file is empty."))
    if file.size > LARGEST:
        raise TableUnfit(
            _("The file is larger than %(most)d MB; send long series through the API.")
            % {"most": LARGEST // 1_000_000}
        )
    given = dict(answers or {})
    answers_checked([], {key: value for key, value in given.items() if key == "zone"})
    path = default_storage.save(f"measures/{uuid4().hex}", file)
    with transaction.atomic():
        made = MeasureTable.objects.create(
            measure=measure,
            file_path=path,
            file_name=PurePath(name).name[:200] or "table",
            answers=given,
            by=by,
            created_at=timezone.now(),
        )
        _read(made)
    return made


def measure_table_answer(
    *, by: Person, table: MeasureTable, answers: Mapping[str, str] | None = None, accept: bool = False
) -> MeasureTable:
    """Answer what the reader asks, and let it read again; with ``accept`` every guess that waits is taken.

    Raises AnswerUnfit, WrongTableState.
    """
    guard(by, "measure.record", line=table.measure.line)
    questions = questions_in(table.guesses)
    given = answers_checked(questions, answers or {})
    if accept:
        given = {**guesses_taken(questions), **given}
    with transaction.atomic():
        kept = {**table.answers, **given}
        guesses = settled(table.guesses, given)
        if any(one["blocking"] and one.get("options") for one in guesses):  # others still wait
            _claim(table, S.WAITING, S.WAITING, answers=kept, guesses=guesses)
        else:
            _claim(table, S.WAITING, S.READING, answers=kept)
            _read(table)
    return table


def measure_table_read(
    *, table: MeasureTable, guesses: Sequence[Mapping[str, Any]], result: Mapping[str, int] | None
) -> None:
    """A worker read it: with a ``result`` its values were taken, else it waits for answers."""
    with transaction.atomic():
        state = S.WAITING if result is None else S.TAKEN
        old = table.file_path
        done = {} if result is None else {"result": dict(result), "file_path": ""}
        _claim(table, S.READING, state, guesses=list(guesses), **done)
        if result is not None:
            transaction.on_commit(lambda: default_storage.delete(old), robust=True)


def measure_table_refuse(
    *, table: MeasureTable, sentence: str, guesses: Sequence[Mapping[str, Any]] = ()
) -> None:
    """It is no table of values, or its values are refused; the sentence stays and the file goes."""
    with transaction.atomic():
        old = table.file_path
        _claim(table, S.READING, S.REFUSED, error=sentence[:400], guesses=list(guesses), file_path="")
        transaction.on_commit(lambda: default_storage.delete(old), robust=True)


def _claim(table: MeasureTable, old: TableState, new: TableState, **values: Any) -> None:
    if MeasureTable.objects.filter(pk=table.pk, state=old).update(state=new, **values) != 1:
        raise WrongTableState(
            _("This table is “%(state)s” now; load the page again.") % {"state": table.get_state_display()}
        )
    table.refresh_from_db()
    changed(table.topic)


def _read(table: MeasureTable) -> None:
    enqueue("monitoring.read_measure_table", table_id=table.pk)
