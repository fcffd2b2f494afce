"""NannyML on chunks with its default thresholds (three deviations of the reference's own chunks).

Arguments: .npz with references (s, m, d) and streams (s, n, d), rows of a chunk. Prints for each method and
stream the last rows of the chunks that alert.
"""

import sys
import warnings

import nannyml
import numpy as np
import pandas as pd
from timing import say

warnings.simplefilter("ignore")
given, size, wanted = np.load(sys.argv[1]), int(sys.argv[2]), sys.argv[3].split(",")


def table(values):
    return pd.DataFrame(values, columns=[f"f{i}" for i in range(values.shape[1])])


def fitted(method, reference):
    columns = list(reference.columns)
    if method == "PCA reconstruction":
        return nannyml.DataReconstructionDriftCalculator(column_names=columns, chunk_size=size).fit(reference)
    return nannyml.UnivariateDriftCalculator(
        column_names=columns, continuous_methods=[method], chunk_size=size
    ).fit(reference)


def alarms(method, calculator, stream):
    estimates = calculator.calculate(table(stream)).filter(period="analysis").to_df()
    over = estimates.loc[:, [name for name in estimates.columns if name[-1] == "alert"]].any(axis=1)
    ends = next(name for name in estimates.columns if name[-1] == "end_index")
    return [int(row) for row in estimates.loc[over, [ends]].to_numpy().ravel()]


said, last = {name: [] for name in wanted}, None
for reference, stream in zip(given["references"], given["streams"], strict=True):
    if last is None or not np.array_equal(last, reference):  # runs that share a reference share the fit
        calculators = {name: fitted(name, table(reference)) for name in wanted}
        last = reference
    for name in wanted:
        said[name].append(alarms(name, calculators[name], stream))
say("nannyml", alarms=said)
