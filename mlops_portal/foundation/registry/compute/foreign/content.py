"""What a model file is by its bytes, whatever its name says. Nothing is loaded to find out."""

from __future__ import annotations

import pickletools

from mlops_portal.foundation.registry.compute.foreign.refusal import ForeignUnfit, gettext_noop

LARGEST = 64 << 20
PICKLE = gettext_noop(
    "{name} is a Python pickle (joblib and torch files are too); it could run foreign code and was not "
    "opened. Export the model as ONNX."
)
PACKED = gettext_noop("{name} is a {kind} file, not ONNX; unpack it and bring the .onnx file itself.")
OTHER = gettext_noop("{name} is a {kind} file, not ONNX; export the model as ONNX.")
KINDS = {
    b"\x1f\x8b": (PACKED, "gzip"),
    b"BZh": (PACKED, "bzip2"),
    b"\xfd7zXZ\x00": (PACKED, "xz"),
    b"\x28\xb5\x2f\xfd": (PACKED, "zstd"),
    b"7z\xbc\xaf\x27\x1c": (PACKED, "7-Zip"),
    b"\x89HDF": (OTHER, "HDF5 (Keras)"),
    b"PAR1": (OTHER, "Parquet"),
    b"%PDF": (OTHER, "PDF"),
    b"\x93NUMPY": (OTHER, "NumPy"),
    b"{": (OTHER, "JSON"),
    b"<": (OTHER, "XML"),
}
ZIP = b"PK\x03\x04"
ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")


def is_pickle(data: bytes) -> bool:
    """Whether the bytes are a pickle of any protocol; its instructions are read, none is followed."""
    if data[:1] == b"\x80" and data[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        return True
    if data[:2] in ZLIB:  # joblib with compression; no ONNX file begins with x
        return True
    try:
        for count, (opcode, _argument, _place) in enumerate(pickletools.genops(data)):
            if opcode.name == "STOP":
                return count > 0
    except (ValueError, IndexError, OverflowError, UnicodeDecodeError):
        return False
    return False


def demand_onnx(data: bytes, name: str) -> None:
    """Refuse what is certainly no ONNX file, or is too large. Raises ForeignUnfit."""
    if not data:
        raise ForeignUnfit(gettext_noop("{name} is empty; bring the .onnx file."), name=name)
    if len(data) > LARGEST:
        raise ForeignUnfit(
            gettext_noop("{name} has {size} MB; nodes take models up to {most} MB. Make the model smaller."),
            name=name, size=round(len(data) / (1 << 20)), most=LARGEST >> 20,
        )  # fmt: skip
    if data.startswith(ZIP):
        if b".pkl" in data[:4096]:
            raise ForeignUnfit(PICKLE, name=name)
        raise ForeignUnfit(PACKED, name=name, kind="zip")
    if is_pickle(data):
        raise ForeignUnfit(PICKLE, name=name)
    for magic, (message, kind) in KINDS.items():
        if data.startswith(magic):
            raise ForeignUnfit(message, name=name, kind=kind)
