"""What becomes of parts in doubt. Pure.

- Good, and reworked, only what a re-inspection found good since the doubt arose: a reworked part is verified
  as a new one (IATF 16949 8.7.1.4). Nobody's word alone makes a part good.
- Scrapped without more; released by concession with a note who permitted it (ISO 9001 8.7.1 d).
- Who signs says how many parts they saw waiting; where it is another number by then, they look again.
- It closes when nobody's decision is waited for and nothing more can join.
"""

from __future__ import annotations

from monitoring.transitions import DispositionKind

REINSPECTED = frozenset({DispositionKind.GOOD, DispositionKind.REWORKED})
WITH_NOTE = frozenset({DispositionKind.CONCESSION})
LONGEST_NOTE, LONGEST_REASON = 300, 240


def needs_inspection(kind: str) -> bool:
    """Whether only parts with a good result since may be signed as such."""
    return kind in REINSPECTED


def needs_note(kind: str) -> bool:
    return kind in WITH_NOTE
