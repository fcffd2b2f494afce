"""Storage and disks."""

from __future__ import annotations

import shutil

from django.conf import settings
from django.utils.translation import gettext as _

from mlops_portal.above.serve import health
from mlops_portal.above.serve.doctor.finding import Finding, bad, caution, good

GIB = 1 << 30
LITTLE, TOO_LITTLE = 5 * GIB, GIB


def storage() -> list[Finding]:
    if health.storage().ok:
        return [good("storage", _("It can be written."))]
    return [
        bad(
            "storage",
            _("The storage of models, tables and pictures cannot be written."),
            _("Look for a full disk, missing rights, or a wrong STORAGE_URL."),
        )
    ]


def disk() -> list[Finding]:
    free = shutil.disk_usage(settings.VAR_DIR).free
    says = _("%(free).1f GiB are free where %(folder)s lies.") % {
        "free": free / GIB,
        "folder": settings.VAR_DIR,
    }
    mend = _("Make room, or let the portal keep its files on a larger disk (VAR_DIR).")
    if free < TOO_LITTLE:
        return [bad("disk", says, mend)]
    return [caution("disk", says, mend) if free < LITTLE else good("disk", says)]
