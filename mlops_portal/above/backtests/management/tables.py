"""What the commands of back-tests share: reading a file, checking choices, errors as one sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from mlops_portal.above.backtests.models.parameters import parameters_checked
from mlops_portal.above.backtests.tasks.files import asked, faults_of, waits
from mlops_portal.above.backtests.tasks.outcome import Outcome
from mlops_portal.above.backtests.transitions import Kind
from mlops_portal.foundation.registry.compute.tables.answers import Answers
from mlops_portal.foundation.registry.compute.tables.model import Frame
from mlops_portal.foundation.registry.compute.tables.read import read
from mlops_portal.foundation.registry.management import answering
from mlops_portal.foundation.registry.selectors.guesses import waiting_in_words
from mlops_portal.foundation.wire.errors import PortalError


def table_at(path: Path, options: Mapping[str, Any]) -> Frame:
    """The table of a file, read as the options of the command answer. CommandError where there is none, or
    where a question waits for its answer."""
    if not path.is_file():
        raise CommandError(_("There is no file %(file)s.") % {"file": path})
    try:
        given = answering.said(dict(options))
        frame = read(path, name=path.name, answers=Answers(given["answers"], accept=given["accept"]))
    except PortalError as error:
        raise CommandError(_("%(file)s: %(why)s") % {"file": path, "why": error.sentence}) from None
    except OSError as error:
        raise CommandError(
            _("%(file)s cannot be read: %(why)s.") % {"file": path, "why": error.strerror}
        ) from None
    if waits(asked(frame)):
        questions = [one for one in asked(frame) if one["options"]]
        raise CommandError(_("%(file)s: %(why)s") % {"file": path, "why": waiting_in_words(questions)})
    return frame


def played(
    kind: Kind, given: Mapping[str, Any], play: Callable[[dict[str, Any]], Outcome], *frames: Frame
) -> Outcome:
    """The back-test with its choices checked first; CommandError with the sentence of what does not fit."""
    try:
        outcome = play(
            parameters_checked(kind, {key: value for key, value in given.items() if value is not None})
        )
    except PortalError as error:
        raise CommandError(error.sentence) from None
    outcome.whole["notes"] = [
        *outcome.whole["notes"],
        *(sentence for frame in frames for sentence in faults_of(frame)),
    ]
    return outcome
