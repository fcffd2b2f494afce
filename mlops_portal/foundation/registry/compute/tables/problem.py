"""Problems as sentences. A sentence is made from a message of the catalog, so that pages can say it in the
reader's language: ``_(problem.message).format(**problem.values)``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from mlops_portal.foundation.wire.errors import Invalid

WORD = 60  # a value is quoted up to this many letters


def gettext_noop(message: str) -> str:
    """Marks a message for the catalog; numerics know no Django."""
    return message


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to a question: what it is called in an answer, and the words of its button."""

    value: str
    label: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """One clear sentence. ``row`` is counted as a person counts it; ``blocking`` ones must be mended.

    One with ``options`` is a question: the answer ``taken`` was guessed, or given by a person, and an answer
    to ``key`` changes it. A blocking question waits for its answer, whatever it is.
    """

    code: str
    sentence: str
    column: str = ""
    row: int | None = None
    blocking: bool = True
    message: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] = ()  # all of them, as they are called, where a sentence speaks of several
    key: str = ""
    taken: str = ""
    options: tuple[Option, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Problem:
        options = tuple(Option(**one) for one in stored.get("options", ()))
        return cls(**{**stored, "options": options, "columns": tuple(stored.get("columns") or ())})


def problem(
    code: str,
    message: str,
    *,
    blocking: bool = True,
    key: str = "",
    taken: str = "",
    options: Sequence[tuple[str, str]] = (),
    **values: object,
) -> Problem:
    """A problem whose sentence is ``message`` with ``values``; ``column`` and ``row`` are its place."""
    row = values.get("row")
    shown = {key: shorten(str(value)) for key, value in values.items()}
    if "column" in shown:
        shown["column"] = quoted(shown["column"])
    return Problem(
        code=code,
        sentence=message.format(**shown),
        column=str(values.get("column", "")),
        row=int(str(row)) if row is not None else None,
        blocking=blocking,
        message=message,
        values=shown,
        key=key,
        taken=taken,
        options=tuple(Option(value, label, shown) for value, label in options),
    )


def shorten(text: str) -> str:
    """On one line, and not longer than a sentence bears."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return plain if len(plain) <= 4 * WORD else plain[: 4 * WORD - 1] + "…"


def quoted(value: str) -> str:
    """A value of the file as a sentence shows it."""
    return value if len(value) <= WORD else value[: WORD - 1] + "…"


def several(names: list[str], most: int = 6) -> str:
    """ "a, b, c, …": the first names of a list."""
    return ", ".join([*map(quoted, names[:most]), *(["…"] if len(names) > most else [])])


class TableUnreadable(Invalid):
    """The file is no table that can be read; ``problem`` says what it is, where, and how to mend it."""

    code = "table-unreadable"

    def __init__(self, problem: Problem) -> None:
        place = {key: value for key, value in (("column", problem.column), ("row", problem.row)) if value}
        super().__init__(problem.sentence, problem=problem.code, **place)
        self.problem = problem


def unreadable(code: str, message: str, **values: Any) -> TableUnreadable:
    """The error whose sentence is ``message`` with ``values``."""
    return TableUnreadable(problem(code, message, blocking=True, **values))
