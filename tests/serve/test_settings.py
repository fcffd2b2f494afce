"""What the address of the database says reaches the driver."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from mlops_portal.environment import BASE_DIR


def test_a_demand_for_tls_in_the_address_of_the_database_is_kept(tmp_path: Path) -> None:
    url = "postgres://portal@database.example/portal?sslmode=verify-full"
    ask = "from mlops_portal import settings; print(settings.DATABASES['default']['OPTIONS'])"
    said = subprocess.run(
        [sys.executable, "-c", ask], cwd=BASE_DIR, capture_output=True, text=True, check=True,
        env=os.environ | {"DATABASE_URL": url, "VAR_DIR": str(tmp_path)},
    ).stdout  # fmt: skip
    assert "'sslmode': 'verify-full'" in said
    assert "'pool'" in said
