"""What an agent must know before it starts: ``agent.json`` in its home."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any


class BadConfig(Exception):
    """``agent.json`` is missing or does not fit; the sentence says how to mend it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The settings of one node; relative paths start at ``home``.

    ``assets``: {asset: model's slug}; ``feed``: folder with ``<asset>.jsonl``; ``root``: the TUF root that
    the node was enrolled with; ``ca``: a certificate authority of the plant's own. Shares lie in (0, 1].
    """

    home: Path
    portal: str
    node: str
    line: str
    assets: Mapping[str, str]
    feed: Path
    root: Path
    key_file: Path
    camera: str = ""
    ca: str = ""
    interval_s: float = 60.0
    poll_s: float = 0.5
    random_share: float = 0.1
    out_share: float = 0.25
    uncertain_share: float = 1.0
    uncertain_margin: float = 0.3
    health_parts: int = 20
    golden_ms: float = 200.0
    clock_tolerance_s: float = 60.0
    keep_days: float = 30.0
    witness_s: float = 300.0


PATHS = ("feed", "root", "key_file")


def load(home: Path) -> Config:
    """Read ``home/agent.json``; BadConfig names what does not fit."""
    path = home / "agent.json"
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise BadConfig(f"{path} is missing: enrol the node, then copy its agent.json there.") from None
    except OSError as error:
        raise BadConfig(f"{path} cannot be read: {error}.") from None
    return parse(home, data)


def trouble(home: Path, data: bytes) -> str:
    """What keeps ``data`` from being settings, as the end of a sentence; "" where they are good."""
    try:
        parse(home, data)
    except BadConfig as error:
        return f"does not fit ({str(error).rstrip('.')})"
    return ""


def parse(home: Path, data: bytes) -> Config:
    """The settings in the bytes of ``home/agent.json``; BadConfig names what does not fit."""
    path = home / "agent.json"
    try:
        settings: Any = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise BadConfig(f"{path} cannot be read: {error}.") from None
    if not isinstance(settings, dict):
        raise BadConfig(f"{path} must hold one JSON object.")
    known = {one.name: one.default for one in fields(Config) if one.name != "home"}
    values: dict[str, Any] = {"key_file": "node.key"}
    for name, value in settings.items():
        if name not in known:
            raise BadConfig(f"{path}: {name} is not a setting; the settings are {', '.join(known)}.")
        values[name] = _checked(path, name, value, known[name])
    missing = [name for name in ("portal", "node", "line", "assets", "feed", "root") if name not in values]
    if missing:
        raise BadConfig(f"{path}: {', '.join(missing)} must be set.")
    values |= {name: home / values[name] for name in PATHS}
    return Config(home=home, **values)


def _checked(path: Path, name: str, value: Any, default: Any) -> Any:
    if name == "assets":
        if (
            not isinstance(value, dict)
            or not value
            or not all(isinstance(one, str) for one in value.values())
        ):
            raise BadConfig(f"{path}: assets must name the model of each asset.")
        if any("/" in one or one.startswith(".") for one in value):
            raise BadConfig(f"{path}: an asset's name holds no slash and starts with no dot.")
        return value
    if isinstance(default, int | float):
        if type(value) not in (int, float) or not 0 < value < 1e12:
            raise BadConfig(f"{path}: {name} must be a number above 0.")
        if name.endswith("_share") and value > 1:
            raise BadConfig(f"{path}: {name} must be at most 1.")
        return value
    if not isinstance(value, str):
        raise BadConfig(f"{path}: {name} must be a text.")
    return value.rstrip("/") if name in ("portal", "camera") else value
