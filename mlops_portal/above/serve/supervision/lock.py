"""One run on one VAR_DIR: a file lock that ends with the process, and a note of who holds it."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from mlops_portal.above.serve.errors import CannotStart

PATIENCE = 15  # seconds that the parts of a killed run may take to end


class RunLock:
    """Holds VAR_DIR/run/serve.lock; ``run/serve.json`` says which processes run, for people and tools."""

    def __init__(self, var_dir: Path) -> None:
        self.note = var_dir / "run" / "serve.json"
        self._descriptor = os.open(var_dir / "run" / "serve.lock", os.O_RDWR | os.O_CREAT, 0o600)

    def fileno(self) -> int:
        return self._descriptor

    def take(self) -> None:
        """Raises CannotStart when another run lives; waits for what a killed one left to end."""
        until = time.monotonic() + PATIENCE
        while not self._taken():
            holder = self._holder()
            if holder or time.monotonic() > until:
                raise CannotStart(
                    _(
                        "The portal already runs on this data (process %(pid)s, %(address)s); "
                        "end it first, or set VAR_DIR to another folder."
                    )
                    % {"pid": holder.get("pid", "?"), "address": holder.get("address", "?")}
                )
            time.sleep(0.1)

    def write(self, *, address: str, processes: dict[str, int], failed: Sequence[str] = ()) -> None:
        """``failed``: parts that ended again and again."""
        made = self.note.with_suffix(".new")
        note = {"pid": os.getpid(), "address": address, "processes": processes, "failed": list(failed)}
        made.write_text(json.dumps(note))
        made.replace(self.note)

    def release(self) -> None:
        self.note.unlink(missing_ok=True)
        os.close(self._descriptor)

    def _taken(self) -> bool:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _holder(self) -> dict[str, Any]:
        """The note of the run that holds the lock; empty when its supervisor is gone or has yet to write."""
        try:
            holder: dict[str, Any] = json.loads(self.note.read_text())
            os.kill(holder["pid"], 0)
        except (OSError, ValueError, KeyError):
            return {}
        return holder
