"""The golden set: parts with a truth that a named skilled person gave, as nodes and the portal run them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from mlops_portal.foundation.wire import jcs
from mlops_portal.foundation.wire.errors import Invalid

FORMAT = "mlops-portal/golden@1"
SAMPLE = {"code", "readings", "truth", "tolerance", "safety"}


@dataclass(frozen=True, slots=True)
class Golden:
    """One golden sample: the model must give ``truth`` at least ``tolerance`` probability."""

    code: str
    readings: Mapping[str, float | None]
    truth: str
    tolerance: float
    safety: bool

    def passed_by(self, probability: float) -> bool:
        return probability >= self.tolerance


def build(*, model: str, samples: Iterable[Mapping[str, Any]]) -> tuple[bytes, str]:
    """The golden set's RFC 8785 bytes and their SHA-256; samples in the order of their codes."""
    ordered = sorted((dict(one) for one in samples), key=lambda one: str(one["code"]))
    data = jcs.canonical({"format": FORMAT, "model": model, "samples": ordered})
    return data, sha256(data).hexdigest()


def _sample(one: Any) -> Golden:
    if not isinstance(one, dict) or set(one) != SAMPLE:
        raise ValueError("a sample has other fields")
    if not all(isinstance(one[field], str) for field in ("code", "truth")) or type(one["safety"]) is not bool:
        raise ValueError("a sample's code, truth or safety is of another kind")
    if type(one["tolerance"]) not in (int, float) or not 0.0 <= one["tolerance"] <= 1.0:
        raise ValueError("a sample's tolerance is not between 0 and 1")
    readings = one["readings"]
    if not isinstance(readings, dict) or any(
        value is not None and type(value) not in (int, float) for value in readings.values()
    ):
        raise ValueError("a sample's readings are no numbers by name")
    return Golden(**one)


def parse(data: bytes) -> tuple[Golden, ...]:
    """Read a golden set strictly; Invalid names what does not fit."""
    try:
        whole: Any = jcs.parse(data)
        if (
            not isinstance(whole, dict)
            or set(whole) != {"format", "model", "samples"}
            or whole["format"] != FORMAT
        ):
            raise ValueError("its fields are others")
        if not isinstance(whole["model"], str) or not isinstance(whole["samples"], list):
            raise ValueError("its model or its samples are of another kind")
        samples = tuple(_sample(one) for one in whole["samples"])
        if len({one.code for one in samples}) != len(samples):
            raise ValueError("a code stands in it twice")
        return samples
    except (ValueError, RecursionError) as error:
        raise Invalid(f"this is not a golden set: {error}") from None
