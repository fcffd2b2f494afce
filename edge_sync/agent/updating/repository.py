"""The portal's TUF repository as this node trusts it: from the root that it was enrolled with."""

from __future__ import annotations

from pathlib import Path

import urllib3
from tuf.api import exceptions
from tuf.ngclient import Updater, UpdaterConfig

from edge_sync.agent.disk.files import Files
from edge_sync.agent.updating.fetcher import ResumingFetcher


class UpdatesStop(Exception):
    """No update now: metadata expired, the portal is away, something does not verify. Judging goes on."""


class Repository:
    """One view of the repository, refreshed when it is made; all its targets belong together."""

    def __init__(
        self, *, home: Path, portal: str, root: bytes, connections: urllib3.PoolManager, kept: Files
    ) -> None:
        self._kept, self._taken = kept, home / "tuf" / "taken"
        metadata = home / "tuf" / "metadata"
        for folder in (metadata, self._taken):
            folder.mkdir(parents=True, exist_ok=True)
        targets = f"{portal}/tuf/targets/"
        try:
            self._updater = Updater(
                str(metadata),
                f"{portal}/tuf/metadata/",
                target_dir=str(self._taken),
                target_base_url=targets,
                fetcher=ResumingFetcher(connections, targets=targets, folder=home / "tuf" / "partial"),
                config=UpdaterConfig(prefix_targets_with_hash=False),
                bootstrap=root,
            )
            self._updater.refresh()
        except (exceptions.RepositoryError, exceptions.DownloadError, OSError) as error:
            raise UpdatesStop(f"{type(error).__name__}: {error}") from None

    def get(self, path: str) -> bytes | None:
        """The verified bytes of a target, kept on this node from now on; None where there is none."""
        try:
            info = self._updater.get_targetinfo(path)
            if info is None:
                return None
            have = self._kept.get(info.hashes.get("sha256", "")) if info.hashes.get("sha256") else None
            if have is not None:
                return have
            try:
                taken = self._updater.download_target(info)
            except exceptions.LengthOrHashMismatchError:  # a partial file of something else: once more
                taken = self._updater.download_target(info)
            data = Path(taken).read_bytes()
            self._kept.put(data)
            Path(taken).unlink()
        except (exceptions.RepositoryError, exceptions.DownloadError, OSError) as error:
            raise UpdatesStop(f"{path}: {type(error).__name__}: {error}") from None
        return data
