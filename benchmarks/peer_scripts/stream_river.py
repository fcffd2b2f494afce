"""river: a detector with its defaults on each column, which first sees the reference.

Arguments: .npz with references (s, m, d) and streams (s, n, d). Prints for each detector and stream the
rows (0 …) after which some column alarmed. Columns come in the reference's deviations.
"""

import sys

import numpy as np
from river import drift
from timing import say

DETECTORS = {
    "ADWIN": drift.ADWIN,
    "PageHinkley": drift.PageHinkley,
    "KSWIN": lambda: drift.KSWIN(seed=1),
}
given = np.load(sys.argv[1])
wanted = sys.argv[2].split(",")


def alarms(make, reference, stream):
    centre, spread = reference.mean(axis=0), reference.std(axis=0)
    spread[spread == 0] = 1.0
    rows = set()
    for i in range(reference.shape[1]):
        detector = make()
        for value in ((reference[:, i] - centre[i]) / spread[i]).tolist():
            detector.update(value)
        for row, value in enumerate(((stream[:, i] - centre[i]) / spread[i]).tolist()):
            detector.update(value)
            if detector.drift_detected:
                rows.add(row)
    return sorted(rows)


pairs = list(zip(given["references"], given["streams"], strict=True))
say("river", alarms={name: [alarms(DETECTORS[name], *pair) for pair in pairs] for name in wanted})
