"""Clients made of the published schema compile, in two languages: ``python deploy/clients.py``.

Python by openapi-python-client (in an environment of its own), TypeScript by openapi-typescript and tsc where
npm is installed. Both come from the package registries; what they make is thrown away.
`make soak ARGS="--minutes 0 --clients"` runs it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
USE = """import type { components, paths } from "./schema";
const address: keyof paths = "/api/v1/alerts/";
const state: components["schemas"]["Alert"]["state"] = "open";
const cause: components["schemas"]["Alert"]["cause"] = "";
console.log(address, state, cause);
"""


def _run(*command: str | Path, cwd: Path, quiet: bool = True) -> None:
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"  # the generators look for ruff
    subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        check=True,
        env={**os.environ, "PATH": path},
        stdout=subprocess.DEVNULL if quiet else None,
    )


def python(schema: Path, at: Path) -> None:
    """CalledProcessError where it cannot be generated or compiled."""
    _run(sys.executable, "-m", "venv", at / "env", cwd=at)
    own = at / "env/bin/python"
    _run(own, "-m", "pip", "install", "--quiet", "openapi-python-client>=0.26", cwd=at)
    made = at / "client"
    options = ("--meta", "none", "--output-path", made)
    _run(at / "env/bin/openapi-python-client", "generate", "--path", schema, *options, cwd=at)
    _run(own, "-m", "compileall", "-q", made, cwd=at)


def typescript(schema: Path, at: Path) -> None:
    """CalledProcessError where it cannot be generated or does not pass the strict compiler."""
    _run("npm", "init", "-y", cwd=at)
    _run("npm", "install", "--no-audit", "--no-fund", "openapi-typescript@7", "typescript@5", cwd=at)
    _run("npx", "--no-install", "openapi-typescript", schema, "-o", "schema.d.ts", cwd=at)
    (at / "use.ts").write_text(USE, encoding="utf-8")
    _run("npx", "--no-install", "tsc", "--noEmit", "--strict", "use.ts", "schema.d.ts", cwd=at, quiet=False)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="portal-clients-") as folder:
        at = Path(folder)
        schema = at / "schema.json"
        _run(
            *(sys.executable, "manage.py", "spectacular", "--format", "openapi-json", "--file", schema),
            cwd=ROOT,
        )
        makers = {"Python": python} | ({"TypeScript": typescript} if shutil.which("npm") else {})
        for language, make in makers.items():
            (at / language).mkdir()
            make(schema, at / language)
            print(f"{language}: the client compiles")
        if "TypeScript" not in makers:
            print("TypeScript: not tried, npm is not installed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
