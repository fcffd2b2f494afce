"""alibi-detect: KS over windows with its defaults (p .05, Bonferroni), or its online detectors.

Arguments: .npz with references (s, m, d) and streams (s, n, d), rows of a window, methods, expected run
time of the online ones. Prints for each method and stream the last rows of windows, or the rows, that
alarmed.
"""

import contextlib
import io
import sys

import numpy as np
from timing import say

given, size, wanted, run_time = (
    np.load(sys.argv[1]),
    int(sys.argv[2]),
    sys.argv[3].split(","),
    float(sys.argv[4]),
)


def fitted(method, reference):
    from alibi_detect import cd

    if method == "KS":
        return cd.KSDrift(reference, p_val=0.05)
    if method == "online CVM":
        return cd.CVMDriftOnline(
            reference,
            ert=run_time,
            window_sizes=[size],
            n_bootstraps=int(2 * run_time * reference.shape[1]),
            verbose=False,
        )
    return cd.MMDDriftOnline(
        reference.astype(np.float32), ert=run_time, window_size=size, backend="tensorflow", verbose=False
    )


def alarms(method, detector, stream):
    if method == "KS":
        ends = range(size, len(stream) + 1, size)
        return [end - 1 for end in ends if detector.predict(stream[end - size : end])["data"]["is_drift"]]
    detector.reset_state()
    rows = []
    for row, values in enumerate(stream if method == "online CVM" else stream.astype(np.float32)):
        if detector.predict(values)["data"]["is_drift"]:
            rows.append(row)
            detector.reset_state()  # otherwise it goes on saying the same
    return rows


said, last = {name: [] for name in wanted}, None
with contextlib.redirect_stdout(io.StringIO()):
    for reference, stream in zip(given["references"], given["streams"], strict=True):
        centre, spread = reference.mean(axis=0), reference.std(axis=0)
        spread[spread == 0] = 1.0
        if last is None or not np.array_equal(last, reference):  # runs that share a reference share the fit
            detectors = {name: fitted(name, (reference - centre) / spread) for name in wanted}
            last = reference
        for name in wanted:
            said[name].append(alarms(name, detectors[name], (stream - centre) / spread))
say("alibi-detect", alarms=said)
