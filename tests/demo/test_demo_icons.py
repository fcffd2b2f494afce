"""Every defect of the demo plant has its small drawing in the one set of icons."""

from __future__ import annotations

import re

from mlops_portal.above.demo.sim.catalogue import ASSET_TYPES
from mlops_portal.environment import BASE_DIR


def test_every_defect_has_its_drawing() -> None:
    drawn = set(re.findall(r'<symbol id="([a-z-]+)"', (BASE_DIR / "static" / "icons.svg").read_text()))
    shapes = {defect.shape for kind in ASSET_TYPES.values() for defect in kind.classes}
    assert shapes <= drawn
