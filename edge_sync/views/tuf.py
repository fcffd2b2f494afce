"""The TUF repository over HTTP: files alone, without session; what is not there is a plain 404."""

from __future__ import annotations

import re
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from edge_sync.keys.repository import layout

METADATA = re.compile(r"(timestamp|[0-9]{1,9}\.[A-Za-z0-9_-]{1,80})\.json")
PART = r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,120}"
TARGET = re.compile(rf"(roster/{PART}|lines/{PART}/{PART})")
RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


@csrf_exempt
@require_safe
def metadata(request: HttpRequest, name: str) -> HttpResponse:
    if not METADATA.fullmatch(name):
        return _missing()
    return _file(request, layout().metadata / name, "application/json", cached=name != "timestamp.json")


@csrf_exempt
@require_safe
def target(request: HttpRequest, path: str) -> HttpResponse:
    if not TARGET.fullmatch(path):
        return _missing()
    return _file(request, layout().targets / path, "application/octet-stream", cached=False)


def _missing() -> HttpResponse:
    return HttpResponseNotFound(b"not found\n", content_type="text/plain")


def _file(request: HttpRequest, path: Path, kind: str, *, cached: bool) -> HttpResponse:
    """The file, or the range of it that was asked for (RFC 9110, section 14); one range at most."""
    try:
        with path.open("rb") as file:
            stat = path.stat()
            tag = f'"{stat.st_ino:x}-{stat.st_mtime_ns:x}-{stat.st_size:x}"'
            begin, end = _range(request, stat.st_size, tag)
            if end < 0:
                answer = HttpResponse(status=416, headers={"Content-Range": f"bytes */{stat.st_size}"})
            else:
                file.seek(begin)
                answer = HttpResponse(file.read(max(0, end - begin)), content_type=kind)
                if (begin, end) != (0, stat.st_size):
                    answer.status_code = 206
                    answer["Content-Range"] = f"bytes {begin}-{end - 1}/{stat.st_size}"
    except (FileNotFoundError, IsADirectoryError):
        return _missing()
    answer["Accept-Ranges"], answer["ETag"] = "bytes", tag
    answer["Cache-Control"] = "public, max-age=86400" if cached else "no-cache"
    return answer


def _range(request: HttpRequest, size: int, tag: str) -> tuple[int, int]:
    """[begin, end) of what is asked for; end is -1 where it cannot be satisfied."""
    asked = RANGE.fullmatch(request.headers.get("Range", ""))
    if asked is None or asked[0] == "bytes=-" or request.headers.get("If-Range", tag) != tag:
        return 0, size
    first, last = asked.groups()
    if not first:
        return max(0, size - int(last)), size
    begin, end = int(first), min(int(last) + 1, size) if last else size
    if begin >= size:
        return size, -1
    return (begin, end) if begin < end else (0, size)
