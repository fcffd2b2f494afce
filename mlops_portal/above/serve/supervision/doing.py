"""What a part does that is not ready yet: processor time, and the last line of its log."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from django.utils.translation import gettext as _

from mlops_portal.above.serve.supervision import logfiles

LONGEST = 160  # characters of the log's line


def processor_seconds(pid: int) -> float | None:
    """Processor time that the process has used, in seconds; None where the system does not say."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except OSError:
        pass
    listing = subprocess.run(
        ["ps", "-o", "time=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    try:
        parts = [float(one) for one in listing.stdout.strip().replace("-", ":").split(":")]
    except ValueError:
        return None
    return sum(part * unit for part, unit in zip(reversed(parts), (1, 60, 3600, 86400), strict=False))


def last_line(name: str) -> str:
    """The last line of the part's log, shortened."""
    try:
        lines = logfiles.path(name).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return next((line.strip()[:LONGEST] for line in reversed(lines[-50:]) if line.strip()), "")


def sentence(*, name: str, waited: float, used: float | None, before: float | None) -> str:
    """Why it is waited for; ``used`` and ``before``: its processor time now and when it was last told of."""
    facts = {"name": name, "seconds": waited, "used": used or 0, "log": logfiles.shown(name)}
    if used is not None and before is not None and used - before < 0.1:
        text = _(
            "The part %(name)s is not ready after %(seconds)d seconds and does nothing at the moment; it is "
            "waited for; see %(log)s."
        )
    else:
        text = _(
            "The part %(name)s is not ready after %(seconds)d seconds; it works (%(used)d s of processor "
            "time so far) and is waited for; see %(log)s."
        )
    line = last_line(name)
    return text % facts + (" " + _("Its last line: %(line)s") % {"line": line} if line else "")
