"""The golden set: parts with a truth that a named skilled person gave, as nodes and the portal run them.

Read by the rules of ``wire.formats``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from mlops_portal.foundation.wire import formats, jcs
from mlops_portal.foundation.wire.errors import Invalid
from mlops_portal.foundation.wire.formats import BORDERLINE, CAPABILITIES, Field, Fields
from mlops_portal.foundation.wire.kinds import ANYTHING, LIST, TEXT

FORMAT = "mlops-portal/golden@1"
WHAT = "The golden set"
SAMPLE: Fields = {
    "code": ANYTHING, "readings": ANYTHING, "truth": ANYTHING, "tolerance": ANYTHING, "safety": ANYTHING,
    "borderline": Field(ANYTHING, False, BORDERLINE),
}  # fmt: skip
FIELDS: Fields = {"format": ANYTHING, "model": TEXT, "samples": LIST, "needs": Field(ANYTHING, ())}


@dataclass(frozen=True, slots=True)
class Golden:
    """One golden sample: the model must give ``truth`` at least ``tolerance`` probability.

    ``borderline``: a skilled person says that it lies between two classes: it is run and shown, and what a
    model says of it neither opens nor shuts a gate.
    """

    code: str
    readings: Mapping[str, float | None]
    truth: str
    tolerance: float
    safety: bool
    borderline: bool = False

    def passed_by(self, probability: float) -> bool:
        return probability >= self.tolerance


def build(*, model: str, samples: Iterable[Mapping[str, Any]]) -> tuple[bytes, str]:
    """The golden set's RFC 8785 bytes and their SHA-256; samples in the order of their codes."""
    ordered = sorted(map(_said, samples), key=lambda one: str(one["code"]))
    needs: list[str] = sorted({name for sample in ordered for name in formats.needs(sample, SAMPLE)})
    whole: dict[str, Any] = {
        "format": FORMAT,
        "model": model,
        "samples": ordered,
        **({"needs": needs} if needs else {}),
    }
    data = jcs.canonical(whole)
    return data, sha256(data).hexdigest()


def _said(sample: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is said by saying nothing, so that nodes which know no such thing can read the set."""
    return {name: value for name, value in sample.items() if name != "borderline" or value}


def _sample(said: Any) -> Golden:
    one = formats.taken(said, SAMPLE, place="a sample")
    if not all(isinstance(one[field], str) for field in ("code", "truth")) or any(
        type(one[field]) is not bool for field in ("safety", "borderline")
    ):
        raise ValueError("a sample's code, truth, safety or borderline is of another kind")
    if type(one["tolerance"]) not in (int, float) or not 0.0 <= one["tolerance"] <= 1.0:
        raise ValueError("a sample's tolerance is not between 0 and 1")
    readings = one["readings"]
    if not isinstance(readings, dict) or any(
        value is not None and type(value) not in (int, float) for value in readings.values()
    ):
        raise ValueError("a sample's readings are no numbers by name")
    return Golden(**one)


def parse(data: bytes, *, has: Collection[str] = CAPABILITIES) -> tuple[Golden, ...]:
    """Read a golden set for a node that ``has`` these capabilities; OtherVersion, Invalid names what does not
    fit."""
    try:
        said: Any = jcs.parse(data)
        named = said.get("format") if isinstance(said, dict) else None
        formats.check(FORMAT, named, what=WHAT, writer=formats.PORTAL, reader=formats.AGENT)
        whole = formats.taken(said, FIELDS)
        formats.check_needs(said, has, what=WHAT)
        samples = tuple(_sample(one) for one in whole["samples"])
        if len({one.code for one in samples}) != len(samples):
            raise ValueError("a code stands in it twice")
        return samples
    except (ValueError, RecursionError) as error:
        raise Invalid(f"this is not a golden set: {error}") from None
