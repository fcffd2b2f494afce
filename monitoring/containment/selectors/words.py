"""Why parts are in doubt, and since when, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mlops_portal.foundation.shell.templatetags.ui_text import number_text
from monitoring.models import Containment
from monitoring.transitions import Trigger


def why(containment: Containment) -> str:
    """“Golden parts G-03, G-07 were not seen right on Press 4.”"""
    facts = {"asset": str(containment.asset), **containment.facts}
    sentences = {
        Trigger.GOLDEN: _("%(asset)s did not see these golden parts right: %(parts)s."),
        Trigger.FALLBACK: _("%(asset)s went back from %(version)s: %(reason)s"),
        Trigger.RECALL: _("%(version)s was called back on %(asset)s: %(reason)s"),
        Trigger.SENSOR: _("A sensor of %(asset)s was at fault: %(reading)s."),
        Trigger.LABEL: _("A person's answer about part %(part)s was wrong: %(answer)s; it is %(truth)s."),
        Trigger.PERSON: "%(reason)s",
    }
    known = {"parts": "–", "version": "–", "reason": "–", "reading": "–", "part": "–", "answer": "–"}
    return sentences[Trigger(containment.trigger)] % ({"truth": "–"} | known | facts)


def until_when(containment: Containment) -> str:
    """What ends the span of one that still grows."""
    return {
        Trigger.GOLDEN: _("until a good check or another release; parts judged now join by themselves."),
        Trigger.SENSOR: _("until a good check; parts judged now join by themselves."),
        Trigger.RECALL: _("until another release runs; parts judged now join by themselves."),
    }.get(
        Trigger(containment.trigger),
        _("until somebody says that the cause ended; parts judged now join by themselves."),
    )


def headline(containment: Containment) -> str:
    """“412 of 600 parts of Press 4 wait for a decision”."""
    if not containment.parts:
        return _("No part of %(asset)s is known to be in doubt so far") % {"asset": containment.asset}
    words = {
        "waiting": number_text(containment.waiting),
        "parts": number_text(containment.parts),
        "asset": containment.asset,
    }
    if not containment.waiting:
        return (
            ngettext(
                "The part of %(asset)s has its decision",
                "All %(parts)s parts of %(asset)s have their decision",
                containment.parts,
            )
            % words
        )
    return (
        ngettext(
            "%(waiting)s of %(parts)s part of %(asset)s waits for a decision",
            "%(waiting)s of %(parts)s parts of %(asset)s wait for a decision",
            containment.parts,
        )
        % words
    )


def lot_words(lot: str | None) -> str:
    if lot is None:
        return _("all lots")
    return _("lot %(lot)s") % {"lot": lot} if lot else _("parts without a lot")
