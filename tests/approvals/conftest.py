from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.approvals.world import Bench
    from tests.cast import Cast


@pytest.fixture
def bench(cast: Cast) -> Bench:
    from tests.approvals.world import make_bench  # its models wait for the apps

    return make_bench(cast)
