"""What words of columns mean, as a person says it on a command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from mlops_portal.above.onboarding.rules.meanings import CHANGES
from mlops_portal.foundation.registry.selectors.guesses import answers_in_words
from mlops_portal.foundation.registry.selectors.guesses import said as said_of

OPTIONS = {"join_case": "join", "keep_case": "keep", "gaps_are_values": "values"}


def add_arguments(parser: CommandParser) -> None:
    add = parser.add_argument
    add("--join-case", nargs="+", default=[], metavar="COL", help="“OK” and “ok” of these columns are one")
    add("--keep-case", nargs="+", default=[], metavar="COL", help="“OK” and “ok” of these columns differ")
    add(
        "--gaps-are-values",
        nargs="+",
        default=[],
        metavar="COL",
        help="NA, null and the like are values in these columns",
    )


def said(options: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What was said of columns, by name."""
    meanings: dict[str, dict[str, Any]] = {}
    for option, tap in OPTIONS.items():
        for name in options.get(option) or ():
            meanings.setdefault(name, {}).update(CHANGES[tap])
    return meanings


def blocked_sentence(problems: Iterable[Mapping[str, Any]]) -> str:
    """What stands in the way, with the options that mend it."""
    sentences = []
    for one in problems:
        if not one["blocking"]:
            continue
        sentences.append(said_of(one))
        if one.get("options"):
            sentences.append(answers_in_words(one))
        if one["code"] == "case-classes":
            sentences.append(
                _("Say --join-case “%(column)s” or --keep-case “%(column)s”.") % {"column": one["column"]}
            )
    return " ".join(sentences)
