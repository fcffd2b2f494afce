"""The long fault run (`make soak`): the door to tests/soak."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.soak.run import main

if __name__ == "__main__":
    sys.exit(main())
