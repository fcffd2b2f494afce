"""The log as a PDF: typst with the fonts that it brings itself, and without a date, so that it repeats."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

SPECIAL = re.compile(r"([\\#$*_`<>@\[\]~=+/'\"-])")
HEAD = """#set document(title: [{title}], date: none)
#set page(paper: "a4", flipped: true, margin: 14mm, numbering: "1 / 1")
#set text(font: "Libertinus Serif", size: 9pt, lang: "{language}")
#set table(stroke: (x, y) => if y == 0 {{ (bottom: 0.8pt) }} else {{ (bottom: 0.2pt + luma(180)) }})
= {title}
"""


def escaped(text: str) -> str:
    """Text that typst prints as it stands."""
    flat = " ".join(str(text).split())
    return SPECIAL.sub(r"\\\1", flat)


def pdf_of(
    *,
    language: str,
    facts: Sequence[tuple[str, str]],
    rows: Iterable[tuple[str, str, str, int]],
    events: int,
) -> bytes:
    """Facts, then the rows (time, sentence, type, leaf); says so where ``events`` are more than rows."""
    import typst  # here: it takes long to load, and few tasks need it

    shown = list(rows)
    parts = [HEAD.format(title=escaped(_("Decision log")), language=language)]
    parts += [f"/ {escaped(name)}: {escaped(value)}\n" for name, value in facts]
    if len(shown) < events:
        words = _("This document shows the last %(shown)s of %(events)s events; log.csv has them all.")
        parts.append("\n" + escaped(words % {"shown": len(shown), "events": events}) + "\n")
    heads = ", ".join(
        f"[*{escaped(one)}*]" for one in (_("Leaf"), _("Time (UTC)"), _("What happened"), _("Type"))
    )
    parts.append(f"\n#table(columns: (auto, auto, 1fr, auto), table.header({heads}),\n")
    for at, text, name, leaf in shown:
        parts.append(
            f"[{leaf}], [{escaped(at[:19].replace('T', ' '))}], [{escaped(text)}], [{escaped(name)}],\n"
        )
    parts.append(")\n")
    made: bytes = typst.compile("".join(parts).encode(), format="pdf", ignore_system_fonts=True, timestamp=0)
    return made
