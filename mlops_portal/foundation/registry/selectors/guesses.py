"""What the reader of tables guessed and asks, in the reader's language: one way for pages, API and commands.

A problem is as ``compute.tables.problem.Problem.to_json`` keeps it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django.utils.translation import gettext as _

from mlops_portal.foundation.registry.errors import AnswerUnfit

ZONE = "zone"
PHRASES = ("reason", "taken_as", "which")
"""Values of a sentence that are words of ours, and not of the file."""


@cache
def zones_all() -> tuple[str, ...]:
    return tuple(sorted(one for one in available_timezones() if "/" in one or one == "UTC"))


def zone_is_known(name: str) -> bool:
    return name in zones_all()


def said(problem: Mapping[str, Any]) -> str:
    """A problem as a sentence."""
    message = problem.get("message")
    if not message:
        return str(problem["sentence"])
    try:
        return _(message).format(**_shown(problem["values"]))
    except (KeyError, IndexError, ValueError):
        return str(problem["sentence"])


def options_said(problem: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The answers to a problem: {"value", "label", "taken"}."""
    return [
        {"value": one["value"], "label": _label(one), "taken": one["value"] == problem.get("taken")}
        for one in problem.get("options") or ()
    ]


def answers_in_words(problem: Mapping[str, Any]) -> str:
    """How a question is answered in a terminal."""
    choices = ", ".join(f"{one['value']} ({one['label']})" for one in options_said(problem))
    return _("Answer with --answer “%(key)s=…”: %(choices)s; or take every guess with --yes.") % {
        "key": problem["key"],
        "choices": choices,
    }


def waiting_in_words(problems: Iterable[Mapping[str, Any]]) -> str:
    """What stands in the way, each with its way on, for a terminal."""
    return " ".join(
        f"{said(one)} {answers_in_words(one)}" if one.get("options") else said(one)
        for one in problems
        if one["blocking"]
    )


def questions_in(*problems: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Those among ``problems`` that can be answered, each key once, the later ones first; the waiting ones
    before the others."""
    questions: dict[str, dict[str, Any]] = {}
    for group in problems:
        questions |= {one["key"]: dict(one) for one in group if one.get("key") and one.get("options")}
    return sorted(questions.values(), key=lambda one: not one["blocking"])


def answers_checked(questions: Iterable[Mapping[str, Any]], given: Mapping[str, str]) -> dict[str, str]:
    """``given`` by key. Raises AnswerUnfit for a key nobody asked, or an answer that is no choice."""
    known = {one["key"]: one for one in questions}
    for key, value in given.items():
        if key == ZONE:
            if not zone_is_known(value):
                raise AnswerUnfit(
                    _("“%(zone)s” is no time zone; write it like Europe/Berlin.") % {"zone": value}
                )
            continue
        if key not in known:
            raise AnswerUnfit(
                _("The table raises no question “%(key)s”; its questions are: %(keys)s.")
                % {"key": key, "keys": ", ".join(known) or "–"}
            )
        allowed = [one["value"] for one in known[key]["options"]]
        if value not in allowed:
            raise AnswerUnfit(
                _("“%(value)s” is no answer to “%(key)s”; the answers are: %(allowed)s.")
                % {"value": value, "key": key, "allowed": ", ".join(allowed)}
            )
    return dict(given)


def guesses_taken(questions: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The answers that take every guess that waits."""
    return {
        one["key"]: one["taken"] or one["options"][0]["value"]
        for one in questions
        if one["blocking"] and one.get("options")
    }


def settled(problems: Iterable[Mapping[str, Any]], given: Mapping[str, str]) -> list[dict[str, Any]]:
    """The problems with what was answered: these wait no more."""
    return [
        {**one, "blocking": False, "taken": given[one["key"]]} if one.get("key") in given else dict(one)
        for one in problems
    ]


def guesses_shown(guesses: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What was guessed for a page, the waiting questions first; the zone has a place of its own."""
    listed = [
        {
            "sentence": said(each),
            "row": each["row"],
            "key": each.get("key", ""),
            "waits": each["blocking"] and bool(each.get("options")),
            "options": options_said(each),
        }
        for each in guesses
        if each.get("key") != ZONE
    ]
    return sorted(listed, key=lambda each: (not each["waits"], not each["options"]))


def zone_shown(guesses: Iterable[Mapping[str, Any]]) -> dict[str, Any] | None:
    """How times without a zone are read, where there are any."""
    asked = next((each for each in guesses if each.get("key") == ZONE), None)
    return {"sentence": said(asked), "taken": asked["taken"]} if asked else None


def _label(option: Mapping[str, Any]) -> str:
    try:
        return _(option["label"]).format(**_shown(option.get("values") or {}))
    except (KeyError, IndexError, ValueError):
        return str(option["label"])


def _shown(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _(value) if key in PHRASES and value else value for key, value in values.items()}
