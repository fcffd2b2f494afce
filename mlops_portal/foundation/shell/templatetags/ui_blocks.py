"""Parts with a body: {% panel title="…" %} … {% endpanel %}."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from mlops_portal.foundation.shell.templatetags.ui_parts import attributes, icon

register = template.Library()
NOTICE_ICONS = {
    "info": "info",
    "good": "check",
    "caution": "alert-triangle",
    "bad": "octagon",
    "change": "diamond",
}


@register.simple_block_tag
def panel(
    content: str, title: str = "", aside: str = "", level: int = 2, css: str = "", **extra: object
) -> SafeString:
    """A card with a head; ``aside`` is small print beside it; the rest becomes attributes."""
    head = SafeString("")
    if title or aside:
        small = format_html('<div class="card-aside">{}</div>', aside) if aside else ""
        head = format_html('<div class="card-head"><h{}>{}</h{}>{}</div>', level, title, level, small)
    classes = f"card {css}".strip()
    return format_html('<section class="{}"{}>{}{}</section>', classes, attributes(extra), head, content)


@register.simple_block_tag
def notice(content: str, tone: str = "info", title: str = "", role: str = "") -> SafeString:
    """Something to know. Tones: info, good, caution, bad, change. ``role="alert"`` where it just came."""
    head = format_html('<p class="notice-title">{}</p>', title) if title else ""
    return format_html(
        '<div class="notice notice-{}"{}>{}<div>{}{}</div></div>',
        tone, attributes({"role": role}), icon(NOTICE_ICONS.get(tone, "info")), head, content,
    )  # fmt: skip


@register.simple_block_tag
def dialog(content: str, key: str, title: str) -> SafeString:
    """A question over the page: ``data-dialog="key"`` opens it, ``data-close`` closes it."""
    return format_html(
        '<dialog class="dialog" id="{0}" aria-labelledby="{0}-title"><div class="dialog-head">'
        '<h2 id="{0}-title">{1}</h2><form method="dialog">'
        '<button class="icon-link" aria-label="{2}">{3}</button></form></div>{4}</dialog>',
        key, title, gettext("Close"), icon("cross"), content,
    )  # fmt: skip


@register.simple_block_tag
def fieldset(content: str, legend: str, hint: str = "") -> SafeString:
    """Fields that belong together."""
    small = format_html('<p class="hint">{}</p>', hint) if hint else ""
    return format_html(
        '<fieldset class="fieldset"><legend>{}</legend>{}<div class="stack">{}</div></fieldset>',
        legend, small, content,
    )  # fmt: skip


@register.simple_block_tag
def more(content: str, label: str) -> SafeString:
    """Statistics one click below the sentence."""
    sign = icon("right")
    return format_html('<details class="more"><summary>{}{}</summary>{}</details>', sign, label, content)
