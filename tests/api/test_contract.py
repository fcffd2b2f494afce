"""The published schema is what the API does, for every operation.

The long form, with many requests each, is ``tests/api/long_schema.py``.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from mlops_portal.foundation.plant.matrix import ACTIONS
from mlops_portal.foundation.plant.services.tokens import token_create
from mlops_portal.foundation.shell.api.docs import schema
from tests.api import contract
from tests.directory.world import make_world

pytestmark = pytest.mark.django_db
PARTS = 8


def broken(caller, part, *, parts=PARTS, examples=1):
    chosen = contract.operations()[part::parts]
    return "\n\n".join(
        line for one in chosen for line in contract.tried(one, caller, examples=examples, at=part)
    )


@pytest.mark.parametrize("part", range(PARTS))
def test_every_operation_keeps_its_promises_to_who_holds_all_roles(part):
    world = make_world()
    assert not broken(contract.Caller(contract.of_all_roles(world.cast.site)), part)


def test_a_token_is_promised_the_same_as_a_session():
    world = make_world()
    person = contract.of_all_roles(world.cast.site)
    _token, secret = token_create(
        by=person, name="contract", scopes=list(ACTIONS), expires_at=timezone.now() + timedelta(days=1)
    )
    assert not broken(contract.Caller(person, secret), 1, parts=3 * PARTS)


@pytest.mark.parametrize("role", ["operator", "auditor", "stranger"])
def test_who_may_do_less_is_refused_as_the_schema_says(role):
    cast = make_world().cast
    person = cast.stranger if role == "stranger" else getattr(cast.one, role)
    assert not broken(contract.Caller(person), 2, parts=3 * PARTS)


def operations():
    for path, methods in schema()["paths"].items():
        for method, one in methods.items():
            yield path, method, one


def test_every_refusal_is_a_problem_in_the_schema():
    for path, method, one in operations():
        for status, answer in one["responses"].items():
            if status >= "400":
                assert [*answer["content"]] == ["application/problem+json"], (path, method, status)


def test_what_is_worked_out_of_several_things_names_its_conflict():
    paths = schema()["paths"]
    for path in ("approvals/{id}/statement/", "models/{model}/versions/{number}/comparison/"):
        assert "409" in paths[f"/api/v1/{path}"]["get"]["responses"], path


def test_every_body_names_that_it_may_be_too_large_unreadable_or_of_another_kind():
    for path, method, one in operations():
        if "requestBody" in one:
            assert {"400", "404", "409", "413", "415", "422"} <= {*one["responses"]}, (path, method)


def test_a_time_of_day_is_no_time_of_rfc_3339_and_an_unresolved_alert_has_no_cause():
    shapes = schema()["components"]["schemas"]
    assert "format" not in shapes["Shift"]["properties"]["starts"]
    assert {"$ref": "#/components/schemas/BlankEnum"} in shapes["Alert"]["properties"]["cause"]["oneOf"]
