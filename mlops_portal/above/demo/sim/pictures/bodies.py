"""The parts themselves, without any flaw: where there is metal, how high it stands, how it was worked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mlops_portal.above.demo.sim.pictures import canvas
from mlops_portal.above.demo.sim.pictures.canvas import Map, Point

BORE = 76.0


@dataclass(slots=True)
class Body:
    """A part under the camera, maps float32 (HEIGHT, WIDTH).

    ``edge`` signed distance to the outline, ``bore`` to the main hole, ``metal`` coverage 0 to 1, ``height``
    [mm], ``glow`` added brightness, ``scorch`` heat tint 0 to 1; ``u`` and ``v`` the body's own
    coordinates; ``gauge`` the radius that its bore should have, where the station measures it.
    """

    centre: Point
    angle: float
    u: Map
    v: Map
    edge: Map
    bore: Map
    metal: Map
    height: Map
    glow: Map
    scorch: Map
    gauge: float | None = None

    def place(self, u: float, v: float) -> Point:
        """A point of the body in picture coordinates."""
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        return float(self.centre[0] + u * cos - v * sin), float(self.centre[1] + u * sin + v * cos)


def _laid(rng: np.random.Generator) -> tuple[Point, float, Map, Map]:
    """Where the gripper laid the part: a few pixels and a degree or two off."""
    centre = (float(rng.normal(0, 4)), float(rng.normal(0, 3)))
    angle = float(rng.normal(0, 0.012))
    return centre, angle, *canvas.turned(*canvas.grid(), angle, centre)


def plate(rng: np.random.Generator) -> Body:
    """A stamped plate: rolled rim, collar around the hole, two beads, two fixing holes, brushed surface."""
    centre, angle, u, v = _laid(rng)
    edge = canvas.box(u, v, (222, 158), 46)
    bore = canvas.disc(u, v, (0, 0), BORE)
    small = np.minimum(canvas.disc(u, v, (-178, -114), 11), canvas.disc(u, v, (178, 114), 11))
    metal = canvas.inside(edge) * (1 - canvas.inside(bore)) * (1 - canvas.inside(small))
    height = 1.0 + 0.0011 * u + 0.0002 * v
    height = height + 0.16 * canvas.ridge(edge, -9, 7) + 0.22 * canvas.ridge(bore, 8, 6)
    for side in (-148.0, 148.0):
        height = height + 0.16 * canvas.ridge(canvas.box(u - side, v, (12, 62), 12), 0, 7)
    glow = 5.5 * canvas.grain(rng, 60, 1) + 2.5 * canvas.grain(rng, 14, 1)
    return Body(centre, angle, u, v, edge, bore, metal, height, glow, np.zeros_like(u))


def housing(rng: np.random.Generator, bore_radius: float = BORE) -> Body:
    """A milled flange: four bolt holes, a step around the bore, arcs of the cutter, a bevelled outline."""
    centre, angle, u, v = _laid(rng)
    edge = canvas.box(u, v, (196, 176), 64)
    bore = canvas.disc(u, v, (0, 0), bore_radius)
    bolts = np.full_like(u, 1e3)
    for x in (-142.0, 142.0):
        for y in (-122.0, 122.0):
            bolts = np.minimum(bolts, canvas.disc(u, v, (x, y), 15))
    metal = canvas.inside(edge) * (1 - canvas.inside(bore)) * (1 - canvas.inside(bolts))
    ring = canvas.disc(u, v, (0, 0), 116)
    step = 1 / (1 + np.exp(np.clip(ring / 1.6, -30, 30)))
    height = 1.0 + 0.0009 * u - 0.0003 * v - 0.30 * step + 0.10 * (1 - canvas.inside(edge + 7))
    height = height - 0.14 * canvas.ridge(bolts, 0, 7) - 0.12 * np.clip((edge + 6) / 6, 0, 1)
    sweep = np.hypot(u + 30, v - 620) * 0.62 + 0.5 * canvas.grain(rng, 24, 24)
    turning = np.hypot(u, v) * 1.15
    glow = np.where(ring < 0, 4.0 * np.sin(turning), 5.0 * np.sin(sweep)).astype(np.float32)
    glow = glow + 3.0 * canvas.grain(rng, 14, 1) + 3.0 * canvas.grain(rng, 90, 90)
    return Body(centre, angle, u, v, edge, bore, metal, height, glow, np.zeros_like(u), gauge=BORE)
