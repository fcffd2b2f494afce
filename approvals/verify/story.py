"""The headline: no model runs that named people did not approve. Read event by event, in the log's order.

- A release may be published when its request was approved before, and the statements of that request, about
  this artifact, machine and number, fill the quorum of the roster in force at that moment.
- A machine may report that a model is active, confirmed or gone back from when exactly that artifact was
  published to it under that number before; numbers rise.
What does not fit is no fault of the export: an honest log tells of a plant that broke its promise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from approvals.verify.proofs import Fault, Unfit, canonical, check_roster_signature, quorum_filled
from approvals.verify.reading import Event, Export, subject
from approvals.verify.roots import Offline, moment

TOLD = {
    "approvals.decision.signed",
    "approvals.request.approved",
    "ledger.checkpoint.refused",
    "edge.release.published",
    "edge.root.signed",
    "edge.roster.signed",
    "edge.target.reported",
}
RAN = ("active", "confirmed", "fallen_back")
MOST = 20
GROUNDS = ("request", "evidence", "policy", "spec", "golden", "fallback")


@dataclass
class Said:
    """A statement of the export: its file's name, what it says, and what proves it."""

    name: str
    digest: str
    body: dict[str, Any]
    artifact: str
    statement: bytes
    envelope: dict[str, str]
    at: str = ""  # of the event that tells of it
    accepted: str = ""  # the roster under which it counts, "line/version"
    why_not: str = "no event tells of it"
    site: bool = False  # its key is known, but it was made at another site, or without checking who used it


@dataclass
class Story:
    """What the events told so far; ``broken`` are sentences about the plant."""

    offline: Offline
    whole: bool
    by_digest: dict[str, Said] = field(default_factory=dict)
    by_request: dict[str, list[Said]] = field(default_factory=dict)
    approved: dict[str, bool] = field(default_factory=dict)  # request: whether its quorum was shown
    published: dict[tuple[str, int], str] = field(default_factory=dict)
    highest: dict[str, int] = field(default_factory=dict)
    active: dict[tuple[str, str], int] = field(default_factory=dict)
    releases: int = 0
    reports: int = 0
    broken: list[str] = field(default_factory=list)
    count: int = 0  # of what is broken, also where it is not listed
    refused: list[Event] = field(default_factory=list)  # what witnesses refused, and no ceremony settled
    unshown: int = 0  # rests on events outside of a part of the log

    def add(self, one: Said) -> None:
        self.by_digest[one.digest] = one
        if one.body["verdict"] == "approve":
            self.by_request.setdefault(one.body["request"], []).append(one)

    def see(self, event: Event, export: Export) -> None:
        kind = event["type"]
        if kind == "edge.root.signed":
            self.offline.see_root(event)
        elif kind == "edge.roster.signed":
            if self.offline.see_roster(event, export):
                self.refused.clear()
        elif kind == "ledger.checkpoint.refused":
            self.refused.append(event)
        elif kind == "approvals.decision.signed":
            one = self.by_digest.get(event["data"]["statement"])
            if one is not None:
                one.at = event["at"]
                self.judge(one)
        elif kind == "approvals.request.approved":
            request = subject(event, "approval_request")
            if request in self.approved:
                raise Fault(f"Event {event['id']} approves a request for the second time.")
            self.approved[request] = self.filled(self.by_request.get(request, []))
        elif kind == "edge.release.published":
            self.see_published(event)
        elif event["data"]["state"] in RAN:
            self.see_reported(event)

    def judge(self, one: Said) -> None:
        """Whether the statement counts under the roster that is in force now."""
        roster = self.offline.rosters.get(one.body["line"])
        one.accepted, one.site = "", False
        if roster is None:
            one.why_not = f"no roster of {one.body['line']} was in force"
            return
        try:
            check_roster_signature(roster, one.statement, one.body, one.envelope)
            one.accepted = f"{roster['line']}/{roster['version']}"
        except Unfit as unfit:
            one.why_not, one.site = str(unfit), unfit.site

    def filled(self, signed: list[Said]) -> bool:
        """Whether people whose statements count now fill the quorum of their line's roster."""
        if not signed:
            return False
        for one in signed:
            self.judge(one)
        roster = self.offline.rosters.get(signed[0].body["line"])
        if roster is None or len({tuple(one.body[field] for field in GROUNDS) for one in signed}) != 1:
            return False
        roles = {person["id"]: person["roles"] for person in roster["people"]}
        held = {one.body["person"]["id"] for one in signed if one.accepted}
        return quorum_filled(roster["quorum"], {person: roles[person] for person in held})

    def break_(self, event: Event, words: str) -> None:
        self.count += 1
        if len(self.broken) < MOST:
            self.broken.append(f"{words} (event {event['id']}, {event['at'][:19]}Z)")

    def see_published(self, event: Event) -> None:
        self.releases += 1
        asset, number = target_of(event)
        what = f"the log tells of release {number} for {asset}"
        artifact = subject(event, "artifact")
        if not self.whole and subject(event, "approval_request") not in self.approved:
            self.unshown += 1
            self.published.setdefault((asset, number), artifact)
            self.highest[asset] = max(self.highest.get(asset, 0), number)
            return
        why = self.why_not_published(event, asset, number)
        if why:
            self.break_(event, f"{what}, {why}")
        before = self.highest.get(asset, 0)
        if number < before or (number == before and self.published[asset, number] != artifact):
            self.break_(event, f"{what} after release {before} or with other content")
        self.highest[asset] = max(before, number)
        if not why:
            self.published.setdefault((asset, number), artifact)
            self.approved[subject(event, "approval_request")] = True
        else:
            self.published.setdefault((asset, number), "")

    def why_not_published(self, event: Event, asset: str, number: int) -> str:
        request, line, at = subject(event, "approval_request"), subject(event, "line"), moment(event["at"])
        roster = self.offline.rosters.get(line)
        if request not in self.approved:
            return "whose request nobody had approved by then"
        if roster is None:
            return "though no roster of its line was in force"
        if roster["until"] <= at:
            return "after the roster of its line had expired"
        signed = self.by_request.get(request, [])
        for one in signed:
            if one.body["line"] != line or one.body["targets"].get(asset) != number:
                return "which is not the machine or number that people approved"
            if one.artifact != subject(event, "artifact"):
                return "of another model than the one that people approved"
            if moment(one.body["notAfter"]) <= at:
                return "after the approval had ended"
        if not self.filled(signed):
            reasons = sorted({one.why_not for one in signed if not one.accepted}) or ["too few people signed"]
            return f"which no quorum of the roster in force approved: {'; '.join(reasons)}"
        if event["data"]["descriptor"] != descriptor(event, asset, number, signed):
            return "whose description for the machine is another than the approved one"
        return ""

    def see_reported(self, event: Event) -> None:
        self.reports += 1
        asset, number = target_of(event)
        state, artifact = event["data"]["state"], subject(event, "artifact")
        node = (asset, event["actor"]["id"])
        if not self.whole and (asset, number) not in self.published:
            self.unshown += 1
        elif not artifact or self.published.get((asset, number)) != artifact:
            self.break_(event, f"the log tells that {asset} had the model {artifact[:12] or '?'} as release "
                        f"{number} ({state}), which was not approved and published to it before")  # fmt: skip
        if state == "active":
            if number < self.active.get(node, 0):
                self.break_(event, f"the log tells that {asset} took the older release {number}")
            self.active[node] = max(number, self.active.get(node, 0))


def target_of(event: Event) -> tuple[str, int]:
    asset, _slash, number = subject(event, "release_target").rpartition("/")
    return asset, int(number)


def descriptor(event: Event, asset: str, number: int, signed: list[Said]) -> str:
    """The digest of what the machine was told: all of it follows from the statements, but the size."""
    body = signed[0].body
    told = {
        "format": "mlops-portal/release@1", "line": body["line"], "asset": asset, "number": number,
        "artifact": signed[0].artifact, "artifact_size": event["data"]["artifact_size"],
        "spec": body["spec"], "golden": body["golden"], "fallback": body["fallback"],
        "statements": sorted(one.digest for one in signed),
    }  # fmt: skip
    return sha256(canonical(told).encode()).hexdigest()
