"""Translation catalogs without GNU gettext: extract, update, check, compile.

- English is the msgid; it has no catalog of its own.
- A catalog holds no dates, no places in the code and nothing obsolete, and its order is that of the
  messages, so that it changes only when a text does.
- A translation has the placeholders of its message; one form of a plural may leave some out ("one part").
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PACKAGES = ("mlops_portal", "monitoring", "explain", "labeling", "approvals", "edge_sync")
SINGULAR, PLURAL, CONTEXT, BOTH = None, (1, 2), ((1, "c"), 2), ((1, "c"), 2, 3)
KEYWORDS = {
    **dict.fromkeys(("_", "_lazy", "gettext", "gettext_lazy", "gettext_noop"), SINGULAR),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), PLURAL),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), CONTEXT),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), BOTH),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[#0\- +]*[\d.]*[a-zA-Z]|(?<!%)%[sd]|(?<!\{)\{\w*\}(?!\})")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one message of one language."""

    language: str
    message: str
    reason: str

    def __str__(self) -> str:
        return f"{self.language}: {self.reason}: {self.message}"


def sources(base: Path) -> Iterator[Path]:
    """The Python files and templates whose texts people read."""
    for package in PACKAGES:
        for path in sorted((base / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path
    for folder in (base, *(base / package for package in PACKAGES)):
        for path in sorted((folder / "templates").rglob("*")):
            if path.suffix in (".html", ".txt", ".svg", ".xml"):
                yield path


def extract_catalog(base: Path) -> Catalog:
    """Every message of the code and the templates, once."""
    catalog = Catalog(charset="utf-8")
    for path in sources(base):
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            # what is not a message is blanked out; indented, it would be wrong Python
            text = "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).splitlines())
        file = io.BytesIO(text.encode())
        for _line, message, comments, context in extract(
            "python", file, KEYWORDS, comment_tags=("Translators",), strip_comment_tags=False
        ):
            catalog.add(message, auto_comments=comments, context=context)
    return catalog


def read(path: Path, language: str) -> Catalog:
    """The catalog at ``path``; an empty one where there is none yet."""
    if not path.exists():
        return Catalog(locale=language, charset="utf-8")
    return parse(path.read_text(encoding="utf-8"), language)


def parse(text: str, language: str) -> Catalog:
    return read_po(io.BytesIO(text.encode()), locale=language, charset="utf-8")


def render(template: Catalog, old: Catalog, language: str) -> str:
    """The text of the catalog: the messages of ``template`` with the translations of ``old``."""
    new = Catalog(locale=language, charset="utf-8")
    for message in _ordered(template):
        known = old.get(message.id, message.context)
        keep = known is not None and bool(known.pluralizable) == bool(message.pluralizable)
        new.add(
            message.id,
            known.string if keep and known else "",
            flags=known.flags & {"fuzzy"} if keep and known else (),
            auto_comments=message.auto_comments,
            user_comments=known.user_comments if known else (),
            context=message.context,
        )
    body = io.BytesIO()
    write_po(body, new, width=100, no_location=True, omit_header=True)
    header = (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {language}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {new.plural_forms}\\n"\n\n'
    )
    return header + body.getvalue().decode().rstrip("\n") + "\n"


def faults(catalog: Catalog, language: str, *, complete: bool) -> list[Fault]:
    """Messages with wrong placeholders, and, where it must be ``complete``, missing and fuzzy ones."""
    wrong = []
    for message in _ordered(catalog):
        ids, strings = _forms(message.id), _forms(message.string)
        shown = str(ids[0]) if not message.context else f"{ids[0]} ({message.context})"
        if not all(strings):
            if complete:
                wrong.append(Fault(language, shown, "not translated"))
            continue
        if complete and message.fuzzy:
            wrong.append(Fault(language, shown, "fuzzy"))
        wanted = {name for text in ids for name in PLACEHOLDER.findall(text)}
        given = [set(PLACEHOLDER.findall(text)) for text in strings]
        fits = all(one <= wanted for one in given) if len(ids) > 1 else given[0] == wanted
        if not fits:
            wrong.append(Fault(language, shown, f"other placeholders than {sorted(wanted)}"))
        elif problems := message.check(catalog):
            wrong.append(Fault(language, shown, str(problems[0])))
    return wrong


def compile_stale(locale: Path) -> list[Path]:
    """Compile each ``.po`` that is newer than its ``.mo``; returns what was written."""
    written = []
    for source in sorted(locale.glob("*/LC_MESSAGES/django.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        made = target.with_suffix(f".{os.getpid()}")
        with made.open("wb") as file:
            write_mo(file, read(source, source.parent.parent.name))
        made.replace(target)  # a process that starts meanwhile sees the old file or the new one
        written.append(target)
    return written


def _ordered(catalog: Catalog) -> list[Message]:
    return sorted(
        (message for message in catalog if message.id), key=lambda one: (_forms(one.id), one.context or "")
    )


def _forms(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return (text or "",) if isinstance(text, str) or text is None else tuple(text)
