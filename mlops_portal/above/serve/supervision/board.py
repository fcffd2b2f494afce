"""What the supervisor prints: one line a part, one sentence a trouble; a terminal sees seconds run."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TextIO

from django.utils.translation import gettext as _


class Board:
    def __init__(self, stream: TextIO = sys.stdout) -> None:
        self._stream = stream
        self._live = stream.isatty()
        self._open = False

    def say(self, line: str = "") -> None:
        self._write(f"{self._cleared()}{line}\n")

    def ready(self, name: str, seconds: float) -> None:
        self.say("  " + _("%(name)-12s ready  %(seconds)5.1f s") % {"name": name, "seconds": seconds})

    def waiting(self, names: Sequence[str], seconds: float) -> None:
        """Shown in place, on a terminal only."""
        if self._live:
            text = _("waiting for %(names)s, %(seconds)d s") % {
                "names": ", ".join(names),
                "seconds": seconds,
            }
            self._write(f"{self._cleared()}  {text}")
            self._open = True

    def _cleared(self) -> str:
        was, self._open = self._open, False
        return "\r\x1b[K" if was else ""

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):
            pass  # the terminal was closed; what is left is to end everything
