"""The real tables, cut into what a model is taught and what is held back; and files of them."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mlops_portal.environment import BASE_DIR

FOLDER = BASE_DIR.parent / "shared" / "data"


def path_of(name: str) -> Path:
    """A file of the folder beside the project; the test is skipped where it is not there."""
    found = FOLDER / name
    if not found.exists():
        pytest.skip(f"{found.name} is not in ../shared/data")
    return found


def steel() -> pd.DataFrame:
    """1,941 plates in a random order: the file is sorted by its classes, and has no time."""
    table = _csv("steel_plates_faults.csv.gz")
    return table.iloc[np.random.default_rng(5).permutation(len(table))].reset_index(drop=True)


def ai4i() -> pd.DataFrame:
    """10,000 parts in the order in which they were made."""
    return _csv("ai4i2020.csv.gz")


def secom() -> pd.DataFrame:
    """1,567 lots of 240 sensors in the order of their time."""
    return _csv("secom_imputed_1567x240.csv.gz").sort_values("timestamp", kind="stable")


def tennessee_normal() -> pd.DataFrame:
    return pd.read_parquet(path_of("tep_train_normal_500x52.parquet"))


def tennessee(fault: int) -> pd.DataFrame:
    """960 samples; the fault begins after sample 160."""
    table = pd.read_parquet(path_of("tep_test_22x960x52.parquet"))
    return table[table["fault"] == fault].reset_index(drop=True)


def _csv(name: str) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(gzip.decompress(path_of(name).read_bytes())))


def written(table: pd.DataFrame, path: Path) -> Path:
    table.to_csv(path, index=False)
    return path
