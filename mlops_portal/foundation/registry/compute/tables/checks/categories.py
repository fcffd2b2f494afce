"""Words of a target or a reading that may mean something else than they were taken for.

- Words that differ by case alone are classes or categories of their own until a person says otherwise; of a
  target somebody must say which.
- Words for nothing are missing values until a person says that they are values.
- Words that were written in several ways are one (``wire.categories``), and this is said.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from mlops_portal.foundation.registry.compute.tables.model import Column, Frame, Kind, Schema
from mlops_portal.foundation.registry.compute.tables.problem import Problem, gettext_noop, problem, quoted
from mlops_portal.foundation.wire.categories import GAPS, alike

NAMED = 6
BLANKS = re.compile(r"^\s+|\s+$|\s{2,}|[^\S ]")
CASE_CLASSES = gettext_noop(
    "The target {column} holds words that differ by case alone: {words}. Say whether they are one class or"
    " classes of their own."
)
CASE_WORDS = gettext_noop(
    "Column {column} holds words that differ by case alone: {words}. They are categories of their own; join"
    " them if they mean the same."
)
JOINED = gettext_noop("Words of {column} that differ by case alone count as one: {words}.")
GAP_CLASSES = gettext_noop(
    "Words of the target {column} that were taken for nothing: {words}. Such rows are left out of training;"
    " say so if it is a class."
)
GAP_WORDS = gettext_noop(
    "Words of column {column} that were taken for a missing value: {words}. Say so if it is a category."
)
GAP_VALUES = gettext_noop("Words of {column} that elsewhere mean nothing are values here: {words}.")
SPELT = gettext_noop(
    "Words of {column} that stand otherwise in the file: {words}. Blanks, ways to write a number, a truth or"
    " an accent make no difference."
)


def problems(frame: Frame, schema: Schema) -> list[Problem]:
    """What a person should know of the words of the target and the readings, all of them in the table."""
    listed: list[Problem] = []
    for one in schema.columns:
        if one.name in frame.columns and (one == schema.target or one in schema.readings):
            listed += _of(frame, one, target=one == schema.target)
    return listed


def _of(frame: Frame, one: Column, *, target: bool) -> Iterator[Problem]:
    if gaps := frame.gap_words.get(one.name):
        message = GAP_CLASSES if target else GAP_WORDS
        yield _said("gap-words", message, one, list(gaps.items()))
    if frame.kinds[one.name] in (Kind.NUMBER, Kind.TIME, Kind.BOOLEAN, Kind.EMPTY):
        return
    if spelt := frame.spelt.get(one.name):
        yield _said("spelt", SPELT, one, list(spelt.items()))
    if joined := frame.joined.get(one.name):
        yield _said("case-joined", JOINED, one, list(joined.items()))
    counts = Counter(text for text in frame.text(one.name).tolist() if text is not None)
    if one.gaps_are_values and (values := {word: counts[word] for word in GAPS if counts[word]}):
        yield _said("gap-values", GAP_VALUES, one, list(values.items()))
    if words := [pair for group in alike(counts.items()) for pair in group]:
        if target:
            yield _said("case-classes", CASE_CLASSES, one, words, blocking=one.ignore_case is None)
        else:
            yield _said("case-words", CASE_WORDS, one, words)


def _said(
    code: str, message: str, one: Column, words: Sequence[tuple[str, int]], *, blocking: bool = False
) -> Problem:
    return problem(code, message, column=one.name, words=counted(dict(words)), blocking=blocking)


def counted(words: Mapping[str, int]) -> str:
    """“OK” (40), “ok␣” (12): blanks at the ends and runs of them can be seen."""
    shown = [f"“{_seen(quoted(word))}” ({count})" for word, count in list(words.items())[:NAMED]]
    return ", ".join([*shown, *(["…"] if len(words) > NAMED else [])])


def _seen(word: str) -> str:
    return BLANKS.sub(lambda blanks: "␣" * len(blanks[0]), word)
