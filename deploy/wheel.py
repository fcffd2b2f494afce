"""How the packages are built: what lies at the top level for people to find goes into the package.

A wheel holds ``templates``, ``static`` and ``locale`` below ``mlops_portal/files`` (see
``mlops_portal.environment.FILES_DIR``), the catalogs compiled; a source archive holds them where they lie.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("templates", "static", "locale")


def files() -> list[Path]:
    """Everything below the folders that a person wrote."""
    every = (path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*")))
    return [path for path in every if path.is_file() and path.suffix != ".mo"]


class BuildPy(build_py):
    """``build_py`` of setuptools, and then the files; an editable installation finds them where they lie."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            for source, target in self._pairs():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
                if target.suffix == ".po":
                    compiled(target)

    def _pairs(self) -> list[tuple[Path, Path]]:
        place = Path(self.build_lib) / "mlops_portal" / "files"
        return [(path, place / path.relative_to(ROOT)) for path in files()]

    def get_source_files(self) -> list[str]:
        """For the source archive."""
        own = [*files(), Path(__file__).resolve(), ROOT / "manage.py"]
        return [*super().get_source_files(), *(str(path.relative_to(ROOT)) for path in own)]

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        made = [target for _source, target in self._pairs()]
        made += [target.with_suffix(".mo") for target in made if target.suffix == ".po"]
        return [*super().get_outputs(include_bytecode), *map(str, made)]


def compiled(text: Path) -> None:
    """Put the compiled catalog beside its text."""
    language = text.parent.parent.name
    with text.open("rb") as file:
        catalog = read_po(file, locale=language, charset="utf-8")
    with text.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalog)
