"""Numbers and moments, as the person reads them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django import template
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext, pgettext

from mlops_portal.foundation.shell.charts.drawing import numbers

register = template.Library()


def notation() -> numbers.Notation:
    """The active language's decimal and thousands marks."""
    return numbers.Notation(
        str(formats.get_format("DECIMAL_SEPARATOR")), str(formats.get_format("THOUSAND_SEPARATOR"))
    )


def number_text(value: object, digits: int | None = None) -> str:
    """Text of a number; words pass through."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | None):
        return str(value)
    return numbers.text(float(value) if isinstance(value, Decimal) else value, notation(), digits=digits)


@register.simple_tag
def number(value: object, unit: str = "", digits: int | None = None) -> SafeString:
    """{% number 151.4 "bar" %}: localised, the unit in its own class, never broken between the two."""
    shown = number_text(value, digits)
    if not unit or shown == numbers.MISSING:
        return format_html("{}", shown)
    return format_html('<span class="nowrap">{}\u202f<span class="unit">{}</span></span>', shown, unit)


def local_text(moment: datetime, style: str, now: datetime) -> str:
    """``short``: the least that is clear today; ``time``; ``date``; ``full``: with date and zone."""
    here = timezone.localtime(moment)
    clock = here.strftime("%H:%M")
    day_format = pgettext("date format", "j M") if here.year == now.year else pgettext("date format", "j M Y")
    if style == "time":
        return clock
    if style == "date":
        return formats.date_format(here, pgettext("date format", "j M Y"))
    if style == "short" and here.date() == timezone.localtime(now).date():
        return clock
    if style == "short":
        return f"{formats.date_format(here, day_format)}, {clock}"
    day = formats.date_format(here, pgettext("date format", "j M Y"))
    return (
        f"{day}, {here.strftime('%H:%M:%S' if style == 'exact' else '%H:%M')} {here.tzname() or ''}".strip()
    )


def ago_text(moment: datetime, now: datetime) -> str:
    """``5 minutes ago``, ``in 2 days``."""
    if abs(now - moment) < timedelta(minutes=1):
        return gettext("just now")
    past = moment < now
    seconds = abs(now - moment).total_seconds()
    unit, length = next((unit, length) for unit, length in SPANS if seconds >= length)
    count = int(seconds // length)
    text = _span(unit, count, past=past) % {"count": count}
    return text.replace(f"{count} ", f"{count}\N{NO-BREAK SPACE}", 1)


SPANS = (
    ("year", 365 * 86_400), ("month", 30 * 86_400), ("week", 7 * 86_400),
    ("day", 86_400), ("hour", 3_600), ("minute", 60),
)  # fmt: skip


def _span(unit: str, count: int, *, past: bool) -> str:
    """Whole phrases: German says “3 Tage”, but “vor 3 Tagen”."""
    if past:
        return {
            "year": ngettext("%(count)d year ago", "%(count)d years ago", count),
            "month": ngettext("%(count)d month ago", "%(count)d months ago", count),
            "week": ngettext("%(count)d week ago", "%(count)d weeks ago", count),
            "day": ngettext("%(count)d day ago", "%(count)d days ago", count),
            "hour": ngettext("%(count)d hour ago", "%(count)d hours ago", count),
            "minute": ngettext("%(count)d minute ago", "%(count)d minutes ago", count),
        }[unit]
    return {
        "year": ngettext("in %(count)d year", "in %(count)d years", count),
        "month": ngettext("in %(count)d month", "in %(count)d months", count),
        "week": ngettext("in %(count)d week", "in %(count)d weeks", count),
        "day": ngettext("in %(count)d day", "in %(count)d days", count),
        "hour": ngettext("in %(count)d hour", "in %(count)d hours", count),
        "minute": ngettext("in %(count)d minute", "in %(count)d minutes", count),
    }[unit]


@register.simple_tag
def when(moment: datetime | date | None, style: str = "full") -> SafeString:
    """{% when event.at %} in the person's zone; styles: full, exact, short, time, date, ago.

    The other half (how long ago, or the full moment) stands in the title.
    """
    if moment is None:
        return format_html("{}", numbers.MISSING)
    if not isinstance(moment, datetime):
        words = formats.date_format(moment, pgettext("date format", "j M Y"))
        return format_html('<time datetime="{}" class="nowrap">{}</time>', moment.isoformat(), words)
    now = timezone.now()
    if timezone.is_naive(moment):
        moment = timezone.make_aware(moment)
    full, ago = local_text(moment, "exact", now), ago_text(moment, now)
    shown = ago if style == "ago" else local_text(moment, style, now)
    title = full if style == "ago" else f"{ago} · {full}"
    stamp = timezone.localtime(moment).isoformat(timespec="seconds")
    return format_html('<time datetime="{}" title="{}" class="nowrap">{}</time>', stamp, title, shown)
