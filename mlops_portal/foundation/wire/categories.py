"""Readings and classes that are words: one form of a value, how it becomes a number, and back.

- A value has one form, wherever it comes from (``as_text``): blanks at the ends and runs of them are nothing,
  letters are composed (Unicode NFC), full-width ones are plain, 3, 3.0 and “3.0” are “3”, True, “True” and
  “TRUE” are “true”.
- Two categories that say yes and no are a boolean: true, 1 and any spelling of yes are the one, false, 0 and
  any spelling of no the other.
- A number that comes as a number is the category of that value, however it was written (“1.50”, “007”).
- A word for nothing (NA, null, …) is a missing value, unless it is itself one of the categories.
- Case tells categories apart, unless a person joined them (``ignore_case``); then dotted and dotless i are
  one, because KIRIK is kırık and İNCE is ince where they are written.
- A category travels as text at the source and as its code from there on: 0 … k-1 in the order of the
  feature's ``categories``, k for a text that is none of them ("unseen"), nothing for a missing one.
- A sketch counts the codes with the edges 0 … k-1, so each category has a bin, and the bin above the last
  edge counts the unseen.
- A model gets an unseen category as a missing reading: it was never taught what the code k means.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

# (no, yes) as plants, historians and spreadsheets write them
TRUTHS = (
    *(("false", "true"), ("no", "yes"), ("off", "on"), ("nein", "ja"), ("falsch", "wahr"), ("aus", "ein")),
    *(("f", "t"), ("n", "y"), ("nej", "ja"), ("no", "sí"), ("no", "si"), ("non", "oui"), ("n", "j")),
    ("0", "1"),
)
# words for nothing, unless a person says that they are values; “none” is the name of a class on many lines
GAPS = (
    *("", "NaN", "nan", "NAN", "-nan", "-NaN", "NA", "N/A", "n/a", "#N/A", "#N/A N/A", "#NA", "<NA>"),
    *("NULL", "null", "Null", "NaT", "?", "1.#QNAN", "-1.#IND", "1.#IND", "-1.#QNAN"),
)
YES = frozenset(yes for _no, yes in TRUTHS)
NO = frozenset(no for no, _yes in TRUTHS)
UNSEEN_MARKS = re.compile("[\u200b\u2060\ufeff]")  # no width: nobody sees them, so they tell nothing apart
WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}  # as keyboards of the east write “OK 1”
WHOLE = re.compile(r"([+-]?(?:0|[1-9]\d*))\.0*")
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")


def as_text(value: object) -> str:
    """A value of a source in its one form; "" where it is missing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if math.isnan(value):
            return ""
        return str(int(value)) if value.is_integer() else repr(value)
    return _form(value) if isinstance(value, str) else _form(str(value))


@lru_cache(maxsize=4096)
def _form(text: str) -> str:
    plain = " ".join(unicodedata.normalize("NFC", UNSEEN_MARKS.sub("", text.translate(WIDE))).split())
    if plain.casefold() in ("true", "false"):
        return plain.casefold()
    whole = WHOLE.fullmatch(plain)
    if whole is None:
        return "0" if plain in ("-0", "+0") else plain
    return "0" if whole[1] in ("-0", "+0") else whole[1]


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """``text`` without its case, in any alphabet that has one."""
    return text.casefold().replace("i\u0307", "i").replace("ı", "i")


def truth_of(words: Iterable[str]) -> tuple[str, str] | None:
    """(no, yes) of ``TRUTHS`` where ``words``, in any case, are nothing but such a pair or one of it, or the
    pair among its 0 and 1; numbers alone are none."""
    every = {word.casefold() for word in words}
    spelt = every - {"0", "1"}
    for pair in TRUTHS[:-1]:
        whole = spelt == every or spelt == set(pair) or pair == TRUTHS[0]
        if spelt and spelt <= set(pair) and whole:
            return pair
    return None


class Lexicon:
    """What each way to write a category means: its place among ``categories``."""

    def __init__(self, categories: Sequence[str], *, ignore_case: bool = False) -> None:
        forms = [as_text(one) for one in categories]
        self._case = ignore_case
        self._exact = {form: place for place, form in reversed(list(enumerate(forms)))}
        self._folded = {folded(form): place for place, form in reversed(list(enumerate(forms)))}
        self._numbers = _numbers(forms)
        pair = {form.casefold() for form in forms}
        two = len(forms) == len(pair) == 2 and any(pair == set(one) for one in TRUTHS)
        self._sides = {form.casefold() in YES: place for place, form in enumerate(forms)} if two else {}

    def place(self, value: object) -> int | None:
        """Its place, None where it is none of them."""
        text = as_text(value)
        place = self._exact.get(text)
        if place is None and self._case:
            place = self._folded.get(folded(text))
        if place is None and self._sides:
            low = text.casefold()
            place = self._sides.get(True) if low in YES else self._sides.get(False) if low in NO else None
        if place is None and isinstance(value, int | float) and not isinstance(value, bool):
            place = self._numbers.get(value)
        return place


def _numbers(forms: Sequence[str]) -> Mapping[float, int]:
    """Values of categories that are numbers, as far as one category has each."""
    places: dict[float, int] = {}
    twice = set()
    for place, form in enumerate(forms):
        if NUMBER.fullmatch(form):
            value = float(form)
            if value in places:
                twice.add(value)
            places[value] = place
    return {value: place for value, place in places.items() if value not in twice}


@lru_cache(maxsize=1024)
def _lexicon(categories: tuple[str, ...], ignore_case: bool) -> Lexicon:
    return Lexicon(categories, ignore_case=ignore_case)


def code_of(value: object, categories: Sequence[str], *, ignore_case: bool = False) -> float:
    """The code of ``value`` among ``categories``: its place, ``len(categories)`` for an unseen one, NaN for a
    missing one."""
    place = _lexicon(tuple(categories), ignore_case).place(value)
    if place is not None:
        return float(place)
    return math.nan if as_text(value) in GAPS else float(len(categories))


def text_of(code: float | None, categories: Sequence[str]) -> str | None:
    """The category of a code; None for the unseen code and for what is missing or no code."""
    if code is None or not math.isfinite(code) or not 0 <= code < len(categories):
        return None
    return categories[int(code)]


def edges_of(categories: Sequence[str]) -> list[float]:
    """The edges of a sketch's bins: one for each code."""
    return [float(code) for code in range(len(categories))]


def alike(values: Iterable[tuple[str, int]]) -> list[list[tuple[str, int]]]:
    """Groups of ``values`` (text, count) that differ by case alone, the most frequent first in each."""
    groups: dict[str, list[tuple[str, int]]] = {}
    for text, count in values:
        groups.setdefault(folded(text), []).append((text, count))
    return [sorted(one, key=lambda pair: (-pair[1], pair[0])) for one in groups.values() if len(one) > 1]
