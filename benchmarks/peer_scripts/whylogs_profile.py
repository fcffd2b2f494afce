"""whylogs: profile of a table. Arguments: the .npy file."""

import sys

import numpy as np
import pandas as pd
import whylogs
from timing import say, timed

values = np.load(sys.argv[1])
table = pd.DataFrame(values, columns=[f"f{i}" for i in range(values.shape[1])])
say("whylogs", seconds=timed(lambda: whylogs.log(table).view()))
