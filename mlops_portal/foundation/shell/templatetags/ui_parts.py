"""Parts without a body: icons, states, buttons, numbers, lists, ways around a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from mlops_portal.foundation.shell.templatetags.ui_text import number_text

register = template.Library()
SHAPES = {
    "good": "check",
    "caution": "question",
    "bad": "alert-triangle",
    "info": "ring",
    "change": "diamond",
    "quiet": "",
}
Context = dict[str, Any]


def attributes(extra: Mapping[str, object]) -> SafeString:
    """``hx_post="…"`` → ``hx-post="…"``; True gives the bare name; None, False and "" leave it out."""
    return format_html_join(
        "",
        "{}",
        (
            (format_html(' {}="{}"', name.replace("_", "-"), value) if value is not True else f" {name}",)
            for name, value in extra.items()
            if value not in (None, False, "")
        ),
    )


@register.simple_tag
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """{% icon "check" %}: decoration beside a word; with ``label`` it stands for the word."""
    if not name:
        return SafeString("")
    says = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    classes = f"icon {css}".strip()
    href = f"{static('icons.svg')}#{name}"
    return format_html('<svg class="{}" {} focusable="false"><use href="{}"/></svg>', classes, says, href)


@register.simple_tag
def state(tone: str, label: str, shape: str | None = None, href: str = "") -> SafeString:
    """{% state "bad" "open" %}: word, shape and colour. Tones: good, caution, bad, info, change, quiet."""
    sign = icon(SHAPES.get(tone, "") if shape is None else shape)
    if href:
        return format_html('<a class="pill pill-{}" href="{}">{}{}</a>', tone, href, sign, label)
    return format_html('<span class="pill pill-{}">{}{}</span>', tone, sign, label)


@register.simple_tag
def button(label: str, kind: str = "quiet", sign: str = "", size: str = "", **extra: object) -> SafeString:
    """{% button "Take it" "primary" hx_post=url %}; a link where ``href`` is given.

    Kinds: primary, quiet, danger, plain. Sizes: big, small. ``sign`` is an icon's name.
    """
    classes = f"button button-{kind}" + (f" button-{size}" if size else "")
    if extra.get("href"):
        return format_html('<a class="{}"{}>{}{}</a>', classes, attributes(extra), icon(sign), label)
    extra = {"type": "submit", **extra}
    return format_html('<button class="{}"{}>{}{}</button>', classes, attributes(extra), icon(sign), label)


@register.inclusion_tag("components/stat.html")
def stat(
    label: str, value: object, unit: str = "", trend: str = "", tone: str = "quiet", way: str = ""
) -> Context:
    """A number that matters, its unit, and where it goes (``way``: up or down)."""
    return {
        "label": label,
        "value": number_text(value),
        "unit": unit,
        "trend": trend,
        "tone": tone,
        "way": way,
    }


@register.inclusion_tag("components/facts.html")
def facts(pairs: Iterable[tuple[str, object]]) -> Context:
    """Pairs of (name, value), as a description list."""
    return {
        "pairs": [
            (name, number_text(value)) if isinstance(value, float) else (name, value) for name, value in pairs
        ]
    }


@register.inclusion_tag("components/empty.html")
def empty_state(title: str, text: str = "", sign: str = "clock", action: str = "", href: str = "") -> Context:
    """Nothing here: say what will come here, and when; perhaps one thing to do."""
    return {"title": title, "text": text, "sign": sign, "action": action, "href": href}


@register.inclusion_tag("components/progress.html")
def progress(label: str, done: float | None = None, total: float | None = None, words: str = "") -> Context:
    """A bar; without ``total`` it only says that something goes on."""
    known = bool(total) and done is not None
    if known and not words:
        words = f"{number_text(done)} / {number_text(total)}"
    return {"label": label, "done": done if known else None, "total": total, "words": words}


@register.inclusion_tag("components/steps.html")
def steps(labels: Iterable[str], current: int) -> Context:
    """{% steps labels 2 %}: the first is 1; those before ``current`` are done."""
    rows = [
        {"number": index, "label": label, "done": index < current, "current": index == current}
        for index, label in enumerate(labels, 1)
    ]
    return {"rows": rows}


@register.inclusion_tag("components/tabs.html")
def tabs(items: Iterable[Mapping[str, Any]], label: str) -> Context:
    """Links: ``{"label", "url", "active", "count"}``."""
    return {"items": items, "label": label}


@register.inclusion_tag("components/breadcrumbs.html")
def breadcrumbs(items: Iterable[tuple[str, str]]) -> Context:
    """Pairs of (label, address), from the top to the page above this one."""
    return {"items": items}


@register.inclusion_tag("components/timeline.html")
def timeline(items: Iterable[Mapping[str, Any]], style: str = "short") -> Context:
    """What happened: ``{"at", "text", "tone", "tag", "href"}``, in the order given."""
    return {"items": items, "style": style}


@register.inclusion_tag("components/checks.html")
def checks(items: Iterable[Mapping[str, Any]]) -> Context:
    """Checks with their grounds: ``{"tone", "title", "text", "href"}``; the tone gives the shape."""
    rows = [{**item, "sign": item.get("sign") or SHAPES.get(item["tone"], "") or "ring"} for item in items]
    return {"rows": rows}


@register.inclusion_tag("components/answers.html")
def answers(choices: Iterable[Mapping[str, Any]], name: str = "answer") -> Context:
    """Big answer buttons: ``{"value", "label", "tone": good|bad|quiet, "sign", "key"}``, for a form."""
    return {"choices": choices, "name": name}


@register.simple_tag
def diff(old: object, new: object) -> SafeString:
    """Old → new; to a screen reader a deletion and an insertion."""
    return format_html(
        '<span class="diff"><del>{}</del><span aria-hidden="true">→</span><ins>{}</ins></span>',
        number_text(old) if not isinstance(old, str) else old,
        number_text(new) if not isinstance(new, str) else new,
    )


@register.inclusion_tag("components/digest.html")
def digest(value: str, label: str = "") -> Context:
    """A long digest in short form, with the whole of it to copy and in the title."""
    text = str(value)
    short = text if len(text) <= 12 else f"{text[:4]}…{text[-4:]}"
    return {"value": text, "short": short, "label": label}
