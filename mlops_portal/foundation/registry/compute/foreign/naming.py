"""Which registered class each column of probabilities is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mlops_portal.foundation.registry.compute.foreign.refusal import ForeignUnfit, gettext_noop


def places_of(
    name: str,
    labels: Sequence[str],
    count: int,
    classes: Sequence[Mapping[str, Any]],
    given: Sequence[str] = (),
) -> list[int]:
    """The registered place of each of ``count`` columns. Raises ForeignUnfit.

    - ``given`` names them in order, where a person said so; else the file's own ``labels`` do;
    - a name is a class's key or one of its words, whatever its case;
    - numbers 0 … c-1 that are no names are the places themselves, as the portal's own files have it.
    """
    known = [str(one["key"]) for one in classes]
    class_names = list(given or labels)
    if given and len(given) != count:
        raise ForeignUnfit(
            gettext_noop("{name} gives {count} probabilities, and {given} classes were named; name each "
                         "column once, in the file's order."), name=name, count=count, given=len(given),
        )  # fmt: skip
    if len(class_names) == count:
        places = [_place(one, classes) for one in class_names]
        if None not in places and len(set(places)) == count:
            return [one for one in places if one is not None]
        if not given and class_names == [str(place) for place in range(count)] and count <= len(known):
            return list(range(count))
    raise ForeignUnfit(
        gettext_noop("{name} calls its {count} classes {labels}, the model knows {known}; name the "
                     "file's classes in its order, for example: {example}."),
        name=name, count=count, labels=", ".join(class_names) or "nothing", known=", ".join(known),
        example=",".join(known[:count]),
    )  # fmt: skip


def _place(label: str, classes: Sequence[Mapping[str, Any]]) -> int | None:
    wanted = _plain(label)
    for place, one in enumerate(classes):
        if wanted == _plain(str(one["key"])):
            return place
    for place, one in enumerate(classes):
        if wanted in {_plain(str(word)) for word in (one.get("words") or {}).values()}:
            return place
    return None


def _plain(text: str) -> str:
    return "".join(one if one.isalnum() else "-" for one in text.strip().casefold()).strip("-")
