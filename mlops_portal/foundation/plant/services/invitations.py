"""Inviting people, and their coming in."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.errors import InvitationUnusable, NameTaken, WrongPlace
from mlops_portal.foundation.plant.models import Invitation, Line, Person, RoleAssignment, Site
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.wire.errors import Invalid

VALID_FOR = timedelta(days=7)


def secret_digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def invitation_create(
    *,
    by: Person,
    name: str,
    email: str,
    role: Role,
    site: Site,
    line: Line | None = None,
    language: str = "en",
) -> tuple[Invitation, str]:
    """Invite somebody; returns the invitation and the secret of its link, which is not kept."""
    guard(by, "people.invite", site=site)
    if line is not None and line.site_id != site.pk:
        raise WrongPlace(
            _("%(line)s does not belong to %(site)s; choose one of its lines.") % {"line": line, "site": site}
        )
    if email and Person.objects.filter(email__iexact=email).exists():
        raise NameTaken(_("Somebody with the mail %(email)s has an account already.") % {"email": email})
    secret = secrets.token_urlsafe(32)
    now = timezone.now()
    with transaction.atomic():
        invitation = Invitation.objects.create(
            name=name,
            email=email,
            language=language,
            role=role,
            site=site,
            line=line,
            secret_digest=secret_digest(secret),
            invited_by=by,
            invited_at=now,
            expires_at=now + VALID_FOR,
        )
        event_record(
            type="plant.person.invited",
            actor=by.actor,
            subjects=[invitation.ref(), (line or site).ref("at")],
            public={"role": str(role), "place": (line or site).name},
            personal={"person": name},
            at=now,
        )
    return invitation, secret


def invitation_withdraw(*, by: Person, invitation: Invitation) -> None:
    """Take an invitation back that nobody has used; raises InvitationUnusable."""
    guard(by, "people.invite", site=invitation.site)
    now = timezone.now()
    with transaction.atomic():
        claimed = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None).update(
            withdrawn_at=now
        )
        if claimed != 1:
            raise InvitationUnusable(_("This invitation was used or withdrawn before."))
        event_record(
            type="plant.invitation.withdrawn",
            actor=by.actor,
            subjects=[invitation.ref()],
            personal={"person": invitation.name},
            at=now,
        )


def _check(person: Person, password: str) -> None:
    try:
        Person._meta.get_field("username").clean(person.username, person)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), field="username") from None
    try:
        validate_password(password, user=person)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), field="password") from None


def _taken(person: Person) -> NameTaken:
    """Which of the two unique names somebody else has; called after the insert failed."""
    if person.email and Person.objects.filter(email__iexact=person.email).exists():
        return NameTaken(
            _("Somebody with the mail %(email)s has an account already.") % {"email": person.email}
        )
    return NameTaken(_("The user name %(name)s is taken; choose another.") % {"name": person.username})


def invitation_accept(*, secret: str, username: str, password: str) -> Person:
    """Make the account that an invitation promises, with its role; raises InvitationUnusable, NameTaken."""
    now = timezone.now()
    invitation = (
        Invitation.objects.filter(secret_digest=secret_digest(secret))
        .select_related("invited_by", "site", "line")
        .first()
    )
    if invitation is None:
        raise InvitationUnusable(_("This link is not one of ours; ask for a new invitation."))
    person = Person(
        username=username,
        name=invitation.name,
        email=invitation.email,
        language=invitation.language,
        joined_at=now,
    )
    _check(person, password)
    person.set_password(password)
    with transaction.atomic():
        claimed = Invitation.objects.filter(
            pk=invitation.pk, accepted_at=None, withdrawn_at=None, expires_at__gt=now
        ).update(accepted_at=now)
        if claimed != 1:
            raise InvitationUnusable(
                _("This invitation was used, withdrawn or has run out; ask for a new one.")
            )
        try:
            with transaction.atomic():
                person.save(force_insert=True)
        except IntegrityError:
            raise _taken(person) from None
        Invitation.objects.filter(pk=invitation.pk).update(accepted_by=person)
        RoleAssignment.objects.create(
            person=person,
            role=invitation.role,
            site=invitation.site,
            line=invitation.line,
            granted_by=invitation.invited_by,
            granted_at=now,
        )
        event_record(
            type="plant.person.joined",
            actor=person.actor,
            subjects=[person.ref(), invitation.ref("through")],
            public={"role": invitation.role, "place": (invitation.line or invitation.site).name},
            personal={"invited_by": invitation.invited_by.name},
            at=now,
        )
    return person
