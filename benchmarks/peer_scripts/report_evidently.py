"""Evidently: drift of every column, with its default methods or with one that is named.

Arguments: reference .npy, current .npy, method ("default", "psi", "ks", …).
"""

import sys

import numpy as np
import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset
from timing import say, timed


def table(path):
    values = np.load(path)
    return pd.DataFrame(values, columns=[f"f{i}" for i in range(values.shape[1])])


reference, current, method = table(sys.argv[1]), table(sys.argv[2]), sys.argv[3]
definition = DataDefinition(numerical_columns=list(reference.columns))


def report():
    preset = DataDriftPreset() if method == "default" else DataDriftPreset(method=method)
    return Report([preset]).run(
        Dataset.from_pandas(current, data_definition=definition),
        Dataset.from_pandas(reference, data_definition=definition),
    )


flagged = report().dict()["metrics"][0]["value"]["count"]
say("evidently", seconds=timed(report), flagged=int(flagged))
