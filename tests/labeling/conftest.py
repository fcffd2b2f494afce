"""Questions on line 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.labeling.asked import Queue


@pytest.fixture
def queue(cast: Cast) -> Queue:
    from tests.labeling.asked import make_queue

    return make_queue(cast)
