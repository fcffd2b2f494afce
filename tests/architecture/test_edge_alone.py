"""The agent needs the extra ``edge`` and nothing of the portal's, shown where only that is.

The environment is made of what is installed already (the closure of the extra's requirements), so that the
test needs no network: a package that is missing in the extra is missing there.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from setuptools import find_packages

from mlops_portal.environment import BASE_DIR
from tests.architecture.installed import PROJECT, environment_of
from tests.edge_agent import models
from tests.edge_agent.world import World


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with the extra ``edge`` alone, and our packages as they are packaged."""
    python, site = environment_of("edge", tmp_path_factory.mktemp("edge"))
    include = PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]
    for name in find_packages(str(BASE_DIR), include=include):
        if "." not in name:
            (site / name).symlink_to(BASE_DIR / name)
    return python


def run(edge: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(edge), *words], cwd=edge.parent, env={}, capture_output=True, text=True, check=False
    )


def test_the_environment_has_nothing_of_the_portals(edge: Path) -> None:
    for name in ("django", "celery", "sklearn", "mlflow", "pandas", "rest_framework"):
        assert run(edge, "-c", f"import {name}").returncode == 1, name


def test_the_agent_starts_with_the_extra_edge_alone(edge: Path) -> None:
    done = run(edge, "-m", "edge_sync.agent", "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "named people approved" in done.stdout


def test_the_agent_updates_verifies_and_judges_with_the_extra_edge_alone(edge: Path, tmp_path: Path) -> None:
    world = World(tmp_path)
    try:
        world.release(models.good(), 1)
        world.parts(5)
        code = (
            "import sys; from datetime import UTC, datetime; from pathlib import Path\n"
            "from edge_sync.agent.agent import Agent; from edge_sync.agent.config import load\n"
            f"agent = Agent(load(Path({str(world.home)!r}))); now = datetime.now(UTC)\n"
            "agent.start(now); agent.exchange(now); agent.judge(now); agent.exchange(now)\n"
            "loaded = {name.split('.')[0] for name in sys.modules}\n"
            "print(sorted({'django', 'sklearn', 'pandas', 'scipy'} & loaded))"
        )
        done = run(edge, "-c", code)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout.replace("'", '"')) == []
        assert [one["part"] for one in world.portal.all("predictions")] == [f"P-{n}" for n in range(1, 6)]
    finally:
        world.portal.close()
