"""NannyML: Kolmogorov–Smirnov of every column in ten chunks, its defaults. Arguments: reference, current
.npy.
"""

import sys

import nannyml
import numpy as np
import pandas as pd
from timing import say, timed


def table(path):
    values = np.load(path)
    return pd.DataFrame(values, columns=[f"f{i}" for i in range(values.shape[1])])


reference, current = table(sys.argv[1]), table(sys.argv[2])
columns = list(reference.columns)
calculator = nannyml.UnivariateDriftCalculator(
    column_names=columns, continuous_methods=["kolmogorov_smirnov"], chunk_number=10
).fit(reference)
estimates = calculator.calculate(current).filter(period="analysis").to_df()
flagged = sum(bool(estimates[(name, "kolmogorov_smirnov", "alert")].any()) for name in columns)
say("nannyml", seconds=timed(lambda: calculator.calculate(current)), flagged=flagged)
