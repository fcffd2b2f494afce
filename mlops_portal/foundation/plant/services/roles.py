"""Giving and ending roles."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.errors import (
    AlreadyEnded,
    AlreadyHeld,
    LastAdministrator,
    WrongDate,
    WrongPlace,
)
from mlops_portal.foundation.plant.models import Line, Person, RoleAssignment, Site
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.plant.roles import Role


def role_grant(
    *,
    by: Person,
    person: Person,
    role: Role,
    site: Site,
    line: Line | None = None,
    until: datetime | None = None,
) -> RoleAssignment:
    """Give ``person`` a role on a line, or on the whole site; raises AlreadyHeld, WrongPlace, WrongDate."""
    guard(by, "role.grant", site=site)
    now = timezone.now()
    if line is not None and line.site_id != site.pk:
        raise WrongPlace(
            _("%(line)s does not belong to %(site)s; choose one of its lines.") % {"line": line, "site": site}
        )
    if until is not None and until <= now:
        raise WrongDate(_("The role would end in the past; choose a later date or none."))
    if not person.is_active:
        raise AlreadyEnded(_("%(name)s has left; invite the person again.") % {"name": person})
    with transaction.atomic():
        # A role that ran out by date keeps its place until it is ended here.
        RoleAssignment.objects.filter(
            person=person, role=role, site=site, line=line, ended_at=None, until__lte=now
        ).update(ended_at=now)
        try:
            with transaction.atomic():
                assignment = RoleAssignment.objects.create(
                    person=person, role=role, site=site, line=line, granted_by=by, granted_at=now, until=until
                )
        except IntegrityError:
            raise AlreadyHeld(
                _("%(name)s already is %(role)s there.") % {"name": person, "role": Role(role).label}
            ) from None
        event_record(
            type="plant.role.granted",
            actor=by.actor,
            subjects=[person.ref(), site.ref("at"), *([line.ref("at")] if line else [])],
            public={
                "role": str(role),
                "place": (line or site).name,
                "until": until.isoformat() if until else None,
            },
            personal={"person": person.name},
            at=now,
        )
    return assignment


def role_end(*, by: Person, assignment: RoleAssignment) -> None:
    """End a role that is held; raises AlreadyEnded, LastAdministrator."""
    guard(by, "role.grant", site=assignment.site)
    now = timezone.now()
    with transaction.atomic():
        claimed = RoleAssignment.objects.filter(pk=assignment.pk, ended_at=None).update(ended_at=now)
        if claimed != 1:
            raise AlreadyEnded(_("This role was ended before."))
        if assignment.role == Role.ADMINISTRATOR and assignment.line_id is None:
            keep_an_administrator(site=assignment.site)
        event_record(
            type="plant.role.ended",
            actor=by.actor,
            subjects=[
                assignment.person.ref(),
                assignment.site.ref("at"),
                *([assignment.line.ref("at")] if assignment.line else []),
            ],
            public={"role": assignment.role, "place": (assignment.line or assignment.site).name},
            personal={"person": assignment.person.name},
            at=now,
        )


def keep_an_administrator(*, site: Site) -> None:
    """Refuse a change after which nobody could look after the site any more."""
    # Two administrators who end each other's role at once would each still see the other: one waits here.
    Site.objects.select_for_update().get(pk=site.pk)
    others = RoleAssignment.objects.current().filter(
        role=Role.ADMINISTRATOR, site=site, line=None, person__is_active=True
    )
    if not others.exists():
        raise LastAdministrator(
            _("%(site)s would be without an administrator; give the role to somebody else first.")
            % {"site": site}
        )
