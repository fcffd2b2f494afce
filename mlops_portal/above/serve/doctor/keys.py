"""What is signed for the edge nodes, and until when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from edge_sync.errors import NoCeremony, NotPublished
from edge_sync.keys.repository import layout
from edge_sync.repository.published import read
from edge_sync.selectors.roster import signed
from mlops_portal.above.serve.doctor.finding import Finding, bad, caution, good
from mlops_portal.foundation.plant.models import Line

SOON = timedelta(days=5)
BY_ITSELF = ("snapshot", "timestamp")  # the portal signs these anew; the others need a ceremony


def look() -> list[Finding]:
    now = timezone.now()
    try:
        published = read(layout())
    except (NoCeremony, NotPublished) as error:
        return [caution("keys", error.sentence, _("Hold a key ceremony before the first release."))]
    roles: dict[str, Any] = {
        "root": published.root,
        "targets": published.targets,
        "snapshot": published.snapshot,
        "timestamp": published.timestamp,
        **published.lines,
    }
    ends = {role: one.signed.expires for role, one in roles.items() if one is not None}
    findings = [one for role, end in ends.items() if (one := _role(role, end, now)) is not None]
    if published.timestamp is not None and published.timestamp.signed.version < layout().floor:
        findings.append(
            bad(
                "keys",
                _("Since the restore nothing was published that nodes take: they saw a later state."),
                _("Bring the online keys back below VAR_DIR, or hold a key ceremony."),
            )
        )
    for line in Line.objects.all():
        findings += _roster(line, now)
    return findings or [good("keys", _("All signatures for the edge nodes are valid."))]


def _role(role: str, end: datetime, now: datetime) -> Finding | None:
    words = {"role": role, "day": end.date().isoformat()}
    if role in BY_ITSELF:
        mend = _("The portal signs it anew by itself; look whether worker and scheduler run.")
        return None if end > now else bad("keys", _("“%(role)s” ended on %(day)s: no updates.") % words, mend)
    mend = _("Hold a key ceremony.")
    if end <= now:
        return bad("keys", _("“%(role)s” ended on %(day)s: nodes take no update.") % words, mend)
    if end - now < SOON:
        return caution("keys", _("“%(role)s” ends on %(day)s.") % words, mend)
    return None


def _roster(line: Line, now: datetime) -> list[Finding]:
    try:
        one = signed(line)
    except NotPublished as error:
        return [caution("keys", error.sentence, _("Hold a key ceremony."))]
    if one is None or one.expires - now >= SOON:
        return []
    words = {"line": line, "day": one.expires.date().isoformat()}
    if one.expires <= now:
        says = _("The list of who approves on %(line)s ended on %(day)s: its nodes take no update.") % words
        return [bad("keys", says, _("Hold a key ceremony."))]
    says = _("The list of who approves on %(line)s ends on %(day)s.") % words
    return [caution("keys", says, _("Hold a key ceremony."))]
