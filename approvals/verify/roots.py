"""What was signed offline: the chain of TUF roots, the lists of rosters, the rosters.

- A root is believed when the first one is the given one, and each next one is signed by enough keys of the
  root before it and of itself (TUF specification 1.0.34, section 5.3).
- A roster is believed when a list that the root in force signed names its length and SHA-256.
- One key counts once, whatever it is called.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519

from approvals.verify.proofs import Fault, unique
from approvals.verify.reading import Event, Export, subject

TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
)


def olpc(value: Any) -> str:
    """The canonical JSON over which TUF signs (http://wiki.laptop.org/go/Canonical_JSON)."""
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, list):
        return "[" + ",".join(map(olpc, value)) + "]"
    if isinstance(value, dict):
        return "{" + ",".join(olpc(key) + ":" + olpc(value[key]) for key in sorted(value)) + "}"
    if value is None or isinstance(value, (bool, int)):
        return json.dumps(value)
    raise Fault("signed metadata holds something that has no canonical form.")


@dataclass
class Signed:
    """One file of metadata; ``digest`` is the SHA-256 of the file."""

    name: str
    said: dict[str, Any]
    signatures: list[dict[str, str]]
    digest: str

    def has_enough(self, root: dict[str, Any], role: str) -> bool:
        """Whether keys that ``root`` gives to ``role`` signed it, as many different ones as it demands."""
        place, known, data = root["roles"][role], {}, olpc(self.said).encode()
        for one in place["keyids"]:
            key = root["keys"][one]
            if (key["keytype"], key["scheme"]) == ("ed25519", "ed25519"):
                known[one] = bytes.fromhex(key["keyval"]["public"])
        good = set()
        for one in self.signatures:
            if one["keyid"] in known:
                try:
                    public = ed25519.Ed25519PublicKey.from_public_bytes(known[one["keyid"]])
                    public.verify(bytes.fromhex(one["sig"]), data)
                    good.add(known[one["keyid"]])
                except (InvalidSignature, ValueError):
                    continue
        return place["threshold"] >= 1 and len(good) >= place["threshold"]


def signed_file(export: Export, name: str, role: str) -> Signed:
    data = export.read(name)
    whole = json.loads(data, object_pairs_hook=unique)
    if set(whole) != {"signed", "signatures"} or whole["signed"]["_type"] != role:
        raise Fault(f"{name} is not signed metadata of the kind {role}.")
    if f"tuf/{whole['signed']['version']}.{role}.json" != name:
        raise Fault(f"{name} is of another version.")
    return Signed(name, whole["signed"], whole["signatures"], sha256(data).hexdigest())


def moment(text: str) -> datetime:
    """A time to the second or finer, with its zone; Python 3.9 and 3.10 do not read the Z."""
    if not TIME.fullmatch(text):
        raise Fault("something is not a time with its zone.")
    return datetime.fromisoformat(text[:-1] + "+00:00" if text.endswith("Z") else text)


@dataclass
class Offline:
    """What the offline keys signed, and what of it is in force at the event that is read."""

    roots: list[Signed] = field(default_factory=list)
    lists: list[Signed] = field(default_factory=list)
    root: int = 0  # the version in force
    listed: int = 0  # the version of the newest list that an event told of
    rosters: dict[str, dict[str, Any]] = field(default_factory=dict)  # in force, by line
    seen: set[str] = field(default_factory=set)  # names of the files that events tell of

    def load(self, export: Export, given: str) -> str:
        """Read and verify the chain; returns the digest of its first root, "" where there is none."""
        names = [name for name in export.below("tuf") if name.endswith(".root.json")]
        for version in range(1, len(names) + 1):
            self.roots.append(signed_file(export, f"tuf/{version}.root.json", "root"))
        if given and not self.roots:
            raise Fault("There is no root in this export, though you gave the digest of one.")
        if given and self.roots[0].digest != given.lower():
            raise Fault(f"The first root here is {self.roots[0].digest}, not the one that you gave.")
        for index, one in enumerate(self.roots):
            if not one.has_enough(one.said, "root"):
                raise Fault(f"{one.name} is not signed by enough of its own keys.")
            if index and not one.has_enough(self.roots[index - 1].said, "root"):
                raise Fault(f"{one.name} is not signed by enough keys of the root before it.")
        for name in export.below("tuf"):
            if name.endswith(".targets.json"):
                self.lists.append(signed_file(export, name, "targets"))
            elif name not in names:
                raise Fault(f"{name} does not belong to this export.")
        self.lists.sort(key=lambda one: int(one.said["version"]))
        return self.roots[0].digest if self.roots else ""

    def see_root(self, event: Event) -> None:
        version, digest = event["data"]["version"], event["data"]["digest"]
        if version != self.root + 1 or version > len(self.roots):
            raise Fault(
                f"Event {event['id']} tells of root {version}, which does not stand here in its turn."
            )
        if self.roots[version - 1].digest != digest:
            raise Fault(f"Event {event['id']} tells of another root {version} than the one in this export.")
        self.root = version
        self.seen.add(self.roots[version - 1].name)

    def see_roster(self, event: Event, export: Export) -> bool:
        """The roster of a line changes; it must be listed by the offline key of the root in force.

        True where it says anew that the log goes on from a checkpoint, whatever witnesses saw before.
        """
        line = subject(event, "line")
        name = f"rosters/{line}/{event['data']['version']}.json"
        data = export.read(name)
        digest = sha256(data).hexdigest()
        if digest != event["data"]["digest"]:
            raise Fault(f"{name} is not the roster of which event {event['id']} tells.")
        if not self.root:
            raise Fault(f"{name} was signed before there was a root.")
        root, at = self.roots[self.root - 1].said, moment(event["at"])
        for one in self.lists:
            entry = one.said["targets"].get(f"roster/{line}.json")
            fits = entry and (entry["length"], entry["hashes"].get("sha256")) == (len(data), digest)
            if fits and one.said["version"] >= self.listed and one.has_enough(root, "targets"):
                break
        else:
            raise Fault(f"{name} is in no list that the offline key of root {self.root} signed.")
        roster = json.loads(data, object_pairs_hook=unique)
        before = self.rosters.get(line, {"version": 0})["version"]
        if roster["line"] != line or roster["version"] != event["data"]["version"]:
            raise Fault(f"{name} is the roster of another line or version.")
        if roster["version"] <= before:
            raise Fault(f"{name} is older than the roster before it.")
        if at >= moment(root["expires"]):
            raise Fault(f"{name} was signed after root {self.root} had expired.")
        until = min(moment(roster["expires"]), moment(one.said["expires"]))
        self.listed = one.said["version"]
        self.rosters[line] = {**roster, "until": until}
        self.seen |= {name, one.name}
        return bool(roster.get("recovered")) and roster["recovered"]["since"] == roster["version"]

    def leftover(self, export: Export) -> None:
        """Rosters and metadata of which no event tells."""
        for name in export.below("rosters") + export.below("tuf"):
            if name not in self.seen:
                raise Fault(f"No event of the log tells of {name}.")
