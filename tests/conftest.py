"""Fixtures that every test may use. The ground (files, database, broker) is in ``ground.py``."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from tests import ground

ground.prepare_environment()
hypothesis.settings.register_profile("quick", deadline=None, max_examples=25)  # a busy machine is no failure
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=100)
hypothesis.settings.load_profile(os.environ.get("EXAMPLES", "quick"))

if TYPE_CHECKING:
    from django.test import Client

    from mlops_portal.foundation.plant.models import Person
    from tests.cast import Cast

pytest_plugins = ["tests.timing", "tests.mlflow_server"]
BROKER = pytest.StashKey[Any]()


def _leads(config: pytest.Config) -> bool:
    """Whether this process only hands tests to workers."""
    return bool(getattr(config.option, "numprocesses", None))


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings

    ground.tune(settings)
    ground.refuse_outer_network()
    if not ground.WORKER:
        from mlops_portal.foundation.shell.messages_catalog import compile_stale

        compile_stale(settings.LOCALE_PATHS[0])
    if settings.EMBEDDED_BROKER and not _leads(config) and not config.option.collectonly:
        config.stash[BROKER] = ground.start_broker(settings.BROKER_SOCKET)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    if _leads(session.config):
        ground.hide_settings()


SLOW_FOLDERS = ("attacks", "acceptance", "loops")
SLOW_FILES = (
    *("test_contract", "test_lost_worker", "test_lies", "test_between", "test_replay", "test_real_data"),
    *("test_detector", "test_run_tracking", "test_calibrations", "test_two_sample", "test_outside"),
    *(
        "test_compare",
        "test_slow_parts",
        "test_wheel",
        "test_power_cuts",
        "test_run_real_tables",
        "test_upgrade",
    ),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What starts the whole portal runs in a process of its own, beside the others."""
    for item in items:
        if item.path.parent.name in SLOW_FOLDERS or item.path.stem in SLOW_FILES:
            item.add_marker(pytest.mark.slow)
        starts = {"browser": {"stack"}, "tablet": {"web"}, "serve": {"run", "standing"}}.get(
            item.path.parent.name, set()
        )
        if starts & {*getattr(item, "fixturenames", ())}:
            item.add_marker(pytest.mark.stack)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is loaded by now stays; looking for garbage in it again and again would be a tenth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_unconfigure(config: pytest.Config) -> None:
    if BROKER in config.stash:
        ground.stop_broker(config.stash[BROKER])
    ground.remove_files()


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: Any
) -> Iterator[None]:
    """On SQLite a copy of the one migrated database; elsewhere as pytest-django does it."""
    from django.db import connection

    if connection.vendor != "sqlite":
        request.getfixturevalue("_database_of_the_service")
        yield
        return
    from tests import databases

    with django_db_blocker.unblock():
        databases.template()
    with databases.on_a_copy(ground.VAR_DIR / "test.sqlite3"):
        yield


@pytest.fixture(scope="session")
def _database_of_the_service(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    from django.test.utils import setup_databases, teardown_databases

    with django_db_blocker.unblock():
        before = setup_databases(verbosity=0, interactive=False)
    yield
    with django_db_blocker.unblock():
        teardown_databases(before, verbosity=0)


@pytest.fixture(scope="session", autouse=True)
def _clean_after_a_commit() -> Iterator[None]:
    """The log's tables refuse DELETE and TRUNCATE; only the clean-up after a transactional test may do it."""
    from django.db import connections
    from django.test import TestCase, TransactionTestCase

    from mlops_portal.foundation.ledger import triggers
    from tests import databases

    flush = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # private, no public hook

    def teardown(self: TransactionTestCase) -> None:
        connection = connections["default"]
        if isinstance(self, TestCase):
            flush(self)
        elif connection.vendor == "sqlite":
            databases.put_back()
        else:
            triggers.remove(connection)
            try:
                flush(self)
            finally:
                triggers.install(connection)

    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def _all_loaded() -> None:
    """What the web loads with its first job and its first API request: tests reverse and send at once."""
    from django.urls import resolve

    from mlops_portal.foundation.shell.work.jobs import celery_app

    celery_app()
    resolve("/api/v1/me/")


@pytest.fixture(autouse=True)
def _nothing_remembered(request: pytest.FixtureRequest) -> None:
    """No test sees another's cache; counters of failed sign-ins live there."""
    if request.node.get_closest_marker("django_db") or {"db", "transactional_db"} & {*request.fixturenames}:
        from django.core.cache import cache

        cache.clear()


@pytest.fixture(autouse=True)
def _queued(request: pytest.FixtureRequest) -> Iterator[None]:
    """Jobs run at once, in the test's process; with the mark ``queued`` they wait in the broker."""
    if not request.node.get_closest_marker("queued"):
        yield
        return
    from mlops_portal.celery import app

    app.conf.task_always_eager = False
    yield
    app.conf.task_always_eager = True


@pytest.fixture
def cast(db: None) -> Cast:
    """The small fixed cast: one site, two lines, a person for each role on each, and a stranger."""
    from tests.cast import make_cast

    return make_cast()


@pytest.fixture
def client_for() -> Callable[[Person], Client]:
    """``client_for(person)``: a browser in which that person is signed in."""
    from django.test import Client

    def sign_in(person: Person, **defaults: Any) -> Client:
        client = Client(**defaults)
        client.force_login(person)
        return client

    return sign_in
