"""The Merkle tree of RFC 9162 section 2.1 over SHA-256, and its proofs.

- A leaf is SHA-256(0x00 ‖ entry), a node SHA-256(0x01 ‖ left ‖ right), the empty tree SHA-256 of nothing.
- Proofs are verified as sections 2.1.3.2 and 2.1.4.2 say; a first size of 0 has no proof and is refused.
- All verifiers return nothing and raise ProofError.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()
HASH_SIZE = 32


class ProofError(ValueError):
    """The proof does not show what it claims."""


def leaf_hash(entry: bytes) -> bytes:
    """Hash of one entry as a leaf."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of two children."""
    return sha256(b"\x01" + left + right).digest()


class CompactRange:
    """The right edge of a growing tree: the roots of its perfect subtrees, largest first.

    ``append`` yields every node that became permanent, as (level, hash), leaf first.
    """

    def __init__(self, size: int = 0, edge: Iterable[bytes] = ()) -> None:
        self.size = size
        self.edge = list(edge)
        if len(self.edge) != size.bit_count():
            raise ValueError(
                f"a tree of {size} has {size.bit_count()} perfect subtrees, not {len(self.edge)}"
            )

    def append(self, leaf: bytes) -> list[tuple[int, bytes]]:
        """Add a leaf hash; the nodes that are complete by it."""
        made = [(0, leaf)]
        level, rest = 0, self.size
        while rest & 1:
            leaf = node_hash(self.edge.pop(), leaf)
            level, rest = level + 1, rest >> 1
            made.append((level, leaf))
        self.edge.append(leaf)
        self.size += 1
        return made

    def root(self) -> bytes:
        """Root of the tree so far."""
        return fold(self.edge)


def fold(edge: Sequence[bytes]) -> bytes:
    """Root over perfect subtrees of falling size."""
    if not edge:
        return EMPTY_ROOT
    root = edge[-1]
    for left in reversed(edge[:-1]):
        root = node_hash(left, root)
    return root


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Root over leaf hashes."""
    tree = CompactRange()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root()


def _walk(node: int, last: int, proof: Sequence[bytes]) -> Iterator[tuple[bool, bytes]]:
    """The steps of a proof from ``node`` to the root, each with whether it stands on the left."""
    for step in proof:
        if last == 0:
            raise ProofError("the proof is too long")
        left = bool(node & 1) or node == last
        yield left, step
        while left and node and not node & 1:
            node, last = node >> 1, last >> 1
        node, last = node >> 1, last >> 1
    if last != 0:
        raise ProofError("the proof is too short")


def _check_hashes(*hashes: bytes) -> None:
    if any(len(digest) != HASH_SIZE for digest in hashes):
        raise ProofError("a hash is not 32 bytes long")


def verify_inclusion(*, index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """That ``leaf`` (a leaf hash) is number ``index`` from 0 of the ``size`` leaves under ``root``."""
    _check_hashes(leaf, *proof)
    if not 0 <= index < size:
        raise ProofError(f"there is no leaf {index} in a tree of {size}")
    for left, step in _walk(index, size - 1, proof):
        leaf = node_hash(step, leaf) if left else node_hash(leaf, step)
    if leaf != root:
        raise ProofError("the proof leads to another root")


def verify_consistency(
    *, first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]
) -> None:
    """That the tree of ``second`` leaves begins with the tree of ``first`` leaves."""
    _check_hashes(*proof)
    if not 0 < first <= second:
        raise ProofError(f"no proof leads from a tree of {first} to a tree of {second}")
    if (first == second) == bool(proof):
        raise ProofError("a proof is needed between two sizes, and only there")
    steps = list(proof)
    if first & (first - 1) == 0:
        steps.insert(0, first_root)
    node, last = first - 1, second - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = steps[0] if steps else first_root
    for left, step in _walk(node, last if first < second else 0, steps[1:]):
        if left:
            old = node_hash(step, old)
        new = node_hash(step, new) if left else node_hash(new, step)
    if (old, new) != (first_root, second_root):
        raise ProofError("the proof leads to other roots")
