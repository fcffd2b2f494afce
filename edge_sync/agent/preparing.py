"""Before the agent begins: every file that it will read is sound, mended from its twin, or set aside."""

from __future__ import annotations

import json
from pathlib import Path

from edge_sync.agent import config as configs
from edge_sync.agent.config import Config
from edge_sync.agent.disk import keys, twins
from edge_sync.agent.disk.aside import Aside

FOLDERS = (
    "files",
    "installed",
    "current",
    "commands",
    "tuf",
    "tuf/metadata",
    "tuf/taken",
    "tuf/partial",
    "twins",
)
FETCHED = "It is fetched again."


def settings(home: Path, aside: Aside) -> Config:
    """``agent.json``, or the copy of the last one that was good; BadConfig where there is neither."""
    path = home / "agent.json"
    twins.mend(path, home=home, trouble=lambda data: configs.trouble(home, data), aside=aside)
    return configs.load(home)


def prepare(config: Config, aside: Aside) -> None:
    """Everything but the store, which ``opening`` sees to."""
    home = config.home
    for name in FOLDERS:
        folder = home / name
        if (folder.exists() or folder.is_symlink()) and not folder.is_dir():
            aside.take(folder, "is no folder", FETCHED)
    twins.mend(config.root, home=home, trouble=twins.root_trouble, aside=aside)
    _key(config, aside)
    _metadata(home / "tuf", aside)


def _key(config: Config, aside: Aside) -> None:
    path = config.key_file
    if not path.exists():
        return  # the first start, or a person who enrols the node again
    twins.mend(path, home=config.home, trouble=keys.trouble, aside=aside)
    trouble = "cannot be read" if path.is_dir() else keys.trouble(path.read_bytes())
    if trouble:
        aside.take(path, trouble, "A new key was made: enrol the node again; until then it judges and keeps.")


def _metadata(tuf: Path, aside: Aside) -> None:
    """What the TUF client kept is a cache; the root of the enrolment is what is trusted."""
    for path in [*(tuf / "metadata").glob("*.json"), *(tuf / "metadata" / "root_history").glob("*.json")]:
        if not path.is_symlink() and not _is_json(path):
            aside.take(path, "cannot be read", FETCHED)
    for path in (tuf / "partial").glob("*"):
        if path.is_dir() or (path.suffix == ".etag" and not _is_ascii(path)):
            aside.take(path, "cannot be read", FETCHED)


def _is_json(path: Path) -> bool:
    try:
        return isinstance(json.loads(path.read_bytes()), dict)
    except (OSError, ValueError, RecursionError):
        return False


def _is_ascii(path: Path) -> bool:
    try:
        return path.read_bytes().isascii()
    except OSError:
        return False
