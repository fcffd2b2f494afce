"""Back-tests: run, cancel, delete, and how a worker ends them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.above.backtests.errors import TableNotReady, WrongChoice, WrongTestState
from mlops_portal.above.backtests.models import BackTest, PastTable
from mlops_portal.above.backtests.models.parameters import (
    PARAMETERS,
    ColumnName,
    ColumnNames,
    parameters_checked,
)
from mlops_portal.above.backtests.policies import cancel_verdict, delete_verdict
from mlops_portal.above.backtests.transitions import OPEN, Kind, State, TableState
from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import demand, guard
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.shell.models import Job
from mlops_portal.foundation.shell.work.jobs import enqueue

MOST = 4
"""As many choices as a picture can hold beside one another."""


def backtests_run(
    *,
    by: Person,
    kind: Kind,
    table: PastTable,
    choices: Sequence[Mapping[str, Any]],
    reference: PastTable | None = None,
    name: str = "",
) -> list[BackTest]:
    """Start one back-test for each of the ``choices`` (at most ``MOST``) on one table.

    Raises WrongChoice for odd parameters or columns that the table has not, TableNotReady.
    """
    guard(by, "backtest.run")
    if not 0 < len(choices) <= MOST:
        raise WrongChoice(_("Start 1 to %(most)d back-tests at a time.") % {"most": MOST})
    for given in (table, reference):
        if given is not None:
            _demand_ready(given)
    if reference is not None and kind != Kind.DRIFT:
        raise WrongChoice(_("Only a back-test of limits has a second table as its reference."))
    checked = [parameters_checked(kind, one) for one in choices]
    for one in checked:
        _demand_columns(kind, table, one)
    now = timezone.now()
    with transaction.atomic():
        made = [
            BackTest.objects.create(
                kind=kind,
                name=_named(name, kind, table),
                table=table,
                reference=reference,
                parameters=one,
                created_by=by,
                created_at=now,
            )
            for one in checked
        ]
        for test in made:
            event_record(
                type="backtests.test.run",
                actor=by.actor,
                subjects=[test.ref(), table.ref("of"), *([reference.ref("reference")] if reference else [])],
                public={"name": test.name, "kind": test.kind, "parameters": test.parameters},
                at=now,
            )
            test.job = enqueue("backtests.run", by=by, title=test.name, job=True, backtest=test.pk)
            test.save(update_fields=["job"])
        changed("backtests")
    for test in made:
        test.refresh_from_db()
    return made


def _named(name: str, kind: Kind, table: PastTable) -> str:
    return (name.strip() or f"{table.name}: {kind.label}")[:120]


def _demand_ready(table: PastTable) -> None:
    if table.state == TableState.READING:
        raise TableNotReady(_("%(name)s is still being read; try again in a moment.") % {"name": table.name})
    if table.state == TableState.ASKING:
        raise TableNotReady(
            _("%(name)s can be read in more than one way; answer what it asks first.") % {"name": table.name}
        )
    if table.state == TableState.UNREADABLE:
        raise TableNotReady(
            _("%(name)s cannot be read: %(why)s") % {"name": table.name, "why": table.problem}
        )


def _demand_columns(kind: Kind, table: PastTable, chosen: Mapping[str, Any]) -> None:
    names = set(table.names)
    for key, one in PARAMETERS[kind].items():
        if isinstance(one, ColumnName) and chosen[key] and chosen[key] not in names:
            wrong = chosen[key]
        elif isinstance(one, ColumnNames) and (
            unknown := [name for name in chosen[key] if name not in names]
        ):
            wrong = unknown[0]
        else:
            continue
        raise WrongChoice(
            _("%(title)s: %(table)s has no column “%(name)s”.")
            % {"title": one.title, "table": table.name, "name": wrong}
        )


def backtest_stop(*, test: BackTest) -> None:
    """Its job was cancelled: end it with the job, unless it is over already."""
    now = timezone.now()
    with transaction.atomic():
        mine = BackTest.objects.filter(pk=test.pk, state__in=OPEN)
        if mine.update(state=State.CANCELLED, finished_at=now) != 1:
            return
        by = test.created_by
        event_record(
            type="backtests.test.cancelled",
            actor=by.actor,
            subjects=[test.ref()],
            public={"name": test.name},
            at=now,
        )
        _told(test)


def backtest_cancel(*, by: Person, test: BackTest) -> BackTest:
    """End a back-test that waits or is at work; its worker stops at its next step. Raises WrongTestState."""
    demand(cancel_verdict(by, test))
    now = timezone.now()
    with transaction.atomic():
        _claim(test, State(test.state), State.CANCELLED, finished_at=now)
        event_record(
            type="backtests.test.cancelled",
            actor=by.actor,
            subjects=[test.ref()],
            public={"name": test.name},
            at=now,
        )
        _told(test)
    test.refresh_from_db()
    return test


def backtest_delete(*, by: Person, test: BackTest) -> None:
    """Forget a back-test that is over, with its result. Raises WrongTestState."""
    demand(delete_verdict(by, test))
    with transaction.atomic():
        event_record(
            type="backtests.test.deleted",
            actor=by.actor,
            subjects=[test.ref()],
            public={"name": test.name, "kind": test.kind, "parameters": test.parameters},
        )
        if BackTest.objects.filter(pk=test.pk).exclude(state__in=OPEN).delete()[0] != 1:
            raise WrongTestState(_("Somebody was first; load the page again."))
        if path := test.result_path:
            transaction.on_commit(lambda: default_storage.delete(path))
        changed("backtests")


def backtest_claim(*, test: BackTest) -> bool:
    """Whether the back-test is still to be done, by the one who has its job; a lost worker may have begun."""
    mine = BackTest.objects.filter(pk=test.pk, state__in=OPEN).update(state=State.RUNNING) == 1
    _told(test)
    return mine


def backtest_stopped(*, test: BackTest) -> bool:
    """Whether somebody has ended it meanwhile."""
    return not BackTest.objects.filter(pk=test.pk, state=State.RUNNING).exists()


def backtest_done(
    *, test: BackTest, summary: Mapping[str, Any], result: Mapping[str, Any], whole: bytes, seconds: float
) -> None:
    """Keep what a worker found: figures and pictures in the row, the ``whole`` (JSON) in the storage."""
    path = default_storage.save(f"backtests/results/{test.pk}.json", ContentFile(whole))
    now = timezone.now()
    try:
        with transaction.atomic():
            _claim(
                test,
                State.RUNNING,
                State.DONE,
                summary=dict(summary),
                result=dict(result),
                result_path=path,
                seconds=seconds,
                finished_at=now,
            )
            event_record(
                type="backtests.test.finished",
                actor=SYSTEM,
                subjects=[test.ref()],
                public={"name": test.name},
                at=now,
            )
            _told(test)
    except BaseException:
        default_storage.delete(path)
        raise


def backtest_fail(*, test: BackTest, sentence: str) -> None:
    """End a back-test with what a person can do about it; one that is over already stays as it is."""
    now = timezone.now()
    with transaction.atomic():
        mine = BackTest.objects.filter(pk=test.pk, state__in=OPEN)
        if mine.update(state=State.FAILED, error=sentence[:400], finished_at=now) != 1:
            return
        event_record(
            type="backtests.test.failed",
            actor=SYSTEM,
            subjects=[test.ref()],
            public={"name": test.name},
            at=now,
        )
        _told(test)


def backtest_give_up(*, job: Job, sentence: str) -> None:
    """Its job lost its worker too often."""
    if (test := BackTest.objects.filter(pk=job.kwargs["backtest"]).first()) is not None:
        backtest_fail(test=test, sentence=sentence)


def _claim(test: BackTest, old: State, new: State, **values: Any) -> None:
    if BackTest.objects.filter(pk=test.pk, state=old).update(state=new, **values) != 1:
        raise WrongTestState(
            _(
                "This cannot be done while the back-test is “%(state)s”, or somebody was first; load the "
                "page again."
            )
            % {"state": old.label}
        )


def _told(test: BackTest) -> None:
    changed("backtests", test.topic)
