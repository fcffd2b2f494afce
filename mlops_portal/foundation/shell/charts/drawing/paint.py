"""What classes look like where no style sheet is: the light set, as presentation attributes, for the PDF."""

from __future__ import annotations

FONT = "Noto Sans, DejaVu Sans, sans-serif"
TONES = {
    "info": ("#0a5ea8", "#e5f0fa"),
    "good": ("#157347", "#e3f4ea"),
    "caution": ("#9a5200", "#fdf0df"),
    "bad": ("#b3261e", "#fbe9e7"),
    "change": ("#5a3ea6", "#efeafb"),
    "quiet": ("#8a97a8", "#edf1f5"),
}
Paint = dict[str, str]
PAINTS: dict[str, Paint] = {
    "c-text": {"fill": "#566272", "font-family": FONT},
    "c-name": {"fill": "#141a22"},
    "c-strong": {"fill": "#141a22", "font-weight": "650"},
    "c-grid": {"stroke": "#dbe1e8", "stroke-width": "1"},
    "c-axis": {"stroke": "#7f8c9c", "stroke-width": "1"},
    "c-line": {"fill": "none", "stroke-width": "2", "stroke-linejoin": "round", "stroke-linecap": "round"},
    "c-dash-1": {"stroke-dasharray": "7 3"},
    "c-dash-2": {"stroke-dasharray": "2 3"},
    "c-dash-3": {"stroke-dasharray": "9 3 2 3"},
    "c-ribbon": {"opacity": "0.16"},
    "c-limit": {"stroke-width": "1.5", "stroke-dasharray": "5 4"},
    "c-hair": {"stroke-width": "2"},
    "c-thick": {"stroke-width": "3", "stroke-linecap": "round"},
    "c-span": {"opacity": "0.75"},
    "c-track": {"fill": "#edf1f5"},
    "c-band": {"fill": "#a6d8bb"},
    "c-mark": {"fill": "#141a22"},
    "c-glyph": {
        "fill": "none",
        "stroke": "#ffffff",
        "stroke-width": "2",
        "stroke-linecap": "round",
        "stroke-linejoin": "round",
    },
    "c-fill-reference": {"fill": "#8a97a8"},
    "c-hit": {"fill": "none"},
}
for _tone, (_strong, _soft) in TONES.items():
    PAINTS[f"c-stroke-{_tone}"] = {"stroke": _strong}
    PAINTS[f"c-fill-{_tone}"] = {"fill": "#c8d0da" if _tone == "quiet" else _strong}
    PAINTS[f"c-soft-{_tone}"] = {"fill": _soft}
    PAINTS[f"c-text-{_tone}"] = {"fill": "#566272" if _tone == "quiet" else _strong}


def attributes(classes: str) -> Paint:
    """The presentation attributes of the classes, later ones over earlier ones."""
    painted: Paint = {}
    for name in classes.split():
        painted.update(PAINTS.get(name, {}))
    return painted
