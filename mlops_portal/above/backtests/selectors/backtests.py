"""Back-tests and tables as pages and the API read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any

from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from mlops_portal.above.backtests.errors import NotComparable
from mlops_portal.above.backtests.models import BackTest, PastTable
from mlops_portal.above.backtests.models.parameters import PARAMETERS, Pick
from mlops_portal.above.backtests.transitions import Kind, State
from mlops_portal.foundation.registry.models import Dataset
from mlops_portal.foundation.wire.errors import NotFound

FEWEST, MOST = 2, 4


def backtests_all() -> QuerySet[BackTest]:
    return BackTest.objects.select_related("table", "reference", "created_by", "job")


def tables_all() -> QuerySet[PastTable]:
    return PastTable.objects.select_related("added_by", "dataset__model")


def datasets_to_try() -> QuerySet[Dataset]:
    """Past parts of models, newest first."""
    return Dataset.objects.select_related("model", "artifact").order_by("-added_at")


def result_open(test: BackTest) -> IO[bytes]:
    """The whole result as JSON. NotFound while there is none."""
    if test.state != State.DONE:
        raise NotFound(_("This back-test has no result."))
    try:
        return default_storage.open(test.result_path)
    except FileNotFoundError:
        raise NotFound(_("The result was removed from the storage; run the back-test again.")) from None


def written(kind: str, key: str, value: Any) -> Any:
    """A chosen value as people read it."""
    one = PARAMETERS[Kind(kind)].get(key)
    if isinstance(one, Pick):
        return str(one.choices(value).label) if value in one.choices.values else value
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return "–" if value in (None, "") else value


def chosen(test: BackTest) -> list[tuple[str, Any]]:
    """(title, value) of each choice, in the order of the form."""
    return [
        (str(one.title), written(test.kind, key, test.parameters.get(key)))
        for key, one in PARAMETERS[Kind(test.kind)].items()
    ]


@dataclass(frozen=True, slots=True)
class Differing:
    """A choice that is not the same everywhere, and its value in each back-test."""

    title: str
    cells: list[Any]


def differing(tests: Sequence[BackTest]) -> list[Differing]:
    """What differs between back-tests of one kind."""
    kind = Kind(tests[0].kind)
    rows = [
        (str(one.title), [test.parameters.get(key) for test in tests], key)
        for key, one in PARAMETERS[kind].items()
    ]
    parameters = [
        Differing(title, [written(kind, key, value) for value in values])
        for title, values, key in rows
        if any(value != values[0] for value in values)
    ]
    if len({test.reference_id for test in tests}) > 1:
        parameters.insert(
            0, Differing(_("Reference"), [test.reference or _("the first rows") for test in tests])
        )
    return parameters


def _short(row: Differing, place: int, *, alone: bool) -> str:
    """A choice in a legend: up to its colon where it is in words, else with its title."""
    value = row.cells[place]
    if alone and isinstance(value, str) and value != "–":
        return value.partition(":")[0]
    return f"{row.title}: {value}"


def labels_of(tests: Sequence[BackTest]) -> list[str]:
    """What tells each back-test from the others: its differing choices, else its number."""
    rows = differing(tests)
    if not rows:
        return [f"#{test.pk}" for test in tests]
    labels = [
        ", ".join(_short(row, place, alone=len(rows) == 1) for row in rows[:2]) for place in range(len(tests))
    ]
    return (
        labels
        if len(set(labels)) == len(labels)
        else [f"{label} (#{test.pk})" for label, test in zip(labels, tests, strict=True)]
    )


def comparable(numbers: Sequence[int]) -> list[BackTest]:
    """Two to four back-tests that are done, of one kind and on one table, in the order given.

    Raises NotFound, NotComparable.
    """
    wanted = list(dict.fromkeys(numbers))
    if not FEWEST <= len(wanted) <= MOST:
        raise NotComparable(
            _("Choose %(fewest)d to %(most)d back-tests to see them side by side.")
            % {"fewest": FEWEST, "most": MOST}
        )
    known = backtests_all().in_bulk(wanted)
    if missing := [pk for pk in wanted if pk not in known]:
        raise NotFound(_("There is no back-test %(number)s.") % {"number": missing[0]})
    tests = [known[pk] for pk in wanted]
    if len({test.kind for test in tests}) > 1 or len({test.table_id for test in tests}) > 1:
        raise NotComparable(_("Side by side stand back-tests of one kind on one table; choose others."))
    return tests
