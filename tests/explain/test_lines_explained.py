"""Straight lines and forests explain themselves as trees do."""

from __future__ import annotations

import numpy as np
import pytest

from explain.compute.contributions import Explainer
from labeling.compute.training.recipes import OWN, fitted
from tests.labeling.test_recipes import lesson


@pytest.mark.parametrize("name", ["lines", "forest"])
def test_every_row_adds_up_to_what_the_model_says(name: str) -> None:
    given, _part = lesson(30)
    rows = given.readings[:20].copy()
    rows[3, 1] = np.nan
    whole = Explainer(fitted(OWN[name], given)).explain(rows)
    assert whole.trusted
    assert whole.values.shape == (20, 4, 2)
    assert np.abs(whole.of_said()).mean(0).argmax() == 0
