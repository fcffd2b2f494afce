"""Common rules of thumb, in numpy and scipy: which windows they flag."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from benchmarks.data import F

B = NDArray[np.bool_]
Rule = Callable[[F, F], bool]


def ks_05(reference: F, window: F) -> bool:
    """Some reading has KS p < .05."""
    return min(_p_values(reference, window)) < 0.05


def ks_bonferroni(reference: F, window: F) -> bool:
    """Some reading has KS p < .05 over the number of readings."""
    return min(_p_values(reference, window)) < 0.05 / reference.shape[1]


def psi_01(reference: F, window: F) -> bool:
    """Some reading has PSI > .1 over ten bins of the reference."""
    for known, now in zip(reference.T, window.T, strict=True):
        inner = np.quantile(known, np.linspace(0, 1, 11)[1:-1])
        p, q = (
            np.bincount(np.searchsorted(inner, one), minlength=10) / len(one) + 1e-4 for one in (known, now)
        )
        if float(((q - p) * np.log(q / p)).sum()) > 0.1:
            return True
    return False


def wasserstein_01(reference: F, window: F) -> bool:
    """Some reading has a Wasserstein distance above .1 deviations: Evidently's default above 1,000 rows."""
    return any(
        stats.wasserstein_distance(known, now) / known.std() > 0.1
        for known, now in zip(reference.T, window.T, strict=True)
    )


RULES: dict[str, Rule] = {
    "KS p < .05, any reading": ks_05,
    "KS with Bonferroni": ks_bonferroni,
    "PSI > .1, any reading": psi_01,
    "Wasserstein > .1 sd, any reading": wasserstein_01,
}


def _p_values(reference: F, window: F) -> list[float]:
    return [
        float(stats.ks_2samp(known, now, method="asymp").pvalue)
        for known, now in zip(reference.T, window.T, strict=True)
    ]


def flagged(rule: Rule, reference: F, stream: F, size: int) -> B:
    """Which whole windows of ``size`` rows of ``stream`` the rule flags: bool (w,)."""
    windows = [stream[at : at + size] for at in range(0, len(stream) - size + 1, size)]
    return np.array([rule(reference, one) for one in windows])


def of_rows(alarms: list[int], windows: int, size: int) -> B:
    """Which of ``windows`` hold one of the alarmed rows: bool (w,)."""
    in_alarm = np.zeros(windows, dtype=np.bool_)
    places = np.asarray(alarms, dtype=int) // size
    in_alarm[places[places < windows]] = True
    return in_alarm


def events(flags: B) -> int:
    """Runs of flagged windows."""
    return int(flags[0]) + int((flags[1:] & ~flags[:-1]).sum()) if flags.size else 0
