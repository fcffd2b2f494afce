"""The verifier finds whatever was changed in an export, in a Python that has cryptography alone."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest

from approvals.verify import proofs
from approvals.verify.source import verifier
from mlops_portal.foundation.ledger.selectors import keys
from mlops_portal.foundation.wire import jcs, note
from mlops_portal.foundation.wire.checkpoint import Checkpoint
from tests.approvals.export_case import Files, cryptography_alone, files_of, packed, sealed_again, verified

pytestmark = pytest.mark.django_db  # the export is made once, out of rows that are taken back
Change = Callable[[Files], Files]


@pytest.fixture(scope="module")
def exported(django_db_setup, django_db_blocker, tmp_path_factory) -> dict[str, Files]:
    """The files of a whole export and of a part, made once; the rows are taken back."""
    from django.db import transaction

    from approvals.selectors.records.export import Scope
    from tests.approvals.export_case import decided, made
    from tests.approvals.world import make_bench
    from tests.cast import make_cast

    folder = tmp_path_factory.mktemp("exports")
    patch = pytest.MonkeyPatch()
    with django_db_blocker.unblock(), transaction.atomic():
        bench = decided(make_bench(make_cast()))
        scopes = {"whole": Scope(), "part": Scope(model=bench.model.slug)}
        found = {
            name: files_of(made(bench, scope, folder / f"{name}.zip", patch))
            for name, scope in scopes.items()
        }
        transaction.set_rollback(True)
    patch.undo()
    return found


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("verifier")
    packages = cryptography_alone(folder / "packages")
    (folder / "verify.py").write_bytes(verifier())

    def verify(files: Files | bytes, *more: str) -> Any:
        export = folder / "export.zip"
        export.write_bytes(files if isinstance(files, bytes) else packed(files))
        return verified(folder / "verify.py", export, *more, packages=packages)

    return verify


def names(files: Files, beginning: str, end: str = "") -> list[str]:
    found = [one for one in sorted(files) if one.startswith(beginning) and one.endswith(end)]
    assert found, f"nothing below {beginning}"
    return found


# ---- one file changed, the seal as it was

FILES = (
    "README.txt", "checkpoint.txt", "events.jsonl", "export.json", "export.note", "keys/checkpoint.json",
    "keys/signing.json", "log.csv", "log.pdf", "personal.jsonl", "proofs/checkpoints.jsonl", "verify.py",
)  # fmt: skip
FOLDERS = ("statements/", "evidence/", "manifests/", "policies/", "rosters/", "keys/passkey", "keys/seal")


@pytest.mark.parametrize("name", [*FILES, *FOLDERS])
def test_a_changed_byte_in_any_file_is_found(exported, run, name):
    files = exported["whole"]
    name = names(files, name)[0]
    data = bytearray(files[name])
    data[len(data) // 2] ^= 1
    assert run({**files, name: bytes(data)}).returncode == 1


@pytest.mark.parametrize("name", [*FILES, *FOLDERS])
def test_a_missing_file_is_found(exported, run, name):
    files = exported["whole"]
    name = names(files, name)[0]
    answer = run({one: data for one, data in files.items() if one != name})
    assert answer.returncode == 1


@pytest.mark.parametrize("name", ["extra.txt", "statements/extra.json", "../outside.txt", "/etc/outside"])
def test_a_file_too_many_is_found(exported, run, name):
    assert run({**exported["whole"], name: b"1"}).returncode == 1


def test_a_file_that_stands_twice_is_found(exported, run):
    import io
    import warnings
    import zipfile

    held = io.BytesIO(packed(exported["whole"]))
    with warnings.catch_warnings(), zipfile.ZipFile(held, "a") as out:
        warnings.simplefilter("ignore")
        out.writestr("log.csv", b"other")
    answer = run(held.getvalue())
    assert answer.returncode == 1
    assert "twice" in answer.stdout


# ---- changed and sealed again, as whoever holds the log's key could


def lines(name: str, change: Callable[[list[bytes]], list[bytes]]) -> Change:
    return lambda files: {
        **files, name: b"".join(one + b"\n" for one in change(files[name].splitlines()))
    }  # fmt: skip


def text(name: str, old: str, new: str) -> Change:
    def change(files: Files) -> Files:
        found = next(one for one in names(files, name) if old.encode() in files[one])
        return {**files, found: files[found].replace(old.encode(), new.encode(), 1)}

    return change


def renamed(beginning: str, change: Callable[[Any], object], holding: bytes = b"") -> Change:
    """Change the JSON of a file that is named after its digest, and name it anew."""

    def changed(files: Files) -> Files:
        name = next(one for one in names(files, beginning, ".json") if holding in files[one])
        value = json.loads(files[name])
        change(value)
        data = jcs.canonical(value)
        rest = {one: held for one, held in files.items() if one != name}
        return {**rest, f"{beginning}{sha256(data).hexdigest()}.json": data}

    return changed


def statement(change: Callable[[dict[str, Any]], object], pick: str = "passkey") -> Change:
    """Change what somebody signed; the signature stays as it was."""

    def changed(files: Files) -> Files:
        name = next(
            one for one in names(files, "statements/", ".json")
            if json.loads(files[one])["envelope"]["kind"] == pick
        )  # fmt: skip
        held = json.loads(files[name])
        said = json.loads(base64.b64decode(held["statement"]))
        change(said)
        held["statement"] = base64.b64encode(jcs.canonical(said)).decode()
        return {**files, name: jcs.canonical(held)}

    return changed


def envelope(change: Callable[[dict[str, Any]], object], pick: str = "passkey") -> Change:
    def changed(files: Files) -> Files:
        name = next(
            one for one in names(files, "statements/", ".json")
            if json.loads(files[one])["envelope"]["kind"] == pick
        )  # fmt: skip
        held = json.loads(files[name])
        change(held["envelope"])
        return {**files, name: jcs.canonical(held)}

    return changed


def client(**lies: Any) -> Change:
    """Another client data: a signature made for another page, statement or purpose."""

    def change(held: dict[str, Any]) -> None:
        said = json.loads(proofs.unurl(held["client_data"]))
        said.update(lies)
        raw = base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=")
        held["client_data"] = raw.decode()

    return envelope(change)


def signing(change: Callable[[dict[str, Any]], object]) -> Change:
    def changed(files: Files) -> Files:
        known = json.loads(files["keys/signing.json"])
        change(known)
        return {**files, "keys/signing.json": jcs.canonical(known)}

    return changed


def personal(change: Callable[[dict[str, Any]], object]) -> Change:
    def changed(rows: list[bytes]) -> list[bytes]:
        first = json.loads(rows[0])
        change(first)
        return [jcs.canonical(first), *rows[1:]]

    return lines("personal.jsonl", changed)


def removed(beginning: str, end: str = "") -> Change:
    return lambda files: {one: data for one, data in files.items() if one != names(files, beginning, end)[0]}


WHOLE: dict[str, Change] = {
    "an event left out": lines("events.jsonl", lambda rows: rows[:3] + rows[4:]),
    "the last event left out": lines("events.jsonl", lambda rows: rows[:-1]),
    "an event twice": lines("events.jsonl", lambda rows: [*rows, rows[-1]]),
    "two events in another order": lines("events.jsonl", lambda rows: [rows[1], rows[0], *rows[2:]]),
    "another time of an event": text("events.jsonl", '"at":"20', '"at":"19'),
    "another verdict in an event": text("events.jsonl", '"verdict":"approve"', '"verdict":"reject"'),
    "another actor of an event": text("events.jsonl", '"kind":"person"', '"kind":"system"'),
    "an event with blanks": text("events.jsonl", '"v":1', '"v": 1'),
    "an event that is no event": lines("events.jsonl", lambda rows: [b"{}", *rows[1:]]),
    "a line cut short": lambda files: {**files, "events.jsonl": files["events.jsonl"][:-1]},
    "another name in a personal part": personal(lambda one: one["personal"].update(actor="Somebody else")),
    "another salt": personal(lambda one: one.update(salt="00" * 32)),
    "a personal part of another event": personal(lambda one: one.update(event="0" * 36)),
    "a personal part held back": lines("personal.jsonl", lambda rows: rows[1:]),
    "another time in the table": text("log.csv", ",20", ",19"),
    "a row of the table left out": lines("log.csv", lambda rows: rows[:-1]),
    "a checkpoint of another size": text("checkpoint.txt", "\n", "\n1"),
    "an earlier checkpoint of another root": lines(
        "proofs/checkpoints.jsonl", lambda rows: [*rows, *rows[:0], b'{"note":"x\\n\\n","proof":[]}']
    ),
    "another comment signed": statement(lambda said: said["predicate"].update(comment="other")),
    "another artifact signed": statement(lambda said: said["subject"][0]["digest"].update(sha256="0" * 64)),
    "more machines signed": statement(lambda said: said["predicate"]["targets"].update({"press-9": 1})),
    "a later end signed": statement(lambda said: said["predicate"].update(notAfter="2099-01-01T00:00:00Z")),
    "another comment sealed": statement(lambda said: said["predicate"].update(comment="other"), "seal"),
    "a signature of zeros": envelope(lambda held: held.update(signature="AAAA")),
    "a seal of zeros": envelope(lambda held: held.update(signature="00" * 64), "seal"),
    "a seal of another key": envelope(lambda held: held.update(key_id="0" * 64), "seal"),
    "a passkey of nobody": envelope(lambda held: held.update(credential_id="AAAA")),
    "a signature made for another site": client(origin="https://portal.example"),
    "a signature made in a frame": client(crossOrigin=True),
    "a signature with a top site": client(topOrigin="https://portal.example"),
    "a signature made for signing in": client(challenge="AAAA"),
    "a signature made at registration": client(type="webauthn.create"),
    "somebody else's passkey": signing(lambda known: known["passkeys"][0].update(person="0" * 36)),
    "other origins": signing(lambda known: known.update(origins=["https://portal.example"])),
    "another relying party": signing(lambda known: known.update(rp_id="portal.example")),
    "no passkeys": signing(lambda known: known.update(passkeys=[])),
    "no seal keys": signing(lambda known: known.update(seals=[])),
    "a statement held back": removed("statements/", ".json"),
    "evidence held back": removed("evidence/"),
    "a policy held back": removed("policies/"),
    "evidence with other gates": renamed("evidence/", lambda pack: pack["gates"].clear()),
    "evidence under its old name": text("evidence/", '"met":true', '"met":false'),
    "a manifest under its old name": text("manifests/", '"label":"ok"', '"label":"no"'),
    "a manifest of others": renamed("manifests/", lambda kept: kept["rows"].clear(), b'"label"'),
    "a softer policy": text("policies/", '"label_share":0.2', '"label_share":0.9'),
    "other bytes for openssl": lambda files: {**files, names(files, "statements/", ".sig")[0]: b"1"},
    "no such key in the log": lines(
        "events.jsonl", lambda rows: [one.replace(b"ledger.key.used", b"ledger.key.lost") for one in rows]
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
def test_what_the_holder_of_the_key_changes_is_found(exported, run, name):
    before = exported["whole"]
    after = WHOLE[name](before)
    assert after != before
    answer = run(sealed_again(after))
    assert answer.returncode == 1, answer.stdout
    faults = [line for line in answer.stdout.splitlines() if line.startswith("FAULT")]
    assert faults
    assert not [line for line in faults if "seal " in line], faults


PART: dict[str, Change] = {
    "another event": text("events.jsonl", '"at":"20', '"at":"19'),
    "another place": lines("proofs/inclusion.jsonl", lambda rows: [rows[1], rows[0], *rows[2:]]),
    "no proof": lines("proofs/inclusion.jsonl", lambda rows: rows[:-1]),
    "a proof too many": lines("proofs/inclusion.jsonl", lambda rows: [*rows, rows[-1]]),
    "a proof cut short": text("proofs/inclusion.jsonl", '","', '"],["'),
    "two events in another order": lines("events.jsonl", lambda rows: [rows[1], rows[0], *rows[2:]]),
}


@pytest.mark.parametrize("name", PART)
def test_in_a_part_of_the_log_every_event_needs_its_proof(exported, run, name):
    answer = run(sealed_again(PART[name](exported["part"])))
    assert answer.returncode == 1, answer.stdout


@pytest.mark.parametrize(
    "total", ["events", "leaves", "erased", "statements", "evidence", "manifests", "policies"]
)
def test_totals_that_do_not_hold_are_found(exported, run, total):
    files = sealed_again(exported["whole"], lambda told: told["totals"].update({total: 99}))
    answer = run(files)
    assert answer.returncode == 1
    assert "99" in answer.stdout or "another number" in answer.stdout


def test_a_part_that_calls_itself_the_whole_is_found(exported, run):
    empty = {"from": "", "to": "", "model": ""}
    files = sealed_again(exported["part"], lambda told: told.update(filter=empty))
    assert run(files).returncode == 1


def rewritten(files: Files, old: bytes, new: bytes) -> Files:
    """The log as a thief would write it anew: another event, its root signed, nothing earlier to compare."""
    lines_ = files["events.jsonl"].replace(old, new, 1).splitlines()
    edge: list[tuple[int, bytes]] = []
    for one in lines_:
        proofs.push(edge, sha256(b"\x00" + one).digest())
    claim = Checkpoint(keys.origin(), len(lines_), proofs.root(edge)).text()
    signed = note.sign(claim, name=keys.origin(), private=keys.checkpoint_key())
    table = files["log.csv"]
    if old.startswith(b'"type"'):
        table = table.replace(old.split(b'"')[3], new.split(b'"')[3], 1)
    return {
        **files,
        "log.csv": table,
        "events.jsonl": b"".join(one + b"\n" for one in lines_),
        "checkpoint.txt": signed.encode(),
        "proofs/checkpoints.jsonl": b"",
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"verdict":"approve"', b'"verdict":"reject"'),
        (b'"assurance":"code"', b'"assurance":"passkey"'),
        (b'"key":{"id":"', b'"key":{"id":"x'),
        (b'"type":"approvals.decision.signed"', b'"type":"approvals.request.expired"'),
        (b'"type":"approvals.request.submitted"', b'"type":"approvals.request.approved"'),
        (b'"count":', b'"count":1'),
    ],
)
def test_a_log_written_anew_and_signed_does_not_fit_what_people_signed(exported, run, old, new):
    answer = run(sealed_again(rewritten(exported["whole"], old, new)))
    assert answer.returncode == 1, answer.stdout
    assert "ok     events" in answer.stdout


def test_a_log_written_anew_does_not_fit_a_checkpoint_kept_elsewhere(exported, run, tmp_path):
    kept = tmp_path / "kept.txt"
    kept.write_bytes(exported["whole"]["checkpoint.txt"])
    anew = rewritten(exported["whole"], b'"channel":"command"', b'"channel":"page"')
    assert run(sealed_again(anew)).returncode == 0
    answer = run(sealed_again(anew), "--checkpoint", str(kept))
    assert answer.returncode == 1
    assert "The log was rewritten" in answer.stdout


def test_without_rosters_quorums_stay_open_and_nothing_is_wrong(exported, run):
    files = {name: data for name, data in exported["whole"].items() if not name.startswith("rosters/")}
    answer = run(sealed_again(files))
    assert answer.returncode == 0, answer.stdout
    assert "open   quorums" in answer.stdout


def test_untouched_exports_verify(exported, run):
    for files in exported.values():
        answer = run(files)
        assert answer.returncode == 0, answer.stdout
        answer = run(sealed_again(files))
        assert answer.returncode == 0, answer.stdout
