"""The demo plant's people and machines, made through the same services that pages use."""

from __future__ import annotations

from datetime import date, time, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from mlops_portal.above.demo.accounts import ACCOUNTS, ADMINISTRATOR, PASSWORD, SKILLS, Account
from mlops_portal.above.demo.errors import NotInProduction
from mlops_portal.above.demo.sim import catalogue
from mlops_portal.foundation.plant.models import (
    Asset,
    AssetType,
    Line,
    Node,
    Person,
    PersonSkill,
    Site,
    Skill,
)
from mlops_portal.foundation.plant.services.calendar import closed_day_add, shift_set
from mlops_portal.foundation.plant.services.founding import site_found
from mlops_portal.foundation.plant.services.invitations import invitation_accept, invitation_create
from mlops_portal.foundation.plant.services.places import asset_create, line_create, node_register
from mlops_portal.foundation.plant.services.skills import skill_grant


def load_plant() -> Site:
    """Load what is missing, so a second run changes nothing; raises NotInProduction there."""
    if settings.PRODUCTION:
        raise NotInProduction(
            "The demo plant is not loaded in the production profile: its password is known."
        )
    with transaction.atomic():
        site = Site.objects.filter(slug=catalogue.SITE.key).first()
        if site is None:
            site, _person = site_found(
                name=catalogue.SITE.name["en"],
                slug=catalogue.SITE.key,
                time_zone=catalogue.SITE.timezone,
                username=ADMINISTRATOR.username,
                person_name=ADMINISTRATOR.name,
                password=PASSWORD,
                language=ADMINISTRATOR.language,
                email=_mail(ADMINISTRATOR),
            )
        admin = Person.objects.get(username=ADMINISTRATOR.username)
        _places(site, admin)
        _calendar(site, admin)
        _people(site, admin)
        _skills()
    return site


def _mail(account: Account) -> str:
    return f"{account.username}@lindau.example"


def _places(site: Site, admin: Person) -> None:
    for order, line in enumerate(catalogue.LINES, start=1):
        if not Line.objects.filter(slug=line.key).exists():
            line_create(by=admin, site=site, name=line.name["en"], slug=line.key, order=order)
    for kind in catalogue.ASSET_TYPES.values():
        AssetType.objects.get_or_create(slug=kind.key, defaults={"name": kind.name["en"]})
    for node in catalogue.NODES:
        if not Node.objects.filter(slug=node.key).exists():
            node_register(
                by=admin, line=Line.objects.get(slug=node.line), name=node.name["en"], slug=node.key
            )
    for asset in catalogue.ASSETS.values():
        if not Asset.objects.filter(slug=asset.key).exists():
            asset_create(
                by=admin,
                line=Line.objects.get(slug=asset.line),
                type=AssetType.objects.get(slug=asset.type),
                name=asset.name["en"],
                slug=asset.key,
                node=Node.objects.get(slug=asset.node),
            )


def _calendar(site: Site, admin: Person) -> None:
    if site.shifts.exists():
        return
    for shift in catalogue.SHIFTS:
        start = shift.start
        shift_set(
            by=admin,
            site=site,
            name=shift.name["en"],
            starts=time(start),
            ends=time((start + 8) % 24),
            weekdays="1234567",
        )
    year = timezone.now().year
    closed_day_add(by=admin, site=site, day=date(year, 12, 25), reason="Christmas")


def _people(site: Site, admin: Person) -> None:
    for account in ACCOUNTS:
        if Person.objects.filter(username=account.username).exists():
            continue
        _invitation, secret = invitation_create(
            by=admin,
            name=account.name,
            email=_mail(account),
            role=account.role,
            site=site,
            line=Line.objects.get(slug=account.line) if account.line else None,
            language=account.language,
        )
        invitation_accept(secret=secret, username=account.username, password=PASSWORD)


def _skills() -> None:
    giver = Person.objects.get(username="anna")
    for slug, words, asset_type, usernames in SKILLS:
        skill, _made = Skill.objects.get_or_create(
            slug=slug,
            defaults={"name": words["en"], "asset_type": AssetType.objects.get(slug=asset_type)},
        )
        for username in usernames:
            person = Person.objects.get(username=username)
            if not PersonSkill.objects.filter(person=person, skill=skill, ended_at=None).exists():
                months = 1 if username == "tom" else skill.months_valid  # one that runs out soon
                skill_grant(
                    by=giver,
                    person=person,
                    skill=skill,
                    expires_at=timezone.now() + timedelta(days=30 * months - 9),
                )
