from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mlops_portal.above.backtests.models import PastTable
    from tests.cast import Cast


@pytest.fixture
def table(cast: Cast) -> PastTable:
    """Four hundred parts of two presses; the pressure moves at row 260."""
    from tests.backtests.shop import added, rows_of

    return added(cast.one.ml_engineer, rows_of(shift_at=260))
