"""The trained scikit-learn model in the portal's own store: skops, never pickle.

Loading builds only the types that a model of ours consists of; anything else in the file is refused.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from zipfile import BadZipFile

import skops.io
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import Pipeline
from skops.io.exceptions import UntrustedTypesFoundException

from mlops_portal.foundation.wire.errors import Invalid

TRUSTED = [
    "numpy.dtype",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.tree._tree.Tree",
]
KINDS = (HistGradientBoostingClassifier, Pipeline)
Model = Any  # one of KINDS that gives probabilities; scikit-learn has no types


def dump(model: Model) -> bytes:
    """The model as a skops file."""
    data: bytes = skops.io.dumps(model)
    return data


@lru_cache(1)
def load(data: bytes) -> Model:
    """The model of a skops file; not to be changed, because whoever asks next for the same file gets it too
    (the steps of a training do). Raises Invalid for another file or a type not on the list."""
    try:
        model = skops.io.loads(data, trusted=TRUSTED)
    except UntrustedTypesFoundException:
        foreign = sorted(set(skops.io.get_untrusted_types(data=data)) - set(TRUSTED))
        raise Invalid(f"the stored model holds the unknown type {foreign[0]}; it was not loaded") from None
    except (BadZipFile, KeyError, ValueError, TypeError):
        raise Invalid("this is not a stored model; it was not loaded") from None
    if not isinstance(model, KINDS) or not hasattr(model, "predict_proba"):
        raise Invalid(f"the stored model is a {type(model).__name__}; it was not loaded")
    return model
