import pytest
from django.test import RequestFactory
from django.urls import resolve

from mlops_portal.foundation.ledger import selectors
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.ledger.services import log_sequence
from mlops_portal.foundation.wire import checkpoint, merkle, note, tiles

pytestmark = [pytest.mark.django_db, pytest.mark.urls("mlops_portal.foundation.ledger.urls")]


def get(path: str, method: str = "get"):
    """The view alone: no session, no middleware."""
    match = resolve(path)
    return match.func(getattr(RequestFactory(), method)(path), *match.args, **match.kwargs)


@pytest.fixture
def _log(record):
    record(299)
    log_sequence()


def test_before_the_first_event_there_is_nothing():
    assert get("/log/checkpoint").status_code == 404
    assert get("/log/tile/0/000").status_code == 404


@pytest.mark.usefixtures("_log")
def test_the_checkpoint_is_served_as_text_and_not_kept_long():
    answer = get("/log/checkpoint")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Cache-Control"] == "public, max-age=2"
    assert answer.content.decode() == selectors.checkpoint_latest().note


@pytest.mark.usefixtures("_log")
def test_a_stranger_recomputes_the_root_from_tiles_alone():
    key = note.Key.parse(Event.objects.get(type="ledger.key.used").data["key"])
    claim = checkpoint.parse(note.verify(get("/log/checkpoint").content, [key])[0])
    tree = tiles.Tree(claim.size, lambda tile: get(f"/log/{tile.path}").content)
    assert (claim.size, tree.root()) == (300, claim.root)


@pytest.mark.usefixtures("_log")
def test_tiles_are_immutable_bytes():
    answer = get("/log/tile/0/001.p/44")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.content[:320] == get("/log/tile/0/001.p/10").content


@pytest.mark.usefixtures("_log")
@pytest.mark.parametrize(
    "path",
    ["0/001", "0/001.p/45", "0/002", "1/000.p/2", "64/000", "00/000", "0/0", "entries/000", "0/000.p/256"],
)
def test_what_is_not_there_is_not_found(path):
    assert get(f"/log/tile/{path}").status_code == 404


@pytest.mark.usefixtures("_log")
def test_nothing_can_be_written():
    assert get("/log/checkpoint", "post").status_code == 405
    assert get("/log/tile/0/000", "delete").status_code == 405


@pytest.mark.usefixtures("_log")
def test_entry_bundles_hash_to_the_tiles():
    entries = tiles.parse_bundle(selectors.bundle_bytes(index=1, width=44) or b"")
    hashes = b"".join(merkle.leaf_hash(entry) for entry in entries)
    assert hashes == selectors.tile_bytes(tiles.Tile(0, 1, 44))
    assert selectors.bundle_bytes(index=1, width=45) is None
