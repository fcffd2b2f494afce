"""Names of columns from the first row: every column gets one, no two the same."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from mlops_portal.foundation.registry.compute.tables.problem import Problem, gettext_noop, problem

WIDEST = 20_000
AS_RENAMED = gettext_noop("The second is called {renamed}")


def names_of(cells: Sequence[str], *, header: bool, row: int) -> tuple[tuple[str, ...], list[Problem]]:
    """Names by the cells of the header in ``row``, and what is wrong with it."""
    names: list[str] = []
    faults: list[Problem] = []
    first: dict[str, int] = {}
    theirs = {" ".join(cell.split()) for cell in cells} if header else set()
    for place, cell in enumerate(cells, start=1):
        name = " ".join(cell.split()) if header else ""
        if not name:
            name = _free(f"column_{place}", theirs | first.keys())
            if header and place < len(cells) and place > 1:
                faults.append(
                    problem(
                        "unnamed-column",
                        gettext_noop("Column {place} has no name in row {row}; it is called {column} here."),
                        place=place,
                        row=row,
                        column=name,
                        blocking=False,
                    )
                )
        elif name in first:
            faults.append(
                problem(
                    "duplicate-column",
                    gettext_noop(
                        "Columns {other} and {place} are both called {column} (row {row}); rename or remove"
                        " one, or say that the second is called {renamed}."
                    ),
                    renamed=f"{name} ({place})",
                    key=f"duplicate-column:{name}",
                    taken="rename",
                    options=(("rename", AS_RENAMED),),
                    other=first[name],
                    place=place,
                    column=name,
                    row=row,
                )
            )
            name = _free(f"{name} ({place})", theirs | first.keys())
        first[name] = place
        names.append(name)
    if not header:
        faults.append(
            problem(
                "no-header",
                gettext_noop(
                    "Row {row} holds values, not names: the columns are called column_1 to column_{count}"
                    " here; add a row of names, or name the columns so."
                ),
                row=row,
                count=len(names),
            )
        )
    return tuple(names), faults


def _free(name: str, taken: Collection[str]) -> str:
    while name in taken:
        name += "_"
    return name
