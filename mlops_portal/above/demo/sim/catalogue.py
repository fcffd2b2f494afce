"""The demo plant as plain data: what the loader reads and the simulator runs."""

from __future__ import annotations

from mlops_portal.above.demo.sim.kinds import Asset, AssetType, Line, Node, Shift, Site, words
from mlops_portal.above.demo.sim.machines.machining_data import MACHINING
from mlops_portal.above.demo.sim.machines.press_data import PRESS

SITE = Site("lindau", words("Lindau works", "Werk Lindau"), "Europe/Berlin")
OK = words("Good part", "Gutteil")

LINES = (
    Line("line-1", words("Line 1", "Linie 1")),
    Line("line-2", words("Line 2", "Linie 2")),
)

NODES = (
    Node("node-1", words("Node 1", "Knoten 1"), "line-1"),
    Node("node-2", words("Node 2", "Knoten 2"), "line-2"),
    Node("node-3", words("Node 3", "Knoten 3"), "line-2"),
)

SHIFTS = (
    Shift("early", words("Early shift", "Frühschicht"), 6),
    Shift("late", words("Late shift", "Spätschicht"), 14),
    Shift("night", words("Night shift", "Nachtschicht"), 22),
)

ASSET_TYPES: dict[str, AssetType] = {one.key: one for one in (PRESS, MACHINING)}


def _press(number: int, line: str, node: str, first_part: int, first_tool: int) -> Asset:
    name = words(f"Press {number}", f"Presse {number}")
    return Asset(
        f"press-{number}", number, name, "press", line, node, first_part, first_tool, 3000 + 1000 * number
    )


def _mill(number: int, line: str, node: str, first_part: int, first_tool: int) -> Asset:
    name = words(f"Mill {number}", f"Fräse {number}")
    return Asset(
        f"mill-{number}", number, name, "machining", line, node, first_part, first_tool, 3000 + 1000 * number
    )


ASSETS: dict[str, Asset] = {
    one.key: one
    for one in (
        _press(1, "line-1", "node-1", 18400, 21),
        _press(2, "line-1", "node-1", 17950, 33),
        _press(3, "line-2", "node-2", 21200, 7),
        _press(4, "line-2", "node-2", 20600, 14),
        _mill(5, "line-2", "node-3", 8100, 52),
        _mill(6, "line-2", "node-3", 7740, 61),
    )
}


def assets_of(asset_type: str) -> tuple[Asset, ...]:
    """All assets of one type, in the order of their numbers; KeyError for an unknown type."""
    kind = ASSET_TYPES[asset_type]
    return tuple(one for one in ASSETS.values() if one.type == kind.key)


def key_of(asset: str) -> str:
    """The measure of a machine's air."""
    return f"{asset}-air-flow"
