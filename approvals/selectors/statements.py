"""What a person would sign: the statement about a request, in the words of the person's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from approvals.models import ApprovalRequest
from approvals.selectors.facts import name_of
from approvals.transitions import Verdict
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.registry.selectors import spec_bytes
from mlops_portal.foundation.wire import statement as wire


@dataclass(frozen=True, slots=True)
class Said:
    """What the person says: the verdict, as which role, with which comment, when."""

    verdict: Verdict
    role: Role
    comment: str
    time: datetime


def rp_id() -> str:
    """The relying party of passkeys: the host of the address that people type."""
    return urlsplit(settings.PUBLIC_URL).hostname or ""


def origins() -> tuple[str, ...]:
    public = urlsplit(settings.PUBLIC_URL)
    return (f"{public.scheme}://{public.netloc}",)


def meaning_of(request: ApprovalRequest, person: Person, said: Said) -> str:
    """The statement in words, in the language of the person who signs."""
    with translation.override(person.language):
        sentences = {
            Verdict.APPROVE: _(
                "I, %(person)s, %(role)s, approve the release of %(model)s version %(number)d "
                "to %(targets)s, on the evidence shown here."
            ),
            Verdict.RETURN: _(
                "I, %(person)s, %(role)s, return %(model)s version %(number)d to its makers; it is not "
                "released to %(targets)s."
            ),
            Verdict.REJECT: _(
                "I, %(person)s, %(role)s, reject %(model)s version %(number)d; it is not released to "
                "%(targets)s."
            ),
        }
        return sentences[said.verdict] % {
            "person": person.name,
            "role": Role(said.role).label,
            "model": request.version.model.name,
            "number": request.version.number,
            "targets": targets_in_words(request),
        }


def targets_in_words(request: ApprovalRequest) -> str:
    """“Press 3 as release 31, Press 4 as release 12”."""
    return ", ".join(
        _("%(asset)s as release %(number)d") % {"asset": asset.name, "number": request.numbers[asset.slug]}
        for asset in request.assets.order_by("name")
    )


def statement_of(request: ApprovalRequest, person: Person, said: Said) -> dict[str, Any]:
    """The in-toto statement; its RFC 8785 bytes are what is signed."""
    return wire.build(
        model=name_of(request.version),
        artifact=request.version.artifact_id,
        verdict=said.verdict.value,
        meaning=meaning_of(request, person, said),
        person_id=str(person.pk),
        person_name=person.name,
        role=said.role.value,
        comment=said.comment,
        line=request.line.slug,
        targets=request.numbers,
        predecessors=request.champions,
        fallback=request.fallback_digest,
        spec=sha256(spec_bytes(request.version)).hexdigest(),
        golden=request.golden_digest,
        evidence=request.evidence_id,
        policy=f"{request.version.model.slug}/{request.policy.version}",
        request=str(request.pk),
        nonce=request.nonce,
        time=said.time,
        not_after=request.not_after,
    )
