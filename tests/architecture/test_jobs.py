"""Jobs are enqueued by name, so the names are checked here."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from mlops_portal.celery import app
from mlops_portal.environment import BASE_DIR
from mlops_portal.foundation.shell.work import jobs
from tests.architecture.contracts import PACKAGES

SENDERS = {"enqueue", "every", "send_task", "signature"}


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in SENDERS and node.args:
                yield node


def sent(path: Path) -> Iterator[tuple[str, str]]:
    source = path.read_text(encoding="utf-8")
    if not any(f"{sender}(" in source for sender in SENDERS):
        return
    for call in calls(ast.parse(source)):
        first = call.args[0]
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield first.value, f"{path.relative_to(BASE_DIR)}:{call.lineno}"


def test_every_job_that_is_enqueued_is_a_registered_task() -> None:
    app.loader.import_default_modules()
    names = [
        pair for package in PACKAGES for path in (BASE_DIR / package).rglob("*.py") for pair in sent(path)
    ]
    assert names
    assert [f"{name} in {place}" for name, place in names if name not in app.tasks] == []


def test_every_job_on_the_schedule_is_a_registered_task() -> None:
    app.loader.import_default_modules()
    assert [entry["task"] for entry in jobs.schedule().values() if entry["task"] not in app.tasks] == []
