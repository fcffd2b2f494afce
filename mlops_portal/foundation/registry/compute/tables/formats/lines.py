"""Plain bytes as lines of UTF-8, a block at a time.

- A file without a mark is UTF-8 until a byte says otherwise; if everything before was ASCII the rest is read
  as Windows-1252 (and ``switched`` names the line), else the encoding is wrong and the line is named.
- NUL bytes and lines longer than ``LONGEST`` are no table.
- With ``squeeze`` runs of blanks outside quotes become one tab.
"""

from __future__ import annotations

import codecs
import io
import re
from typing import Any

from mlops_portal.foundation.registry.compute.tables.problem import TableUnreadable, gettext_noop, unreadable

BLOCK = 1 << 20
LONGEST = 1 << 20
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
RUNS = re.compile(rb'("[^"\n]*")|[ \t]+')
EDGES = re.compile(rb"(?m)^[ \t]+|[ \t]+(?=\r?$)")
NOTHING = b',;|\t "'
ENCODING = gettext_noop(
    "Line {row} holds letters that are not {encoding}; save the file as UTF-8 and bring it again."
)


def encoding_of(head: bytes) -> str:
    """The encoding by mark, or by the NUL bytes that UTF-16 has beside plain letters; else utf-8."""
    for mark, name in MARKS:
        if head.startswith(mark):
            return name
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 0.4 * len(head) / 2 and not even:
        return "utf-16-le"
    if even > 0.4 * len(head) / 2 and not odd:
        return "utf-16-be"
    return "utf-8"


def _whole_lines(data: bytes) -> tuple[list[bytes], bytes]:
    """The lines that end in ``data``, and the rest."""
    *lines, rest = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    return lines, rest


class Lines(io.RawIOBase):
    """A readable of UTF-8 bytes over ``stream``; ``head`` goes in front. With ``look``
    it notices whether a line is empty, or holds separators alone."""

    def __init__(self, stream: Any, head: bytes, *, squeeze: bool = False, look: bool = False) -> None:
        self._stream, self._rest, self._squeeze = stream, head, squeeze
        self.encoding = encoding_of(head)
        self._look, self.empty_line, self._last = look, False, b""
        self.switched = 0  # the line from which on the file is Windows-1252
        self._ascii, self._line, self._since, self._left, self.ended = True, 1, 0, b"", False
        for mark, name in MARKS:
            if name == self.encoding:
                self._rest = head.removeprefix(mark)
        self._decode = None
        if self.encoding.startswith("utf-16"):
            self._decode = codecs.getincrementaldecoder(self.encoding)()
        self._out = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if size is None or size < 0:
            return b"".join(iter(lambda: self.read(BLOCK), b""))
        parts, held = [self._out], len(self._out)
        while held < size and not self.ended:
            parts.append(self._block())
            held += len(parts[-1])
        whole = b"".join(parts)
        self._out = whole[size:]
        return whole[:size] if self._out else whole

    def _block(self) -> bytes:
        more = self._stream.read(BLOCK)
        self.ended = not more
        data = self._rest + more
        self._rest = b""
        data = self._checked(self._as_utf8(data))
        return self._squeezed(data) if self._squeeze else data

    def _as_utf8(self, data: bytes) -> bytes:
        if self._decode:
            try:
                return self._decode.decode(data, self.ended).encode()
            except (UnicodeDecodeError, UnicodeEncodeError):
                raise self._wrong("UTF-16", 0, data) from None
        if self.switched:
            return self._windows(data, 0, data)
        if data.isascii():
            return data
        try:
            _text, used = codecs.utf_8_decode(data, "strict", self.ended)
        except UnicodeDecodeError as error:
            if not (self._ascii and data[: error.start].isascii()):
                raise self._wrong("UTF-8", error.start, data) from None
            self.switched = self._line + data.count(b"\n", 0, error.start)
            return self._windows(data, error.start, data)
        self._rest, data = data[used:], data[:used]
        self._ascii = False
        return data

    def _windows(self, data: bytes, start: int, whole: bytes) -> bytes:
        self.encoding = "cp1252"
        try:
            return data.decode("cp1252").encode()
        except UnicodeDecodeError as error:
            raise self._wrong("UTF-8", max(error.start, start), whole) from None

    def _wrong(self, encoding: str, start: int, data: bytes) -> TableUnreadable:
        row = self._line + data.count(b"\n", 0, start)
        return unreadable("encoding", ENCODING, row=row, encoding=encoding)

    def _checked(self, data: bytes) -> bytes:
        if (at := data.find(b"\0")) >= 0:
            raise unreadable(
                "nul",
                gettext_noop(
                    "Line {row} holds NUL bytes: the file is damaged or no text; export the table again as"
                    " CSV."
                ),
                row=self._line + data.count(b"\n", 0, at),
            )
        last = max(data.rfind(b"\n"), data.rfind(b"\r"))
        self._since = self._since + len(data) if last < 0 else len(data) - last - 1
        if self._since > LONGEST:
            raise unreadable(
                "long-line",
                gettext_noop(
                    "Line {row} is longer than a million letters: this is no table, or its line ends are"
                    " missing."
                ),
                row=self._line + data.count(b"\n"),
            )
        self._line += data.count(b"\n")
        if self._look and not self.empty_line:
            lines, self._last = _whole_lines(self._last + data)
            self.empty_line = any(not line.strip(NOTHING) for line in lines)
        return data

    def _squeezed(self, data: bytes) -> bytes:
        data = self._left + data
        cut = len(data) if self.ended else data.rfind(b"\n") + 1
        self._left = data[cut:]
        return RUNS.sub(lambda run: run[1] or b"\t", EDGES.sub(b"", data[:cut]))
