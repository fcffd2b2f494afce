"""Pictures of parts: always the same for one part, different by defect, colour and depth of one geometry."""

from __future__ import annotations

import io
import time

import numpy as np
import pytest
from PIL import Image

from mlops_portal.above.demo.sim.catalogue import ASSET_TYPES
from mlops_portal.above.demo.sim.pictures.draw import pictures

DEFECTS = [(kind.key, one.key) for kind in ASSET_TYPES.values() for one in kind.classes]
EACH = pytest.mark.parametrize(("kind", "defect"), DEFECTS)
ALL = pytest.mark.parametrize(("kind", "defect"), [("press", "ok"), ("machining", "ok"), *DEFECTS])


def pixels(data):
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), np.float64)


@ALL
def test_a_part_looks_the_same_whenever_it_is_drawn(kind, defect):
    assert pictures(1, "4-20611", kind, defect) == pictures(1, "4-20611", kind, defect)


@ALL
def test_both_pictures_are_png_of_the_same_size(kind, defect):
    drawn = pictures(1, "4-20611", kind, defect)
    for data in (drawn.colour, drawn.depth):
        image = Image.open(io.BytesIO(data))
        assert (image.format, image.size) == ("PNG", (640, 448))


def test_two_parts_do_not_look_the_same():
    assert pictures(1, "4-20611", "press").colour != pictures(1, "4-20612", "press").colour
    assert pictures(1, "4-20611", "press").colour != pictures(2, "4-20611", "press").colour


@EACH
def test_a_defect_shows_in_one_place_in_the_colour_picture(kind, defect):
    good, bad = (pixels(pictures(1, "4-20611", kind, which).colour).mean(axis=2) for which in ("ok", defect))
    changed = _blocks(np.abs(good - bad)) > 12
    assert 1 <= changed.sum() < 0.2 * changed.size


@pytest.mark.parametrize(("kind", "defect"), [pair for pair in DEFECTS if pair[1] != "burn"])
def test_a_defect_that_changes_the_shape_shows_in_the_depth_at_the_same_place(kind, defect):
    colour, depth = (
        _blocks(np.abs(_one(kind, "ok", which) - _one(kind, defect, which)).max(axis=2))
        for which in ("colour", "depth")
    )
    seen, deep = (
        np.argwhere(colour > np.quantile(colour, 0.99)),
        np.argwhere(depth > np.quantile(depth, 0.99)),
    )
    nearest = np.abs(seen[:, None] - deep[None]).max(axis=2).min(axis=1)
    assert np.median(nearest) <= 2


def test_a_burn_is_brown_and_flat():
    good, bad = (_one("machining", which, "colour") for which in ("ok", "burn"))
    patch = (good - bad).sum(axis=2) > 60
    assert patch.sum() > 200
    assert bad[patch][:, 0].mean() > bad[patch][:, 2].mean() + 15


def test_an_undersized_bore_has_metal_inside_the_gauge():
    good, bad = (_one("machining", which, "depth") for which in ("ok", "undersize"))
    holes = [(one == (13, 24, 62)).all(axis=2)[104:344, 200:440].sum() for one in (good, bad)]
    assert holes[1] < 0.95 * holes[0]


def test_the_hole_lies_at_the_same_place_in_both_pictures():
    colour, depth = _one("press", "ok", "colour"), _one("press", "ok", "depth")
    dark = colour.mean(axis=2)[120:330, 210:430] < 90
    empty = (depth == (13, 24, 62)).all(axis=2)[120:330, 210:430]
    assert (dark == empty).mean() > 0.97


def test_an_unknown_type_or_defect_is_refused():
    for kind, defect in (("lathe", "ok"), ("press", "rust")):
        with pytest.raises(KeyError):
            pictures(1, "4-20611", kind, defect)


def test_a_picture_is_drawn_in_less_than_sixty_milliseconds():
    pictures(1, "warm up", "press", "burr")
    spent = []
    for part in range(5):
        begun = time.process_time()
        pictures(1, f"4-{part}", "press", "burr")
        spent.append(time.process_time() - begun)
    assert min(spent) / 2 < 0.060


def _one(kind, defect, which):
    return pixels(getattr(pictures(1, "4-20611", kind, defect), which))


def _blocks(change):
    """Mean change over blocks of 8 by 8 pixels."""
    return change.reshape(56, 8, 80, 8).mean(axis=(1, 3))
