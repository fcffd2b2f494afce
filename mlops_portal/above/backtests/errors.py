"""What can go wrong with back-tests."""

from mlops_portal.foundation.wire.errors import Conflict, Invalid


class WrongChoice(Invalid):
    """A choice does not fit the table, or lies beyond its limits."""

    code = "backtest-wrong-choice"


class TableNotReady(Conflict):
    """The table is still being read, or cannot be."""

    code = "backtest-table-not-ready"


class TableInUse(Conflict):
    """A back-test was made on the table."""

    code = "backtest-table-in-use"


class WrongTestState(Conflict):
    """The back-test is over already, or still at work."""

    code = "backtest-wrong-state"


class NotComparable(Invalid):
    """Too few or too many back-tests, or of different kinds or tables."""

    code = "backtest-not-comparable"


class TooLarge(Invalid):
    """The file is larger than what is taken."""

    code = "backtest-table-too-large"
