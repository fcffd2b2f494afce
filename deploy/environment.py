"""The environment below .venv: made, noticed when half-made, mended, kept.

- The stamp holds the digest of the lock and is written last: without it, what is there is not finished.
- A package of which a file is missing or cut off is installed anew.
- An environment whose Python is gone or too old is made anew; so is one of another Python than PYTHON names.
- uv installs several times faster than pip; where it cannot be had, pip does the same from the same hashes.
"""

from __future__ import annotations

import contextlib
import csv
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "installed"


def make() -> int:
    """Returns the exit code; every fault is one sentence on standard error."""
    try:
        with _alone():
            _environment()
            _compiled()
            _translations()
    except Fault as fault:
        print(fault, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped; the next run goes on from here.", file=sys.stderr)
        return 130
    return 0


class Fault(Exception):
    """One sentence that says what is wrong and how to mend it."""


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Of two that are started at once, the second waits for the first."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _environment() -> None:
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    version = _version()
    named = os.environ.get("PYTHON_NAMED") == "yes"
    if version and version >= (3, 11) and not (named and version != sys.version_info[:2]):
        kept = STAMP.read_text().splitlines() if STAMP.is_file() else []
        damaged = _damaged(kept[1:])
        if kept[:1] == [wanted] and not damaged:
            return
        if kept[:1] == [wanted]:
            _say(f"Mending .venv: files are missing or cut off in {', '.join(damaged)}")
        else:
            _say("Bringing .venv up to requirements.lock" if kept else "Finishing a half-made .venv")
        _forget(damaged)
    else:
        _new()
    STAMP.unlink(missing_ok=True)
    _install()
    made = STAMP.with_suffix(".new")
    made.write_text("\n".join([wanted, *sorted(one.name for one in _site().glob("*.dist-info"))]))
    made.replace(STAMP)


def _site() -> Path:
    return next((VENV / "lib").glob("python*/site-packages"))


def _damaged(infos: list[str]) -> list[str]:
    """Of the packages that were installed (names of their folders), those that lack a file or part of one.

    Every file has its size in RECORD, which is looked up, not read: a third of a second for forty thousand.
    """
    site = str(_site()) if infos else ""
    found = []
    for info in infos:
        try:
            record = Path(site, info, "RECORD").read_text(encoding="utf-8")
            for path, _hash, size in csv.reader(record.splitlines()):
                if size and os.stat(f"{site}/{path}").st_size != int(size):
                    raise ValueError(path)
        except (OSError, ValueError):
            found.append(info.partition("-")[0])
    return found


def _forget(damaged: list[str]) -> None:
    """Take away what says that these are installed, so that they are installed anew."""
    for name in damaged:
        for info in _site().glob(f"{name}-*.dist-info"):
            shutil.rmtree(info)
    if "pip" in damaged:
        _run([str(PYTHON), "-m", "ensurepip"], "pip could not be mended")


def _version() -> tuple[int, int] | None:
    """The Python of .venv, None when there is none that runs and has pip."""
    asked = [str(PYTHON), "-c", "import sys, pip; print(*sys.version_info[:2])"]
    try:
        said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()
    except (OSError, subprocess.CalledProcessError):
        return None
    return int(said[0]), int(said[1])


def _new() -> None:
    if VENV.is_symlink() or VENV.is_file() or (VENV.is_dir() and not _ours()):
        raise Fault(f"{VENV} is not an environment that can be mended; move it away and run again.")
    number = f"{sys.version_info.major}.{sys.version_info.minor}"
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        raise Fault(
            f"Python {number} is here without its venv module; install it and run again "
            f"(Debian and Ubuntu: apt install python{number}-venv)."
        )
    _say(f"Making .venv with Python {number}")
    try:
        shutil.rmtree(VENV, ignore_errors=True)
        _run([sys.executable, "-m", "venv", str(VENV)], "The environment could not be made")
    except OSError as error:
        raise Fault(f"{error.filename or VENV} cannot be written ({error.strerror}).") from None


def _ours() -> bool:
    """An environment, even one that was left half-made, or an empty folder."""
    return (VENV / "pyvenv.cfg").exists() or not any(VENV.iterdir())


def _install() -> None:
    begun = time.monotonic()
    _say("Installing from requirements.lock; the first time takes a minute or more")
    lock = ["--require-hashes", "--requirement", str(LOCK)]
    uv = _uv()
    if uv is None or _watched(
        [str(uv), "pip", "install", "--quiet", "--compile-bytecode", "--python", str(PYTHON), *lock],
        _uv_environ(),
    ):
        _say("Installing with pip")
        if _watched([str(PYTHON), "-m", "pip", "install", "--quiet", *lock], dict(os.environ)):
            raise Fault("The packages of requirements.lock could not be installed; the reason is above.")
    _compiled("-j", "0")
    _say(f"Installed in {time.monotonic() - begun:.0f} s")


def _compiled(*options: str) -> None:
    """Our own modules as bytecode, where it lacks or is older: where Python is told to write none
    (PYTHONDONTWRITEBYTECODE), every process would compile them for itself."""
    own = [str(one.parent) for one in sorted(ROOT.glob("*/__init__.py"))]
    if own:
        subprocess.run([str(PYTHON), "-m", "compileall", "-q", *options, *own], check=False)


def _watched(command: list[str], environ: dict[str, str]) -> int:
    """Run it to its exit code; a terminal sees the seconds run."""
    begun = time.monotonic()
    process = subprocess.Popen(command, env=environ)
    while True:
        try:
            return process.wait(1)
        except subprocess.TimeoutExpired:
            if sys.stdout.isatty():
                print(f"\r  {time.monotonic() - begun:.0f} s \r", end="", flush=True)


def _uv() -> Path | None:
    """uv inside .venv, of the version and hashes in the lock where it is named there."""
    uv = VENV / "bin" / "uv"
    if uv.exists():
        return uv
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--only-binary", ":all:", "--no-deps"]
    block = _block("uv")
    if block:
        chosen = VENV / "uv.lock"
        chosen.write_text(block)
        pip += ["--require-hashes", "--requirement", str(chosen)]
    else:
        pip.append("uv")
    done = subprocess.run(pip, capture_output=True, check=False)
    return uv if done.returncode == 0 and uv.exists() else None


def _block(name: str) -> str:
    """The lines of one package in the lock, empty when it is not there."""
    lines: list[str] = []
    for line in LOCK.read_text(encoding="utf-8").splitlines():
        if line.startswith(f"{name}=="):
            lines = [line]
        elif lines and line.startswith("    --hash"):
            lines.append(line)
        elif lines:
            break
    return "\n".join(lines)


def _uv_environ() -> dict[str, str]:
    """uv reads neither pip's configuration nor its variables; a plant's own package index is named there."""
    listed = subprocess.run(
        [str(PYTHON), "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    pip: dict[str, str] = {}
    for line in listed.stdout.splitlines():
        key, _, value = line.partition("=")
        pip[key.rpartition(".")[2]] = value.strip("'\"")
    said = {
        "UV_DEFAULT_INDEX": pip.get("index-url"),
        "UV_INDEX": pip.get("extra-index-url"),
        "UV_FIND_LINKS": ",".join(pip.get("find-links", "").split()),
        "SSL_CERT_FILE": pip.get("cert"),
        # Every file's hash is in the lock, so it does not matter which index has it.
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_LINK_MODE": "copy",
    }
    return {name: value for name, value in said.items() if value} | dict(os.environ)


def _translations() -> None:
    """Compile the catalogs whose text is newer than what was compiled."""
    for text in sorted((ROOT / "locale").glob("*/LC_MESSAGES/django.po")):
        compiled = text.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < text.stat().st_mtime:
            _run(
                [str(VENV / "bin" / "pybabel"), "--quiet", "compile", "-i", str(text), "-o", str(compiled)],
                f"The translations of {text.relative_to(ROOT)} could not be compiled",
            )


def _run(command: list[str], otherwise: str) -> None:
    done = subprocess.run(command, check=False)
    if done.returncode:
        raise Fault(f"{otherwise}; the reason is above.")


def _say(line: str) -> None:
    print(line, flush=True)
