"""Styles: every class and every variable of the style sheets has a user."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from mlops_portal.environment import BASE_DIR
from tests.architecture.contracts import PACKAGES

THEIRS = {"htmx-request"}  # htmx puts it on what waits for an answer


def sheets() -> dict[str, str]:
    paths = sorted((BASE_DIR / "static" / "css").glob("*.css"))
    return {
        path.name: re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for path in paths
    }


def users() -> Iterator[Path]:
    """What may name a class: templates, scripts and Python."""
    for folder in ("templates", "static/js", *PACKAGES):
        for path in sorted((BASE_DIR / folder).rglob("*")):
            if path.suffix in (".html", ".js", ".py"):
                yield path


@cache
def text_of_users() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in users())


def classes(sheet: str) -> set[str]:
    selectors = re.sub(r"\{[^{}]*\}", "{}", sheet)
    return set(re.findall(r"\.(-?[a-zA-Z_][\w-]*)", selectors))


def is_used(name: str, words: set[str], stems: set[str]) -> bool:
    """It stands somewhere, or is made of a stem and a value, as in ``pill-{{ tone }}``."""
    parts = name.split("-")
    made = ("-".join(parts[:end]) + "-" for end in range(1, len(parts)))
    return name in words or name in THEIRS or any(stem in stems for stem in made)


def test_every_class_of_a_style_sheet_is_used() -> None:
    words = set(re.findall(r"[\w-]+", text_of_users()))
    stems = set(re.findall(r"([a-zA-Z][\w-]*-)\{", text_of_users()))
    unused = {
        sheet: sorted(name for name in classes(text) if not is_used(name, words, stems))
        for sheet, text in sheets().items()
    }
    assert {sheet: names for sheet, names in unused.items() if names} == {}


def test_a_class_that_nobody_names_is_seen() -> None:
    words, stems = {"pill", "card"}, {"pill-"}
    assert is_used("pill-good", words, stems)
    assert not is_used("card-full", words, stems)


def test_every_variable_is_used_and_every_used_one_is_there() -> None:
    whole = "\n".join(sheets().values())
    defined = set(re.findall(r"(--[\w-]+)\s*:", whole))
    used = set(re.findall(r"var\((--[\w-]+)", whole + text_of_users()))
    assert defined ^ used == set()
