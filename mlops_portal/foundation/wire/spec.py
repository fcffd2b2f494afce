"""The model spec: what a node must know of an artifact to run it and to sketch what it reads.

Read by the rules of ``wire.formats``: a field that changes what the node must do with its readings has a
capability as its ``needs``, and ``build`` names it in the spec.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mlops_portal.foundation.wire import formats, jcs
from mlops_portal.foundation.wire.categories import edges_of
from mlops_portal.foundation.wire.errors import Invalid
from mlops_portal.foundation.wire.formats import ASK_ZONE, CAPABILITIES, Field, Fields
from mlops_portal.foundation.wire.kinds import ANYTHING, LIST
from mlops_portal.foundation.wire.statement import is_digest

FORMAT = "mlops-portal/model-spec@1"
WHAT = "The model spec"
FEATURE: Fields = {
    "key": ANYTHING, "unit": ANYTHING, "low": ANYTHING, "high": ANYTHING, "edges": ANYTHING,
    "categories": ANYTHING, "ignore_case": Field(ANYTHING, False),
}  # fmt: skip
FIELDS: Fields = {
    "format": ANYTHING, "model": ANYTHING, "version": ANYTHING, "artifact": ANYTHING,
    "artifact_size": ANYTHING, "features": LIST, "classes": LIST, "window_seconds": ANYTHING,
    "confidence_bins": ANYTHING, "needs": Field(ANYTHING, ()),
    "ask_below": Field(ANYTHING, 0.0, ASK_ZONE),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SpecFeature:
    """One input, in the order of the model's columns; ``edges`` are the reference's bins, in ``unit``.

    ``categories`` is empty for a number; else the reading is one of these words, and ``edges`` are their
    codes (``wire.categories``); ``ignore_case``: words that differ by case alone are one.
    """

    key: str
    unit: str
    low: float | None
    high: float | None
    edges: tuple[float, ...]
    categories: tuple[str, ...] = ()
    ignore_case: bool = False


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A parsed spec; ``classes`` in the order of the model's output.

    ``ask_below``: a part that is judged with less confidence is one that a person is asked about; 0: none.
    What came after the first format has a default here too.
    """

    model: str
    version: int
    artifact: str
    artifact_size: int
    features: tuple[SpecFeature, ...]
    classes: tuple[str, ...]
    window_seconds: int
    confidence_bins: int
    ask_below: float = 0.0


def build(
    *,
    model: str,
    version: int,
    artifact: str,
    artifact_size: int,
    features: Iterable[Mapping[str, Any]],
    classes: Sequence[str],
    window_seconds: int,
    confidence_bins: int = 20,
    ask_below: float = 0.0,
) -> bytes:
    """A spec's RFC 8785 bytes; features are {"key", "unit", "low", "high", "edges",
    "categories"}, and "ignore_case" where it is true."""
    inputs = [dict(feature) for feature in features]
    zone = {"ask_below": ask_below} if ask_below else {}
    needs = sorted(
        {name for feature in inputs for name in formats.needs(feature, FEATURE)} | formats.needs(zone, FIELDS)
    )
    return jcs.canonical(
        {
            "format": FORMAT,
            "model": model,
            "version": version,
            "artifact": artifact,
            "artifact_size": artifact_size,
            "features": inputs,
            "classes": list(classes),
            "window_seconds": window_seconds,
            "confidence_bins": confidence_bins,
            **zone,
            **({"needs": needs} if needs else {}),
        }
    )


def _feature(said: Any) -> SpecFeature:
    one = formats.taken(said, FEATURE, place="a feature")
    if not isinstance(one["key"], str) or not isinstance(one["unit"], str):
        raise ValueError("a feature's key or unit is no text")
    limits = [one["low"], one["high"]]
    if not isinstance(one["edges"], list) or not one["edges"]:
        raise ValueError("a feature has no edges")
    if any(type(n) not in (int, float) for n in [*one["edges"], *(n for n in limits if n is not None)]):
        raise ValueError("a feature's limit or edge is no number")
    edges = tuple(map(float, one["edges"]))
    if list(edges) != sorted(set(edges)):
        raise ValueError("a feature's edges do not rise")
    ignore_case = one["ignore_case"]
    if type(ignore_case) is not bool:
        raise ValueError("a feature's ignore_case is neither true nor false")
    return SpecFeature(
        one["key"], one["unit"], one["low"], one["high"], edges, _categories(one, edges), ignore_case
    )


def _categories(one: Any, edges: tuple[float, ...]) -> tuple[str, ...]:
    categories = one["categories"]
    if not isinstance(categories, list) or not all(isinstance(t, str) and t.strip() for t in categories):
        raise ValueError("a feature's categories are no list of words")
    if len(set(categories)) != len(categories):
        raise ValueError("a feature's category stands twice")
    has_band = one["low"] is not None or one["high"] is not None
    if categories and (list(edges) != edges_of(categories) or has_band):
        raise ValueError("a feature with categories has other edges than their codes, or a band")
    return tuple(categories)


def _ask_below(said: object) -> float:
    if type(said) not in (int, float) or not 0 <= float(said) <= 1:  # type: ignore[arg-type]  # a number
        raise ValueError("ask_below is no number from 0 to 1")
    return float(said)  # type: ignore[arg-type]  # as above


def parse(data: bytes, *, has: Collection[str] = CAPABILITIES) -> ModelSpec:
    """Read a spec for a node that ``has`` these; OtherVersion, Invalid names what does not fit."""
    try:
        said: Any = jcs.parse(data)
        named = said.get("format") if isinstance(said, dict) else None
        formats.check(FORMAT, named, what=WHAT, writer=formats.PORTAL, reader=formats.AGENT)
        whole = formats.taken(said, FIELDS)
        formats.check_needs(said, has, what=WHAT)
        for field in ("version", "artifact_size", "window_seconds", "confidence_bins"):
            if type(whole[field]) is not int or whole[field] < 1:
                raise ValueError(f"{field} is no whole number from 1")
        if not isinstance(whole["model"], str) or not is_digest(whole["artifact"]):
            raise ValueError("its model or its artifact is of another kind")
        features = tuple(_feature(one) for one in whole["features"])
        if not features or len({one.key for one in features}) != len(features):
            raise ValueError("it needs features, each once")
        classes = tuple(whole["classes"])
        if not all(isinstance(one, str) for one in classes) or len(set(classes)) != len(classes):
            raise ValueError("its classes are not different names")
        if len(classes) < 2:
            raise ValueError("it needs at least two classes")
        return ModelSpec(
            model=whole["model"],
            version=whole["version"],
            artifact=whole["artifact"],
            artifact_size=whole["artifact_size"],
            features=features,
            classes=classes,
            window_seconds=whole["window_seconds"],
            confidence_bins=whole["confidence_bins"],
            ask_below=_ask_below(whole["ask_below"]),
        )
    except (ValueError, TypeError, RecursionError) as error:
        raise Invalid(f"this is not a model spec: {error}") from None
