"""Two presses that run one model, and a node that tells of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.monitoring.ground import Floor


@pytest.fixture
def floor(cast: Cast) -> Floor:
    from tests.monitoring.ground import make_floor

    return make_floor(cast)
