"""The things that events are about: how each kind is called, and where its page is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mlops_portal.foundation.ledger.models import EventSubject
from mlops_portal.foundation.plant.models import Person

KINDS: dict[str, tuple[str | Promise, str]] = {
    # kind: (word, name of the address that takes the id; "/" in an id parts its arguments)
    "alert": (_("Alert"), "alert"),
    "approval_request": (_("Approval"), "approval"),
    "artifact": (_("Artifact"), ""),
    "asset": (_("Machine"), "asset"),
    "asset_type": (_("Type of machine"), ""),
    "dataset": (_("Past parts"), ""),
    "decision": (_("Decision"), ""),
    "evidence": (_("Evidence"), ""),
    "export": (_("Export"), "log-export"),
    "golden_sample": (_("Golden sample"), ""),
    "label": (_("Label"), ""),
    "label_request": (_("Label request"), ""),
    "line": (_("Line"), "line"),
    "log_filter": (_("Filter"), ""),
    "manifest": (_("Training manifest"), ""),
    "model": (_("Model"), "model"),
    "model_version": (_("Model version"), "candidate"),
    "node": (_("Edge node"), "node"),
    "part": (pgettext_lazy("a workpiece", "Part"), ""),
    "person": (_("Person"), "person"),
    "prediction": (_("Prediction"), "lineage"),
    "release": (_("Release"), "release"),
    "release_target": (_("Release number"), ""),
    "retrain_run": (_("Retrain run"), "run"),
    "site": (_("Site"), ""),
    "skill": (_("Skill"), ""),
    "statement": (_("Statement"), ""),
}


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing as a page shows it; ``url`` is its own page, ``history`` the log about it."""

    kind: str
    key: str
    relation: str
    word: str
    name: str
    url: str
    history: str


def url_of(kind: str, key: str) -> str:
    """The page of a thing, "" where it has none."""
    name = KINDS.get(kind, ("", ""))[1]
    if not name:
        return ""
    try:
        return reverse(name, args=key.split("/") if kind == "model_version" else [key])
    except NoReverseMatch:
        return ""


def word_of(kind: str) -> str:
    return str(KINDS.get(kind, (kind, ""))[0])


def short(key: str) -> str:
    """A digest or a UUID shortened; what people wrote as it is."""
    return f"{key[:8]}…" if len(key) > 32 else key


def things_of(subjects: Iterable[EventSubject]) -> list[Thing]:
    """The subjects with their words and addresses; people by their names."""
    rows = list(subjects)
    ids = [one.key for one in rows if one.kind == "person"]
    names = {str(pk): name for pk, name in Person.objects.filter(pk__in=ids).values_list("pk", "name")}
    return [
        Thing(
            kind=one.kind,
            key=one.key,
            relation=one.relation,
            word=word_of(one.kind),
            name=names.get(one.key, short(one.key)) if one.kind == "person" else short(one.key),
            url=url_of(one.kind, one.key),
            history=f"{reverse('log')}?thing={one.kind}/{one.key}",
        )
        for one in rows
    ]
