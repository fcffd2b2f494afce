"""docs/house.md is true: what it names is there, and its table of layers is the contract's."""

from __future__ import annotations

import re

from mlops_portal.environment import BASE_DIR
from tests.architecture.contracts import contract

HOUSE = (BASE_DIR / "docs" / "house.md").read_text(encoding="utf-8")
SHORT = ("", "mlops_portal/foundation/", "monitoring/")  # what a path in the page may leave out
PATTERN = re.compile(r"`([a-z_]+(?:/[\w.]+)+/?)`")


def named() -> set[str]:
    return set(PATTERN.findall(HOUSE))


def test_every_path_that_the_page_names_is_there() -> None:
    assert len(named()) > 30
    paths = named() - {"mlops_portal/files"}  # of a wheel alone
    missing = [path for path in paths if not any((BASE_DIR / (before + path)).exists() for before in SHORT)]
    assert missing == []


def test_the_table_of_layers_is_the_contract() -> None:
    table = HOUSE.split("### The layers, from the top")[1].split("###")[0]
    told = set(
        re.findall(r"`(\w+)`", "\n".join(line.split("|")[1] for line in table.splitlines() if "| `" in line))
    )
    layers = {name.strip(" ()") for layer in contract("inside")["layers"] for name in layer.split(":")}
    assert (
        layers - told - {"admin", "agent", "urls_signin", "log_registrations", "gate_words", "replay"}
        == set()
    )
    assert told - layers == set()
