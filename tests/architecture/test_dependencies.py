"""What is imported is declared, in the extra of the program that imports it; what is declared is used.

- ``portal``: our packages but the agent. ``edge``: the agent and the wire. ``dev``: tests and tools.
- A dependency of a dependency that we import is ours too: the next release of the other may drop it.
- Settings name packages in strings; those below are used by name, or hold others to a version.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from mlops_portal.environment import BASE_DIR
from tests.architecture.contracts import PACKAGES
from tests.architecture.installed import EXTRAS, PROJECT

AGENT = ("edge_sync/agent", "mlops_portal/foundation/wire")
WORK = ("tests", "benchmarks", "deploy")
PEERS = "benchmarks/peer_scripts"  # each runs in an environment of its own (benchmarks/peers.py)
OURS = {*PACKAGES, *WORK}
BESIDE = {"environment": "deploy/environment.py, imported before anything is installed"}
USED_OTHERWISE = {
    "portal": {
        "argon2-cffi": "Django's hasher of passwords",
        "numba": "of SHAP: what it would take by itself does not run on every Python",
        "protobuf": "of skl2onnx: from 7 on, boosted trees cannot be exported",
        "tzdata": "the time zones of plants, where the machine has none",
        "uvicorn": "the web process and the MLflow server run on it (serve.parts)",
    },
    "edge": {},
    "dev": {
        "django-stubs": "types of Django for mypy",
        "djangorestframework-stubs": "types of REST framework for mypy",
        "import-linter": "make check",
        "mypy": "make check",
        "pytest-xdist": "make test",
        "ruff": "make check",
        "uv": "make lock",
    },
}


def declared(extra: str) -> set[str]:
    return {canonicalize_name(Requirement(text).name) for text in EXTRAS[extra]}


@cache
def distributions() -> dict[str, set[str]]:
    """The distributions that a top-level module comes from."""
    return {
        name: {canonicalize_name(one) for one in found} for name, found in packages_distributions().items()
    }


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """(top-level module, place) of every import that is neither ours nor Python's, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
        names += [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []
        for name in {one.split(".")[0] for one in names}:
            if name not in sys.stdlib_module_names and name not in OURS | set(BESIDE):
                yield name, f"{path.relative_to(BASE_DIR)}:{node.lineno}"


def files(extra: str) -> Iterator[Path]:
    """What runs with the extra."""
    folders = {"portal": PACKAGES, "edge": AGENT, "dev": WORK}[extra]
    for path in (path for folder in folders for path in sorted((BASE_DIR / folder).rglob("*.py"))):
        place = path.relative_to(BASE_DIR).as_posix()
        of_the_agent = extra == "portal" and place.startswith("edge_sync/agent/")
        if not of_the_agent and not place.startswith(PEERS):
            yield path


@cache
def used(extra: str) -> dict[str, str]:
    """Every top-level module that the extra's programs import, with the first place."""
    found: dict[str, str] = {}
    for path in files(extra):
        for name, place in imports(path):
            found.setdefault(name, place)
    return found


def named_in_settings() -> set[str]:
    """Installed modules that settings name in a string."""
    tree = ast.parse((BASE_DIR / "mlops_portal" / "settings.py").read_text(encoding="utf-8"))
    texts = [
        one.value for one in ast.walk(tree) if isinstance(one, ast.Constant) if isinstance(one.value, str)
    ]
    tops = {text.split(".")[0] for text in texts if re.fullmatch(r"[A-Za-z_][\w.]*", text)}
    return tops & set(distributions())


@pytest.mark.parametrize("extra", EXTRAS)
def test_what_is_imported_is_declared(extra: str) -> None:
    known = declared(extra) | (declared("portal") if extra == "dev" else set())
    missing = [
        f"{place} imports {name}"
        for name, place in used(extra).items()
        if not distributions().get(name, set()) & known
    ]
    assert len(used(extra)) > 5
    assert missing == []


@pytest.mark.parametrize("extra", EXTRAS)
def test_what_is_declared_is_used(extra: str) -> None:
    modules = {*used(extra), *(named_in_settings() if extra == "portal" else ())}
    of_use = {one for name in modules for one in distributions().get(name, set())}
    assert declared(extra) - of_use - set(USED_OTHERWISE[extra]) == set()


@pytest.mark.parametrize("extra", EXTRAS)
def test_every_reason_is_still_needed(extra: str) -> None:
    named = set(USED_OTHERWISE[extra])
    assert named <= declared(extra)
    assert not {one for name in used(extra) for one in distributions().get(name, set())} & named


def test_nothing_is_installed_without_an_extra_and_dev_repeats_none() -> None:
    assert PROJECT["project"]["dependencies"] == []
    assert set(EXTRAS) == {"portal", "edge", "dev"}
    assert not declared("dev") & declared("portal")
    assert declared("edge") <= declared("portal")


def test_the_lock_holds_everything_that_is_declared_and_no_address() -> None:
    lock = (BASE_DIR / "requirements.lock").read_text(encoding="utf-8")
    names = {canonicalize_name(name) for name in re.findall(r"^([A-Za-z0-9][\w.-]*)==", lock, re.MULTILINE)}
    assert set().union(*map(declared, EXTRAS)) <= names
    assert "://" not in lock
    assert all("--hash=sha256:" in block for block in re.split(r"\n(?=[a-z])", lock)[1:])
