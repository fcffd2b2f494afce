"""What the peers' scripts share: the clock, and the one JSON object that they print."""

import importlib.metadata
import json
import resource
import statistics
import time


def timed(call, *, patience=3.0):
    """Median seconds of processor time of five calls after one that warms up; slow ones are called once."""
    taken = [_once(call)]
    if taken[0] < patience:
        taken = [_once(call) for _ in range(5)]
    return statistics.median(taken)


def _once(call):
    begun = time.process_time()
    call()
    return time.process_time() - begun


def say(package, **figures):
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"version": importlib.metadata.version(package), "peak_mb": peak, **figures}))
