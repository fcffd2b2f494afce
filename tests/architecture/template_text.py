"""A crude reader of templates: what a person would see that did not go through translation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from django.template.base import Lexer, Token, TokenType

WORD = re.compile(r"[^\W\d_]{2,}")
NAMES = re.compile(r"MLOps Portal|&[a-z]+;|[\w-]+=\"\"")  # the last: attributes in a file of their own
TEXT_ATTRIBUTES = {
    "title",
    "alt",
    "placeholder",
    "aria-label",
    "aria-description",
    "label",
    "content",
    "hx-confirm",
}
LITERAL = re.compile(
    r"\b(label|title|text|hint|heading|message|caption|description|confirm|empty|unit_label|action_label)"
    r"=(\"[^\"]*\"|'[^']*')"
)
MACHINE_TAGS = {"script", "style", "code", "kbd", "samp", "pre"}
MACHINE_BLOCK = re.compile(
    r"block \w*(class|attributes|name|key)$"
)  # fills an attribute of the page it extends
OPENING = re.compile(r"blocktrans(late)?\b|comment\b|verbatim\b")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str]] = []
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in MACHINE_TAGS:
            self.inside.append(tag)
        for name, value in attrs:
            is_text = name in TEXT_ATTRIBUTES and tag != "meta"
            is_button = tag == "input" and name == "value" and ("type", "submit") in attrs
            if value and (is_text or is_button):
                self.see(value)

    def handle_endtag(self, tag: str) -> None:
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.see(data)

    def see(self, text: str) -> None:
        if WORD.search(NAMES.sub("", text)):
            self.found.append((self.getpos()[0], " ".join(text.split())))


def _blank(token: Token) -> str:
    return "\n" * token.contents.count("\n")


def visible(source: str) -> tuple[str, list[tuple[int, str]]]:
    """The template without its tags and translated blocks, and the literal texts handed to tags."""
    kept: list[str] = []
    literals: list[tuple[int, str]] = []
    closing = ""
    for token in Lexer(source).tokenize():
        if closing:
            if token.token_type == TokenType.BLOCK and token.contents.split()[0] == closing:
                closing = ""
            kept.append(_blank(token))
        elif token.token_type == TokenType.TEXT:
            kept.append(token.contents)
        else:
            kept.append(_blank(token))
            if token.token_type == TokenType.BLOCK:
                opened = OPENING.match(token.contents)
                if opened:
                    closing = "end" + opened.group()
                elif MACHINE_BLOCK.match(token.contents):
                    closing = "endblock"
                literals += [
                    (token.lineno or 0, value)
                    for _key, value in LITERAL.findall(token.contents)
                    if WORD.search(value) and not opened
                ]
    return "".join(kept), literals


def untranslated(source: str, *, html: bool = True) -> list[tuple[int, str]]:
    """(line, text) of every text that a person would see in English whatever the language."""
    kept, found = visible(source)
    if html:
        reader = _Reader()
        reader.feed(kept)
        reader.close()
        return sorted(found + reader.found)
    lines = enumerate(kept.splitlines(), start=1)
    return sorted(
        found + [(number, line.strip()) for number, line in lines if WORD.search(NAMES.sub("", line))]
    )


INLINE = re.compile(
    r"\sstyle\s*=\s*[\"']"
    r"|\son[a-z]+\s*=\s*[\"']"
    r"|\shx-on[:\-a-z]*\s*="
    r"|javascript:"
    r"|<style\b"
    r"|<script\b(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")",
    re.IGNORECASE,
)


def inline(source: str) -> Iterator[tuple[int, str]]:
    """(line, code) of every style or script that a strict Content-Security-Policy refuses."""
    for match in INLINE.finditer(source):
        yield source.count("\n", 0, match.start()) + 1, match.group().strip()
