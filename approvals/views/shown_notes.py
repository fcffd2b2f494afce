"""Where a version came from and what it was not taught, in sentences for its page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mlops_portal.foundation.registry.models import RegisteredModel
from mlops_portal.foundation.registry.selectors import features_of
from mlops_portal.foundation.shell.templatetags.ui_text import number_text

NAMED = 5


def origin_shown(pack: Mapping[str, Any], model: RegisteredModel) -> list[str]:
    """Of a version that was trained elsewhere: how it came, and which classes it never says."""
    origin = pack["measures"]["challenger"].get("origin")
    if not origin:
        return []
    came = _(
        "It was trained elsewhere and came as %(file)s (%(producer)s). Nobody here knows on which parts; "
        "where it was taught with the parts that measure it, the measures flatter it."
    ) % {"file": origin["file"], "producer": origin.get("producer") or _("maker unknown")}
    if not origin.get("unknown"):
        return [came]
    names = ", ".join(model.class_words(key) for key in origin["unknown"])
    return [came, _("It never says: %(names)s.") % {"names": names}]


def left_out_shown(pack: Mapping[str, Any], model: RegisteredModel) -> list[str]:
    """One sentence for the readings that never change, one for the classes with too few parts."""
    out = pack["measures"]["challenger"].get("left_out") or {}
    return [
        text for text in (_readings(out.get("readings"), model), _classes(out.get("classes"), model)) if text
    ]


def _readings(keys: list[str] | None, model: RegisteredModel) -> str:
    if not keys:
        return ""
    words = {one.key: str(one) for one in features_of(model)}
    names = ", ".join(words.get(key, key) for key in keys[:NAMED]) + (" …" if len(keys) > NAMED else "")
    return ngettext(
        "%(count)s reading never changes in the parts that trained; it is watched, but the model does not "
        "look at it: %(names)s.",
        "%(count)s readings never change in the parts that trained; they are watched, but the model does not "
        "look at them: %(names)s.",
        len(keys),
    ) % {"count": number_text(len(keys)), "names": names}


def _classes(rows: Mapping[str, int] | None, model: RegisteredModel) -> str:
    if not rows:
        return ""
    names = ", ".join(f"{model.class_words(key)} ({number_text(n)})" for key, n in rows.items())
    return _("Too few parts to learn from, so the model never says it: %(names)s.") % {"names": names}
