"""What the web process loads: at its start, and once the API was asked."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence

import pytest

from mlops_portal.environment import BASE_DIR
from tests.architecture.contracts import contract

LOAD = """
import json, sys
from uuid import UUID
import mlops_portal.asgi
from django.urls import get_resolver, resolve, reverse

def walk(patterns):
    return sum(walk(one.url_patterns) if hasattr(one, "url_patterns") else 1 for one in patterns)

def loaded():
    return sorted(sys.modules)

start = loaded()
from mlops_portal.urls import LINKED

def linked():
    return [reverse(name, args=[UUID(int=17)] if "<" in route else []) for name, route in LINKED.items()]

before = linked()
try:
    reverse("api-me")
    early = True
except Exception:
    early = False
resolve("/api/v1/me/")
me = reverse("api-me")
api = loaded()
after = linked()
addresses = walk(get_resolver().url_patterns)

from threading import Thread
from mlops_portal.foundation.shell.work import jobs
jobs.celery_app()
names = []
def ask():
    from celery import current_app
    names.append(current_app.main)
other = Thread(target=ask)
other.start()
other.join()
print(json.dumps({"addresses": addresses, "start": start, "api": api, "before": before, "after": after,
                  "early": early, "me": me, "celery": names[0]}))
"""
# What a page does not need: it is loaded with the first job, the first API request, or never.
LATER = (
    "celery", "kombu", "redis", "channels_redis", "rest_framework.views", "drf_spectacular.openapi", "yaml",
    "segno", "apprise",
)  # fmt: skip
NEVER = (
    "boto3",
    "botocore",
    "opentelemetry.sdk",
    "rich",
    "pygments",
    "requests",
    "jinja2",
    "markdown",
    "psycopg",
)


@pytest.fixture(scope="module")
def web() -> dict[str, object]:
    """What is there once asgi and every address were loaded in a process of their own."""
    done = subprocess.run(
        [sys.executable, "-c", LOAD], cwd=BASE_DIR, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    loaded: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return loaded


def among(names: Sequence[str], modules: object) -> set[str]:
    assert isinstance(modules, list)
    return {name for name in names if name in modules}


@pytest.mark.parametrize("when", ["start", "api"])
def test_the_web_process_loads_nothing_heavy(web: dict[str, object], when: str) -> None:
    heavy = contract("light-web")["forbidden_modules"]
    assert among(heavy, web[when]) == set()  # type: ignore[arg-type]  # JSON


def test_the_web_starts_without_what_no_page_needs(web: dict[str, object]) -> None:
    assert among((*LATER, *NEVER), web["start"]) == set()


def test_what_others_would_use_if_it_is_there_is_not_loaded_for_them(web: dict[str, object]) -> None:
    from django.conf import settings

    on_sqlite = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    assert among([name for name in NEVER if on_sqlite or name != "psycopg"], web["api"]) == set()


def test_the_start_loads_no_more_modules_than_it_did(web: dict[str, object]) -> None:
    """1,550 in December 2026; a library that comes with hundreds shows here before it shows in seconds."""
    assert len(web["start"]) < 1_750  # type: ignore[arg-type]  # JSON


def test_names_of_the_api_are_known_once_it_was_asked(web: dict[str, object]) -> None:
    assert (web["early"], web["me"]) == (False, "/api/v1/me/")


def test_what_pages_link_to_has_the_same_address_before_and_after(web: dict[str, object]) -> None:
    assert web["before"] == web["after"]


def test_the_addresses_were_loaded(web: dict[str, object]) -> None:
    assert int(str(web["addresses"])) > 100


def test_the_web_process_sends_jobs_through_the_portals_celery(web: dict[str, object]) -> None:
    """Without ``mlops_portal.celery`` imported, Celery sends to a default broker that nobody reads; the web
    serves each request in a thread of its own."""
    assert web["celery"] == "mlops_portal"
