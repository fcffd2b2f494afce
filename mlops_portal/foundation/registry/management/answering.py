"""How a command takes answers to what the reader of tables asks; one way for all that read a table."""

from __future__ import annotations

from typing import Any, TypedDict

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from mlops_portal.foundation.registry.selectors.guesses import ZONE, zone_is_known


class Said(TypedDict):
    answers: dict[str, str]
    accept: bool


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument(
        "--zone",
        default="",
        metavar="ZONE",
        help="of times that carry none, like Europe/Berlin; else the site's",
    )
    parser.add_argument(
        "--answer",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="an answer to a question about the table; may be repeated",
    )
    parser.add_argument("--yes", action="store_true", help="take every guess about the table")


def said(options: dict[str, Any]) -> Said:
    """What was answered. CommandError for what is no answer."""
    answers: dict[str, str] = {}
    for one in options["answer"]:
        key, equals, value = one.rpartition("=")
        if not equals or not key:
            raise CommandError(_("--answer %(text)s is not KEY=VALUE.") % {"text": one})
        answers[key] = value
    if zone := options["zone"]:
        if not zone_is_known(zone):
            raise CommandError(_("“%(zone)s” is no time zone; write it like Europe/Berlin.") % {"zone": zone})
        answers[ZONE] = zone
    return {"answers": answers, "accept": bool(options["yes"])}
