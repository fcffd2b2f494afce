"""Ways to write a moment, brought to the few that ``times`` reads.

- “Mo, 05.01.2026 10:00 Uhr”, “Mon Jan 5 10:00:00 CET 2026”, “Jan 5, 2026 10:00 AM”, “10:00:00 05.01.2026”,
  “2026-01-05-10.15.00.123456”, “2026-01-05 10:15:00:123”, “… GMT+0100 (Central European Time)”,
  “…[Europe/Berlin]”.
- 260105, 260105101500, 260105 10:15: two digits each of day, month and year, in whichever order; 50126 lost
  the zero that it began with.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

DATE = r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}"
WEEKDAY = (
    r"(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|mo|di|mi|do|fr|sa|so|mån|tis|ons|tor|tors|fre|lör|sön|lun|mié|"
    r"jue|vie|sáb|dom|(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|"
    r"sonnabend|(?:mån|tis|ons|tors|fre|lör|sön)dag|lunes|martes|miércoles|jueves|viernes|sábado|domingo)"
)
FORMS = (
    (r"\s*\[[A-Za-z_/+-]+\]$", ""),
    (r"\s*\([^()]*\)$", ""),
    (r"(?i)(\d)\s*(?:uhr|hrs?|klo)\.?$", r"\1"),
    (rf"(?i)^{WEEKDAY}\.?,?\s+(\S.*)$", r"\1"),
    (r"^([A-Za-z]{3,9})\.?\s+(\d{1,2})\s+(\d{4})\s+(\d\d:\d\d:\d\d)\s+GMT([+-]\d{4})$", r"\2-\1-\3 \4\5"),
    (
        r"^([A-Za-z]{3,9})\.?\s+(\d{1,2})\s+(\d{1,2}:\d{2}(?::\d{2})?)\s+([A-Z]{3,4})?\s*(\d{4})$",
        r"\2-\1-\5 \3 \4",
    ),
    (r"^([A-Za-zä]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(.*)$", r"\2-\1-\3\4"),
    (
        r"^(\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:\s*[AaPp]\.?[Mm]\.?)?),?\s+(\d{1,4}[-/. ].*\d)$",
        r"\2 \1",
    ),
    (
        rf"^({DATE})(?:T|,?\s+|[-_])(\d{{1,2}})\.(\d{{2}})\.(\d{{2}})([.,]\d{{1,9}})?(\s*[A-Za-z+].*)?$",
        r"\1 \2:\3:\4\5\6",
    ),
    (rf"^({DATE})(?:T|,?\s+)(\d{{1,2}})[.h](\d{{2}})$", r"\1 \2:\3"),
    (rf"^({DATE})[-_](\d{{1,2}}:\d{{2}}.*)$", r"\1 \2"),
    (r"^(.*\d:\d{2}:\d{2}):(\d{3})(\D.*)?$", r"\1.\2\3"),
    (r"^(\d)(\d{2})(\d{2})(?:\.0+)?$", r"0\1-\2-\3"),
    (r"^(\d{2})(\d{2})(\d{2})(?:\.0+)?$", r"\1-\2-\3"),
    (r"^(\d{2})(\d{2})(\d{2})[T _-]?(\d{2})(\d{2})(?:\.0+)?$", r"\1-\2-\3 \4:\5"),
    (r"^(\d{2})(\d{2})(\d{2})[T _-]?(\d{2})(\d{2})(\d{2})(?:\.0+)?$", r"\1-\2-\3 \4:\5:\6"),
    (r"^(\d{2})(\d{2})(\d{2})[T _-](\d{1,2}:\d{2}.*)$", r"\1-\2-\3 \4"),
)


def plainly(texts: pa.Array) -> pa.Array:
    """``texts`` string (n,) in forms that ``times`` knows, as far as they are known here; the others stay."""
    coded = texts.dictionary_encode()
    words = coded.dictionary
    for pattern, form in FORMS:
        words = pc.replace_substring_regex(words, pattern, form)
    return words.take(coded.indices)
