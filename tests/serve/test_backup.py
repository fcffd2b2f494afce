"""A backup is believed after it was restored; a restore is whole or nothing, and never goes back unseen."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyrage
import pytest
from django.db import connection, transaction
from django.utils import timezone

from edge_sync.repository.layout import Layout
from mlops_portal.above.serve.backup import making, sqlite
from mlops_portal.above.serve.backup.archive import Writer
from mlops_portal.above.serve.backup.errors import ArchiveUnfit, BackupFailed, OlderThanSeen, PlaceTaken
from mlops_portal.above.serve.backup.making import Made, backup_make
from mlops_portal.above.serve.backup.restoring import Recovery, Restored, restore
from mlops_portal.above.serve.backup.standing import Seen, Standing, behind, seen_in
from mlops_portal.above.serve.doctor import backups
from mlops_portal.above.serve.doctor.finding import State
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.ledger.selectors import checkpoint_latest, log_verify
from mlops_portal.foundation.ledger.services import event_record, log_sequence
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.registry.models import Artifact
from mlops_portal.foundation.registry.services import artifact_put, artifact_read
from mlops_portal.foundation.wire.errors import NotAllowed
from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def portal(cast: Cast, tmp_path: Path, settings: Any) -> Cast:
    """A portal with a log, files and published metadata, in folders of its own."""
    settings.VAR_DIR = tmp_path / "var"
    settings.VAR_DIR.mkdir()
    artifact_put(data=b"a model", kind="onnx", name="model.onnx")
    log_sequence()
    metadata = settings.VAR_DIR / "tuf" / "metadata"
    metadata.mkdir(parents=True)
    (metadata / "7.snapshot.json").write_text("{}")
    (settings.VAR_DIR / "demo-offline").mkdir()
    (settings.VAR_DIR / "demo-offline" / "root-1.pem").write_text("never")
    return cast


@pytest.fixture
def empty(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """From its first use on everything of the portal lies elsewhere, where nothing is yet."""
    folder = tmp_path / "new"
    settings.VAR_DIR = folder
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(folder / "storage")},
        }
    }
    with _empty_database(folder):
        yield folder


@contextmanager
def _empty_database(folder: Path) -> Iterator[None]:
    if connection.vendor == "sqlite":
        with sqlite.opened(folder / "portal.sqlite3"):
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA elsewhere")
        cursor.execute("SET search_path TO elsewhere")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET search_path TO public")
            cursor.execute("DROP SCHEMA elsewhere CASCADE")


def last_checkpoint(path: Path) -> Path:
    latest = checkpoint_latest()
    assert latest is not None
    path.write_text(latest.note, encoding="utf-8")
    return path


def something_happens() -> None:
    with transaction.atomic():
        event_record(type="serve.backup.made", actor=SYSTEM, public={"events": 0})
    log_sequence()


def nothing_in(folder: Path) -> bool:
    return not folder.exists() or not any(one.is_file() for one in folder.rglob("*"))


@pytest.fixture
def kept(portal: Cast, tmp_path: Path) -> Path:
    """The newest checkpoint of the time before the backup, kept by an auditor."""
    something_happens()
    return last_checkpoint(tmp_path / "checkpoint.txt")


@pytest.fixture
def made(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Made:
    """On PostgreSQL without the trial, which makes all tables once more."""
    if connection.vendor == "postgresql":
        monkeypatch.setattr(making, "restore_tried", lambda *_args, **_named: Restored(timezone.now()))
    return backup_make(tmp_path / "one.tar.gz")


@pytest.fixture
def later(made: Made, tmp_path: Path) -> Path:
    """A checkpoint that came after the backup."""
    something_happens()
    return last_checkpoint(tmp_path / "later.txt")


@pytest.mark.services
def test_what_was_backed_up_comes_back_into_an_empty_place(made: Made, kept: Path, empty: Path) -> None:
    restored = restore(made.path, seen=[seen_in(kept)])
    assert (restored.older, restored.lacking) == ([], [])
    assert artifact_read(Artifact.objects.get()) == b"a model"
    assert not log_verify(kept=kept.read_text()).faults
    assert Person.objects.get(username="administrator-whole").check_password(PASSWORD)
    assert Event.objects.filter(type="ledger.log.restored").exists()
    something_happens()  # numbers of rows go on where they were
    assert not any(folder.suffix == ".restoring" for folder in empty.iterdir())


def test_offline_keys_are_never_in_it_and_online_keys_only_sealed(kept: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupFailed, match="encrypted"):
        backup_make(tmp_path / "no.tar.gz", with_keys=True)
    made = backup_make(tmp_path / "open.tar.gz")
    with tarfile.open(made.path) as tar:
        names = tar.getnames()
        manifest = json.load(tar.extractfile("manifest.json"))  # type: ignore[arg-type]
    assert not [name for name in names if "key" in name or "offline" in name or name.endswith(".pem")]
    assert [one["file"] for one in manifest["keys"]] == ["checkpoint.pem"]
    assert "tuf/metadata/7.snapshot.json" in names


def test_a_sealed_archive_opens_with_its_key_alone(kept: Path, tmp_path: Path, settings: Any) -> None:
    own, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    made = backup_make(tmp_path / "one.age", recipients=[str(own.to_public())], with_keys=True)
    key = settings.VAR_DIR / "keys" / "checkpoint.pem"
    was, settings.VAR_DIR = key.read_bytes(), tmp_path / "new"
    settings.STORAGES = settings.STORAGES | {"default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path / "new/storage")}}}  # fmt: skip
    with sqlite.opened(tmp_path / "new" / "portal.sqlite3"):
        with pytest.raises(ArchiveUnfit, match="--identity"):
            restore(made.path, seen=[])
        with pytest.raises(ArchiveUnfit, match="does not open"):
            restore(made.path, seen=[], identities=[other])
        assert nothing_in(tmp_path / "new")
        assert restore(made.path, seen=[seen_in(kept)], identities=[own]).keys == []
    assert (tmp_path / "new/keys/checkpoint.pem").read_bytes() == was
    assert (tmp_path / "new/keys/checkpoint.pem").stat().st_mode & 0o077 == 0


def test_behind_what_was_seen_it_comes_back_only_when_a_person_answers(
    made: Made, later: Path, empty: Path
) -> None:
    who = "administrator-whole"
    for answers in (
        None,
        Recovery(who, "wrong", "the disk died"),
        Recovery("stranger", PASSWORD, "the disk died"),
        Recovery(who, PASSWORD, " "),
    ):
        with pytest.raises(NotAllowed):
            restore(made.path, seen=[seen_in(later)], recovery=answers)
        assert nothing_in(empty)
    restored = restore(made.path, seen=[seen_in(later)], recovery=Recovery(who, PASSWORD, "the disk died"))
    event = Event.objects.get(type="ledger.log.recovered")
    assert restored.older == event.data["older"]
    assert event.actor.name == "Administrator Whole"
    assert event.data["reason"] == "the disk died"


def test_who_says_nothing_of_what_was_seen_must_answer_too(made: Made, empty: Path) -> None:
    with pytest.raises(OlderThanSeen, match="--seen"):
        restore(made.path, seen=[])


def test_a_node_with_a_later_release_keeps_an_older_portal_away(tmp_path: Path) -> None:
    said = {
        "node": "node-1",
        "assets": {"press-1": {"release": 4, "artifact": "a"}, "press-2": {"release": None}},
    }
    (tmp_path / "status.json").write_text(json.dumps(said))
    seen = seen_in(tmp_path / "status.json")
    knows = Standing("o", 0, lambda size: b"", {"press-1": 4})
    assert list(behind(knows, seen)) == []
    older = Standing("o", 0, lambda size: b"", {"press-1": 3})
    witnessed = said | {"log": {"events": 9, "root": "00" * 32}}
    (tmp_path / "witness.json").write_text(json.dumps(witnessed))
    assert list(behind(knows, seen_in(tmp_path / "witness.json"))) == [
        "The checkpoint covers 9 events, the archive 0."
    ]
    assert list(behind(older, seen)) == ["node-1 has release 4 of press-1; the archive knows 3."]


def test_another_log_of_the_same_length_is_not_taken_for_the_own(made: Made, kept: Path, empty: Path) -> None:
    seen = seen_in(kept)
    assert seen.log is not None
    forged = Seen("x", log=replace(seen.log, root=b"\0" * 32))
    with pytest.raises(OlderThanSeen, match="others than those of the checkpoint"):
        restore(made.path, seen=[forged])


def damage(archive: Path, how: Callable[[bytes], bytes], out: Path) -> Path:
    out.write_bytes(how(archive.read_bytes()))
    return out


def without_its_end(data: bytes) -> bytes:
    return remade(data, lambda name, content: None if name == "end.json" else content)


def with_another_file(data: bytes) -> bytes:
    return remade(data, lambda name, content: b"b model" if name.startswith("storage/") else content)


def climbing_out(data: bytes) -> bytes:
    return remade(
        data, lambda name, content: content, lambda name: name.replace("storage/", "storage/../../")
    )


def rooted_behind_a_folder(data: bytes) -> bytes:
    """“storage//tmp/x”: without its first folder the name begins at the root."""
    return remade(
        data, lambda name, content: content, lambda name: name.replace("storage/", "storage//tmp/portal-no/")
    )


def of_another_version(data: bytes) -> bytes:
    return remade(
        data, lambda name, content: content.replace(b"0001_", b"0999_") if name[:4] == "mani" else content
    )


def remade(
    data: bytes, content_of: Callable[[str, bytes], bytes | None], name_of: Callable[[str], str] = str
) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(data)) as before, tarfile.open(fileobj=out, mode="w:gz") as after:
        for info in before:
            content = content_of(info.name, before.extractfile(info).read())  # type: ignore[union-attr]
            if content is not None:
                info.size, info.name = len(content), name_of(info.name)
                after.addfile(info, io.BytesIO(content))
    return out.getvalue()


@pytest.mark.parametrize(
    ("how", "says"),
    [
        (lambda data: data[: len(data) // 2], "not whole"),
        (lambda data: b"hello", "no backup"),
        (lambda data: gzip.compress(b"hello" * 400), "not whole, or damaged"),
        (without_its_end, "its end is missing"),
        (with_another_file, "not what its name says"),
        (climbing_out, "what no backup holds"),
        (rooted_behind_a_folder, "what no backup holds"),
        (of_another_version, "restore it with its own version"),
    ],
)
def test_what_is_no_whole_archive_of_this_version_leaves_nothing(
    how: Callable[[bytes], bytes], says: str, made: Made, kept: Path, empty: Path, tmp_path: Path
) -> None:
    bad = damage(made.path, how, tmp_path / "bad.tar.gz")
    with pytest.raises(ArchiveUnfit, match=says):
        restore(bad, seen=[seen_in(kept)])
    assert nothing_in(empty)


def test_nothing_living_is_overwritten(made: Made, kept: Path) -> None:
    with pytest.raises(PlaceTaken, match="empty place"):
        restore(made.path, seen=[seen_in(kept)])
    assert artifact_read(Artifact.objects.get()) == b"a model"


def test_a_restore_that_was_cut_off_is_said_and_can_be_run_again(made: Made, kept: Path, empty: Path) -> None:
    (empty / "tuf").mkdir(parents=True)
    (empty / "tuf" / "half.json").write_text("{")
    (empty / "places.restoring").touch()
    assert [one.state for one in backups.look()] == [State.BAD]
    restore(made.path, seen=[seen_in(kept)])
    assert not (empty / "tuf" / "half.json").exists()
    assert not (empty / "places.restoring").exists()


def test_a_full_disk_leaves_no_archive(kept: Path, tmp_path: Path, monkeypatch: Any) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Writer, "end", full)
    with pytest.raises(BackupFailed, match="No space left"):
        backup_make(tmp_path / "one.tar.gz")
    assert not [one for one in tmp_path.iterdir() if "one.tar" in one.name or "backup" in one.name]


def test_an_archive_is_never_overwritten(made: Made) -> None:
    with pytest.raises(BackupFailed, match="there already"):
        backup_make(made.path)


def test_after_a_restore_versions_lie_above_all_that_nodes_saw(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    (tmp_path / "metadata").mkdir()
    (tmp_path / "metadata" / "12.snapshot.json").touch()
    (tmp_path / "metadata" / "timestamp.json").write_text('{"signed": {"version": 40}}')
    assert layout.floor == 0
    layout.leap(1000)
    assert layout.floor == 1040


def test_the_doctor_says_how_old_the_newest_backup_is(made: Made, monkeypatch: Any) -> None:
    assert [one.state for one in backups.look()] == [State.GOOD]
    for days, state in ((2, State.CAUTION), (9, State.BAD)):
        then = timezone.now() + timedelta(days=days)
        monkeypatch.setattr(backups.timezone, "now", lambda then=then: then)
        assert [one.state for one in backups.look()] == [state]
        monkeypatch.undo()


def test_a_portal_without_a_backup_is_told_to_make_one(portal: Cast) -> None:
    assert [(one.state, one.says) for one in backups.look()] == [(State.CAUTION, "No backup was made yet.")]
