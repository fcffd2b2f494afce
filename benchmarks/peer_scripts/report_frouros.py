"""Frouros: PSI of every column. Arguments: reference .npy, current .npy."""

import sys

import numpy as np
from frouros.detectors.data_drift import PSI
from timing import say, timed

reference, current = np.load(sys.argv[1]), np.load(sys.argv[2])
detectors = [PSI() for _ in range(reference.shape[1])]
for i, detector in enumerate(detectors):
    detector.fit(X=reference[:, i])


def report():
    return [detector.compare(X=current[:, i])[0].distance for i, detector in enumerate(detectors)]


say("frouros", seconds=timed(report), flagged=int(sum(one > 0.1 for one in report())))
