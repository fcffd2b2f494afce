"""The two pictures of one part, colour and depth, as PNG bytes of 640 × 448 pixels.

They depend on seed, part id, asset type and defect alone; colour and depth show the same geometry.
The depth map uses viridis, which grows evenly in lightness and can be read without seeing red or green
(Smith and van der Walt 2015; here as Zucker's polynomial), on navy where the sensor sees nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mlops_portal.above.demo.sim.noise import stream
from mlops_portal.above.demo.sim.pictures import bodies, canvas, flaws
from mlops_portal.above.demo.sim.pictures.bodies import BORE, Body

STEEL = (0.965, 0.985, 1.02)
ALLOY = (0.985, 0.99, 0.995)
MAT = (52.0, 57.0, 67.0)
NAVY = (13, 24, 62)
KEPT_BITS = np.uint8(0xFC)  # grain hides the rest from the eye, and the file is a third smaller
LOWEST, HIGHEST = 0.55, 1.55  # mm shown as the first and the last colour
VIRIDIS = (
    (0.2777273, 0.0054073, 0.3340998),
    (0.1050930, 1.4046135, 1.3845902),
    (-0.3308618, 0.2148476, 0.0950952),
    (-4.6342305, -5.7991010, -19.3324410),
    (6.2282699, 14.1799334, 56.6905526),
    (4.7763850, -13.7451454, -65.3530326),
    (-5.4354559, 4.6458526, 26.3124352),
)


@dataclass(frozen=True, slots=True)
class Pictures:
    """Colour and depth of one part, PNG bytes each."""

    colour: bytes
    depth: bytes


def pictures(seed: int, part: str, asset_type: str, defect: str = "ok") -> Pictures:
    """Draw a part; KeyError for an unknown asset type or defect. Takes some 30 ms."""
    lay, flaw, camera = (stream(seed, "picture", part, what) for what in ("lay", "flaw", "camera"))
    force = float(flaw.beta(2.2, 1.6))
    body = _body(lay, asset_type, force if defect == "undersize" else None)
    flaws.dirt(body, lay)
    if defect not in ("ok", "undersize"):
        flaws.FLAWS[defect](body, flaw, force)
    return Pictures(_colour(body, camera, STEEL if asset_type == "press" else ALLOY), _depth(body, camera))


def _body(rng: np.random.Generator, asset_type: str, narrow: float | None) -> Body:
    """The part without its flaw; ``narrow`` from 0 to 1 makes the bore too small, a matter of shape."""
    if asset_type == "press":
        return bodies.plate(rng)
    if asset_type == "machining":
        spread = float(rng.normal(0, 0.3))
        return bodies.housing(rng, BORE + spread if narrow is None else BORE - 3.0 - 5.0 * narrow)
    raise KeyError(asset_type)


def _colour(body: Body, rng: np.random.Generator, tone: tuple[float, float, float]) -> bytes:
    """A camera under a lamp from the upper left; the part lies on a dark mat and throws a soft shadow."""
    x, y = canvas.grid()
    slope_y, slope_x = np.gradient(body.height)
    shine = (
        172 + 0.045 * (-x - 1.3 * y) + 14 * canvas.ridge(x * 0.8 + y * 0.6, float(rng.uniform(-140, 60)), 90)
    )
    metal = shine + body.glow - np.clip(620 * (slope_x + 1.2 * slope_y), -70, 55)
    shadow = np.clip(1 - np.roll(body.edge, (9, 7), (0, 1)) / 26, 0, 1)
    hole = canvas.inside(body.bore) * np.clip(1 - (body.bore + 40) / 40, 0, 1)
    mat = 1 - 0.55 * shadow + 0.25 * hole + 0.05 * canvas.grain(rng, 2, 2)
    vignette = 1 - 0.20 * (x * x + y * y) / np.float32(320**2 + 224**2)
    sensor = 1.0 * canvas.grain(rng, 0, 0)
    planes = []
    for tint, ground, fade in zip(tone, MAT, _scorched(body), strict=True):
        planes.append(
            (body.metal * metal * tint * fade + (1 - body.metal) * ground * mat) * vignette + sensor
        )
    if body.gauge is not None:
        _gauge(planes, body)
    return canvas.png(Image.fromarray(_bytes(np.stack(planes, axis=-1)) & KEPT_BITS, "RGB"))


def _scorched(body: Body) -> tuple[canvas.Map, canvas.Map, canvas.Map]:
    """Red, green and blue kept by heated metal: straw at the border, then brown, blue in the middle."""
    heat = body.scorch
    blue = np.clip(heat * 3 - 1.9, 0, 1)
    red = 1 - 0.30 * heat - 0.28 * blue
    return red, 1 - 0.52 * heat, 1 - 0.85 * heat + 0.62 * blue


def _gauge(planes: list[canvas.Map], body: Body) -> None:
    """The dashed circle that the station's camera draws where the bore should end."""
    radius = np.hypot(body.u, body.v) - np.float32(body.gauge or 0)
    dashes = (np.sin(np.arctan2(body.v, body.u) * 36) > -0.1).astype(np.float32)
    line = np.clip(1.6 - np.abs(radius), 0, 1) * dashes * 0.95
    for plane, level in zip(planes, (0, 190, 225), strict=True):
        plane += line * (level - plane)


def _depth(body: Body, rng: np.random.Generator) -> bytes:
    """A depth sensor: height in colour, with ripple and lost pixels at steep edges."""
    noisy = body.height + 0.006 * canvas.grain(rng, 2, 2) + 0.004 * canvas.grain(rng, 24, 24)
    level = np.clip((noisy - LOWEST) / (HIGHEST - LOWEST), 0, 1) * 254 + 1
    lost = (body.metal < 0.62) | ((body.metal < 0.999) & (canvas.grain(rng, 2, 2) > 0.4))
    image = Image.fromarray(np.where(lost, 0, level).astype(np.uint8), "P")
    image.putpalette(_palette())
    return canvas.png(image)


@lru_cache(maxsize=1)
def _palette() -> bytes:
    share = np.linspace(0, 1, 255)[:, None]
    colours = sum(np.array(row) * share**power for power, row in enumerate(VIRIDIS))
    return bytes(NAVY) + _bytes(np.asarray(colours) * 255).tobytes()


def _bytes(values: NDArray[np.floating]) -> NDArray[np.uint8]:
    return np.clip(values, 0, 255).astype(np.uint8)
