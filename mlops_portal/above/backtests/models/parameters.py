"""What may be chosen for each kind of back-test, and within which limits; whoever runs one asks here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mlops_portal.above.backtests.errors import WrongChoice
from mlops_portal.above.backtests.transitions import Kind, Learner, Strategy, TriggerKind


@dataclass(frozen=True, slots=True)
class Number:
    """A number from ``low`` to ``high``; ``whole`` where it counts something; may be left out where None."""

    title: Promise
    default: float | None
    low: float
    high: float
    whole: bool = True
    hint: Promise | str = ""

    def checked(self, value: Any) -> float | int | None:
        if value is None and self.default is None:
            return None
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not self.low <= value <= self.high
        ):
            raise WrongChoice(
                _("%(name)s must be a number from %(low)s to %(high)s.")
                % {"name": self.title, "low": f"{self.low:g}", "high": f"{self.high:g}"}
            )
        if self.whole and value != int(value):
            raise WrongChoice(_("%(name)s must be a whole number.") % {"name": self.title})
        return int(value) if self.whole else float(value)


@dataclass(frozen=True, slots=True)
class Pick:
    """One of several choices."""

    title: Promise
    default: str
    choices: type[TextChoices]
    hint: Promise | str = ""

    def checked(self, value: Any) -> str:
        if value not in self.choices.values:
            raise WrongChoice(
                _("%(name)s: there is no choice “%(value)s”; choose one of %(choices)s.")
                % {"name": self.title, "value": value, "choices": ", ".join(self.choices.values)}
            )
        return str(value)


@dataclass(frozen=True, slots=True)
class ColumnName:
    """The name of a column of the table; empty where it may be left out."""

    title: Promise
    required: bool = True
    hint: Promise | str = ""
    default: str = ""

    def checked(self, value: Any) -> str:
        if not isinstance(value, str):
            raise WrongChoice(_("%(name)s must be the name of a column.") % {"name": self.title})
        if not value and self.required:
            raise WrongChoice(_("%(name)s: say which column it is.") % {"name": self.title})
        return value


@dataclass(frozen=True, slots=True)
class ColumnNames:
    """Names of columns, perhaps none."""

    title: Promise
    hint: Promise | str = ""
    default: tuple[str, ...] = ()

    def checked(self, value: Any) -> list[str]:
        if (
            not isinstance(value, Sequence)
            or isinstance(value, str)
            or not all(isinstance(one, str) for one in value)
        ):
            raise WrongChoice(_("%(name)s must be a list of columns.") % {"name": self.title})
        return list(dict.fromkeys(value))


Parameter = Number | Pick | ColumnName | ColumnNames
_SURE = gettext_lazy("3 is rarely wrong; less is quicker and cries wolf more often.")
_IGNORE = ColumnNames(
    gettext_lazy("Columns to leave out"), gettext_lazy("Counters, numbers of parts, results.")
)

PARAMETERS: dict[Kind, dict[str, Parameter]] = {
    Kind.DRIFT: {
        "window": Number(gettext_lazy("Rows in a window"), 100, 1, 1_000_000),
        "false_alarms": Number(
            gettext_lazy("False alarms in 1,000 windows"),
            5.0,
            0.01,
            500,
            whole=False,
            hint=gettext_lazy("For all readings together. Fewer false alarms mean later true ones."),
        ),
        "ignore": _IGNORE,
        "reference_share": Number(
            gettext_lazy("Per cent of the rows that are the reference"),
            30,
            5,
            90,
            hint=gettext_lazy("The first rows of the table; a second table can be the reference instead."),
        ),
        "starts": Number(
            gettext_lazy("Row at which something really changed"),
            None,
            0,
            10**9,
            hint=gettext_lazy(
                "Where you know it, the first row is 0: then the result says what was found, and how late."
            ),
        ),
    },
    Kind.LABELING: {
        "target": ColumnName(
            gettext_lazy("What is to be learned"), hint=gettext_lazy("The column with the classes.")
        ),
        "strategy": Pick(gettext_lazy("How parts are chosen"), Strategy.PORTAL, Strategy),
        "initial": Number(gettext_lazy("Labels at the start"), 20, 2, 100_000),
        "batch": Number(gettext_lazy("Labels at a time"), 20, 1, 100_000),
        "budget": Number(gettext_lazy("Labels at the end"), 200, 2, 1_000_000),
        "seeds": Number(
            gettext_lazy("Repetitions"),
            10,
            1,
            200,
            hint=gettext_lazy("Each with other parts at the start; the more, the surer the answer."),
        ),
        "learner": Pick(gettext_lazy("Model"), Learner.FOREST, Learner),
        "group": ColumnName(
            gettext_lazy("Part number"),
            required=False,
            hint=gettext_lazy("Where one part has several rows: they stay on one side."),
        ),
        "ignore": _IGNORE,
    },
    Kind.RETRAIN: {
        "target": ColumnName(
            gettext_lazy("What is to be learned"), hint=gettext_lazy("A class or a number.")
        ),
        "time": ColumnName(
            gettext_lazy("Time"),
            required=False,
            hint=gettext_lazy("Without it the rows count in their order."),
        ),
        "trigger": Pick(gettext_lazy("Retrain because of"), TriggerKind.DRIFT, TriggerKind),
        "window": Number(gettext_lazy("Rows in a window"), 100, 10, 1_000_000),
        "first_share": Number(gettext_lazy("Per cent of the rows that the first model learns"), 30, 5, 90),
        "delay": Number(gettext_lazy("Windows until the truth is known"), 1, 0, 1000),
        "rest": Number(gettext_lazy("Fewest windows between two trainings"), 3, 1, 1000),
        "memory": Number(
            gettext_lazy("Rows that a training looks back"),
            0,
            0,
            10_000_000,
            hint=gettext_lazy("0: all of them."),
        ),
        "false_alarms": Number(
            gettext_lazy("Drift: false alarms in 1,000 windows"), 5.0, 0.01, 500, whole=False
        ),
        "sureness": Number(
            gettext_lazy("Errors: standard errors above the promise"), 3.0, 1.0, 10.0, whole=False, hint=_SURE
        ),
        "every": Number(gettext_lazy("Schedule: windows between two trainings"), 10, 1, 100_000),
        "ignore": _IGNORE,
    },
}


def parameters_checked(kind: Kind, given: Mapping[str, Any]) -> dict[str, Any]:
    """All parameters of the kind, defaults filled in. Raises WrongChoice with the one that does not fit."""
    known = PARAMETERS[kind]
    if unknown := sorted(set(given) - set(known)):
        raise WrongChoice(
            _("There is no choice “%(name)s” for this kind of back-test.") % {"name": unknown[0]}
        )
    checked: dict[str, Any] = {key: one.checked(given.get(key, one.default)) for key, one in known.items()}
    if kind == Kind.LABELING and checked["budget"] <= checked["initial"]:
        raise WrongChoice(
            _("%(budget)s labels at the end are no more than the %(initial)s at the start; raise the end.")
            % {"budget": checked["budget"], "initial": checked["initial"]}
        )
    return checked
