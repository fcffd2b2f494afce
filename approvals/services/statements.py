"""What a person would sign, and the check that what came back is just that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from approvals.errors import AlreadyDecided, CommentMissing, Excluded, StatementChanged, WrongState
from approvals.models import ApprovalRequest
from approvals.selectors.duties import refusal, roles_for
from approvals.selectors.passkeys import passkeys_of
from approvals.selectors.policies import line_rules
from approvals.selectors.statements import Said, origins, rp_id, statement_of
from approvals.transitions import ApprovalState, Assurance, Verdict
from mlops_portal.plant.models import Person
from mlops_portal.plant.policies import guard
from mlops_portal.wire import statement as wire
from mlops_portal.wire.assertion import b64url
from mlops_portal.wire.words import words

FRESH = timedelta(minutes=10)
AHEAD = timedelta(minutes=1)
COMMENT_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class ToSign:
    """``statement`` is the JSON, ``canonical`` its exact bytes as text, ``challenge`` base64url of what a
    passkey signs, ``credentials`` the ids of the person's passkeys, ``assurance`` what the line demands."""

    statement: dict[str, Any]
    canonical: str
    challenge: str
    words: tuple[str, ...]
    meaning: str
    assurance: Assurance
    credentials: tuple[str, ...]
    rp_id: str
    origins: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "statement": self.statement,
            "canonical": self.canonical,
            "challenge": self.challenge,
            "words": list(self.words),
            "meaning": self.meaning,
            "assurance": self.assurance.value,
            "credentials": list(self.credentials),
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
    """What ``by`` would sign now, in words and as bytes. Raises as ``may_decide``; CommentMissing."""
    may_decide(by=by, request=request)
    said = Said(
        verdict=Verdict(verdict),
        role=roles_for(by, request.line)[0],
        comment=comment_checked(Verdict(verdict), comment),
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
        credentials=tuple(one.id for one in passkeys_of(by)),
        rp_id=rp_id(),
        origins=origins(),
    )


def statement_checked(*, by: Person, request: ApprovalRequest, data: bytes) -> Said:
    """What ``data`` says, after making sure that it is, byte for byte, what ``by`` would sign and that it was
    made just now. Raises Invalid, StatementChanged."""
    parsed = wire.parse(data)
    now = timezone.now()
    if not now - FRESH <= parsed.time <= now + AHEAD:
        raise StatementChanged(_("What you signed is too old; load the page again and sign anew."))
    roles = {role.value: role for role in roles_for(by, request.line)}
    if parsed.role not in roles:
        raise StatementChanged(_("You do not decide as “%(role)s” on this line.") % {"role": parsed.role})
    verdict = Verdict(parsed.verdict)
    said = Said(verdict, roles[parsed.role], comment_checked(verdict, parsed.comment), parsed.time)
    if wire.canonical(statement_of(request, by, said)) != data:
        raise StatementChanged(_("What you signed is not what this request asks; load the page again."))
    return said
