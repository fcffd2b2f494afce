"""Which parts' readings are sent, and with which probability.

- Three draws, independent of each other: every part with ``random_share``, an uncertain one also with
  ``uncertain_share``, one outside the reference also with ``out_share``. A part that a person is asked about
  is sent for certain.
- A part that the random draw hit says so, whatever else it is: these alone are a plain random sample.
- ``inclusion_probability`` is that of being sent for any reason, so that all rows together can be weighted
  (Horvitz and Thompson 1952).
- A draw is a hash of the prediction's id under a secret of the node: repeated after a power cut it falls the
  same, and nobody outside can tell it beforehand.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Shares:
    random: float
    uncertain: float
    out: float
    margin: float


@dataclass(frozen=True, slots=True)
class Sampled:
    reason: str
    inclusion_probability: float


def _draw(secret: bytes, name: str, prediction: str) -> float:
    """Uniform in [0, 1)."""
    digest = hmac.new(secret, f"{name} {prediction}".encode(), sha256).digest()
    return int.from_bytes(digest[:6], "big") / (1 << 48)


def sample(
    prediction: str, *, secret: bytes, shares: Shares, margin: float, outside: bool, asks: bool = False
) -> Sampled | None:
    """Whether a part is sent; ``margin`` is the distance of the two largest probabilities, ``asks`` whether
    a person is asked about it."""
    chances = [("random", shares.random)]
    if margin < shares.margin:
        chances.append(("uncertain", shares.uncertain))
    if outside:
        chances.append(("out_of_reference", shares.out))
    if asks:
        chances.append(("asked", 1.0))
    missed = 1.0
    for _reason, share in chances:
        missed *= 1.0 - share
    for reason, share in chances:
        if _draw(secret, reason, prediction) < share:
            return Sampled(reason, 1.0 - missed)
    return None
