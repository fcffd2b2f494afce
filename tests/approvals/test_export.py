"""Exports: complete, the same bytes for the same log, safe to open, verified without the portal."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.utils import timezone

from approvals import export_sources
from approvals.selectors.records.export import Scope, scope_of
from approvals.selectors.records.export_offline import offline_told
from approvals.tasks.export_zip import digest_of
from edge_sync.selectors.roster import root_digest
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.ledger.selectors import checkpoint_latest
from mlops_portal.foundation.ledger.services import log_sequence, personal_erase
from mlops_portal.foundation.shell.models import Job
from mlops_portal.foundation.wire.errors import Invalid
from tests.approvals.export_case import cryptography_alone, decided, files_of, made, verified
from tests.approvals.world import Bench
from tests.edge_sync.plant import ceremony

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, settings: Any) -> None:
    """Keys and repository of this test alone."""
    settings.VAR_DIR = tmp_path / "var"


@pytest.fixture
def decided_bench(_own_files: None, bench: Bench) -> Bench:
    return decided(bench)


@pytest.fixture
def run(tmp_path):
    packages = cryptography_alone(tmp_path / "packages")

    def verify(export: Path, *more: str):
        verifier = tmp_path / "verify.py"
        verifier.write_bytes(files_of(export)["verify.py"])
        return verified(verifier, export, *more, packages=packages)

    return verify


def test_the_whole_log_verifies_with_python_and_cryptography_alone(decided_bench, tmp_path, run):
    out = made(Scope(), tmp_path / "e.zip")
    answer = run(out, "--root", root_digest())
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "FAULT" not in answer.stdout
    assert "open " not in answer.stdout
    assert "2 decisions are signed" in answer.stdout
    assert "3 releases and 6 reports of models that ran match" in answer.stdout
    assert "1 of them sealed by the portal: weaker" in answer.stdout
    assert "2 approvals rest on a quorum" in answer.stdout


def test_a_passkey_deleted_before_any_ceremony_does_not_spoil_the_proof(decided_bench, tmp_path, run):
    Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN).delete()
    answer = run(made(Scope(), tmp_path / "e.zip"))
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "2 decisions are signed" in answer.stdout


def test_a_portal_that_moved_to_another_address_stays_verifiable(decided_bench, tmp_path, run, settings):
    root = root_digest()
    settings.PUBLIC_URL = "https://portal.example:8443"
    before = run(made(Scope(), tmp_path / "1.zip"), "--root", root)
    assert before.returncode == 0, before.stdout
    ceremony()  # the rosters name the new address now
    log_sequence()
    after = run(made(Scope(), tmp_path / "2.zip"), "--root", root)
    assert after.returncode == 0, after.stdout
    assert "open " not in after.stdout


def test_a_ceremony_held_while_an_export_is_made_is_not_in_it(decided_bench, tmp_path, run):
    log_sequence()
    last = checkpoint_latest()
    assert last is not None
    ceremony()
    told = offline_told(export_sources.files(), size=last.size)
    assert sorted(told) == [
        "rosters/line-1/1.json", "rosters/line-2/1.json", "tuf/1.root.json", "tuf/1.targets.json",
    ]  # fmt: skip


def test_a_part_of_the_log_is_proved_event_by_event(decided_bench, tmp_path, run):
    scope = Scope(model=decided_bench.model.slug)
    out = made(scope, tmp_path / "e.zip")
    assert "proofs/inclusion.jsonl" in files_of(out)
    answer = run(out)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "A part of the log" in answer.stdout


def test_the_same_log_and_filter_give_the_same_bytes(decided_bench, tmp_path):
    first = made(Scope(), tmp_path / "1.zip")
    second = made(Scope(), tmp_path / "2.zip")
    assert first.read_bytes() == second.read_bytes()


def test_an_unpacked_export_verifies_by_its_own_verifier(decided_bench, tmp_path, run):
    out = made(Scope(), tmp_path / "e.zip")
    folder = tmp_path / "unpacked"
    for name, data in files_of(out).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    answer = verified(folder / "verify.py", folder, packages=tmp_path / "packages")
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_lines_are_the_texts_of_the_leaves_and_nothing_of_erased_people_is_left(decided_bench, tmp_path):
    files = files_of(made(Scope(), tmp_path / "e.zip"))
    lines = files["events.jsonl"].decode().splitlines()
    texts = Event.objects.filter(leaf__isnull=False).order_by("leaf__index").values_list("public", flat=True)
    assert lines == list(texts)
    erased = decided_bench.cast.one.ml_engineer.name.encode()
    for name in ("personal.jsonl", "log.csv"):
        assert erased not in files[name]


def test_the_table_opens_without_running_a_formula(decided_bench, tmp_path):
    files = files_of(made(Scope(), tmp_path / "e.zip"))
    rows = list(csv.reader(io.StringIO(files["log.csv"].decode("utf-8-sig"))))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert files["log.pdf"].startswith(b"%PDF-")


def test_the_commands_of_the_readme_verify_with_openssl(decided_bench, tmp_path):
    out = made(Scope(), tmp_path / "e.zip")
    folder = tmp_path / "unpacked"
    for name, data in files_of(out).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    text = (folder / "README.txt").read_text()
    commands = [
        line.strip() for line in text.splitlines() if line.startswith(("    openssl", "    head", "    tail"))
    ]
    assert len([one for one in commands if one.startswith("openssl")]) == 3
    for command in commands:
        subprocess.run(["bash", "-c", command], cwd=folder, check=True, capture_output=True)


def test_a_kept_checkpoint_shows_that_the_log_goes_on(decided_bench, tmp_path, run):
    old = files_of(made(Scope(), tmp_path / "old.zip"))
    decided_bench.model.refresh_from_db()
    personal_erase(actor=SYSTEM, kind="person", id="nobody")
    out = made(Scope(), tmp_path / "new.zip")
    kept = tmp_path / "kept.txt"
    kept.write_bytes(old["checkpoint.txt"])
    answer = run(out, "--checkpoint", str(kept))
    assert answer.returncode == 0, answer.stdout
    assert "The log continues your checkpoint" in answer.stdout


def test_another_key_than_the_one_given_is_a_fault(decided_bench, tmp_path, run):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from mlops_portal.foundation.ledger.selectors import keys
    from mlops_portal.foundation.wire.note import public_key

    out = made(Scope(), tmp_path / "e.zip")
    other = str(public_key(keys.origin(), Ed25519PrivateKey.generate()))
    assert run(out, "--key", other).returncode == 1
    assert run(out, "--key", str(keys.checkpoint_verifier())).returncode == 0


def test_the_command_writes_the_file_and_the_log_tells_of_it(decided_bench, tmp_path):
    out = tmp_path / "log.zip"
    printed = io.StringIO()
    call_command("ledger_export", "--out", str(out), "--json", stdout=printed)
    told = json.loads(printed.getvalue())
    assert told["sha256"] == digest_of(out)
    event = Event.objects.get(type="log.exported")
    assert event.data["digest"] == told["sha256"]
    assert event.data["filter"] == {"from": "", "to": "", "model": ""}
    assert sorted(one.name for one in tmp_path.iterdir()) == ["log.zip", "var"]


@pytest.mark.parametrize(
    "wrong", [{"model": "nothing"}, {"from": "yesterday"}, {"from": "2026-02-01", "to": "2026-01-01"}]
)
def test_a_filter_that_fits_nothing_is_refused_in_one_sentence(decided_bench, tmp_path, wrong):
    with pytest.raises(Invalid):
        scope_of(wrong)
    given = [f"--{name}={value}" for name, value in wrong.items()]
    with pytest.raises(CommandError):
        call_command("ledger_export", "--out", str(tmp_path / "x.zip"), *given)
    assert [one.name for one in tmp_path.iterdir()] == ["var"]


def test_times_bound_the_events(decided_bench, tmp_path):
    later = timezone.now() + timedelta(hours=1)
    files = files_of(made(Scope(since=later), tmp_path / "e.zip"))
    types = {json.loads(line)["type"] for line in files["events.jsonl"].splitlines()}
    assert types == {"ledger.key.used", "edge.root.signed", "edge.roster.signed"}
    assert scope_of({"from": "2026-01-01"}).since == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_a_person_asks_on_the_page_watches_and_downloads(bench, client_for):
    auditor = client_for(bench.cast.whole.auditor)
    answer = auditor.post("/log/exports/", {"from": "", "to": "", "model": bench.model.slug})
    job = Job.objects.get()
    assert answer.headers["Location"] == f"/jobs/{job.pk}/"
    assert job.state == "done"
    assert job.result_url.startswith("/log/exports/")
    page = auditor.get(job.result_url).content.decode()
    assert "SHA-256" in page
    event = Event.objects.get(type="log.exported")
    assert event.actor_id == str(bench.cast.whole.auditor.pk)
    file = b"".join(auditor.get(f"{job.result_url}file/").streaming_content)
    assert file[:2] == b"PK"
    listed = auditor.get("/api/v1/exports/").json()["results"]
    assert [one["digest"] for one in listed] == [event.data["digest"]]
    again = b"".join(auditor.get(f"/api/v1/exports/{event.data['digest']}/file/").streaming_content)
    assert again == file
    assert event.data["digest"] in auditor.get("/log/exports/").content.decode()


def test_only_who_may_export_does(bench, client_for):
    engineer = client_for(bench.cast.whole.ml_engineer)
    for address in ("/log/exports/", "/api/v1/exports/", f"/log/exports/{'0' * 64}/"):
        assert engineer.get(address).status_code == 403
    assert engineer.post("/log/exports/").status_code == 403
    auditor = client_for(bench.cast.whole.auditor)
    assert auditor.get(f"/log/exports/{'0' * 64}/").status_code == 404
    assert auditor.post("/log/exports/", {"from": "nonsense"}).status_code == 422


def test_a_source_adds_files_and_none_that_would_land_elsewhere(monkeypatch):
    monkeypatch.setitem(export_sources._sources, "extra", lambda: [("a/b.json", b"1")])
    assert export_sources.files()["extra/a/b.json"] == b"1"
    for name in ("../b", "/b", "a//b", ""):
        monkeypatch.setitem(export_sources._sources, "extra", lambda name=name: [(name, b"1")])
        with pytest.raises(ValueError):
            export_sources.files()
