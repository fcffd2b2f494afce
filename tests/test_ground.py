"""The ground that all other tests stand on."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest
from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.cache import cache
from django.db import connection
from django.test import Client

from mlops_portal.celery import app
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.roles import Role
from tests import ground
from tests.cast import PASSWORD, Cast


def test_files_lie_in_a_folder_of_their_own() -> None:
    assert ground.VAR_DIR == settings.VAR_DIR
    assert str(ground.VAR_DIR).startswith(("/tmp", "/var", "/private"))


@pytest.mark.django_db
@pytest.mark.parametrize("value", ["one", "another"])
def test_the_cache_is_real_and_empty_at_the_start(value: str) -> None:
    assert cache.get("seen") is None
    cache.set("seen", value)
    assert cache.get("seen") == value


def test_an_address_elsewhere_is_refused() -> None:
    with socket.socket() as probe, pytest.raises(AssertionError, match="this machine alone"):
        probe.connect(("192.0.2.1", 80))


def test_the_cast_has_a_person_for_each_role_on_each_line(cast: Cast) -> None:
    for role in Role:
        assert [(held.role, held.line_id) for held in cast.one.having(role).held] == [(role, cast.line_1.pk)]
        assert [(held.role, held.line_id) for held in cast.two.having(role).held] == [(role, cast.line_2.pk)]
        assert [(held.role, held.line_id) for held in cast.whole.having(role).held] == [(role, None)]
    assert cast.stranger.held == []
    assert check_password(PASSWORD, cast.stranger.password)


def test_a_client_is_signed_in_as_the_person(cast: Cast, client_for: Callable[[Person], Client]) -> None:
    assert client_for(cast.one.operator).session["_auth_user_id"] == str(cast.one.operator.pk)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "second"])
def test_the_log_is_empty_after_a_transactional_test_and_still_refuses_deletion(time: str) -> None:
    from django.db import DatabaseError, transaction

    assert Event.objects.count() == 0
    with transaction.atomic():
        event_record(type="ledger.key.used", actor=SYSTEM, public={"key": "k"})
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_event")


def test_jobs_run_at_once() -> None:
    assert app.conf.task_always_eager


@pytest.mark.queued
def test_jobs_marked_queued_wait_in_the_broker() -> None:
    assert not app.conf.task_always_eager
