"""Downloads for the TUF client that go on where a power cut or a broken line stopped them.

- Targets are written into a file beside, asked for with Range, and thrown away only when they were taken or
  their digest was wrong. What arrives is checked by the TUF client.
- A page that something else sends never touches that file: only bytes of the right kind, of a whole of the
  right length, that begin where the file ends (RFC 9110, section 14).
- Metadata is small and comes in one piece, within a minute. A target may drip for ``TARGET_SECONDS``, then
  the rest of the exchange has its turn, and the download goes on the next time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO

import urllib3
from tuf.api import exceptions
from tuf.ngclient import FetcherInterface

from edge_sync.agent.disk import files
from edge_sync.agent.sending import web

TRIES = 5
TARGET_SECONDS = 300.0
SYNC_EVERY = 1 << 16
TARGET_TYPE = "application/octet-stream"


class NotTheTarget(urllib3.exceptions.HTTPError):
    """Something answered that is not the rest of the target."""


class ResumingFetcher(FetcherInterface):
    """``targets`` is the address below which partial files are kept, in ``folder``."""

    def __init__(self, pool: urllib3.PoolManager, *, targets: str, folder: Path) -> None:
        self._pool, self._targets, self._folder = pool, targets, folder
        folder.mkdir(parents=True, exist_ok=True)

    def _get(
        self, url: str, headers: dict[str, str] | None = None, *, fine: tuple[int, ...] = (200,)
    ) -> urllib3.BaseHTTPResponse:
        answer = self._pool.request(
            "GET",
            url,
            preload_content=False,
            redirect=False,
            headers={**self._pool.headers, **(headers or {})},
        )
        if answer.status not in fine:
            answer.close()
            raise exceptions.DownloadHTTPError(f"{url} answers {answer.status}", answer.status)
        return answer

    def _fetch(self, url: str) -> Iterator[bytes]:
        answer = self._get(url)
        try:
            yield from web.pieces(answer, seconds=web.BODY_SECONDS)
        except urllib3.exceptions.HTTPError as error:
            raise exceptions.DownloadError(f"{url} broke off: {error}") from error
        finally:
            answer.close()

    @contextmanager
    def download_file(self, url: str, max_length: int) -> Iterator[IO[bytes]]:
        """The file at ``url``, at most ``max_length`` bytes; deleted when the caller is done with it."""
        if not url.startswith(self._targets):
            try:
                with super().download_file(url, max_length) as metadata:
                    yield metadata
            except urllib3.exceptions.HTTPError as error:
                raise exceptions.DownloadError(f"{url} does not answer: {error}") from error
            return
        partial = self._folder / sha256(url.encode()).hexdigest()
        self._complete(url, partial, max_length)
        try:
            with partial.open("rb") as file:
                yield file
        finally:  # taken, or of another digest: in both cases of no further use
            self._drop(partial)

    def _drop(self, partial: Path) -> None:
        partial.unlink(missing_ok=True)
        partial.with_suffix(".etag").unlink(missing_ok=True)

    def _complete(self, url: str, partial: Path, length: int) -> None:
        broken: Exception | None = None
        for _attempt in range(TRIES):
            try:
                self._continue(url, partial, length)
            except (web.TooSlow, NotTheTarget) as error:  # the next moment will not be better
                raise exceptions.DownloadError(f"{url}: {error}") from error
            except urllib3.exceptions.HTTPError as error:
                broken = error
            else:
                return
        raise exceptions.DownloadError(f"{url} broke off {TRIES} times: {broken}") from broken

    def _continue(self, url: str, partial: Path, length: int) -> None:
        """Ask for what is missing of ``length`` bytes, once."""
        etag = partial.with_suffix(".etag")
        have = partial.stat().st_size if partial.exists() else 0
        if have == length:
            return
        headers = {"Range": f"bytes={have}-"} if have else {}
        if have and etag.exists():
            headers["If-Range"] = etag.read_text(encoding="ascii")
        answer = self._get(url, headers, fine=(200, 206, 416))
        try:
            if answer.status == 416 and have > length:  # another file stood there before
                self._drop(partial)
                raise urllib3.exceptions.HTTPError("the partial file does not fit any more")
            start = _start(answer, have, length)
            if "ETag" in answer.headers and answer.headers["ETag"].isascii():
                files.write(etag, answer.headers["ETag"].encode())
            self._append(answer, partial, start, length)
        finally:
            answer.close()

    def _append(self, answer: urllib3.BaseHTTPResponse, partial: Path, have: int, length: int) -> None:
        synced = have
        with partial.open("ab" if have else "wb") as file:
            for piece in web.pieces(answer, seconds=TARGET_SECONDS):
                have += len(piece)
                if have > length:
                    self._drop(partial)
                    raise exceptions.DownloadLengthMismatchError(f"more than {length} bytes arrived")
                file.write(piece)
                file.flush()
                if have - synced >= SYNC_EVERY:
                    os.fsync(file.fileno())
                    synced = have
            os.fsync(file.fileno())
        if have < length:
            raise urllib3.exceptions.HTTPError(f"only {have} of {length} bytes arrived")


def _start(answer: urllib3.BaseHTTPResponse, have: int, length: int) -> int:
    """Where these bytes belong in the target, 0 or ``have``; NotTheTarget where they are not of it."""
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != TARGET_TYPE or answer.headers.get("Content-Encoding", "identity") != "identity":
        raise NotTheTarget(f"something else answered ({kind or 'no type'}); a sign-in page or a proxy?")
    if answer.status == 206:
        if answer.headers.get("Content-Range") != f"bytes {have}-{length - 1}/{length}":
            raise NotTheTarget("another range was sent")
        return have
    if answer.status != 200 or answer.headers.get("Content-Length", str(length)) != str(length):
        raise NotTheTarget("a file of another length was sent")
    return 0
