"""Readings behave as machines do: they remember, hang together, and stay where the catalogue says."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from mlops_portal.above.demo.sim.catalogue import ASSET_TYPES, assets_of
from mlops_portal.above.demo.sim.history import History, history, tabulate
from mlops_portal.above.demo.sim.plant import Plant

TYPES = pytest.mark.parametrize("kind", ["press", "machining"])


@cache
def consecutive(kind: str) -> History:
    return tabulate(kind, Plant(1).run(assets_of(kind)[0].key, 8000))


@cache
def inspected(kind: str) -> History:
    return history(kind, 4000)


@TYPES
def test_neighbouring_parts_are_as_alike_as_the_catalogue_states(kind):
    for reading in ASSET_TYPES[kind].readings:
        column = consecutive(kind).columns[reading.key]
        column = column[~np.isnan(column)]
        low, high = reading.lag1
        assert low <= np.corrcoef(column[1:], column[:-1])[0, 1] <= high, reading.key


@TYPES
def test_readings_hang_together_as_physics_says(kind):
    for tie in ASSET_TYPES[kind].correlations:
        pair = np.column_stack([inspected(kind).columns[tie.first], inspected(kind).columns[tie.second]])
        pair = pair[~np.isnan(pair).any(axis=1)]
        assert tie.sign * np.corrcoef(pair[:, 0], pair[:, 1])[0, 1] > 0.2, (
            f"{tie.first} and {tie.second}: {tie.reason}"
        )


@TYPES
def test_about_nineteen_of_twenty_values_lie_in_the_normal_band(kind):
    for reading in ASSET_TYPES[kind].readings:
        column = inspected(kind).columns[reading.key]
        column = column[~np.isnan(column)]
        inside = np.mean((column >= reading.band[0]) & (column <= reading.band[1]))
        assert 0.90 <= inside <= 0.995, (reading.key, inside)


@TYPES
def test_values_keep_to_the_sensors_limits_and_resolution(kind):
    for reading in ASSET_TYPES[kind].readings:
        column = inspected(kind).columns[reading.key]
        column = column[~np.isnan(column)]
        assert column.min() >= reading.limits[0]
        assert column.max() <= reading.limits[1]
        steps = column / reading.step
        assert np.allclose(steps, np.round(steps), atol=1e-6)


@TYPES
def test_a_few_values_are_missing_and_only_where_the_catalogue_says(kind):
    for reading in ASSET_TYPES[kind].readings:
        share = np.isnan(inspected(kind).columns[reading.key]).mean()
        assert (share > 0) == (reading.dropout > 0), reading.key
        assert share < 0.01


def test_force_is_pressure_times_area():
    columns = consecutive("press").columns
    area = columns["forming_force"] / columns["hydraulic_pressure"]
    assert area.std() / area.mean() < 0.01


@TYPES
def test_columns_stand_in_the_order_of_the_catalogue_and_rows_in_the_order_of_time(kind):
    table = history(kind, 101)
    assert list(table.columns) == [reading.key for reading in ASSET_TYPES[kind].readings]
    assert table.matrix().shape == (101, len(table.columns))
    times = [truth.made for truth in table.truths]
    assert times == sorted(times)
    assert {part.asset for part in table.parts} == {asset.key for asset in assets_of(kind)}
