"""Tables for back-tests: added by upload or from a model's past parts, looked at by a worker, removed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import PurePath
from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Model, ProtectedError, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.above.backtests.errors import TableInUse, TableNotReady, TooLarge
from mlops_portal.above.backtests.models import BackTest, PastTable
from mlops_portal.above.backtests.transitions import TableState
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.registry.models import Dataset
from mlops_portal.foundation.registry.selectors.guesses import (
    answers_checked,
    guesses_taken,
    questions_in,
    settled,
)
from mlops_portal.foundation.registry.services.artifacts import artifact_path
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.shell.work.jobs import enqueue

LARGEST = 500_000_000


def table_add(*, by: Person, file: File[bytes], name: str) -> PastTable:
    """Keep an uploaded file and let a worker look at it; the same bytes again give the same table.

    The file streams through. Raises TooLarge.
    """
    guard(by, "backtest.run")
    if file.size > LARGEST:
        raise TooLarge(
            _(
                "%(name)s has %(size)s MB; at most %(most)s MB are taken. Leave out rows or columns, "
                "or send Parquet."
            )
            % {"name": name, "size": file.size // 1_000_000, "most": LARGEST // 1_000_000}
        )
    digest = sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    again = PastTable.objects.filter(sha256=digest.hexdigest(), owned=True).first()
    if again is not None:
        return again
    file.seek(0)
    suffix = "".join(PurePath(name).suffixes[-2:])[:20]
    path = default_storage.save(f"backtests/tables/{uuid.uuid4().hex}{suffix}", file)
    try:
        return _added(by, name=name, path=path, size=file.size, sha256=digest.hexdigest())
    except BaseException:
        default_storage.delete(path)
        raise


def table_of_dataset(*, by: Person, dataset: Dataset) -> PastTable:
    """The past parts of a model as a table; the file stays the model's."""
    guard(by, "backtest.run")
    path = artifact_path(dataset.artifact_id)
    known = PastTable.objects.filter(path=path).first()
    if known is not None:
        return known
    name = _("Past parts of %(model)s, %(day)s") % {
        "model": dataset.model,
        "day": f"{timezone.localtime(dataset.added_at):%Y-%m-%d}",
    }
    return _added(
        by,
        name=name,
        path=path,
        size=dataset.artifact.size,
        sha256=dataset.artifact_id,
        dataset=dataset,
        owned=False,
    )


def _added(by: Person, *, name: str, **fields: Any) -> PastTable:
    now = timezone.now()
    dataset: Model | None = fields.get("dataset")
    with transaction.atomic():
        table = PastTable.objects.create(name=name[:200], added_by=by, added_at=now, **fields)
        event_record(
            type="backtests.table.added",
            actor=by.actor,
            subjects=[table.ref(), *([dataset.ref("of")] if isinstance(dataset, Dataset) else [])],
            public={"name": table.name, "size": table.size, "sha256": table.sha256},
            at=now,
        )
        enqueue("backtests.look", table=table.pk)
        changed("backtest-tables")
    return table


def table_looked(
    *,
    table: PastTable,
    rows: int | None = None,
    columns: Sequence[dict[str, Any]] = (),
    guesses: Sequence[Mapping[str, Any]] = (),
    problem: str = "",
) -> None:
    """What a reading found; ``problem`` makes it unreadable, a question that waits keeps it from any test."""
    asks = any(one["blocking"] and one.get("options") for one in guesses)
    state = TableState.UNREADABLE if problem else TableState.ASKING if asks else TableState.READY
    PastTable.objects.filter(pk=table.pk).update(
        state=state,
        guesses=list(guesses),
        problem=problem[:400],
        rows=rows,
        columns=list(columns),
    )
    changed("backtest-tables", f"backtest-table:{table.pk}")


def table_answer(
    *, by: Person, table: PastTable, answers: Mapping[str, str] | None = None, accept: bool = False
) -> PastTable:
    """Answer what the reader asks, and let it read again; with ``accept`` every guess that waits is taken.

    Raises AnswerUnfit, TableNotReady where nothing is asked.
    """
    guard(by, "backtest.run")
    questions = questions_in(table.guesses)
    given = answers_checked(questions, answers or {})
    if accept:
        given = {**guesses_taken(questions), **given}
    guesses = settled(table.guesses, given)
    open_ones = any(one["blocking"] and one.get("options") for one in guesses)
    values = {"guesses": guesses} if open_ones else {"state": TableState.READING}
    with transaction.atomic():
        asking = PastTable.objects.filter(pk=table.pk, state=TableState.ASKING, answers=table.answers)
        if asking.update(answers={**table.answers, **given}, **values) != 1:
            raise TableNotReady(_("%(name)s asks nothing now; load the page again.") % {"name": table.name})
        event_record(
            type="backtests.table.answered",
            actor=by.actor,
            subjects=[table.ref()],
            public={"name": table.name, "answers": ", ".join(f"{key} = {one}" for key, one in given.items())},
        )
        if not open_ones:
            enqueue("backtests.look", table=table.pk)
        changed("backtest-tables", f"backtest-table:{table.pk}")
    table.refresh_from_db()
    return table


def table_remove(*, by: Person, table: PastTable) -> None:
    """Forget a table on which no back-test was made, and its file. Raises TableInUse."""
    guard(by, "backtest.run")
    try:
        with transaction.atomic():
            if BackTest.objects.filter(Q(table=table) | Q(reference=table)).exists():
                raise TableInUse(
                    _("Back-tests were made on %(name)s; delete them first.") % {"name": table.name}
                )
            event_record(
                type="backtests.table.removed",
                actor=by.actor,
                subjects=[table.ref()],
                public={"name": table.name, "sha256": table.sha256},
            )
            if table.owned:
                path = table.path
                transaction.on_commit(lambda: default_storage.delete(path))
            table.delete()
            changed("backtest-tables")
    except ProtectedError:  # somebody started one at this moment
        raise TableInUse(
            _("Back-tests were made on %(name)s; delete them first.") % {"name": table.name}
        ) from None
