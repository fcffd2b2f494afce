"""Colours: the two dark sets are alike, and words stand out enough from what is behind them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

SOURCE = Path(settings.BASE_DIR, "static/css/variables.css").read_text()
BLOCK = re.compile(r"([^{}]+)\{([^{}]*)\}")
PAIRS = [
    ("ink", "ground"), ("ink", "surface"), ("muted", "ground"), ("muted", "surface"), ("muted", "sunken"),
    ("accent", "surface"), ("accent", "ground"), ("accent", "accent-soft"), ("on-accent", "accent-fill"),
    ("good", "good-soft"), ("good", "surface"), ("caution", "caution-soft"), ("caution", "surface"),
    ("bad", "bad-soft"), ("bad", "surface"), ("change", "change-soft"), ("on-toast", "toast"),
    ("on-toast-accent", "toast"), ("ink", "bad-soft"), ("ink", "good-soft"), ("ink", "caution-soft"),
]  # fmt: skip


def blocks() -> list[tuple[str, dict[str, str]]]:
    found = []
    for selector, body in BLOCK.findall(re.sub(r"/\*.*?\*/", "", SOURCE, flags=re.DOTALL)):
        found.append((" ".join(selector.split()), dict(re.findall(r"--([\w-]+):\s*([^;]+);", body))))
    return found


def named(selector: str) -> list[dict[str, str]]:
    return [values for name, values in blocks() if name == selector]


LIGHT = named(":root")[0]
DARK = {**LIGHT, **named(':root[data-theme="dark"]')[0]}
FLOOR = {**LIGHT, **named(':root:not([data-theme="dark"]) body.floor')[0]}
DARK_FLOOR = {**DARK, **named(':root[data-theme="dark"] body.floor')[0]}


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_dark_set_of_the_system_is_the_chosen_dark_set():
    assert named(':root[data-theme="system"]')[0] == named(':root[data-theme="dark"]')[0]
    assert (
        named(':root[data-theme="system"] body.floor')[0] == named(':root[data-theme="dark"] body.floor')[0]
    )


@pytest.mark.parametrize(
    ("theme", "least"),
    [("LIGHT", 4.5), ("DARK", 4.5), ("FLOOR", 7.0), ("DARK_FLOOR", 7.0)],
)
def test_words_stand_out(theme, least):
    colours = globals()[theme]
    weak = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in PAIRS}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < least} == {}


def test_colours_stand_in_one_file():
    for path in Path(settings.BASE_DIR, "static/css").glob("*.css"):
        if path.name not in ("variables.css", "print.css"):
            assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(", path.read_text()), path.name
