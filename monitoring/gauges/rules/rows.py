"""What a person enters for a study of a measuring system: one measurement a line, read strictly.

- Type 1: numbers. Type 2: part, person, value. Type 3: part, value.
- Fields are parted by semicolons, tabs or spaces; a comma is a decimal sign, or parts fields where a point
  stands for decimals. A first line without a number is a heading.
- Every part is measured equally often (by everybody): otherwise it is told which is not.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

from django.utils.translation import gettext as _

from monitoring.errors import GaugeUnfit

Row = tuple[str, str, float]
FIELDS = {"type_1": 1, "type_2": 3, "type_3": 2}
MOST = 2000
LEAST = {"type_1": 25, "type_2": 2, "type_3": 5}


def rows_in(text: str, kind: str) -> list[Row]:
    """(part, person, value) of each measurement in its order. GaugeUnfit."""
    if kind == "type_1":
        return [("", "", _number(one, place)) for place, one in enumerate(_fields(text), start=1)]
    rows: list[Row] = []
    for place, line in enumerate((one for one in text.splitlines() if one.strip()), start=1):
        fields = _fields(line)
        if len(fields) != FIELDS[kind]:
            raise GaugeUnfit(
                _("Line %(line)d has %(have)d fields instead of %(needed)d; part them by semicolons.")
                % {"line": place, "have": len(fields), "needed": FIELDS[kind]}
            )
        if place == 1 and not _is_number(fields[-1]):
            continue
        person = fields[1] if kind == "type_2" else ""
        rows.append((fields[0][:60], person[:60], _number(fields[-1], place)))
    return rows


def _fields(text: str) -> list[str]:
    if ";" in text or "\t" in text:
        return [one.strip() for one in re.split(r"[;\t\n]", text) if one.strip()]
    if "," in text and "." in text:
        return [one.strip() for one in re.split(r"[,\n]", text) if one.strip()]
    return text.split()


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text.replace(",", ".")))
    except ValueError:
        return False


def _number(text: str, place: int) -> float:
    if not _is_number(text):
        raise GaugeUnfit(_("“%(text)s” in line %(line)d is no number.") % {"text": text[:30], "line": place})
    return float(text.replace(",", "."))


def rows_fit(rows: Sequence[Row], kind: str) -> None:
    """GaugeUnfit where there are too few, or where a part was measured less often than others."""
    if len(rows) > MOST:
        raise GaugeUnfit(_("At most %(most)d measurements.") % {"most": MOST})
    if kind == "type_1":
        if len(rows) < LEAST[kind]:
            raise GaugeUnfit(
                _("Measure the part at least %(least)d times; 50 are usual.") % {"least": LEAST[kind]}
            )
        return
    cells = Counter((part, person) for part, person, _value in rows)
    parts, people = (list(dict.fromkeys(names)) for names in zip(*cells, strict=True)) if cells else ([], [])
    if len(parts) < max(LEAST[kind], 5):
        raise GaugeUnfit(_("Measure at least 5 parts; 10 (type 2) or 25 (type 3) are usual."))
    if kind == "type_2" and len(people) < 2:
        raise GaugeUnfit(_("A type 2 study has at least 2 people; with one person it is a type 3."))
    most = max(cells.values())
    for part in parts:
        for person in people:
            if cells[part, person] != most:
                raise GaugeUnfit(
                    _("Part %(part)s has %(have)d of %(most)d measurements%(by)s; measure all equally often.")
                    % {
                        "part": part,
                        "have": cells[part, person],
                        "most": most,
                        "by": f" ({person})" if person else "",
                    }
                )
    if most < 2:
        raise GaugeUnfit(_("Measure each part at least twice, or repeatability cannot be told."))
