"""What golden sets prove, in words, and how many parts a promise takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mlops_portal.foundation.registry.models import RegisteredModel
from mlops_portal.foundation.shell.templatetags.ui_text import number_text
from mlops_portal.foundation.wire.errors import Invalid
from monitoring.rules.exact import parts_for
from monitoring.rules.proving import ALL, PROMISE, SAFETY, Proof

LOWEST, HIGHEST = 0.1, 50.0  # percent that may be promised


def group_words(model: RegisteredModel, one: Proof) -> str:
    """The parts that a proof is about."""
    if one.group in (SAFETY, ALL):
        return _("Safety parts") if one.group == SAFETY else _("All together")
    return model.class_words(one.key)


def proof_words(model: RegisteredModel, one: Proof, promise: float = PROMISE) -> str:
    """“6 of 6 Chatter mark: misses at most 39 % (95 % certain); 53 more would prove 5 %.”"""
    said = _("%(right)s of %(n)s %(group)s: misses at most %(at_most)s %% of such parts (95 %% certain)") % {
        "right": one.n - one.missed,
        "n": one.n,
        "group": group_words(model, one),
        "at_most": number_text(one.at_most * 100, 1 if one.at_most < 0.1 else 0),
    }
    more = one.needs(promise)
    share = number_text(round(promise * 100, 1))
    if not more:
        return _("%(said)s; that proves %(share)s %%.") % {"said": said, "share": share}
    return ngettext(
        "%(said)s; %(more)s more part without a miss would prove %(share)s %%.",
        "%(said)s; %(more)s more parts without a miss would prove %(share)s %%.",
        more,
    ) % {"said": said, "more": more, "share": share}


def proofs_in_words(
    model: RegisteredModel, proofs: Iterable[Mapping[str, Any]], promise: float = PROMISE
) -> list[str]:
    """Of proofs as evidence keeps them."""
    return [proof_words(model, Proof(**one), promise) for one in proofs]


@dataclass(frozen=True, slots=True)
class Plan:
    """How many parts a promise takes; ``percent`` as it was asked for, and what is wrong with it, or ""."""

    percent: str
    promise: float
    none: int
    one: int
    wrong: str


def plan_of(asked: str) -> Plan:
    """A plan for the share (%) that somebody typed; for 5 % where it does not fit, with the reason."""
    try:
        promise, wrong = _promise(asked), ""
    except Invalid as error:
        promise, wrong = PROMISE, error.sentence
    return Plan(
        asked or number_text(PROMISE * 100), promise, parts_for(promise), parts_for(promise, 1), wrong
    )


def _promise(asked: str) -> float:
    text = asked.strip().replace(",", ".")
    if not text:
        return PROMISE
    try:
        percent = float(text)
    except ValueError:
        percent = -1.0
    if not LOWEST <= percent <= HIGHEST:
        raise Invalid(
            _("A promise is a share from %(low)s to %(high)s %%; no number of parts proves 0.")
            % {"low": number_text(LOWEST), "high": number_text(HIGHEST)}
        )
    return percent / 100
