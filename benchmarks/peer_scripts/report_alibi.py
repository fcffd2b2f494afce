"""alibi-detect: Kolmogorov–Smirnov of every column, Bonferroni, its defaults. Arguments: reference, current
.npy.
"""

import sys

import numpy as np
from alibi_detect.cd import KSDrift
from timing import say, timed

reference, current = np.load(sys.argv[1]), np.load(sys.argv[2])
detector = KSDrift(reference, p_val=0.05)
flagged = int(detector.predict(current, drift_type="feature")["data"]["is_drift"].sum())
say("alibi-detect", seconds=timed(lambda: detector.predict(current)), flagged=flagged)
