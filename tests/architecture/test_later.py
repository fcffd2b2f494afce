"""Names of API addresses: pages reverse only those that are known before the API is loaded."""

from __future__ import annotations

import re

from mlops_portal.environment import BASE_DIR
from mlops_portal.urls import LINKED
from tests.architecture.contracts import PACKAGES

NAMED = re.compile(r"""(?:\burl|\breverse|\breverse_lazy|\bredirect)\(?\s*["'](api-[a-z-]+)["']""")
KNOWN = set(LINKED)


def test_pages_link_to_no_address_of_the_api_that_is_loaded_later() -> None:
    files = [*(BASE_DIR / "templates").rglob("*.html")]
    files += [
        path
        for package in PACKAGES
        for path in (BASE_DIR / package).rglob("*.py")
        if "api" not in path.relative_to(BASE_DIR).parts and path.name != "serializers.py"
    ]
    named = {(path.name, name) for path in files for name in NAMED.findall(path.read_text(encoding="utf-8"))}
    assert {one for one in named if one[1] not in KNOWN} == set()
    assert {name for _file, name in named} == KNOWN
