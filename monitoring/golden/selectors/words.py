"""Why a version knows a golden sample from its training, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _


def taught_words(reason: str) -> str:
    """A sentence for the key ``taught`` of a check's result; "" where the version was not taught it."""
    sentences = {
        "": "",
        "part": _("This version was taught this very part, so it tests nothing."),
        "equal": _("This version was taught a part with the same readings, so it tests nothing."),
        "unit": _("This version was taught the same part, recorded in other units, so it tests nothing."),
        "near": _("This version was taught a part with nearly the same readings, so it tests nothing."),
        "beside": _("This version was taught another sample of the same part, so it tests nothing."),
    }
    return sentences.get(reason, _("Nobody here knows whether this version was taught it."))


def taught_codes(results: Iterable[Mapping[str, Any]]) -> list[str]:
    """The samples that a version was taught, it or their like."""
    return [one["code"] for one in results if one.get("taught", "unknown") not in ("", "unknown")]
