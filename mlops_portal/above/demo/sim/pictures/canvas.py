"""The ground that all pictures share: pixel grid, reusable grain, distance functions, and PNG bytes.

Grain is made once per process and shifted for every part: drawing fresh noise would cost most of the time.
"""

from __future__ import annotations

import io
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from mlops_portal.above.demo.sim.noise import stream

WIDTH, HEIGHT = 640, 448
RUNS = 3  # Z_RLE
Map = NDArray[np.float32]
Point = tuple[float, float]


@lru_cache(maxsize=1)
def grid() -> tuple[Map, Map]:
    """x and y of every pixel from the middle of the picture, float32 (HEIGHT, WIDTH)."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    return x - WIDTH / 2, y - HEIGHT / 2


@lru_cache(maxsize=16)
def _grain(blur_x: int, blur_y: int) -> Map:
    """Noise of mean 0 and deviation 1, smooth over so many pixels; it wraps around, so it can be shifted."""
    noise = stream(0, "grain", blur_x, blur_y).standard_normal((HEIGHT, WIDTH)).astype(np.float32)
    spectrum = np.fft.rfft2(noise)
    fy, fx = np.fft.fftfreq(HEIGHT)[:, None], np.fft.rfftfreq(WIDTH)[None, :]
    smooth = np.fft.irfft2(
        spectrum * np.exp(-((fx * blur_x) ** 2) * 9 - (fy * blur_y) ** 2 * 9), (HEIGHT, WIDTH)
    )
    return ((smooth - smooth.mean()) / smooth.std()).astype(np.float32)


def grain(rng: np.random.Generator, blur_x: int, blur_y: int) -> Map:
    """Grain for one part: the shared noise, shifted by chance."""
    return np.roll(_grain(blur_x, blur_y), (int(rng.integers(HEIGHT)), int(rng.integers(WIDTH))), (0, 1))


def turned(x: Map, y: Map, angle: float, centre: Point) -> tuple[Map, Map]:
    """Coordinates of a body that lies at ``centre`` and is turned by ``angle`` [rad]."""
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    dx, dy = x - np.float32(centre[0]), y - np.float32(centre[1])
    return dx * cos + dy * sin, dy * cos - dx * sin


def box(x: Map, y: Map, half: Point, radius: float) -> Map:
    """Signed distance [px] to a rounded rectangle around 0; negative inside."""
    qx, qy = np.abs(x) - np.float32(half[0] - radius), np.abs(y) - np.float32(half[1] - radius)
    outside = np.hypot(np.maximum(qx, 0), np.maximum(qy, 0))
    return outside + np.minimum(np.maximum(qx, qy), 0) - np.float32(radius)


def disc(x: Map, y: Map, centre: Point, radius: float) -> Map:
    """Signed distance [px] to a circle; negative inside."""
    return np.hypot(x - np.float32(centre[0]), y - np.float32(centre[1])) - np.float32(radius)


def inside(distance: Map) -> Map:
    """Coverage 0 to 1 of a body with this distance, smooth over one pixel."""
    return np.clip(np.float32(0.5) - distance, 0, 1)


def ridge(distance: Map, at: float, width: float) -> Map:
    """A bell of height 1 along the line where the distance equals ``at``."""
    return np.exp(-(((distance - np.float32(at)) / np.float32(width)) ** 2))


def strokes(lines: list[tuple[list[Point], float]], blur: float) -> Map:
    """Coverage 0 to 1 of lines, each a list of points from the middle of the picture and a width [px]."""
    scale = 2
    image = Image.new("L", (WIDTH * scale, HEIGHT * scale))
    draw = ImageDraw.Draw(image)
    for points, width in lines:
        placed = [((x + WIDTH / 2) * scale, (y + HEIGHT / 2) * scale) for x, y in points]
        draw.line(placed, fill=255, width=max(1, round(width * scale)), joint="curve")
    small = image.resize((WIDTH, HEIGHT), Image.Resampling.BOX)
    if blur:
        small = small.filter(ImageFilter.GaussianBlur(blur))
    return np.asarray(small, np.float32) / np.float32(255)


def png(image: Image.Image) -> bytes:
    """The picture as PNG bytes; the lowest compression, for runs alone, since grain does not compress anyway:
    a quarter of the time to draw a part less than with level 3, for 4 % more bytes."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1, compress_type=RUNS)
    return buffer.getvalue()
