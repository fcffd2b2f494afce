"""Adding a person at once, for whoever sits at the portal's terminal."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from mlops_portal.foundation.plant.models import Line, Person, Site
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.plant.selectors.people import people_with
from mlops_portal.foundation.plant.services.invitations import invitation_accept, invitation_create
from mlops_portal.foundation.plant.services.roles import role_grant
from mlops_portal.foundation.wire.errors import Invalid, NotFound

HOW = 'python manage.py user_add anna --name "Anna Berg" --role ml_engineer'
"""The command that makes somebody an ML engineer, for sentences that need one."""


def administrator_of(*, site: Site, username: str = "") -> Person:
    """The administrator named, or the only one of the site. Raises NotFound, Invalid."""
    able = [one for one in people_with(role=Role.ADMINISTRATOR) if one.may("people.invite", site=site)]
    if username:
        able = [one for one in able if one.username.lower() == username.lower()]
    if not able:
        raise NotFound(_("%(site)s has no such administrator.") % {"site": site})
    if len(able) > 1:
        names = ", ".join(sorted(one.username for one in able))
        raise Invalid(
            _("There are several administrators (%(names)s); say with --as in whose name this is done.")
            % {"names": names}
        )
    return able[0]


def person_add(
    *,
    by: Person,
    username: str,
    name: str,
    password: str,
    role: Role,
    site: Site,
    line: Line | None = None,
    email: str = "",
    language: str = "en",
) -> Person:
    """Invite somebody and join for them; who is here gets the role alone.

    Raises what ``invitation_create``, ``invitation_accept`` and ``role_grant`` raise; then nothing is kept.
    """
    guard(by, "people.invite", site=site)
    known = Person.objects.filter(username__iexact=username).first()
    if known is not None:
        role_grant(by=by, person=known, role=role, site=site, line=line)
        return known
    if not name.strip():
        raise Invalid(
            _("%(username)s is new here; say the person's name with --name.") % {"username": username}
        )
    with transaction.atomic():
        _invitation, secret = invitation_create(
            by=by, name=name, email=email, role=role, site=site, line=line, language=language
        )
        return invitation_accept(secret=secret, username=username, password=password)
