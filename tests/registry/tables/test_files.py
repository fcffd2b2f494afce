"""Files as they come: encodings, compression, and everything that is no table."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import pickle
import tracemalloc
import zipfile
import zlib

import numpy as np
import pyarrow as pa
import pytest

from mlops_portal.foundation.registry.compute.tables.formats import unpack
from mlops_portal.foundation.registry.compute.tables.read import preview, read, sniff
from tests.registry.tables.ground import GOOD, only, put, refused

WORDS = "Prüfer;Kraft [N];Gehäuse\nMüller;1,5;grün\nGroß;2,5;weiß\n"


def zipped(**members: str | bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_csv", ".csv"), content)
    return out.getvalue()


def zstd(data: bytes) -> bytes:
    return pa.compress(data, codec="zstd", asbytes=True)


PACKED = {
    "": lambda data: data,
    "gzip": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstd,
    "zip": lambda data: zipped(table_csv=data),
}


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
    ],
)
def test_letters_come_back_from_every_encoding(tmp_path, encoding, said):
    path = put(tmp_path, WORDS.encode(encoding))
    form, frame = sniff(path), read(path)
    assert form.encoding == said
    assert form.names == ("Prüfer", "Kraft [N]", "Gehäuse")
    assert frame.columns["Gehäuse"].tolist() == ["grün", "weiß"]
    assert frame.columns["Kraft [N]"].tolist() == [1.5, 2.5]


def test_windows_letters_are_told_with_their_line(tmp_path):
    frame = read(put(tmp_path, WORDS.encode("cp1252")))
    assert only(frame.faults, "encoding-guess").row == 1
    late = "station,force\n" + "A1,1.5\n" * 300_000 + "Größe,2.5\n"  # behind everything that was looked at
    frame = read(put(tmp_path, late.encode("cp1252")))
    assert only(frame.faults, "encoding-guess").row == 300_002
    assert frame.columns["station"][-1] == "Größe"


def test_an_encoding_that_changes_is_refused_with_its_line(tmp_path):
    said = refused(put(tmp_path, "Prüfer,force\nx,1\n".encode() + "Müller,2\n".encode("cp1252")))
    assert (said.code, said.row) == ("encoding", 3)
    assert "UTF-8" in said.sentence


@pytest.mark.parametrize("kind", PACKED)
@pytest.mark.parametrize("name", ["table.csv", "table.bin", "table.csv.gz"])
def test_compression_is_told_by_content(tmp_path, kind, name):
    path = put(tmp_path, PACKED[kind](GOOD.encode()), name)
    assert sniff(path).compression == kind
    assert read(path).rows == 60
    assert preview(path, rows=1).rows == [["P0", "100.5", "1400", "crack"]]


def test_the_parts_of_a_compressed_file_are_read_one_after_the_other(tmp_path):
    data = GOOD.encode()
    for pack in (gzip.compress, bz2.compress, lzma.compress):
        assert read(put(tmp_path, pack(data[:500]) + pack(data[500:]))).rows == 60


@pytest.mark.parametrize("kind", ["gzip", "bz2", "xz", "zstd", "zip"])
def test_a_compressed_file_that_is_cut_off_is_refused(tmp_path, kind):
    data = PACKED[kind](np.random.default_rng(1).bytes(50_000).hex().encode())
    said = refused(put(tmp_path, data[: len(data) // 2]))
    assert said.code == "damaged"


@pytest.mark.parametrize("kind", ["gzip", "bz2", "xz", "zstd", "zip"])
@pytest.mark.parametrize("line", ["force,speed,fault\n", ""])
def test_a_bomb_is_refused_in_constant_memory(tmp_path, kind, line, monkeypatch):
    monkeypatch.setattr(unpack, "FREE", 1 << 18)
    plain = (line + ("1,2,0\n" if line else "\0") * (4 << 20 if not line else 1 << 19)).encode()
    path = put(tmp_path, PACKED[kind](plain))
    del plain
    tracemalloc.start()
    said = refused(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert said.code in ("bomb", "nul")
    assert line == "" or said.code == "bomb"
    assert peak < 64 << 20


def test_a_zip_that_says_how_much_it_holds_is_refused_unread(tmp_path, monkeypatch):
    monkeypatch.setattr(unpack, "FREE", 1 << 20)
    path = put(tmp_path, zipped(table_csv=b"1,2\n" * (1 << 20)))
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("it was opened"))
    assert refused(path).code == "bomb"


def test_a_table_that_compresses_well_is_no_bomb(tmp_path):
    path = put(tmp_path, gzip.compress(b"force,fault\n" + b"1.5,ok\n" * 500_000))
    assert read(path).rows == 500_000


class Foreign:
    def __reduce__(self):
        return (print, ("it ran",))


HTML = "<!DOCTYPE html><html><body>Sign in</body></html>"
XLSX = zipped(xl__workbook_xml="<workbook/>", other="x")


@pytest.mark.parametrize(
    ("content", "code", "word"),
    [
        (b"", "empty", "empty"),
        (b"\n\n  \n", "empty", "no rows"),
        (b"force,speed,fault\n", "header-only", "no rows"),
        (b"force,speed,fault", "header-only", "row 1"),
        (XLSX, "excel", "CSV UTF-8"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "excel", "CSV UTF-8"),
        *[(pickle.dumps({"a": Foreign()}, protocol), "pickle", "not opened") for protocol in range(6)],
        (pickle.dumps(np.zeros(3), 0), "pickle", "not opened"),
        (gzip.compress(pickle.dumps(Foreign()), mtime=0), "pickle", "not opened"),
        (zlib.compress(pickle.dumps(Foreign())), "pickle", "not opened"),
        (zipped(archive__data_pkl=b"\x80\x02."), "pickle", "not opened"),
        (HTML, "markup", "web page"),
        ('<?xml version="1.0"?><rows/>', "markup", "XML"),
        (json.dumps([{"force": 1.5}]), "json", "JSON"),
        (json.dumps({"force": [1.5]}), "json", "JSON"),
        (b"%PDF-1.7\n", "not-a-table", "PDF"),
        (gzip.compress(gzip.compress(GOOD.encode(), mtime=0), mtime=0), "archive", "twice"),
        (zipped(a_csv=GOOD, b_csv=GOOD), "archive", "2 files"),
        (b"force,speed\n1,2\n3,\0\0\n", "nul", "Line 3"),
        (b"force,speed\n1,2\n" + b"x" * (3 << 20), "long-line", "Line 3"),
        (b'force,speed\n1,2\n3,"4\n' + b"5,6\n" * 2_400_000, "broken-row", "quote"),
    ],
)
def test_what_is_no_table_is_refused_in_one_sentence(tmp_path, content, code, word, capsys):
    said = refused(put(tmp_path, content))
    assert (said.code, said.blocking) == (code, True)
    assert word in said.sentence
    assert said.sentence.endswith(".")
    assert "it ran" not in capsys.readouterr().out


def test_numpy_files_are_refused(tmp_path):
    out = io.BytesIO()
    np.save(out, np.array([Foreign()], dtype=object), allow_pickle=True)
    assert refused(put(tmp_path, out.getvalue())).code == "numpy"
    out = io.BytesIO()
    np.savez(out, a=np.zeros(3))
    assert refused(put(tmp_path, out.getvalue())).code == "numpy"


@pytest.mark.parametrize("header", ["class", "c_1", "d1", "x^2", "PAR1", "BZ", "[mm]", "ORC", "l2"])
def test_a_header_that_looks_like_another_format_is_a_header(tmp_path, header):
    assert read(put(tmp_path, f"{header},force\n1,2.5\n2,3.5\n")).rows == 2
    assert read(put(tmp_path, f"{header}\n1\n2\n")).columns[header].tolist() == [1.0, 2.0]


def test_a_file_that_is_not_there_is_told(tmp_path):
    assert "no.csv" in refused(tmp_path / "no.csv").sentence
    assert "folder" in refused(tmp_path).sentence


def test_a_password_is_told(tmp_path):
    data = bytearray(zipped(table_csv=GOOD))
    for mark, at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        data[data.find(mark) + at] |= 1
    assert refused(put(tmp_path, bytes(data))).code == "encrypted"
