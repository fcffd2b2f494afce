"""What is built and installed serves pages as a checkout does.

The archive is made of a copy of the project, the wheel of the archive, as ``python -m build`` does. It is
unpacked into an environment with the extra ``portal`` alone; nothing is fetched.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from mlops_portal.environment import BASE_DIR
from tests.architecture.contracts import PACKAGES
from tests.architecture.installed import environment_of

pytestmark = pytest.mark.slow
PARTS = (*PACKAGES, "deploy", "templates", "static", "locale")
FILES = ("pyproject.toml", "README.md", "LICENSE", "manage.py")
FOLDERS = {folder: f"mlops_portal/files/{folder}/" for folder in ("templates", "static", "locale")}
VISIT = r"""
import asyncio, json, re, django
from asgiref.testing import ApplicationCommunicator
from django.core.management import call_command
import mlops_portal

django.setup()
call_command("collectstatic", verbosity=0, interactive=False)
from mlops_portal.asgi import application  # as serve does: the files are there before the process starts


async def get(path, language):
    headers = [(b"host", b"localhost"), (b"accept-language", language)]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": headers}
    visit = ApplicationCommunicator(application, scope | {"scheme": "http", "http_version": "1.1"})
    await visit.send_input({"type": "http.request", "body": b""})
    start, body = await visit.receive_output(20), b""
    while True:
        part = await visit.receive_output(20)
        body += part.get("body", b"")
        if not part.get("more_body"):
            return start["status"], body.decode()


async def main():
    status, page = await get("/sign-in/", b"de")
    sheets = [await get(path, b"de") for path in re.findall(r'href="(/static/[^"]+\.css)"', page)]
    found = {"status": status, "page": page, "sheets": sheets, "package": mlops_portal.__file__}
    found["english"] = (await get("/sign-in/", b"en"))[1]
    print(json.dumps(found))


asyncio.run(main())
"""


def built(source: Path, kind: str, out: Path) -> Path:
    """What setuptools makes of a folder, without an environment of its own."""
    code = f"from setuptools import build_meta; print(build_meta.build_{kind}({str(out)!r}))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=source, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return out / done.stdout.splitlines()[-1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("build")
    copy = folder / "project"
    copy.mkdir()
    for name in PARTS:
        shutil.copytree(BASE_DIR / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    for name in FILES:
        shutil.copy(BASE_DIR / name, copy / name)
    with tarfile.open(built(copy, "sdist", folder)) as archive:
        archive.extractall(folder / "archive", filter="data")
    return built(next((folder / "archive").iterdir()), "wheel", folder)


def written(folder: str) -> set[str]:
    """What people wrote below a folder of the checkout."""
    every = (BASE_DIR / folder).rglob("*")
    return {
        path.relative_to(BASE_DIR / folder).as_posix()
        for path in every
        if path.is_file() and path.suffix != ".mo"
    }


def test_the_wheel_holds_templates_static_files_and_compiled_catalogs(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for folder, place in FOLDERS.items():
        inside = {name.removeprefix(place) for name in names if name.startswith(place)}
        assert written(folder)
        assert written(folder) <= inside
    texts = {name for name in names if name.endswith(".po")}
    assert texts
    assert {name.replace(".po", ".mo") for name in texts} <= set(names)


def test_the_wheel_holds_our_packages_and_nothing_else(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {name for name in tops if not name.endswith(".dist-info")} == set(PACKAGES)


@pytest.fixture(scope="module")
def visit(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The sign-in page of the installed portal, out of an empty folder."""
    folder = tmp_path_factory.mktemp("installed")
    python, site = environment_of("portal", folder / "environment")
    zipfile.ZipFile(wheel).extractall(site)
    start = folder / "start"
    start.mkdir()
    done = subprocess.run(
        [str(python), "-c", VISIT], cwd=start, text=True, capture_output=True, check=False,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "mlops_portal.settings"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1]) | {"start": start, "site": site}
    return said


def test_the_installed_portal_serves_the_sign_in_page_with_its_looks(visit: dict[str, Any]) -> None:
    assert visit["package"].startswith(str(visit["site"]))
    assert visit["status"] == 200
    assert visit["sheets"]
    assert [status for status, text in visit["sheets"] if text] == [200] * len(visit["sheets"])


def test_the_installed_portal_speaks_german(visit: dict[str, Any]) -> None:
    assert '<html lang="de"' in visit["page"]
    assert "Anmelden" in visit["page"]
    assert "Anmelden" not in visit["english"]


def test_what_the_installed_portal_keeps_lies_where_it_was_started(visit: dict[str, Any]) -> None:
    assert (visit["start"] / "var" / "static").is_dir()
    assert not (visit["site"] / "var").exists()
