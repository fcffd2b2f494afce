"""Environments made of what is installed here already, without a network: a package that an extra does not
declare, and that nothing declared brings along, is missing there."""

from __future__ import annotations

import tomllib
import venv
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from mlops_portal.environment import BASE_DIR

PROJECT: dict[str, Any] = tomllib.loads((BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS: dict[str, list[str]] = PROJECT["project"]["optional-dependencies"]


def closure(requirements: list[str]) -> dict[str, Distribution]:
    """Every distribution that ``requirements`` need on this machine, by name."""
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [(Requirement(text), "") for text in requirements]
    while waiting:
        one, of = waiting.pop()
        if one.marker and not one.marker.evaluate({"extra": of}):
            continue
        name = canonicalize_name(one.name)
        found.setdefault(name, distribution(name))
        for extra in {"", *one.extras}:
            if (name, extra) not in seen:
                seen.add((name, extra))
                waiting += [(Requirement(text), extra) for text in found[name].requires or []]
    return found


def environment_of(extra: str, folder: Path) -> tuple[Path, Path]:
    """A new environment with the extra's packages alone, linked: its Python and its ``site-packages``."""
    venv.create(folder, symlinks=True)
    site = next((folder / "lib").glob("python*/site-packages"))
    for one in closure(EXTRAS[extra]).values():
        for entry in _top_entries(one):
            if not (site / entry.name).exists():  # two may share one: mlflow and mlflow-skinny
                (site / entry.name).symlink_to(entry)
    return folder / "bin" / "python", site


def _top_entries(one: Distribution) -> set[Path]:
    """What a distribution puts directly into site-packages."""
    names = {path.parts[0] for path in one.files or [] if path.parts[0] not in ("..", "__pycache__")}
    return {Path(str(one.locate_file(name))) for name in names}
