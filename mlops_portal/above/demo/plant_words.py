"""The demo plant's own words, which it brings in two languages."""

from __future__ import annotations

from django.utils.translation import get_language

from mlops_portal.above.demo.sim.kinds import Words


def in_words(words: Words) -> str:
    """A word of the plant in the reader's language, or else in English."""
    language = (get_language() or "en").partition("-")[0]
    return words.get(language, words["en"])
