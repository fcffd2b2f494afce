"""What each defect does to a body: to its height, its brightness and its tint, so both pictures agree.

``force`` from 0 (hard to see) to 1 (plain) comes from the part, so some flaws are honest doubts.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from mlops_portal.above.demo.sim.pictures import canvas
from mlops_portal.above.demo.sim.pictures.bodies import BORE, Body
from mlops_portal.above.demo.sim.pictures.canvas import Point

Rng = np.random.Generator


def crack(body: Body, rng: Rng, force: float) -> None:
    """A jagged gap that starts at the rim of the hole and runs outward, ever thinner, with a branch."""
    direction = float(rng.choice([-0.55, 0.6, 2.5, 3.7]) + rng.normal(0, 0.12))
    trunk = _jagged(rng, (BORE * math.cos(direction), BORE * math.sin(direction)), direction, 45 + 60 * force)
    fork = trunk[len(trunk) // 2]
    branch = _jagged(rng, fork, direction + float(rng.choice([-0.8, 0.8])), 14 + 22 * force)
    lines: list[tuple[list[Point], float]] = []
    for points, width in ((trunk, 2.4 + 2.6 * force), (branch, 1.4 + force)):
        placed = [body.place(*point) for point in points]
        lines += [
            (placed[index : index + 2], width * (1 - 0.8 * index / len(placed)))
            for index in range(len(placed) - 1)
        ]
    gap = np.minimum(canvas.strokes(lines, 0.5) * 1.25, 1)
    bulge = canvas.strokes(lines, 5.0)
    body.height += 0.10 * bulge - 0.55 * gap
    body.glow -= 120 * gap
    body.metal *= 1 - 0.55 * gap


def _jagged(rng: Rng, start: Point, direction: float, length: float) -> list[Point]:
    """A line that wanders: short straight pieces that turn left and right of the direction."""
    points, (x, y), way = [start], start, 0.0
    while way < length:
        piece, turn = float(rng.uniform(7, 15)), float(rng.normal(0, 0.55))
        x, y = x + piece * math.cos(direction + turn), y + piece * math.sin(direction + turn)
        way += piece
        points.append((x, y))
    return points


def scratch(body: Body, rng: Rng, force: float) -> None:
    """A bundle of fine, nearly parallel lines, bright with a dark side, that hardly show in the depth."""
    u, v = (
        float(rng.choice([-128, 128]) + rng.normal(0, 14)),
        float(rng.choice([-80, 78]) + rng.normal(0, 14)),
    )
    direction = float(rng.uniform(-0.5, 0.5))
    bright, dark = [], []
    for index in range(3 + int(3 * force)):
        shift = (index - 2) * float(rng.uniform(5, 9))
        length, bend = (34 + 46 * force) * float(rng.uniform(0.6, 1.1)), float(rng.normal(0, 2.5))
        middle = (u - shift * math.sin(direction) + float(rng.normal(0, 9)), v + shift * math.cos(direction))
        points = []
        for part in np.linspace(-1, 1, 9).tolist():
            along, aside = part * length, bend * (1 - part * part)
            points.append(
                body.place(
                    middle[0] + along * math.cos(direction) - aside * math.sin(direction),
                    middle[1] + along * math.sin(direction) + aside * math.cos(direction),
                )
            )
        width = 0.9 + 0.8 * force * float(rng.uniform(0.5, 1))
        bright.append((points, width))
        dark.append(([(x + 0.9, y + 1.3) for x, y in points], width))
    light, shade = canvas.strokes(bright, 0.35), canvas.strokes(dark, 0.4)
    body.glow += (26 + 40 * force) * light - (34 + 34 * force) * shade
    body.height -= (0.025 + 0.05 * force) * np.maximum(light, shade)


def burr(body: Body, rng: Rng, force: float) -> None:
    """Metal pressed up along a stretch of the hole's rim: ragged, bright on top, with a small shadow."""
    direction = float(rng.uniform(-math.pi, math.pi))
    spread = 0.22 + 0.32 * force
    angle = np.arctan2(body.v, body.u) - np.float32(direction)
    angle = np.abs(np.arctan2(np.sin(angle), np.cos(angle)))
    stretch = np.clip(1.15 - angle / np.float32(spread), 0, 1) ** 0.6
    ragged = 2.4 * canvas.grain(rng, 3, 3) + 2.0 * canvas.grain(rng, 6, 6)
    lip = stretch * (3 + 6 * force)
    flap = canvas.inside(body.bore + lip + ragged * stretch) * 1.0
    metal = canvas.inside(body.bore) * (1 - flap) * (stretch > 0)
    crown = stretch * canvas.ridge(body.bore + 0.4 * ragged * stretch, 1.0, 4.5 + 3 * force)
    body.metal = np.maximum(body.metal, metal.astype(np.float32))
    body.height += (0.22 + 0.30 * force) * crown
    body.glow += (22 + 26 * force) * crown * (0.6 + 0.25 * ragged) - 26 * stretch * canvas.ridge(
        body.bore, 13, 4
    )


def chatter(body: Body, rng: Rng, force: float) -> None:
    """Regular waves in a sector of the turned face around the bore."""
    radius, angle = np.hypot(body.u, body.v), np.arctan2(body.v, body.u)
    sector = np.cos(angle - np.float32(rng.uniform(-math.pi, math.pi)))
    share = (
        np.clip((sector + 0.45 + 0.5 * force) * 2, 0, 1)
        * canvas.inside(radius - 113)
        * canvas.inside(body.bore * -1)
    )
    wave = np.sin(angle * int(rng.integers(84, 108)) + radius * 0.11 + 0.35 * canvas.grain(rng, 24, 24))
    body.height += (0.028 + 0.035 * force) * wave * share
    body.glow += (11 + 17 * force) * wave * share


def burn(body: Body, rng: Rng, force: float) -> None:
    """Straw, brown and blue tint in a patch beside the bore; the height is nearly as it was."""
    direction, far = float(rng.uniform(-math.pi, math.pi)), float(rng.uniform(96, 128))
    u, v = far * math.cos(direction), far * math.sin(direction)
    size = 24 + 26 * force
    spot = np.hypot((body.u - np.float32(u)) / 1.25, body.v - np.float32(v)) / np.float32(size)
    spot = spot + 0.16 * canvas.grain(rng, 24, 24) + 0.05 * canvas.grain(rng, 6, 6)
    body.scorch = np.clip(1.25 - spot, 0, 1).astype(np.float32) * np.float32(0.55 + 0.45 * force)
    body.height += 0.03 * body.scorch


def dirt(body: Body, rng: Rng) -> None:
    """What every part brings along: dust, and now and then a smear of oil."""
    specks: list[tuple[list[Point], float]] = []
    for x, y in rng.uniform((-220, -160), (220, 160), (int(rng.integers(3, 12)), 2)).tolist():
        specks.append(([(x, y), (x + float(rng.normal(0, 1.6)), y + 1)], float(rng.uniform(0.5, 1.4))))
    body.glow -= 38 * canvas.strokes(specks, 0.5)
    if rng.random() < 0.3:
        x, y = float(rng.uniform(-170, 170)), float(rng.uniform(-110, 110))
        smear = np.hypot((body.u - np.float32(x)) / 46, (body.v - np.float32(y)) / 20)
        body.glow -= 9 * np.clip(1.2 - smear + 0.2 * canvas.grain(rng, 24, 24), 0, 1)


FLAWS: dict[str, Callable[[Body, Rng, float], None]] = {
    "crack": crack,
    "scratch": scratch,
    "burr": burr,
    "chatter": chatter,
    "burn": burn,
}
