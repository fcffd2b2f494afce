"""Which parts carry the signal of a joint chart.

The contribution of a part is by how much T² is smaller without it (Runger, Alt and Montgomery 1996,
"Contributors to a multivariate statistical process control chart signal"): the last term of Mason, Tracy
and Young's (1995) decomposition, what the part says given all others. So a part that left its relation to
the others is named, also where its own value is nothing unusual.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def contributions(z: NDArray[np.float64], correlation: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shares of zᵀ R⁻¹ z float (p,), each in [0, 1], that are gone without the part; ``z`` (p,),
    ``correlation`` (p, p). They need not sum to 1: what several parts say together is in none of them. 0
    where z is 0."""
    inverse = np.linalg.inv(correlation)
    turned = inverse @ z
    whole = float(z @ turned)
    if whole <= 0:
        return np.zeros(len(z))
    return np.asarray(np.clip(turned * turned / np.diag(inverse) / whole, 0.0, 1.0))
