"""Wilson's interval of a share (Wilson 1927). Pure."""

from __future__ import annotations

import math

Z = 1.959963984540054  # of 95 %


def wilson(share: float, n: float) -> tuple[float, float]:
    """The 95 % interval of a ``share`` of ``n`` parts, also an effective number; (0, 1) without one."""
    if n <= 0:
        return 0.0, 1.0
    middle = share + Z * Z / (2 * n)
    half = Z * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    return max(0.0, (middle - half) / (1 + Z * Z / n)), min(1.0, (middle + half) / (1 + Z * Z / n))
