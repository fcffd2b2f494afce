"""The published schema held against the API: made-up requests in, every answer checked by what is promised.

Each call runs in this process through WSGI, inside a transaction that is taken back, so that no call depends
on another. A seed gives the same requests again.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import schemathesis
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks as promised

from mlops_portal.foundation.plant.models import Person, RoleAssignment, Site
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.shell.api.docs import schema
from tests.cast import JOINED, new_person

CSRF = "a" * 32
CHECKS: list[Any] = [  # the last for JSON and queries alone
    schemathesis.checks.not_a_server_error,
    promised.status_code_conformance,
    promised.content_type_conformance,
    promised.response_headers_conformance,
    promised.response_schema_conformance,
    promised.negative_data_rejection,
]


@dataclass
class Caller:
    """Somebody signed in; ``secret`` of a token instead of the session where there is one."""

    person: Person
    secret: str = ""
    client: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        self.client.force_login(self.person)

    @property
    def sent(self) -> dict[str, Any]:
        if self.secret:
            return {"headers": {"Authorization": f"Bearer {self.secret}"}}
        session = {name: one.value for name, one in self.client.cookies.items()}
        return {"headers": {"X-CSRFToken": CSRF}, "cookies": {"csrftoken": CSRF, **session}}


def of_all_roles(site: Site) -> Person:
    """Who comes furthest: every role at the whole site."""
    person = new_person("jack-of-all-trades")
    person.save()
    RoleAssignment.objects.bulk_create(
        RoleAssignment(person=person, role=role, site=site, granted_at=JOINED) for role in Role
    )
    return person


def _in_this_transaction(app: Any) -> Any:
    """The WSGI application without the signals that would close the test's own connection."""

    def call(environ: Any, start_response: Any) -> Any:
        signals.request_started.disconnect(close_old_connections)
        signals.request_finished.disconnect(close_old_connections)
        return app(environ, start_response)

    return call


@cache
def operations() -> list[Any]:
    """Every operation of the running code's own schema; who calls is ours to say, not the generator's."""
    document = copy.deepcopy(schema())
    for methods in document["paths"].values():
        for one in methods.values():
            one.pop("security", None)
    loaded = schemathesis.openapi.from_dict(document)
    loaded.app = _in_this_transaction(get_wsgi_application())
    return [one.ok() for one in loaded.get_all_operations()]


def known_id(client: Client, path: str, name: str) -> str | None:
    """The id of something that exists, from the list above the address; None where there is none."""
    answer = client.get(path.partition("{")[0])
    if answer.status_code != 200 or not isinstance(answer.json(), dict):
        return None
    first = (answer.json().get("results") or [{}])[0]
    for key in (name, "id", "slug", "line", "model"):
        if first.get(key) is not None:
            return str(first[key])
    return None


def tried(
    operation: Any, caller: Caller, *, examples: int, at: int = 0, statuses: Counter[int] | None = None
) -> Iterator[str]:
    """What does not hold, a sentence each; half of the requests fit the schema, half do not."""
    found: dict[tuple[str, int], str] = {}
    name = operation.path.partition("{")[2].partition("}")[0]
    known = known_id(caller.client, operation.path, name) if name else None

    def call(case: Any) -> None:
        if known is not None and case.meta.generation.mode.is_positive:
            case.path_parameters[name] = known
        with transaction.atomic():
            answer = case.call(**caller.sent)
            transaction.set_rollback(True)
        if statuses is not None:
            statuses[answer.status_code] += 1
        try:
            form = case.media_type == "multipart/form-data"  # where everything is a text, whatever it was
            case.validate_response(answer, checks=CHECKS[:-1] if form else CHECKS)
        except FailureGroup as group:
            for failure in group.exceptions:
                said = f"{operation.label}: {failure} {case.body!r:.200} {case.query!r:.200}"
                found[type(failure).__name__, answer.status_code] = f"{said} → {answer.content[:300]!r}"

    for mode in GenerationMode:
        make = settings(
            max_examples=examples,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        try:
            seed(at)(make(given(case=operation.as_strategy(generation_mode=mode))(_alone(call))))()
        except Unsatisfiable:  # everything fits an operation that takes nothing
            continue
    yield from found.values()


def _alone(do: Any) -> Any:
    """hypothesis marks the function that it is given."""

    def call(case: Any) -> None:
        do(case)

    return call
