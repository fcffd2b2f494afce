"""What both sides hold after a fault run, compared. Pure: a test shows that it finds all three.

- lost: it was made, or acknowledged, and is not at the portal;
- doubled: it is there more than once, by its id or by what it is about, or nobody made it;
- stuck: it waits, is parked, held or set aside, and nothing will move it any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Count:
    """One row of the table: what was made here, what is there, and what does not fit."""

    what: str
    made: int
    there: int
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return not self.lost and not self.doubled


@dataclass(frozen=True, slots=True)
class Verdict:
    counts: list[Count]
    stuck: list[str]

    @property
    def good(self) -> bool:
        return not self.stuck and all(one.good for one in self.counts)

    @property
    def lost(self) -> int:
        return sum(len(one.lost) for one in self.counts)

    @property
    def doubled(self) -> int:
        return sum(len(one.doubled) for one in self.counts)


def count(what: str, made: Iterable[str], there: Sequence[tuple[str, str]]) -> Count:
    """Ids that were made beside (id, what it is about) as the portal has them.

    An id that nobody made counts as doubled: the same thing came under another id.
    """
    wanted = set(made)
    ids, about = Counter(one for one, _about in there), Counter(about for _one, about in there)
    doubled = [one for one, times in ids.items() if times > 1 or one not in wanted]
    named = {subject for one, subject in there if one in set(doubled)}
    doubled += [subject for subject, times in about.items() if times > 1 and subject not in named]
    return Count(what, len(wanted), len(there), sorted(wanted - ids.keys()), sorted(doubled))


def sums(what: str, made: Mapping[str, int], there: Mapping[str, int]) -> Count:
    """Numbers by name beside each other: one below is lost, one above is doubled."""
    lost, doubled = [], []
    for name in sorted(made.keys() | there.keys()):
        here, beyond = made.get(name, 0), there.get(name, 0)
        if here != beyond:
            (lost if beyond < here else doubled).append(f"{name}: {here} made, {beyond} there")
    return Count(what, sum(made.values()), sum(there.values()), lost, doubled)


def table(verdict: Verdict) -> str:
    """One line a row, the numbers under each other, then what does not fit, by name."""
    lines = [f"{'':24}{'made':>9}{'there':>9}{'lost':>7}{'doubled':>9}"]
    lines += [
        f"{one.what:24}{one.made:9}{one.there:9}{len(one.lost):7}{len(one.doubled):9}"
        for one in verdict.counts
    ]
    lines.append(f"{'stuck':24}{'':18}{len(verdict.stuck):7}")
    for one in verdict.counts:
        lines += [f"  lost, {one.what}: {name}" for name in one.lost[:SHOWN]]
        lines += [f"  doubled, {one.what}: {name}" for name in one.doubled[:SHOWN]]
    lines += [f"  stuck: {sentence}" for sentence in verdict.stuck[: 4 * SHOWN]]
    return "\n".join(lines)
