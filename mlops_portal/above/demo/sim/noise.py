"""Random numbers that depend on what they are for, never on when they are drawn.

A number is found by seed, stream name and index, so a run part by part equals a run at once, a stopped
plant goes on with the same numbers, and a disturbance changes nothing that it does not touch.
Streams are spawned from SHA-256 of the name: Python's own ``hash()`` differs from process to process.
"""

from __future__ import annotations

import hashlib

import numpy as np

BLOCK = 128


def stream(seed: int, *names: object) -> np.random.Generator:
    """A generator of its own for this name under this seed."""
    digest = hashlib.sha256("\x1f".join(str(name) for name in names).encode()).digest()
    return np.random.Generator(
        np.random.PCG64(np.random.SeedSequence([seed, *np.frombuffer(digest, "<u4").tolist()]))
    )


class Noise:
    """Rows of independent numbers for the parts of one asset: normals N(0, 1) and uniforms in [0, 1)."""

    def __init__(self, seed: int, name: str, normals: int, uniforms: int) -> None:
        self._seed, self._name, self._widths = seed, name, (normals, uniforms)
        self._block = -1
        self._normals: list[list[float]] = []
        self._uniforms: list[list[float]] = []

    def row(self, index: int) -> tuple[list[float], list[float]]:
        """Normals and uniforms of the part with this index, counted from 0."""
        block, place = divmod(index, BLOCK)
        if block != self._block:
            rng = stream(self._seed, self._name, block)
            self._normals = rng.standard_normal((BLOCK, self._widths[0])).tolist()
            self._uniforms = rng.random((BLOCK, self._widths[1])).tolist()
            self._block = block
        return self._normals[place], self._uniforms[place]
