"""The environment: made, half-made, mended, refused; on a small project of its own, without a network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mlops_portal.environment import BASE_DIR

OLD = """#!/bin/sh
[ "$1" = -c ] && exit 0
exec {python} -c '
import runpy, sys
sys.version_info = (3, 9, 2, "final", 0)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
' "$@"
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = tmp_path_factory.mktemp("project")
    (project / "deploy").mkdir()
    for name in ("deploy/bootstrap.py", "deploy/environment.py", "Makefile"):
        shutil.copy(BASE_DIR / name, project / name)
    (project / "requirements.lock").write_text("# nothing is needed\n")
    (project / "locale").mkdir()
    return project


def make(project: Path, *arguments: str, path: str = os.defpath) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "-s", "env", *arguments],
        cwd=project,
        env={"PATH": path, "HOME": str(project), "PIP_NO_INDEX": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    )


PYTHON = f"PYTHON={sys.executable}"
pytestmark = [pytest.mark.stack, pytest.mark.slow]


def test_it_is_made_once_and_then_left_alone(project: Path) -> None:
    first = make(project, PYTHON)
    assert first.returncode == 0, first.stdout
    assert "Making .venv" in first.stdout

    assert make(project, PYTHON).stdout == ""


def test_a_half_made_one_is_finished(project: Path) -> None:
    make(project, PYTHON)
    (project / ".venv" / "installed").unlink()

    assert "Finishing a half-made .venv" in make(project, PYTHON).stdout
    assert make(project, PYTHON).stdout == ""


def test_a_changed_lock_is_installed(project: Path) -> None:
    make(project, PYTHON)
    (project / "requirements.lock").write_text("# still nothing\n")

    assert "Bringing .venv up to requirements.lock" in make(project, PYTHON).stdout


def test_one_whose_python_is_gone_is_made_anew(project: Path) -> None:
    make(project, PYTHON)
    for python in (project / ".venv" / "bin").glob("python*"):
        python.unlink()

    assert "Making .venv" in make(project, PYTHON).stdout
    assert make(project, PYTHON).stdout == ""


def test_a_folder_of_somebody_elses_is_not_deleted(project: Path) -> None:
    shutil.rmtree(project / ".venv", ignore_errors=True)
    (project / ".venv").mkdir()
    (project / ".venv" / "precious").touch()

    done = make(project, PYTHON)

    assert done.returncode != 0
    assert f"{project}/.venv is not an environment that can be mended; move it away" in done.stdout
    assert (project / ".venv" / "precious").exists()
    shutil.rmtree(project / ".venv")


@pytest.fixture
def old_python(tmp_path: Path) -> Path:
    python = tmp_path / "python3"
    python.write_text(OLD.format(python=sys.executable))
    python.chmod(0o755)
    return python


def test_an_old_python_is_refused_with_the_way_out(project: Path, old_python: Path) -> None:
    done = make(project, f"PYTHON={old_python}")

    assert done.returncode != 0
    assert "MLOps Portal needs Python 3.11 or newer, and " in done.stdout
    assert " is 3.9.2: install a newer one, or name it: make PYTHON=" in done.stdout
    assert "Traceback" not in done.stdout


def test_an_old_python_alone_on_the_path_is_refused_too(project: Path, old_python: Path) -> None:
    for tool in ("make", "sh"):
        (old_python.parent / tool).symlink_to(shutil.which(tool) or "")

    done = make(project, path=str(old_python.parent))

    assert "MLOps Portal needs Python 3.11 or newer" in done.stdout


def test_no_python_at_all_is_said(project: Path, tmp_path: Path) -> None:
    for tool in ("make", "sh"):
        (tmp_path / tool).symlink_to(shutil.which(tool) or "")

    done = make(project, path=str(tmp_path))

    assert done.returncode != 0
    assert "No Python 3 was found: install Python 3.11 or newer" in done.stdout


def test_a_python_without_venv_is_said(project: Path) -> None:
    """As Debian splits it: ensurepip is missing until python3-venv is installed."""
    hidden = (
        "import sys\n"
        "sys.path.insert(0, 'deploy')\n"
        "import environment, importlib.util\n"
        "found = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name: None if name == 'ensurepip' else found(name)\n"
        "sys.exit(environment.make())\n"
    )
    shutil.rmtree(project / ".venv", ignore_errors=True)

    done = subprocess.run([sys.executable, "-c", hidden], cwd=project, capture_output=True, text=True)

    number = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert done.returncode == 1
    assert done.stderr == (
        f"Python {number} is here without its venv module; install it and run again "
        f"(Debian and Ubuntu: apt install python{number}-venv).\n"
    )


def package(project: Path) -> Path:
    """A package as an installer leaves it, known to the stamp."""
    site = next((project / ".venv" / "lib").glob("python*/site-packages"))
    (site / "thing").mkdir(exist_ok=True)
    (site / "thing" / "part.py").write_text("ANSWER = 42\n")
    info = site / "thing-1.0.dist-info"
    info.mkdir(exist_ok=True)
    (info / "RECORD").write_text("thing/part.py,sha256=x,12\nthing-1.0.dist-info/RECORD,,\n")
    (project / ".venv" / "installed").unlink()
    assert "Finishing" in make(project, PYTHON).stdout
    assert make(project, PYTHON).stdout == ""
    return site


@pytest.mark.parametrize("harm", ["file", "cut", "record", "all"])
def test_a_package_that_lacks_a_file_or_part_of_one_is_installed_anew(project: Path, harm: str) -> None:
    make(project, PYTHON)
    site = package(project)
    if harm == "file":
        (site / "thing" / "part.py").unlink()
    elif harm == "cut":
        (site / "thing" / "part.py").write_text("ANSW")
    elif harm == "record":
        (site / "thing-1.0.dist-info" / "RECORD").unlink()
    else:
        shutil.rmtree(site / "thing")
        shutil.rmtree(site / "thing-1.0.dist-info")

    said = make(project, PYTHON).stdout

    assert "Mending .venv: files are missing or cut off in thing" in said
    assert not (site / "thing-1.0.dist-info").exists()  # so that an installer sees that it is not there
    assert make(project, PYTHON).stdout == ""


def test_pip_itself_is_mended(project: Path) -> None:
    make(project, PYTHON)
    site = next((project / ".venv" / "lib").glob("python*/site-packages"))
    (site / "pip" / "_internal" / "cli" / "main.py").unlink()

    assert "Mending .venv: files are missing or cut off in pip" in make(project, PYTHON).stdout
    assert make(project, PYTHON).stdout == ""
    assert (site / "pip" / "_internal" / "cli" / "main.py").exists()
