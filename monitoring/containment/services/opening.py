"""Parts come into doubt: by themselves, or because a person says so; and from when to when.

- One happening opens one containment a machine; while it is open the same happening again joins it.
- It begins with the last good check on the machine, since nothing before that is in doubt.
- It grows until a good check, or another release, or a person says that the cause ended.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from mlops_portal.foundation.ledger.refs import Actor
from mlops_portal.foundation.plant.models import Asset, Person
from mlops_portal.foundation.plant.policies import demand, guard
from mlops_portal.foundation.plant.selectors.people import people_who_may
from mlops_portal.foundation.shell.notices.notifications import notify
from mlops_portal.foundation.shell.work.jobs import enqueue
from monitoring.containment.policies import containment_verdict
from monitoring.containment.rules import LONGEST_REASON
from monitoring.containment.selectors.spans import Beginning, beginning
from monitoring.containment.services.collecting import listed_join
from monitoring.containment.services.telling import told
from monitoring.errors import ContainmentMoved, NotADoubt
from monitoring.models import Containment, Prediction
from monitoring.models.containment import Began, ContainmentState
from monitoring.transitions import Trigger

KIND = "containment.opened"


def containment_open(
    *,
    actor: Actor,
    asset: Asset,
    trigger: Trigger,
    key: str,
    facts: Mapping[str, Any],
    activation: str = "",
    since: Beginning | None = None,
    until: datetime | None = None,
    judgements: Collection[str] | None = None,
    opened_by: Person | None = None,
) -> Containment:
    """What ``asset`` judged is in doubt, from ``since`` (else the last good check) to ``until`` (else on and
    on); or exactly the ``judgements`` named. In the caller's transaction where there is one."""
    now = timezone.now()
    start = since or beginning(asset, before=until or now)
    values = {
        "activation": activation,
        "listed": judgements is not None,
        "facts": {name: str(value)[:LONGEST_REASON] for name, value in facts.items()},
        "since": start.at,
        "began": start.rests_on,
        "until": until if judgements is None else until or now,
        "opened_at": now,
        "opened_by": opened_by,
    }
    with transaction.atomic():
        containment, made = Containment.objects.select_for_update(of=("self",)).get_or_create(
            asset=asset, trigger=trigger, key=key[:100], state=ContainmentState.OPEN, defaults=values
        )
        if made:
            told(containment, actor, "opened", trigger=trigger.value, **_span(containment))
            _notify(containment)
        elif start.at < containment.since:
            containment.since, containment.began = start.at, start.rests_on
            containment.save(update_fields=["since", "began"])
            told(containment, actor, "widened", reason="", **_span(containment))
        if judgements is not None:
            listed_join(containment, Prediction.objects.filter(pk__in=judgements))
        else:
            enqueue("monitoring.containment_collect", containment_id=containment.pk)
    return containment


def _span(containment: Containment) -> dict[str, Any]:
    until = containment.until
    return {
        "since": containment.since.isoformat(timespec="seconds"),
        "until": until.isoformat(timespec="seconds") if until else "",
    }


def _notify(containment: Containment) -> None:
    line = containment.asset.line
    notify(
        to=[*people_who_may(action="containment.dispose", line=line),
            *people_who_may(action="containment.pull", line=line)],
        kind=KIND,
        message=gettext_noop("Parts of {asset} are in doubt ({code}): pull them, and do not deliver them."),
        url=reverse("containment", args=[containment.pk]),
        asset=containment.asset.name,
        code=containment.code,
    )  # fmt: skip


def containment_ask(
    *,
    by: Person,
    asset: Asset,
    reason: str,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Containment:
    """A person doubts what a machine judged since a time, else since the last good check. NotADoubt without a
    reason, or for a span that cannot be."""
    guard(by, "containment.open", line=asset.line)
    now, said = timezone.now(), _said(reason)
    if since is not None and (since > now or (until is not None and until <= since)):
        raise NotADoubt(_("The doubt begins before now, and before it ends."))
    return containment_open(
        actor=by.actor,
        asset=asset,
        trigger=Trigger.PERSON,
        key=f"{by.pk}/{now.isoformat()}",
        facts={"reason": said},
        since=Beginning(since, Began.SAID) if since else None,
        until=min(until, now) if until else None,
        opened_by=by,
    )


def _said(reason: str) -> str:
    words = " ".join(reason.split())
    if not 0 < len(words) <= LONGEST_REASON:
        raise NotADoubt(_("Say why, in 1 to %(most)d letters.") % {"most": LONGEST_REASON})
    return words


def containment_widen(*, by: Person, containment: Containment, since: datetime, reason: str) -> None:
    """The cause began earlier; parts never leave. NotADoubt for a later time, ContainmentMoved where somebody
    was first."""
    demand(containment_verdict(by, containment, "widen"))
    said = _said(reason)
    if since >= containment.since:
        raise NotADoubt(_("It begins earlier than that already; parts never leave by a date."))
    with transaction.atomic():
        same = Containment.objects.filter(
            pk=containment.pk, state=ContainmentState.OPEN, since=containment.since
        )
        _claimed(same.update(since=since, began=Began.SAID), containment)
        containment.since, containment.began = since, Began.SAID.value
        told(containment, by.actor, "widened", reason=said, **_span(containment))
        enqueue("monitoring.containment_collect", containment_id=containment.pk)


def containment_bound(*, by: Person, containment: Containment, until: datetime, reason: str) -> None:
    """The cause ended at ``until``: parts judged later are not in doubt. NotADoubt for a time that is not
    between its beginning and now, or where later parts have joined."""
    demand(containment_verdict(by, containment, "bound"))
    said, now = _said(reason), timezone.now()
    if not containment.since < until <= now:
        raise NotADoubt(_("The cause ended after it began, and before now."))
    if containment.rows.filter(prediction__at__gt=until).exists():
        raise NotADoubt(_("Parts judged after that are in doubt already; parts never leave by a date."))
    _bounded(containment, until, by.actor, said)


def containments_bound(
    *, asset: Asset, at: datetime, actor: Actor, triggers: Collection[Trigger], besides: str = ""
) -> int:
    """What still grows on the machine for these reasons ends at ``at``; how many. ``besides``: only what is
    about another release than that one. For golden parts that were all seen right, and for another release.
    """
    growing = Containment.objects.filter(
        asset=asset, state=ContainmentState.OPEN, until=None, trigger__in=triggers, since__lte=at
    )
    bounded = 0
    for one in growing.select_related("asset__line"):
        if not besides or one.activation not in ("", besides):
            _bounded(one, at, actor, "")
            bounded += 1
    return bounded


def _bounded(containment: Containment, until: datetime, actor: Actor, reason: str) -> None:
    with transaction.atomic():
        growing = Containment.objects.filter(pk=containment.pk, state=ContainmentState.OPEN, until=None)
        _claimed(growing.update(until=until), containment)
        containment.until = until
        told(containment, actor, "bounded", reason=reason, **_span(containment))
        enqueue("monitoring.containment_collect", containment_id=containment.pk)


def _claimed(rows: int, containment: Containment) -> None:
    if rows != 1:
        raise ContainmentMoved(
            _("Somebody changed %(code)s first; load the page again.") % {"code": containment.code}
        )
