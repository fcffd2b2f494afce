"""The golden set: parts with a truth that a named skilled person gave, as nodes and the portal run them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from mlops_portal.wire import jcs
from mlops_portal.wire.errors import Invalid

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
        for one in whole["samples"]:
            if set(one) != SAMPLE or not 0.0 <= one["tolerance"] <= 1.0:
                raise ValueError("a sample has other fields or a tolerance outside 0 to 1")
        return tuple(Golden(**one) for one in whole["samples"])
    except (ValueError, KeyError, TypeError) as error:
        raise Invalid(f"this is not a golden set: {error}") from None
