"""Downloads for the TUF client that go on where a power cut or a broken line stopped them.

Targets are written into a file beside, asked for with Range, and thrown away only when they were taken or
their digest was wrong. Metadata is small and comes in one piece. What arrives is checked by the TUF client.
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

from edge_sync.agent import files

CHUNK = 1 << 16
TRIES = 5


class ResumingFetcher(FetcherInterface):
    """``targets`` is the address below which partial files are kept, in ``folder``."""

    def __init__(self, pool: urllib3.PoolManager, *, targets: str, folder: Path) -> None:
        self._pool, self._targets, self._folder = pool, targets, folder
        folder.mkdir(parents=True, exist_ok=True)

    def _get(self, url: str, headers: dict[str, str] | None = None) -> urllib3.BaseHTTPResponse:
        answer = self._pool.request(
            "GET",
            url,
            preload_content=False,
            redirect=False,
            headers={**self._pool.headers, **(headers or {})},
        )
        if answer.status not in (200, 206, 416):
            answer.close()
            raise exceptions.DownloadHTTPError(f"{url} answers {answer.status}", answer.status)
        return answer

    def _fetch(self, url: str) -> Iterator[bytes]:
        answer = self._get(url)
        try:
            yield from answer.stream(CHUNK)
        except urllib3.exceptions.HTTPError as error:
            raise exceptions.DownloadError(f"{url} broke off: {error}") from error
        finally:
            answer.release_conn()

    @contextmanager
    def download_file(self, url: str, max_length: int) -> Iterator[IO[bytes]]:
        """The file at ``url``, at most ``max_length`` bytes; deleted when the caller is done with it."""
        if not url.startswith(self._targets):
            try:
                with super().download_file(url, max_length) as found:
                    yield found
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

    def _complete(self, url: str, partial: Path, max_length: int) -> None:
        broken: Exception | None = None
        for _attempt in range(TRIES):
            try:
                self._continue(url, partial, max_length)
            except urllib3.exceptions.HTTPError as error:
                broken = error
            else:
                return
        raise exceptions.DownloadError(f"{url} broke off {TRIES} times: {broken}") from broken

    def _continue(self, url: str, partial: Path, max_length: int) -> None:
        etag = partial.with_suffix(".etag")
        have = partial.stat().st_size if partial.exists() else 0
        if have == max_length:
            return
        headers = {"Range": f"bytes={have}-"} if have else {}
        if have and etag.exists():
            headers["If-Range"] = etag.read_text(encoding="ascii")
        answer = self._get(url, headers)
        try:
            if answer.status == 416:  # it became shorter: another file stands there now
                self._drop(partial)
                raise urllib3.exceptions.HTTPError("the partial file does not fit any more")
            goes_on = answer.status == 206 and answer.headers.get("Content-Range", "").startswith(
                f"bytes {have}-"
            )
            if answer.status == 206 and not goes_on:
                raise urllib3.exceptions.HTTPError("another range was sent")
            if "ETag" in answer.headers and answer.headers["ETag"].isascii():
                files.write(etag, answer.headers["ETag"].encode())
            self._append(answer, partial, have if goes_on else 0, max_length)
        finally:
            answer.close()

    def _append(self, answer: urllib3.BaseHTTPResponse, partial: Path, have: int, max_length: int) -> None:
        with partial.open("ab" if have else "wb") as file:
            for chunk in answer.stream(CHUNK):
                have += len(chunk)
                if have > max_length:
                    self._drop(partial)
                    raise exceptions.DownloadLengthMismatchError(f"more than {max_length} bytes arrived")
                file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
