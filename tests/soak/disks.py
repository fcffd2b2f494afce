"""Small disks of their own, which can be filled: ext4 in a sparse file, mounted over a loop device (root)."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import subprocess
from pathlib import Path


def possible() -> str:
    """Why no disk can be made here, or ""."""
    if os.geteuid() != 0:
        return "only root may mount"
    missing = [name for name in ("mkfs.ext4", "mount", "umount") if not shutil.which(name)]
    return f"{missing[0]} is not installed" if missing else ""


class Disk:
    """An ext4 file system of ``megabytes`` at ``folder``; a plain folder where none can be mounted."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.folder, self._image = folder, folder.with_suffix(".ext4")
        folder.mkdir(parents=True, exist_ok=True)
        self.mounted = False
        if possible():
            return
        with self._image.open("wb") as image:
            image.truncate(megabytes << 20)
        subprocess.run(["mkfs.ext4", "-q", "-m", "0", str(self._image)], check=True)
        done = subprocess.run(
            ["mount", "-o", "loop", str(self._image), str(folder)], capture_output=True, check=False
        )
        self.mounted = done.returncode == 0

    @property
    def _filler(self) -> Path:
        return self.folder / "filler"

    def fill(self) -> int:
        """Write until nothing more goes in; bytes written."""
        written, size = 0, 1 << 20
        with self._filler.open("ab", buffering=0) as file:
            while size:
                try:
                    written += file.write(bytes(size))
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
                    size //= 2
        return written

    def free(self) -> None:
        self._filler.unlink(missing_ok=True)

    def keep(self) -> None:
        """A copy that stays when the disk is gone, for whoever looks for the reason."""
        self.free()
        shutil.copytree(self.folder, self.folder.with_suffix(".kept"), symlinks=True, ignore=_no_files)

    def close(self) -> None:
        self.free()
        if self.mounted:
            for command in (["umount", str(self.folder)], ["umount", "--lazy", str(self.folder)]):
                if subprocess.run(command, capture_output=True, check=False).returncode == 0:
                    break
            self.mounted = False
        with contextlib.suppress(OSError):
            self._image.unlink()


def _no_files(folder: str, names: list[str]) -> list[str]:
    """Sockets and the like, which cannot be copied."""
    at = [Path(folder) / name for name in names]
    return [one.name for one in at if not (one.is_file() or one.is_dir() or one.is_symlink())]
