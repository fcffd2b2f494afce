"""Who acts and where, on a portal that may still be empty; everything through the plant's own services."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from mlops_portal.above.onboarding.rules.column_choices import slug_of
from mlops_portal.foundation.plant.models import Asset, AssetType, Line, Person, Site
from mlops_portal.foundation.plant.policies import guard, verdict
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.plant.selectors.people import people_who_may, people_with
from mlops_portal.foundation.plant.selectors.places import sites_for
from mlops_portal.foundation.plant.services.founding import site_found
from mlops_portal.foundation.plant.services.invitations import invitation_accept, invitation_create
from mlops_portal.foundation.plant.services.inviting import HOW
from mlops_portal.foundation.plant.services.places import asset_create, asset_type_create, line_create
from mlops_portal.foundation.wire.errors import Invalid, NotAllowed, NotFound

SITE = ("Plant", "plant")
ADMINISTRATOR, ENGINEER, EXPERT = "admin", "ml", "expert"


@dataclass(slots=True)
class Ground:
    """Whose name it is done in and for which machines; ``made`` says what was missing, ``sign_ins`` are shown
    this one time."""

    by: Person
    site: Site
    asset_type: AssetType
    made: list[str] = field(default_factory=list)
    sign_ins: list[dict[str, str]] = field(default_factory=list)


def ground_for(*, name: str, username: str = "", line: str = "", kind: str = "", machine: str = "") -> Ground:
    """Find or make person, site, line, kind of machine and machine. All of it, or nothing.

    ``kind``: an asset type by slug or name, else one called as the model; ``line`` and ``machine`` alike.
    """
    with transaction.atomic():
        made: list[str] = []
        sign_ins: list[dict[str, str]] = []
        if not Site.objects.exists():
            _found(made, sign_ins)
        by = _person(username)
        site = _site(by)
        asset_type = _kind(by, kind or machine or name, made)
        _machine(site, asset_type, line, machine, made)
    return Ground(by, site, asset_type, made, sign_ins)


def _found(made: list[str], sign_ins: list[dict[str, str]]) -> None:
    """A site with the three people whom it needs: who looks after it, brings models, and judges parts."""
    password = secrets.token_urlsafe(12)
    site, administrator = site_found(
        name=SITE[0],
        slug=SITE[1],
        time_zone="UTC",
        username=ADMINISTRATOR,
        person_name=_("Administrator"),
        password=password,
    )
    sign_ins.append({"username": ADMINISTRATOR, "password": password, "role": str(Role.ADMINISTRATOR.label)})
    for username, role in ((ENGINEER, Role.ML_ENGINEER), (EXPERT, Role.DOMAIN_EXPERT)):
        own = secrets.token_urlsafe(12)
        _invitation, secret = invitation_create(
            by=administrator, name=str(role.label), email="", role=role, site=site
        )
        invitation_accept(secret=secret, username=username, password=own)
        sign_ins.append({"username": username, "password": own, "role": str(role.label)})
    made.append(_("the site %(name)s") % {"name": site})


def judge_for(*, site: Site, username: str, by: Person) -> Person:
    """Who vouches for golden samples: the person named, ``by``, or the only one who may. NotAllowed."""
    if username:
        judge = _person(username)
        guard(judge, "golden.edit", site=site)
        return judge
    if verdict(by, "golden.edit", site=site):
        return by
    able = [one for one in people_who_may(action="golden.edit") if verdict(one, "golden.edit", site=site)]
    if len(able) != 1:
        raise NotAllowed(
            _("%(person)s may not vouch for golden samples; say with --golden-as who does.") % {"person": by}
        )
    return able[0]


def _person(username: str) -> Person:
    if username:
        person = Person.objects.filter(username__iexact=username, is_active=True).first()
        if person is None:
            raise NotFound(_("There is nobody with the user name %(name)s.") % {"name": username})
        return person
    allowed = people_who_may(action="model.onboard")
    if not allowed:
        raise NotFound(
            _(
                "Nobody here is an ML engineer; add one (%(command)s) or invite one on the page People, "
                "then try again."
            )
            % {"command": HOW}
        )
    if len(allowed) > 1:
        names = ", ".join(sorted(one.username for one in allowed))
        raise Invalid(
            _("There are several ML engineers (%(names)s); say with --as in whose name this is done.")
            % {"names": names}
        )
    return allowed[0]


def _site(by: Person) -> Site:
    allowed = list(sites_for(person=by, action="model.onboard"))
    if not allowed:
        raise NotAllowed(
            _(
                "%(person)s may not bring data; that needs the role ML engineer for a whole site: "
                "python manage.py user_add %(username)s --role ml_engineer"
            )
            % {"person": by, "username": by.username}
        )
    return allowed[0]


def _kind(by: Person, name: str, made: list[str]) -> AssetType:
    slug = slugify(name)[:60] or slug_of(name)
    known = AssetType.objects.filter(slug=slug).first() or AssetType.objects.filter(name__iexact=name).first()
    if known is not None:
        return known
    kind = asset_type_create(by=by, name=name[:80], slug=slug)
    made.append(_("the kind of machine %(name)s") % {"name": kind})
    return kind


def _machine(site: Site, kind: AssetType, line: str, machine: str, made: list[str]) -> None:
    """A machine of the kind, so that a version can be approved for one; in its administrator's name."""
    wanted = Asset.objects.filter(type=kind, retired_at=None, line__site=site)
    if machine:
        wanted = wanted.filter(slug=slugify(machine))
    if wanted.exists():
        return
    administrator = next(
        (one for one in people_with(role=Role.ADMINISTRATOR) if one.may("plant.edit", site=site)), None
    )
    if administrator is None:
        return  # a machine is added on its page, once there is somebody who may
    place = _line(site, administrator, line, made)
    name = machine or _("%(kind)s 1") % {"kind": kind}
    asset = asset_create(by=administrator, line=place, type=kind, name=name[:80], slug=_free(slugify(name)))
    made.append(
        _("the machine %(name)s on %(line)s, in the name of %(person)s")
        % {"name": asset, "line": place, "person": administrator}
    )


def _line(site: Site, administrator: Person, line: str, made: list[str]) -> Line:
    known = Line.objects.filter(site=site)
    if line:
        line_known = known.filter(slug=slugify(line)).first() or known.filter(name__iexact=line).first()
    else:
        line_known = known.first()
    if line_known is not None:
        return line_known
    name = line or _("Line 1")
    place = line_create(by=administrator, site=site, name=name[:80], slug=slugify(name)[:60])
    made.append(_("the line %(name)s") % {"name": place})
    return place


def _free(slug: str) -> str:
    free, number = slug[:56] or "machine", 1
    while Asset.objects.filter(slug=free).exists():
        number += 1
        free = f"{slug[:56]}-{number}"
    return free
