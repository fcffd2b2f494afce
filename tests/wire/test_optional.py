"""Libraries that others find missing are there for whoever imports them himself."""

from __future__ import annotations

import subprocess
import sys

import pytest

from mlops_portal.environment import BASE_DIR
from mlops_portal.foundation.wire.optional import UNUSED, without


def test_a_name_is_hidden_inside_and_there_afterwards() -> None:
    with without("wave"), pytest.raises(ImportError):
        import wave
    import wave

    assert wave.__name__ == "wave"


def test_what_is_loaded_already_stays() -> None:
    with without("json"):
        import json
    assert json.loads("1") == 1


@pytest.mark.parametrize("module", ["securesystemslib.signer._aws_signer", "structlog.dev"])
def test_the_module_goes_without_and_the_library_can_still_be_imported(module: str) -> None:
    code = (
        "import importlib, sys\n"
        "from mlops_portal.foundation.wire import optional\n"
        "optional.install(); optional.install()\n"
        f"importlib.import_module({module!r})\n"
        f"assert {UNUSED[module][0]!r} not in sys.modules\n"
        f"importlib.import_module({UNUSED[module][0]!r})\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=BASE_DIR, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
