"""Verifies an export of MLOps Portal's decision log, without the portal.

Needs Python 3.9 and cryptography. Prints one line for each check: "ok", "open" (this export does not hold
what would show it), "PLANT" (the export is what the log says, and the log tells of a fault of the plant, such
as a model that nobody approved) or "FAULT" (this export was tampered with). Exit code 0, 3 if only the plant
is at fault, else 1.

- Events are RFC 8785 lines; a leaf is SHA-256(0x00 || line), a node SHA-256(0x01 || left || right): RFC 9162.
- Checkpoints and the seal of the export are signed notes with Ed25519 (https://c2sp.org/signed-note).
- Statements are in-toto in DSSE encoding, signed by a passkey (WebAuthn, section 7.2) or by the seal.
- Who may approve with which key stands in rosters; offline keys sign them (TUF). --root is the digest of the
  first root, on the paper of the ceremony. Without it the export's own root is believed.
- Without --key the log's key in the export is believed. The format: docs/export-format.md.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from itertools import islice
from pathlib import Path

from approvals.verify.people import check_decisions, check_quorums, load_statements
from approvals.verify.proofs import (
    Fault,
    canonical,
    checkpoint_of,
    cosigners,
    parse,
    push,
    root,
    root_by_inclusion,
    roots_by_consistency,
    signed_text,
)
from approvals.verify.reading import Broken, Event, Export, Facts, Open
from approvals.verify.roots import Offline
from approvals.verify.story import MOST, TOLD, Story

FIELDS = {"v", "id", "type", "at", "actor", "channel", "subjects", "data", "personal"}
KEPT = (
    "approvals.decision.", "approvals.request.", "registry.version.added", "ledger.key.used",
    "ledger.personal.erased",
)  # fmt: skip
ALONE = {"export.json", "export.note"}


def check_seal(export: Export, facts: Facts, _story: Story) -> str:
    text, facts.key = signed_text(export.read("export.note").decode(), facts.keys)
    wanted = f"{facts.key.split('+')[0]}/export\n{sha256(export.read('export.json')).hexdigest()}\n"
    if text != wanted:
        raise Fault("export.json is not the one that was sealed.")
    listed = facts.told["files"]
    for name in sorted(set(listed) ^ (export.names - ALONE)):
        raise Fault(f"{name} is missing." if name in listed else f"{name} does not belong to this export.")
    for name, digest in sorted(listed.items()):
        hashed = sha256()
        with export.open(name) as file:
            for block in iter(lambda: file.read(1 << 20), b""):
                hashed.update(block)
        if hashed.hexdigest() != digest:
            raise Fault(f"{name} was changed after the export was sealed.")
    return f"The seal holds over {len(listed)} files; signed with {facts.key}."


def check_checkpoint(export: Export, facts: Facts, _story: Story) -> str:
    facts.size, facts.root, key = checkpoint_of(export.read("checkpoint.txt").decode(), facts.keys)
    if facts.size != facts.told["totals"]["leaves"]:
        raise Fault("checkpoint.txt covers another number of events than export.json says.")
    if key != facts.key:
        raise Fault("checkpoint.txt and the seal are signed with different keys.")
    return f"The checkpoint over {facts.size} events is signed."


def earlier(export: Export, facts: Facts) -> dict[int, bytes]:
    """Root by size of earlier checkpoints, each proved to lead to this one."""
    roots = {}
    for line in export.lines("proofs/checkpoints.jsonl"):
        one = parse(line)
        size, old, _key = checkpoint_of(one["note"], facts.keys)
        proof = [bytes.fromhex(step) for step in one["proof"]]
        if roots_by_consistency(size, facts.size, proof, old) != (old, facts.root):
            raise Fault(
                f"The log was rewritten: the checkpoint over {size} events does not lead to this one."
            )
        roots[size] = old
        facts.notes[size] = one["note"]
    return roots


def read_event(line: bytes) -> Event:
    try:
        event = parse(line)
    except ValueError as error:
        raise Fault(f"A line of events.jsonl is not canonical JSON: {error}.") from None
    if not isinstance(event, dict) or set(event) != FIELDS:
        raise Fault("A line of events.jsonl is not an event.")
    return event


def check_root(export: Export, facts: Facts, story: Story) -> str:
    """The chain of offline roots, and what people signed, before the events tell their story."""
    digest = story.offline.load(export, facts.given_root)
    load_statements(export, story)
    count = len(story.offline.roots)
    if not digest:
        raise Open("There is no offline root in this export: who might approve is the portal's word alone.")
    if not facts.given_root:
        raise Open(
            f"You gave no root, so the export's own is believed, and with it every roster, passkey and "
            f"origin. Compare its digest with the paper of the ceremony: {digest}"
        )
    return f"The {count} offline roots begin with the one that you gave."


def check_events(export: Export, facts: Facts, story: Story) -> str:
    """One pass over events, personal parts, readable rows and proofs, which stand in one order."""
    roots = earlier(export, facts)
    edge: list[tuple[int, bytes]] = []
    personal = map(parse, export.lines("personal.jsonl"))
    part = next(personal, None)
    rows = csv.reader(io.TextIOWrapper(export.open("log.csv"), "utf-8-sig", newline=""))
    next(rows)
    proofs = None if facts.whole else map(parse, export.lines("proofs/inclusion.jsonl"))
    last = -1
    for line in export.lines("events.jsonl"):
        event, leaf = read_event(line), sha256(b"\x00" + line).digest()
        if proofs is None:
            index = last + 1
            push(edge, leaf)
            if index + 1 in roots and roots[index + 1] != root(edge):
                raise Fault(f"The first {index + 1} events are not those of an earlier checkpoint.")
        else:
            one = next(proofs, None) or {"index": -1, "proof": []}
            index, steps = one["index"], [bytes.fromhex(step) for step in one["proof"]]
            if index <= last or root_by_inclusion(leaf, index, facts.size, steps) != facts.root:
                raise Fault(f"Event {event['id']} is not proved to stand in the log.")
        last = index
        if event["personal"] is not None:
            if part is not None and part["event"] == event["id"]:
                salted = bytes.fromhex(part["salt"]) + canonical(part["personal"]).encode()
                if sha256(salted).hexdigest() != event["personal"]:
                    raise Fault(f"The personal part of event {event['id']} was changed.")
                part = next(personal, None)
            else:
                facts.erased += 1
        row = next(rows, [])
        if row[:4] != [str(index), event["id"], event["at"], event["type"]]:
            raise Fault(f"log.csv says something else than event {event['id']}.")
        hear(event, export, facts, story)
    if part is not None or next(rows, None) is not None or (proofs is not None and next(proofs, None)):
        raise Fault("personal.jsonl, log.csv or the proofs speak of events that are not in events.jsonl.")
    if proofs is None and (facts.events, root(edge)) != (facts.size, facts.root):
        raise Fault("The events do not have the root that the checkpoint signs.")
    how = "are the whole log" if proofs is None else f"stand among the {facts.size} of the log"
    return f"{facts.events} events {how}; {len(roots)} earlier checkpoints lead to it."


def hear(event: Event, export: Export, facts: Facts, story: Story) -> None:
    facts.events += 1
    if event["type"].startswith(KEPT):
        facts.kept.append(event)
    if event["type"] in TOLD:
        story.see(event, export)


def check_totals(export: Export, facts: Facts, _story: Story) -> str:
    """A filtered export may leave out the event that tells of an erasure."""
    totals = facts.told["totals"]
    counted = {"events": facts.events, "erased": facts.erased, "leaves": facts.size}
    for name in ("statements", "evidence", "manifests", "policies"):
        counted[name] = len([one for one in export.below(name) if one.endswith(".json")])
    for name, count in counted.items():
        if totals[name] != count:
            raise Fault(f"export.json counts {totals[name]} {name}, the export holds {count}.")
    told = sum(event["data"]["count"] for event in facts.of("ledger.personal.erased"))
    if facts.whole and facts.erased != told:
        raise Fault(f"{facts.erased} personal parts are missing, but events tell of {told} erasures.")
    if facts.key not in [event["data"]["key"] for event in facts.of("ledger.key.used")]:
        raise Fault("The log names no such checkpoint key.")
    return f"The totals are right; {facts.erased} personal parts were erased."


def check_digests(export: Export, facts: Facts, _story: Story) -> str:
    """Files whose name is the digest of what they hold."""
    count = 0
    for name in export.below("evidence") + export.below("manifests"):
        if sha256(export.read(name)).hexdigest() != Path(name).stem:
            raise Fault(f"{name} is not what its name says.")
        count += 1
    for event in facts.of("approvals.request.submitted"):
        if f"evidence/{event['data']['evidence']}.json" not in export.names:
            raise Fault(f"The evidence of event {event['id']} is missing.")
    return f"{count} evidence packs and manifests are what their digests say."


def check_kept(kept: str, export: Export, facts: Facts) -> str:
    size, old, _key = checkpoint_of(kept, facts.keys)
    if size == facts.size:
        roots = {size: facts.root}
    elif facts.whole and size < facts.size:
        edge: list[tuple[int, bytes]] = []
        for line in islice(export.lines("events.jsonl"), size):
            push(edge, sha256(b"\x00" + line).digest())
        roots = {size: root(edge)}
    else:
        roots = earlier(export, facts)
    if size not in roots:
        raise Open(f"This export does not show whether it continues your checkpoint over {size} events.")
    if roots[size] != old:
        raise Fault(f"The log was rewritten: its first {size} events are not those of your checkpoint.")
    return f"The log continues your checkpoint over {size} events."


def check_rosters(export: Export, _facts: Facts, story: Story) -> str:
    story.offline.leftover(export)
    weak = sorted(line for line, one in story.offline.rosters.items() if one["minimum_assurance"] == "code")
    told = f"; on {', '.join(weak)} the portal's own seal suffices" if weak else ""
    return f"Offline keys signed the rosters in force, of {len(story.offline.rosters)} lines{told}."


def check_releases(_export: Export, _facts: Facts, story: Story) -> str:
    """The headline."""
    if story.count:
        raise Broken(story.broken, story.count)
    if story.unshown:
        raise Open(f"{story.unshown} releases or reports rest on events outside of this part of the log.")
    return (
        f"{story.releases} releases and {story.reports} reports of models that ran match what people "
        "approved: artifact, machine, number, roster, in their order."
    )


def check_witnesses(_export: Export, facts: Facts, story: Story) -> str:
    """Who saw the log grow: nodes whose keys the rosters in force name, each cosigning what it saw."""
    rosters = story.offline.rosters.values()
    known = sorted({key for one in rosters for key in one.get("witnesses", [])})
    reach: dict[str, int] = {}
    for size, note in sorted(facts.notes.items()):
        reach.update(dict.fromkeys(cosigners(note, known), size))
    if len(reach) < facts.witnesses:
        raise Fault(f"You ask for {facts.witnesses} witnesses; {len(reach)} whom a roster names cosigned it.")
    if story.refused:
        told = [
            f"{one['data']['witness']} refused a checkpoint of {one['data']['size']} events after one of "
            f"{one['data']['seen']} (event {one['id']})"
            for one in story.refused
        ]
        raise Broken(told[:MOST], len(told))
    if not reach:
        raise Open(
            "No witness whom a roster names cosigned this log: others may have been shown another one."
        )
    sizes = sorted(reach.values(), reverse=True)
    wanted = facts.witnesses or 1
    later = facts.size - sizes[wanted - 1]
    return (
        f"{len(reach)} of {len(known)} witnesses cosigned this log, {wanted} of them its first "
        f"{sizes[wanted - 1]} events; no witness is shown for the {later} after that."
    )


def check_complete(_export: Export, facts: Facts, _story: Story) -> str:
    if not facts.whole:
        raise Open("This is a part of the log: that nothing else happened is not shown.")
    return "The events are all that the checkpoint covers."


CHECKS = (
    ("seal", check_seal),
    ("checkpoint", check_checkpoint),
    ("root", check_root),
    ("events", check_events),
    ("complete", check_complete),
    ("totals", check_totals),
    ("digests", check_digests),
    ("rosters", check_rosters),
    ("witnesses", check_witnesses),
    ("decisions", check_decisions),
    ("quorums", lambda _export, facts, story: check_quorums(facts, story)),
    ("releases", check_releases),
)
UNSEEN = """Not checked, because no export can show it:
- whether the portal shows others another log, or went back to an older one, beyond what witnesses cosigned:
  keep checkpoint.txt, give it next time with --checkpoint;
- whether what happened after this checkpoint is told, and whether times are true;
- whether machines, people and gates told the truth, and whether people read what they signed;
- whether log.pdf and the sentences of log.csv say the same as events.jsonl.
"""


def run(name: str, check: Callable[[], str]) -> str:
    """Print the outcome of one check; returns its word."""
    try:
        word, text = "ok", check()
    except Open as open_:
        word, text = "open", str(open_)
    except Broken as broken:
        more = f" … {broken.count} in all." if broken.count > len(broken.sentences) else ""
        word, text = "PLANT", str(broken) + more
    except Fault as fault:
        word, text = "FAULT", str(fault)
    except Exception as error:  # whatever a damaged file makes of the code above, it is a fault
        word, text = "FAULT", f"Something cannot be read ({type(error).__name__}: {error})."
    sys.stdout.write(f"{word:5}  {name:10}  {text}\n")
    return word


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("export", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--root", default="", help="SHA-256 of the first offline root, from the ceremony")
    parser.add_argument("--key", help="the public key of the log as you were given it")
    parser.add_argument("--witnesses", type=int, default=0, help="how many edge nodes must have cosigned it")
    parser.add_argument("--checkpoint", type=Path, help="a checkpoint.txt that you kept from before")
    given = parser.parse_args()
    opened: list[tuple[Export, Facts, Story]] = []

    def begin() -> str:
        export = Export(given.export)
        keys = [given.key] if given.key else export.value("keys/checkpoint.json")
        told = export.value("export.json")
        if told["format"] != "mlops-portal/export@2" or set(told["filter"]) != {"from", "to", "model"}:
            raise Fault("This is an export of another format.")
        facts = Facts(told, keys, "".join(given.root.split()), given.witnesses)
        opened.append((export, facts, Story(Offline(), facts.whole)))
        return "The whole log." if facts.whole else f"A part of the log: {canonical(told['filter'])}."

    words = [run("export", begin)]
    if opened:
        words += [run(name, partial(check, *opened[0])) for name, check in CHECKS]
        if given.checkpoint:
            kept = given.checkpoint.read_text(encoding="utf-8")
            words.append(run("kept", lambda: check_kept(kept, *opened[0][:2])))
        sys.stdout.write(UNSEEN)
    if "FAULT" in words:
        sys.stdout.write("Do not rely on this export.\n")
        return 1
    if "PLANT" in words:
        sys.stdout.write(
            "The export is what the log says. The log tells of a fault of the plant: see PLANT.\n"
        )
        return 3
    rooted = given.root or "open" not in words
    sys.stdout.write(f"Nothing is wrong with this export{'' if rooted else ', as far as it is rooted'}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
