"""Makes the small database that an upgrade is tried on, of a portal that a released version made.

``python tests/upgrade/make_data.py VAR_DIR NAME`` reads the portal's database (it may run), keeps few of the
rows that come by the thousand, and writes ``tests/upgrade/data/NAME.sqlite3.xz``.
"""

from __future__ import annotations

import lzma
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

DATA = Path(__file__).parent / "data"
MANY = 60  # rows kept of a table that no other refers to
LONGEST = 300_000
WHOLE = ("ledger_", "sqlite_", "django_")


def shrunk(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as before, closing(sqlite3.connect(target)) as after:
        before.backup(after)
        after.execute("PRAGMA journal_mode = DELETE")
        after.execute("DELETE FROM django_session")
        tables = [name for (name,) in after.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        referred = {row[2] for table in tables for row in after.execute(f"PRAGMA foreign_key_list({table})")}
        for table in tables:
            if table not in referred and not table.startswith(WHOLE):
                few = f"SELECT rowid FROM {table} ORDER BY rowid DESC LIMIT {MANY}"
                after.execute(f"DELETE FROM {table} WHERE rowid NOT IN ({few})")
        after.commit()
        broken = after.execute("PRAGMA foreign_key_check").fetchall()
        assert not broken, broken[:3]
        after.execute("VACUUM")


def main() -> None:
    var_dir, name = Path(sys.argv[1]), sys.argv[2]
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "small.sqlite3"
        shrunk(var_dir / "portal.sqlite3", small)
        packed = lzma.compress(small.read_bytes(), preset=9 | lzma.PRESET_EXTREME)
    print(name, small.name, len(packed))
    if len(packed) > LONGEST:
        sys.exit(f"{len(packed)} bytes are more than {LONGEST}; keep fewer rows")
    DATA.mkdir(exist_ok=True)
    (DATA / f"{name}.sqlite3.xz").write_bytes(packed)


if __name__ == "__main__":
    main()
