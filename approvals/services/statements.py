"""What a person would sign, and the check that what came back is just that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from approvals.errors import (
    AlreadyDecided,
    CommentMissing,
    CountsForNothing,
    Excluded,
    StatementChanged,
    WrongState,
)
from approvals.models import ApprovalRequest
from approvals.selectors.duties import refusal, roles_for, worth_for
from approvals.selectors.policies import line_rules
from approvals.selectors.statements import Said, origins, rp_id, statement_of
from approvals.selectors.worth import Worth
from approvals.transitions import ApprovalState, Assurance, Verdict
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.wire import statement as wire
from mlops_portal.foundation.wire.assertion import b64url
from mlops_portal.foundation.wire.words import words

FRESH = timedelta(minutes=10)
AHEAD = timedelta(minutes=1)
COMMENT_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class ToSign:
    """``statement`` is the JSON, ``canonical`` its exact bytes as text, ``challenge`` base64url of what a
    passkey signs, ``credentials`` the ids of the passkeys to sign with, ``assurance`` what the line demands,
    ``worth`` as what an approval would count and whether nodes know the key."""

    statement: dict[str, Any]
    canonical: str
    challenge: str
    words: tuple[str, ...]
    meaning: str
    assurance: Assurance
    worth: Worth
    rp_id: str
    origins: tuple[str, ...]

    @property
    def credentials(self) -> tuple[str, ...]:
        return self.worth.credentials

    def as_json(self) -> dict[str, Any]:
        return {
            "statement": self.statement,
            "canonical": self.canonical,
            "challenge": self.challenge,
            "words": list(self.words),
            "meaning": self.meaning,
            "assurance": self.assurance.value,
            "credentials": list(self.credentials),
            "counts_as": self.worth.counts_as.value if self.worth.counts_as else "",
            "signing_key": self.worth.key.value,
            "rp_id": self.rp_id,
            "origins": list(self.origins),
        }


def may_decide(*, by: Person, request: ApprovalRequest) -> None:
    """Raise unless the person may decide about the request now: NotAllowed, Excluded, WrongState,
    AlreadyDecided."""
    guard(by, "approval.decide", line=request.line)
    if request.state != ApprovalState.SUBMITTED:
        raise WrongState(
            _("This approval is “%(state)s”; it is not open for decisions.")
            % {"state": ApprovalState(request.state).label}
        )
    if reason := refusal(by, request):
        raise Excluded(_("You may not decide here: %(reason)s.") % {"reason": reason})
    if request.decisions.filter(person=by).exists():
        raise AlreadyDecided(_("You decided about this already; one decision a person."))


def comment_checked(verdict: Verdict, comment: str) -> str:
    said = comment.strip()
    if verdict != Verdict.APPROVE and not said:
        raise CommentMissing(_("Say why; the makers read it."))
    if len(said) > COMMENT_LENGTH:
        raise CommentMissing(_("The comment is too long; write at most %(n)d signs.") % {"n": COMMENT_LENGTH})
    return said


def statement_for(
    *, by: Person, request: ApprovalRequest, verdict: Verdict = Verdict.APPROVE, comment: str = ""
) -> ToSign:
    """What ``by`` would sign now, in words and as bytes. Raises as ``may_decide``; CommentMissing,
    CountsForNothing for an approval that would fill no place."""
    may_decide(by=by, request=request)
    worth = worth_for(by, request)
    must_count(verdict=Verdict(verdict), worth=worth, request=request)
    return _to_sign(by, request, worth, Verdict(verdict), comment_checked(Verdict(verdict), comment))


def statement_offered(*, by: Person, request: ApprovalRequest) -> ToSign:
    """What a page shows before ``by`` chose and wrote anything: an approval, or, where that would count for
    nothing, a return. Raises as ``may_decide``."""
    may_decide(by=by, request=request)
    worth = worth_for(by, request)
    return _to_sign(by, request, worth, Verdict.APPROVE if worth.counts_as else Verdict.RETURN, "")


def must_count(*, verdict: Verdict, worth: Worth, request: ApprovalRequest) -> None:
    """Raise CountsForNothing for an approval that would change nothing."""
    if verdict == Verdict.APPROVE and worth.counts_as is None:
        raise CountsForNothing(counts_for_nothing(request))


def counts_for_nothing(request: ApprovalRequest) -> str:
    places = ", ".join(
        f"{count} × {Role(role).label}" for role, count in sorted(line_rules(request.line).quorum.items())
    )
    return _(
        "An approval of yours would change nothing: %(line)s needs %(places)s, and no place of your role is "
        "empty. You may return or reject."
    ) % {"line": request.line, "places": places}


def _to_sign(by: Person, request: ApprovalRequest, worth: Worth, verdict: Verdict, comment: str) -> ToSign:
    said = Said(
        verdict=verdict,
        role=worth.counts_as or roles_for(by, request.line)[0],
        comment=comment,
        time=timezone.now().replace(microsecond=0),
    )
    statement = statement_of(request, by, said)
    data = wire.canonical(statement)
    return ToSign(
        statement=statement,
        canonical=data.decode(),
        challenge=b64url(wire.challenge(data)),
        words=words(request.version.artifact_id),
        meaning=statement["predicate"]["meaning"],
        assurance=line_rules(request.line).minimum_assurance,
        worth=worth,
        rp_id=rp_id(),
        origins=origins(),
    )


def statement_checked(*, person: Person, request: ApprovalRequest, data: bytes) -> Said:
    """What ``data`` says, after making sure that it is, byte for byte, what ``person`` would sign and that it
    was made just now. Raises Invalid, StatementChanged, CountsForNothing."""
    parsed = wire.parse(data)
    now = timezone.now()
    if not now - FRESH <= parsed.time <= now + AHEAD:
        raise StatementChanged(_("What you signed is too old; load the page again and sign anew."))
    roles = {role.value: role for role in roles_for(person, request.line)}
    if parsed.role not in roles:
        raise StatementChanged(_("You do not decide as “%(role)s” on this line.") % {"role": parsed.role})
    verdict = Verdict(parsed.verdict)
    must_count(verdict=verdict, worth=worth_for(person, request), request=request)
    said = Said(verdict, roles[parsed.role], comment_checked(verdict, parsed.comment), parsed.time)
    if wire.canonical(statement_of(request, person, said)) != data:
        raise StatementChanged(_("What you signed is not what this request asks; load the page again."))
    return said
