"""What the web process loads."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from mlops_portal.environment import BASE_DIR
from tests.architecture.contracts import contract

LOAD = """
import json, sys
import mlops_portal.asgi
from celery import current_app
from django.urls import get_resolver

def walk(patterns):
    return sum(walk(one.url_patterns) if hasattr(one, "url_patterns") else 1 for one in patterns)

addresses = walk(get_resolver().url_patterns)
modules = sorted({name.partition(".")[0] for name in sys.modules})
tasks = sorted(name for name in sys.modules if name.endswith(".tasks"))
print(json.dumps({"addresses": addresses, "modules": modules, "celery": current_app.main, "tasks": tasks}))
"""


@pytest.fixture(scope="module")
def web() -> dict[str, object]:
    """What is there once asgi and every address were loaded in a process of their own."""
    done = subprocess.run(
        [sys.executable, "-c", LOAD], cwd=BASE_DIR, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    loaded: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return loaded


def test_the_web_process_loads_nothing_heavy(web: dict[str, object]) -> None:
    heavy = set(contract("light-web")["forbidden_modules"]) & set(web["modules"])  # type: ignore[call-overload]  # JSON
    assert heavy == set()


def test_the_addresses_were_loaded(web: dict[str, object]) -> None:
    assert int(str(web["addresses"])) > 10


def test_the_web_process_sends_jobs_through_the_portals_celery(web: dict[str, object]) -> None:
    """Without ``mlops_portal.celery`` imported, Celery sends to a default broker that nobody reads."""
    assert web["celery"] == "mlops_portal"
