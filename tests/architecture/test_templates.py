"""Templates: every text is translated, and nothing is inline that the Content-Security-Policy refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlops_portal.environment import BASE_DIR
from tests.architecture.contracts import PACKAGES
from tests.architecture.template_text import inline, untranslated


def templates() -> Iterator[Path]:
    for folder in (BASE_DIR, *(BASE_DIR / package for package in PACKAGES)):
        for path in sorted((folder / "templates").rglob("*")):
            if path.suffix in (".html", ".txt", ".svg"):
                yield path


def place(path: Path, line: int, text: str) -> str:
    return f"{path.relative_to(BASE_DIR)}:{line}: {text}"


def test_every_text_in_a_template_goes_through_translation() -> None:
    assert [
        place(path, *found)
        for path in templates()
        for found in untranslated(path.read_text(encoding="utf-8"), html=path.suffix != ".txt")
    ] == []


def test_no_template_holds_inline_style_or_script() -> None:
    assert [
        place(path, *found) for path in templates() for found in inline(path.read_text(encoding="utf-8"))
    ] == []


MAPPING_METHOD = re.compile(r"\w\.(?:items|keys|values)\b")


def test_templates_walk_lists_because_a_key_may_be_called_like_a_method() -> None:
    """Django looks for a key before a method: a mapping with the key “values” has no ``.values`` there."""
    assert [
        place(path, number, text.strip())
        for path in templates()
        for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if MAPPING_METHOD.search(text)
    ] == []


def test_no_python_file_writes_inline_style_or_script() -> None:
    assert [
        place(path, *found)
        for package in PACKAGES
        for path in sorted((BASE_DIR / package).rglob("*.py"))
        for found in inline(path.read_text(encoding="utf-8"))
    ] == []


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("<p>Hello</p>", ["Hello"]),
        ("<p>{% translate 'Hello' %} {{ name }} · 5 %</p>", []),
        ("<p>{% blocktranslate %}Hello {{ name }}{% endblocktranslate %}</p>", []),
        ('<input placeholder="Search {{ x }}" class="field{% if y %} wrong{% endif %}">', ["Search"]),
        ('{% include "row.html" with label="Save" kind="primary" %}', ['"Save"']),
        ('{% include "row.html" with label=_("Save") %}', []),
        ("<code>make run</code><b>MLOps Portal</b>&nbsp;", []),
        ("{% block main_class %}narrow{% endblock %}{% block title %}Home{% endblock %}", ["Home"]),
        ('data-text="{% translate "Hello" %}" data-other=""', []),
        ("{% comment %}note{% endcomment %}{# note #}", []),
    ],
)
def test_the_reader_sees_what_a_person_would(source: str, seen: list[str]) -> None:
    assert [text for _line, text in untranslated(source)] == seen


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ('<p style="color:red">', 1),
        ('<a onclick="x()">', 1),
        ("<style>p {}</style>", 1),
        ("<script>x()</script>", 1),
        ('<script src="x.js" defer></script>', 0),
        ('<script id="data" type="application/json">{}</script>', 0),
        ('<div data-style="x" class="on">', 0),
    ],
)
def test_the_reader_sees_inline_style_and_script(source: str, count: int) -> None:
    assert len(list(inline(source))) == count
