"""The names of all Celery tasks of the installed apps, read from their source.

The web process must know whether a job exists, but it must not import ``tasks`` modules: they lead to
numerics. So the decorators are read as text, once per app.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from django.apps import apps


def _decorated(source: str, module: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for decorator in node.decorator_list:
            call = decorator.func if isinstance(decorator, ast.Call) else decorator
            if (getattr(call, "id", None) or getattr(call, "attr", None)) not in ("shared_task", "task"):
                continue
            keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
            given = [word.value for word in keywords if word.arg == "name"]
            if given and isinstance(given[0], ast.Constant):
                yield str(given[0].value)
            else:
                yield f"{module}.{node.name}"


@cache
def names() -> frozenset[str]:
    """All task names; about a millisecond per app, once per process."""
    tasks: set[str] = set()
    for config in apps.get_app_configs():
        module = f"{config.name}.tasks"
        spec = find_spec(module)
        if spec is None or spec.origin is None:
            continue
        origin = Path(spec.origin)
        files = sorted(origin.parent.rglob("*.py")) if spec.submodule_search_locations else [origin]
        app = Path(config.path)  # an app of several products has tasks in the folder of each
        files += sorted([*app.glob("*/tasks.py"), *app.glob("*/tasks/*.py")])
        for file in files:
            parts = file.relative_to(app).with_suffix("").parts
            inside = ".".join((config.name, *parts)).removesuffix(".__init__")
            tasks.update(_decorated(file.read_text(encoding="utf-8"), inside))
    return frozenset(tasks)
