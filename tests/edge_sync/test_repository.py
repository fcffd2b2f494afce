"""The TUF repository: what is served at every moment is whole, and a stock client accepts it."""

from __future__ import annotations

import os
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tuf.api.exceptions import BadVersionNumberError, ExpiredMetadataError
from tuf.ngclient import FetcherInterface, Updater, UpdaterConfig

from edge_sync.errors import KeyUnreadable, NoCeremony, NotPublished
from edge_sync.keys import files
from edge_sync.keys.repository import layout, repository
from edge_sync.tasks import refresh
from tests.edge_sync.plant import EdgePlant, ceremony


class ThroughViews(FetcherInterface):
    """Fetches through the portal's own views."""

    def _fetch(self, url: str) -> Any:
        from tuf.api.exceptions import DownloadHTTPError

        answer = Client().get(url.removeprefix("http://portal"))
        if answer.status_code != 200:
            raise DownloadHTTPError(url, answer.status_code)
        return iter([answer.content])


def updater(folder: Path) -> Updater:
    for name in ("metadata", "targets"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return Updater(
        str(folder / "metadata"),
        "http://portal/tuf/metadata/",
        str(folder / "targets"),
        "http://portal/tuf/targets/",
        fetcher=ThroughViews(),
        config=UpdaterConfig(prefix_targets_with_hash=False),
        bootstrap=(layout().metadata / "1.root.json").read_bytes(),
    )


@pytest.fixture
def signed(plant: EdgePlant) -> EdgePlant:
    ceremony()
    return plant


def publish(**more: Any) -> None:
    repository().publish(**({"line": "line-1", "files": {"a.json": b"one"}, "now": timezone.now()} | more))


def test_a_stock_client_takes_rosters_and_line_files(signed: EdgePlant, tmp_path: Path) -> None:
    publish()
    client = updater(tmp_path / "node")
    for path in ("roster/line-1.json", "lines/line-1/a.json"):
        info = client.get_targetinfo(path)
        assert info is not None, path
        client.download_target(info)
    assert client.get_targetinfo("lines/line-2/a.json") is None


def test_a_client_follows_publications_and_a_second_ceremony(signed: EdgePlant, tmp_path: Path) -> None:
    publish()
    updater(tmp_path / "node").refresh()
    publish(files={"a.json": b"two"})
    ceremony()
    client = updater(tmp_path / "node")
    info = client.get_targetinfo("lines/line-1/a.json")
    assert info is not None
    assert Path(client.download_target(info)).read_bytes() == b"two"


def test_a_file_that_is_dropped_is_listed_no_more(signed: EdgePlant) -> None:
    publish(files={"a.json": b"one", "b.json": b"two"})
    publish(files={}, drop=["a.json"])
    assert repository().line_file("line-1", "a.json") is None
    assert repository().line_file("line-1", "b.json") == b"two"


def test_a_stranger_key_publishes_nothing(signed: EdgePlant, settings: Any) -> None:
    publish()
    path = Path(settings.VAR_DIR, "keys", "line-line-1.pem")
    before = {one: one.read_bytes() for one in layout().root.rglob("*") if one.is_file()}
    path.unlink()
    files.make(path)
    with pytest.raises(NotPublished, match="0 of 1"):
        publish(files={"a.json": b"two"})
    metadata = {one: data for one, data in before.items() if one.parent == layout().metadata}
    assert metadata == {one: one.read_bytes() for one in layout().metadata.iterdir()}


def test_a_published_file_that_was_changed_is_noticed(signed: EdgePlant) -> None:
    (layout().targets / "roster" / "line-1.json").write_bytes(b"{}")
    with pytest.raises(NotPublished, match="was changed"):
        repository().roster_bytes("line-1")


def test_before_the_first_ceremony_there_is_nothing_to_publish_under(plant: EdgePlant) -> None:
    with pytest.raises(NoCeremony):
        publish()
    assert refresh() == []


def test_a_new_line_waits_for_its_ceremony(signed: EdgePlant) -> None:
    with pytest.raises(NoCeremony):
        publish(line="line-3")


def test_a_missing_key_is_said_in_one_sentence(signed: EdgePlant, settings: Any) -> None:
    Path(settings.VAR_DIR, "keys", "snapshot.pem").unlink()
    with pytest.raises(KeyUnreadable, match=r"snapshot\.pem"):
        publish()


def test_roles_are_renewed_at_half_of_their_lives(signed: EdgePlant, tmp_path: Path) -> None:
    now = timezone.now()
    assert repository().refresh(now) == []
    assert repository().refresh(now + timedelta(hours=13)) == ["timestamp"]
    assert repository().refresh(now + timedelta(days=4)) == ["snapshot", "timestamp"]
    late = repository().refresh(now + timedelta(days=16))
    assert late == ["line-line-1", "line-line-2", "snapshot", "timestamp"]
    updater(tmp_path / "node").refresh()


def test_an_expired_timestamp_stops_updates(signed: EdgePlant, tmp_path: Path) -> None:
    repository().refresh(timezone.now() - timedelta(days=30))
    repository().install(
        root=None,
        targets=repository().read().targets,  # type: ignore[arg-type]  # a ceremony was held
        rosters={},
        now=timezone.now() - timedelta(days=30),
    )
    with pytest.raises(ExpiredMetadataError):
        updater(tmp_path / "node").refresh()


# ---- serving ----


def test_ranges_are_served(signed: EdgePlant, client: Client) -> None:
    publish(files={"m.onnx": bytes(range(100))})
    address = "/tuf/targets/lines/line-1/m.onnx"
    whole = client.get(address)
    assert (whole.status_code, whole.content, whole["Accept-Ranges"]) == (200, bytes(range(100)), "bytes")
    for asked, got in (
        ("bytes=10-19", bytes(range(10, 20))),
        ("bytes=90-", bytes(range(90, 100))),
        ("bytes=-5", bytes(range(95, 100))),
        ("bytes=90-500", bytes(range(90, 100))),
    ):
        answer = client.get(address, headers={"Range": asked})
        assert (answer.status_code, answer.content) == (206, got), asked
    assert client.get(address, headers={"Range": "bytes=100-"}).status_code == 416
    assert client.get(address, headers={"Range": "bytes=5-2"}).status_code == 200
    stale = client.get(address, headers={"Range": "bytes=10-19", "If-Range": '"other"'})
    assert stale.status_code == 200
    fresh = client.get(address, headers={"Range": "bytes=10-19", "If-Range": whole["ETag"]})
    assert fresh.status_code == 206


@pytest.mark.parametrize(
    "address",
    [
        "/tuf/metadata/2.root.json",
        "/tuf/metadata/..%2F..%2Fkeys%2Ftimestamp.pem",
        "/tuf/targets/../keys/timestamp.pem",
        "/tuf/targets/lines/line-1/../../../keys/timestamp.pem",
        "/tuf/targets/roster",
        "/tuf/targets/roster/line-9.json",
        "/tuf/targets/lines/line-1/.hidden",
    ],
)
def test_what_is_not_there_is_a_plain_404(signed: EdgePlant, client: Client, address: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (404, b"not found\n", "text/plain")


def test_the_repository_needs_no_session_and_makes_no_query(
    signed: EdgePlant, client: Client, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/tuf/metadata/timestamp.json")
    assert (answer.status_code, dict(answer.cookies)) == (200, {})
    assert client.post("/tuf/metadata/timestamp.json").status_code == 405


def test_a_thousand_targets_are_published_at_once(signed: EdgePlant, tmp_path: Path) -> None:
    many = {f"asset-{number}.json": os.urandom(400) for number in range(1000)}
    publish(files=many)
    publish(files={name: data[::-1] for name, data in many.items()})
    client = updater(tmp_path / "node")
    for number in (0, 500, 999):
        info = client.get_targetinfo(f"lines/line-1/asset-{number}.json")
        assert info is not None
        assert Path(client.download_target(info)).read_bytes() == many[f"asset-{number}.json"][::-1]


def test_after_a_restore_a_client_that_saw_later_versions_follows_again(
    signed: EdgePlant, tmp_path: Path
) -> None:
    publish()
    kept = tmp_path / "kept"
    shutil.copytree(layout().root, kept)
    for hours in (20, 40):
        repository().refresh(timezone.now() + timedelta(hours=hours))
    publish(files={"a.json": b"two"})
    updater(tmp_path / "node").refresh()
    shutil.rmtree(layout().root)
    shutil.copytree(kept, layout().root)
    with pytest.raises(BadVersionNumberError):
        updater(tmp_path / "node").refresh()
    layout().leap(1000)
    assert repository().refresh(timezone.now()) == ["line-line-1", "line-line-2", "snapshot", "timestamp"]
    client = updater(tmp_path / "node")
    info = client.get_targetinfo("lines/line-1/a.json")
    assert info is not None
    assert Path(client.download_target(info)).read_bytes() == b"one"
    assert repository().refresh(timezone.now()) == []
