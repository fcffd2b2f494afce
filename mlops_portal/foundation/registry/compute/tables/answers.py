"""What a person said to the questions that a table raises; one way of asking for pages, API and commands.

A key is the question's name, with the column behind a colon where it is about one: ``date-order:Datum``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mlops_portal.foundation.registry.compute.tables.problem import Option, Problem, problem

ZONE = "zone"
WORDS = "words"


@dataclass(frozen=True, slots=True)
class Answers:
    """``given`` by key. ``zone``: of moments that carry none; ``zone_named``: somebody or some site said so.

    With ``accept`` every guess is taken as if a person had said it.
    """

    given: Mapping[str, str] = field(default_factory=dict)
    site_zone: str = ""
    accept: bool = False

    @property
    def zone(self) -> str:
        return self.given.get(ZONE) or self.site_zone or "UTC"

    def of(self, key: str, otherwise: str, allowed: Iterable[str]) -> str:
        """The answer to ``key`` if it is one of ``allowed``, else the guess."""
        answer = self.given.get(key, "")
        return answer if answer in set(allowed) else otherwise

    def as_words(self, column: str) -> bool:
        """Whether somebody said that a column holds words and no numbers."""
        return any(value == WORDS and key.partition(":")[2] == column for key, value in self.given.items())

    def question(
        self,
        code: str,
        message: str,
        *,
        key: str,
        guess: str,
        options: Sequence[tuple[str, str]],
        asks: bool = False,
        **values: object,
    ) -> Problem:
        """The question ``key``. ``asks``: the guess is not enough, and a person must say."""
        allowed = [value for value, label in options]
        known = self.accept or self.given.get(key) in allowed
        return problem(
            code,
            message,
            blocking=asks and not known,
            key=key,
            taken=self.of(key, guess, allowed),
            options=options,
            **values,
        )


NONE = Answers()


def questions_of(problems: Iterable[Problem]) -> list[Problem]:
    """Those that can be answered, the waiting ones first."""
    return sorted((one for one in problems if one.options), key=lambda one: not one.blocking)


__all__ = ["NONE", "WORDS", "ZONE", "Answers", "Option", "questions_of"]
