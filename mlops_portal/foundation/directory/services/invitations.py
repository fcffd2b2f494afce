"""Sending what the plant's invitation promises: the link, by mail and shown once."""

from __future__ import annotations

from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from structlog import get_logger

from mlops_portal.foundation.plant.models import Invitation, Line, Person, Site
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.plant.services.invitations import invitation_create

log = get_logger(__name__)


def invitation_send(
    *,
    by: Person,
    name: str,
    email: str,
    role: Role,
    site: Site,
    line: Line | None = None,
    language: str = "en",
) -> tuple[Invitation, str, bool]:
    """Invite somebody; returns the invitation, its link, and whether a mail with the link went out.

    The mail is sent at once and not by a worker: the link is a secret that must not lie in a queue, and who
    invites must know now whether to hand it over.
    """
    invitation, secret = invitation_create(
        by=by, name=name, email=email, role=role, site=site, line=line, language=language
    )
    link = settings.PUBLIC_URL + reverse("join", args=[secret])
    return invitation, link, bool(email) and _mail(invitation, link)


def _mail(invitation: Invitation, link: str) -> bool:
    with override(invitation.language):
        subject = _("You are invited to MLOps Portal")
        body = _(
            "Hello %(name)s,\n\n%(by)s invites you to MLOps Portal as %(role)s on %(place)s.\n\n"
            "Open this link to choose a user name and a password:\n%(link)s\n\n"
            "The link works once and until %(until)s (UTC)."
        ) % {
            "name": invitation.name,
            "by": invitation.invited_by.name,
            "role": Role(invitation.role).label,
            "place": invitation.line or invitation.site,
            "link": link,
            "until": f"{invitation.expires_at:%Y-%m-%d %H:%M}",
        }
    try:
        return bool(EmailMessage(subject, body, to=[invitation.email]).send())
    except (SMTPException, OSError) as error:
        log.warning("invitation_not_mailed", invitation=str(invitation.pk), error=type(error).__name__)
        return False
