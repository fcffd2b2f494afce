"""Services that ask and services that trust their caller are told apart by what they take.

- ``by`` is the person who acts: such a service asks whether they may, before it says anything else, or hands
  ``by`` on to one that does. Pages, API and commands call these.
- Without ``by`` it trusts its caller: it takes ``actor`` for the event, or nothing. Pages and API leave these
  alone, but for those below, where something else than a right is the proof.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.services_read import (
    HTTP,
    Function,
    asks,
    functions,
    imported,
    modules,
    room_of,
    service,
    told_before,
    tree_of,
)

PLANT, EDGE = "mlops_portal.foundation.plant.services", "edge_sync.services"
NODE = "the node itself speaks; its signature was checked first"
READ = "reads what its caller may see, and writes nothing"
WITHOUT_A_PERSON = {
    f"{PLANT}.tokens.token_use": "the token's secret is the proof",
    f"{PLANT}.invitations.invitation_accept": "the invitation's secret is the proof; nobody is signed in yet",
    f"{PLANT}.invitations.secret_digest": "a digest of what was sent; writes nothing",
    f"{PLANT}.people.preferences_set": "about oneself: the views hand in who is signed in",
    f"{PLANT}.tablets.tablet_pair": "the code is the proof; nobody is signed in yet",
    f"{PLANT}.tablets.tablet_take": "the PIN is the proof",
    f"{EDGE}.nodes.token_use": "the node's one-time token is the proof",
    f"{EDGE}.nodes.node_heard": NODE,
    f"{EDGE}.parked.parked_told": NODE,
    f"{EDGE}.reports.reports_receive": NODE,
    f"{EDGE}.witnessing.cosignature_receive": NODE,
    f"{EDGE}.witnessing.dispute_receive": NODE,
    "monitoring.intake.services.pictures.picture_put": NODE,
    "monitoring.intake.services.telemetry.batch_receive": NODE,
    "monitoring.intake.services.telemetry.batch_void": NODE,
    f"{EDGE}.ceremony.plan_all": READ,
    f"{EDGE}.ceremony.plan_digest": READ,
    "approvals.services.export.export_name": READ,
    "approvals.services.export.export_open": READ,
    "approvals.services.export.export_path": READ,
    "approvals.services.statements.counts_for_nothing": READ,
    "mlops_portal.above.onboarding.services.files.import_path": "checks a path below the folder of imports",
    "mlops_portal.foundation.directory.services.undo.asset_as_it_is": READ,
    "mlops_portal.foundation.directory.services.undo.shift_as_it_is": READ,
    "mlops_portal.foundation.registry.services.artifacts.artifact_read": READ,
}


def asking() -> list[Function]:
    return [one for one in functions().values() if one.public and one.by]


def test_a_service_that_takes_the_person_who_acts_asks_whether_they_may() -> None:
    assert len(asking()) > 70
    assert [one.key for one in asking() if not asks(one)] == []


def test_it_asks_before_it_says_anything_else() -> None:
    """Who may not learns neither whether a thing exists nor what state it is in."""
    assert [f"{one.key}: {said}" for one in asking() if (said := told_before(one))] == []


def test_private_steps_that_ask_do_it_first_too() -> None:
    """``_move(by, …)`` of an alert asks for all the verbs that use it."""
    private = [one for one in functions().values() if not one.public and one.by and asks(one)]
    assert private
    assert [one.key for one in private if told_before(one)] == []


def reached() -> Iterator[tuple[str, str]]:
    """(service, module) for every service that a page, a form or the API imports or calls."""
    for module, path in modules().items():
        if room_of(module) in HTTP:
            yield from ((one.key, module) for one in imported(module))
            calls = (one for one in ast.walk(tree_of(path)) if isinstance(one, ast.Call))
            found = (service(module, one) for one in calls)
            yield from ((one.key, module) for one in found if one is not None)


def test_pages_and_api_leave_services_alone_that_trust_their_caller() -> None:
    trusting = {(key, module) for key, module in reached() if not functions()[key].by}
    assert {key for key, _module in trusting} >= {f"{PLANT}.tokens.token_use"}  # they are seen at all
    assert sorted(one for one in trusting if one[0] not in WITHOUT_A_PERSON) == []


def test_every_exception_is_still_used() -> None:
    assert sorted(set(WITHOUT_A_PERSON) - {key for key, _module in reached()}) == []


def test_pages_and_api_always_name_the_person() -> None:
    """``by`` None is the portal itself."""
    nobody = [
        f"{module}:{call.lineno}"
        for module, path in modules().items()
        if room_of(module) in HTTP
        for call in ast.walk(tree_of(path))
        if isinstance(call, ast.Call)
        for given in call.keywords
        if given.arg == "by" and isinstance(given.value, ast.Constant)
    ]
    assert nobody == []


def written(body: str) -> Function:
    node = ast.parse(f"def thing_do(*, by: Person | None, thing: Thing) -> None:\n{body}").body[0]
    assert isinstance(node, ast.FunctionDef)
    return Function("monitoring.alerts.services", node)


@pytest.mark.parametrize(
    "body",
    [
        "    guard(by, 'x')",
        "    if by is not None:\n        guard(by, 'x')",
        "    with transaction.atomic():\n        demand(some_verdict(by, thing))",
        "    return _move(by, thing, 'take', 'x')",
        "    alert_take(by=by, alert=thing)",
    ],
)
def test_the_check_knows_a_service_that_asks(body: str) -> None:
    assert asks(written(body))
    assert not told_before(written(body))


@pytest.mark.parametrize(
    "body",
    [
        "    thing.save()",
        "    guard(thing.owner, 'x')",
        "    if thing.safe:\n        guard(by, 'x')",
        "    for one in thing.parts:\n        guard(by, 'x', line=one.line)",
        "    some_verdict(by, thing)",
        "    thing.safe or guard(by, 'x')",
        "    alert_told(thing, by.actor, 'x')",
    ],
)
def test_the_check_knows_a_service_that_does_not_ask(body: str) -> None:
    assert not asks(written(body))


@pytest.mark.parametrize(
    "before",
    [
        "    if thing.gone:\n        raise NotFound",
        "    alert_take(by=thing.owner, alert=thing)",
        "    for one in thing.parts:\n        if not one:\n            raise NotFound",
    ],
)
def test_the_check_knows_what_is_said_before_the_right_is_asked(before: str) -> None:
    assert told_before(written(f"{before}\n    guard(by, 'x')"))
