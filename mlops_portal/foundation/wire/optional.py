"""Libraries that others would use if they are there, and that the portal does not use through them.

Each costs a tenth of a second and some megabytes in every process. A module named in ``UNUSED`` is loaded as
if the libraries beside it were not installed, which each of them foresees; who imports those libraries
himself gets them as ever.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

UNUSED: Mapping[str, tuple[str, ...]] = {
    "structlog.dev": ("rich",),
    "structlog.tracebacks": ("rich",),
    "sklearn.utils.fixes": ("pandas",),
    "redis.observability.providers": ("opentelemetry.sdk",),
    "kombu.serialization": ("yaml", "msgpack"),
    "rest_framework.compat": (
        "coreapi", "coreschema", "django.contrib.postgres", "guardian", "markdown", "pygments", "requests",
        "yaml",
    ),
    "django.test.utils": ("jinja2",),
    "securesystemslib.signer._aws_signer": ("boto3",),
    "securesystemslib.signer._azure_signer": ("azure",),
    "securesystemslib.signer._gcp_signer": ("google.cloud",),
    "securesystemslib.signer._hsm_signer": ("PyKCS11", "asn1crypto"),
}  # fmt: skip


def install() -> None:
    """From now on, in this process."""
    if not any(isinstance(one, _Finder) for one in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


@contextmanager
def without(*names: str) -> Iterator[None]:
    """As if these were not installed; what is loaded already stays."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None is how Python says: not there
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


class _Finder(MetaPathFinder):
    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name not in UNUSED:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is None or spec.loader is None:
            return spec
        loader: Any = spec.loader
        execute = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            with without(*UNUSED[name]):
                execute(module)

        loader.exec_module = exec_module
        return spec
