"""Tiles of a transparency log (https://c2sp.org/tlog-tiles): coordinates, paths, proofs read from tiles.

- A full tile holds 256 hashes (8,192 bytes); at level ``l`` each is the root of 256**l leaves.
- A partial tile is the beginning of the full one and is never hashed into the level above.
- Entry bundles hold entries, each after its length as a big-endian uint16.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mlops_portal.foundation.wire.merkle import HASH_SIZE, CompactRange, fold, node_hash

WIDTH = 256
MAX_ENTRY = 0xFFFF
_PATH = re.compile(r"((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Tile:
    """Where a tile is: level 0 … 63, index within the level, width 1 … 256 hashes."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Path below the log's address, ``tile/<L>/<N>[.p/<W>]``."""
        return f"tile/{self.level}/{_index_path(self.index, self.width)}"


def _index_path(index: int, width: int) -> str:
    parts = [f"{index % 1000:03}"]
    while index := index // 1000:
        parts.insert(0, f"x{index % 1000:03}")
    return "/".join(parts) + ("" if width == WIDTH else f".p/{width}")


def bundle_path(index: int, width: int = WIDTH) -> str:
    """Path of an entry bundle, ``tile/entries/<N>[.p/<W>]``."""
    return f"tile/entries/{_index_path(index, width)}"


def parse_path(level: str, path: str) -> Tile:
    """The tile of ``<L>`` and ``<N>[.p/<W>]``; ValueError where they are not spelled as the format says."""
    match = _PATH.fullmatch(path)
    number = int(level) if re.fullmatch(r"0|[1-9][0-9]?", level, re.ASCII) else 64
    if number > 63 or match is None or len(path) > 100:
        raise ValueError("not the path of a tile")
    index = int(match[1].replace("x", "").replace("/", ""))
    width = int(match[2]) if match[2] else WIDTH
    if _index_path(index, width) != path or (match[2] and width >= WIDTH):
        raise ValueError("not the path of a tile")
    return Tile(number, index, width)


def edge_tiles(size: int) -> list[Tile]:
    """The partial tiles of a tree of ``size`` leaves, lowest level first."""
    tiles, level = [], 0
    while count := size >> (8 * level):
        if width := count % WIDTH:
            tiles.append(Tile(level, count // WIDTH, width))
        level += 1
    return tiles


def tile_count(size: int) -> int:
    """How many tiles, full and partial, a tree of ``size`` leaves has."""
    total, level = 0, 0
    while count := size >> (8 * level):
        total += -(-count // WIDTH)
        level += 1
    return total


def split(hashes: bytes) -> list[bytes]:
    """The hashes of a tile one by one."""
    return [hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE)]


def subtree(hashes: list[bytes]) -> bytes:
    """Root of the perfect subtree over 2**n neighbouring hashes."""
    while len(hashes) > 1:
        hashes = [node_hash(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2)]
    return hashes[0]


class Tree:
    """A tree of ``size`` leaves read from tiles; ``read`` gives a tile's bytes (at least its width)."""

    def __init__(self, size: int, read: Callable[[Tile], bytes]) -> None:
        self.size = size
        self._read = read
        self._tiles: dict[tuple[int, int], bytes] = {}

    def _tile(self, level: int, index: int) -> bytes:
        if (level, index) not in self._tiles:
            width = min(WIDTH, (self.size >> (8 * level)) - index * WIDTH)
            data = self._read(Tile(level, index, width))
            if len(data) < width * HASH_SIZE:
                raise ValueError(f"{Tile(level, index, width).path} is shorter than its width")
            self._tiles[level, index] = data
        return self._tiles[level, index]

    def node(self, level: int, index: int) -> bytes:
        """Root of the perfect subtree number ``index`` over 2**level leaves."""
        height = level % 8
        first = index << height
        data = self._tile(level // 8, first // WIDTH)
        at = first % WIDTH * HASH_SIZE
        return subtree(split(data[at : at + (HASH_SIZE << height)]))

    def edge(self, begin: int, end: int) -> list[bytes]:
        """Perfect subtrees over leaves ``begin`` to ``end``; ``begin`` is aligned to the first one's size."""
        hashes = []
        while begin < end:
            level = (end - begin).bit_length() - 1
            hashes.append(self.node(level, begin >> level))
            begin += 1 << level
        return hashes

    def root(self) -> bytes:
        """Root of the tree."""
        return fold(self.edge(0, self.size))

    def compact(self) -> CompactRange:
        """The right edge, to append to."""
        return CompactRange(self.size, self.edge(0, self.size))

    def inclusion(self, index: int) -> list[bytes]:
        """Inclusion proof of leaf ``index``, RFC 9162 section 2.1.3.1."""
        if not 0 <= index < self.size:
            raise ValueError(f"there is no leaf {index} in a tree of {self.size}")
        begin, end, proof = 0, self.size, []
        while end - begin > 1:
            middle = begin + (1 << (end - begin - 1).bit_length() - 1)
            if index < middle:
                proof.append(fold(self.edge(middle, end)))
                end = middle
            else:
                proof.append(fold(self.edge(begin, middle)))
                begin = middle
        return proof[::-1]

    def consistency(self, first: int) -> list[bytes]:
        """Consistency proof from the tree of ``first`` leaves, RFC 9162 section 2.1.4.1."""
        if not 0 < first <= self.size:
            raise ValueError(f"no proof leads from a tree of {first} to a tree of {self.size}")
        begin, end, proof, whole = 0, self.size, [], True
        while first != end:
            middle = begin + (1 << (end - begin - 1).bit_length() - 1)
            if first <= middle:
                proof.append(fold(self.edge(middle, end)))
                end = middle
            else:
                proof.append(fold(self.edge(begin, middle)))
                begin, whole = middle, False
        if not whole:
            proof.append(fold(self.edge(begin, end)))
        return proof[::-1]


def bundle(entries: Iterable[bytes]) -> bytes:
    """An entry bundle; ValueError for an entry past 65,535 bytes."""
    parts = []
    for entry in entries:
        if len(entry) > MAX_ENTRY:
            raise ValueError(f"an entry of {len(entry)} bytes does not fit a bundle")
        parts += [len(entry).to_bytes(2, "big"), entry]
    return b"".join(parts)


def parse_bundle(data: bytes) -> list[bytes]:
    """The entries of a bundle; ValueError where it is cut short."""
    entries, at = [], 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 2], "big")
        entry = data[at + 2 : at + 2 + length]
        if len(data) < at + 2 or len(entry) != length:
            raise ValueError("the bundle is cut short")
        entries.append(entry)
        at += 2 + length
    return entries
