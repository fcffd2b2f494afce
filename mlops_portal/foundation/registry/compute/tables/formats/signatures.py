"""What a file is by its first bytes, whatever its name says. Nothing is ever loaded to find out."""

from __future__ import annotations

import re

from mlops_portal.foundation.registry.compute.tables.problem import TableUnreadable, gettext_noop, unreadable

HEAD = 4096  # bytes that tell
COMPRESSED = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bz2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
}
PARQUET = b"PAR1"
EXCEL = gettext_noop(
    "This is an Excel file, not a table as text; in Excel choose “Save as”, “CSV UTF-8”, and bring that file."
)
PICKLE = gettext_noop(
    "This is a Python pickle (joblib and torch files are too); it could run foreign code and was not"
    " opened. Write the table as CSV or Parquet."
)
ARRAY = gettext_noop("This is a NumPy file ({what}); write the table as CSV or Parquet with column names.")
OTHER = gettext_noop("This is {what}, not a table; bring CSV or Parquet, compressed or not.")
KNOWN = {
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": (EXCEL, "excel"),
    b"\x93NUMPY": (ARRAY, ".npy"),
    b"\x89HDF": (OTHER, "HDF5"),
    b"SQLite format 3": (OTHER, "SQLite"),
    b"%PDF": (OTHER, "PDF"),
    b"\x89PNG": (OTHER, "PNG"),
    b"\xff\xd8\xff": (OTHER, "JPEG"),
    b"ARROW1\0\0": (OTHER, "Arrow/Feather"),
    b"Obj\x01": (OTHER, "Avro"),
    b"7z\xbc\xaf\x27\x1c": (OTHER, "7-Zip"),
    b"Rar!": (OTHER, "RAR"),
    b"\x04\x22\x4d\x18": (OTHER, "LZ4"),
    b"\x7fELF": (OTHER, "ELF"),
    b"MZ\x90": (OTHER, "EXE"),
}
# protocols 2 to 5 begin with their number, 0 and 1 with an opcode and a name or memo on lines of their own
OLD_PICKLE = re.compile(
    rb"\A\(?(c(copy_?reg|__builtin__|builtins|numpy|pandas|os|posix|nt|collections|\w+\.[\w.]+)\n[\w.]+\n"
    rb"|(?<=\()[ldt]p?\d+\n)|\A[\]}(]q[\x00-\x1f]"
)
MARKUP = re.compile(rb"\A\s*<(!doctype|html|head|body|table|div|\?xml|[a-z][\w:-]*[\s/>])", re.IGNORECASE)
JSON = re.compile(rb"\A\s*(\{\s*(\"|\})|\[\s*(\{|\[|\"|-?\d|\]))")


def compression(head: bytes) -> str:
    """The compression that the first bytes tell of, or nothing."""
    return next((name for magic, name in COMPRESSED.items() if head.startswith(magic)), "")


def is_zlib(head: bytes) -> bool:
    """A bare zlib stream, which joblib writes and no table tool does; a header may begin with “x^2” too."""
    binary = any(byte < 9 or byte > 126 for byte in head[2:64])
    return binary and head[:2] in (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")


def foreign(head: bytes) -> TableUnreadable | None:
    """The refusal of what is certainly no table as text or Parquet."""
    for magic, (message, what) in KNOWN.items():
        if head.startswith(magic):
            code = what if message is EXCEL else "numpy" if message is ARRAY else "not-a-table"
            return unreadable(code, message, what=what)
    if (head[:1] == b"\x80" and head[1:2] in b"\x02\x03\x04\x05") or OLD_PICKLE.match(head) or is_zlib(head):
        return unreadable("pickle", PICKLE)
    if head[257:262] == b"ustar":
        return unreadable("not-a-table", OTHER, what="TAR")
    plain = head.removeprefix(b"\xef\xbb\xbf")
    if MARKUP.match(plain):
        return unreadable(
            "markup",
            gettext_noop(
                "This is a web page or XML, not a table; the download may have ended on a sign-in page."
                " Export the table as CSV."
            ),
        )
    if JSON.match(plain):
        return unreadable("json", gettext_noop("This is JSON, not a table; export it as CSV or Parquet."))
    return None


def of_zip(members: list[str]) -> TableUnreadable | None:
    """The refusal of a zip that is another program's file."""
    if any(name.startswith("xl/") for name in members):
        return unreadable("excel", EXCEL)
    for start, what in (("word/", "Word"), ("ppt/", "PowerPoint"), ("META-INF/", "OpenDocument/JAR")):
        if any(name.startswith(start) for name in members):
            return unreadable("not-a-table", OTHER, what=what)
    if any(name.endswith((".pkl", "/data.pkl")) for name in members):
        return unreadable("pickle", PICKLE)
    if members and all(name.endswith(".npy") for name in members):
        return unreadable("numpy", ARRAY, what=".npz")
    return None
