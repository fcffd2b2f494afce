"""What the portal asks of a record before it takes it: whose it is, of when, by which model, in which words.

A record that fails is ``Unfit``, alone; what stands beside it is taken. The order of the questions is that of
their weight: first whose machine it is, then whether its model may run there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from mlops_portal.foundation.plant.models import Asset, Node
from mlops_portal.foundation.plant.selectors.places import Served
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.wire import kinds, telemetry
from mlops_portal.foundation.wire.errors import Invalid
from mlops_portal.foundation.wire.nodeauth import TOLERANCE
from monitoring.intake.selectors.approved import approved_version
from monitoring.transitions import Check

LONGEST_PAST = timedelta(days=5 * 366)  # clocks without a battery wake up in 2000, 1990, 1970 or 1
LONGEST_WINDOW = timedelta(days=7)
LARGEST = 3.4028234e38  # as ``wire.sketch``: no sensor measures more, no model reads it
REPLAY = "replay/"
ROOM = {"id": 80, "part": 60, "lot": 40, "recipe": 40, "tool": 40, "label": 40, "activation": 80}


class Unfit(Exception):
    """``check`` that a record failed, with a sentence for people."""

    def __init__(self, check: str, sentence: str) -> None:
        super().__init__(sentence)
        self.check, self.sentence = check, sentence


class Intake:
    """The questions, for the records of one batch of ``node`` that came at ``received``."""

    def __init__(self, node: Node, slugs: Iterable[str], received: datetime) -> None:
        self.node, self.received = node, received
        self.served = Served(node, slugs, slack=TOLERANCE)
        self._versions: dict[tuple[int, str], ModelVersion | None] = {}

    def shape(self, part: str, record: Any) -> dict[str, Any]:
        """The record as this portal reads it; its fields are of their kinds, and fit where they are kept."""
        try:
            read = telemetry.record_of(part, record)
        except Invalid as error:
            field = str(error.details.get("pointer", "")).rpartition("/")[2]
            if field in ("at", "starts", "ends"):
                text = _clean(str(record[field]))
                raise Unfit(
                    Check.CLOCK, _("“%(at)s” is no time that a record can have.") % {"at": text}
                ) from None
            raise Unfit(Check.FORMAT, error.sentence.lstrip("/ ")) from None
        for field, room in ROOM.items():
            if len(read.get(field, "")) > room:
                raise Unfit(
                    Check.FORMAT,
                    _("“%(field)s” is longer than %(room)d characters.") % {"field": field, "room": room},
                )
        return read

    def moment(self, text: str) -> datetime:
        """A time within the clock's tolerance, in UTC."""
        at = kinds.time_of(text)
        if at > self.received + TOLERANCE:
            raise Unfit(
                Check.CLOCK,
                _("Its time %(at)s lies in the future; set the clock at the machine.") % {"at": text[:40]},
            )
        if not self.node.replays and at < self.received - LONGEST_PAST:
            raise Unfit(
                Check.CLOCK,
                _("Its time %(at)s lies years ago; set the clock at the machine.") % {"at": text[:40]},
            )
        return at

    def asset(self, slug: str, at: datetime) -> Asset:
        """A machine that this node speaks for, at that time."""
        asset = self.served.assets.get(slug)
        if asset is None:
            raise Unfit(Check.ASSET, _("There is no machine “%(slug)s”.") % {"slug": slug[:60]})
        if not self.served.owns(asset, at):
            raise Unfit(
                Check.NODE,
                _("%(node)s does not serve %(asset)s; a node speaks for its own machines only.")
                % {"node": self.node, "asset": asset},
            )
        return asset

    def activation(self, asset: Asset, text: str) -> None:
        """Its release is one of this machine."""
        if not text.startswith(REPLAY if self.node.replays and text.startswith(REPLAY) else f"{asset.slug}/"):
            raise Unfit(
                Check.ASSET,
                _("“%(activation)s” is no release of %(asset)s.") % {"activation": text[:80], "asset": asset},
            )

    def version(self, asset: Asset, digest: str) -> ModelVersion:
        """The version that judged, approved for this machine."""
        if (asset.pk, digest) not in self._versions:
            self._versions[asset.pk, digest] = self._version(asset, digest)
        known = self._versions[asset.pk, digest]
        if known is None:
            raise Unfit(
                Check.UNAPPROVED,
                _("Nobody approved the model %(digest)s for %(asset)s; what it judged is held.")
                % {"digest": digest[:16], "asset": asset},
            )
        return known

    def _version(self, asset: Asset, digest: str) -> ModelVersion | None:
        if not self.node.replays:
            return approved_version(asset, digest)
        versions = ModelVersion.objects.filter(artifact=digest, model__asset_type=asset.type_id)
        return versions.select_related("model").order_by("-number").first()

    def number(self, key: str) -> None:
        """A prediction's id begins with its node's name."""
        if not key.startswith(f"{self.node.slug}:"):
            raise Unfit(
                Check.NUMBER,
                _("Predictions of %(node)s are numbered “%(slug)s:…”, and “%(id)s” is not.")
                % {"node": self.node, "slug": self.node.slug, "id": key[:80]},
            )

    def classes(self, version: ModelVersion, named: Iterable[str]) -> None:
        known = {one["key"] for one in version.model.classes}
        odd = next((one for one in named if one not in known), None)
        if odd is not None:
            raise Unfit(
                Check.CLASS,
                _("“%(name)s” is no class of %(model)s.") % {"name": _clean(odd), "model": version.model},
            )

    def bins(self, version: ModelVersion, window: Mapping[str, Any]) -> None:
        """Counted in the bins of the version's reference, with moments that a count could have."""
        learned = version.reference.get("features", {})
        for key, counts in window["counts"].items():
            if key not in learned:
                raise Unfit(Check.READING, _unknown(key, version))
            if len(counts) != len(learned[key]["edges"]) + 2:
                raise Unfit(
                    Check.BINS,
                    _("The bins of “%(key)s” are not those of %(version)s; the node runs another spec.")
                    % {"key": key, "version": version},
                )
        for key, (n, _total, squares, _lagged, pairs) in window["moments"].items():
            if key not in window["counts"]:
                raise Unfit(Check.READING, _unknown(key, version))
            if not 0 <= n <= window["n"] or squares < 0 or not 0 <= pairs <= window["n"]:
                raise Unfit(
                    Check.RANGE, _("The sums of “%(key)s” cannot be sums of its parts.") % {"key": key}
                )

    def readings(self, version: ModelVersion, row: Mapping[str, Any]) -> None:
        """Readings that the model takes, none beyond what can be measured; probabilities that are some."""
        learned = version.reference.get("features", {})
        for key, value in row["readings"].items():
            if key not in learned:
                raise Unfit(Check.READING, _unknown(key, version))
            if value is not None and abs(value) > LARGEST:
                raise Unfit(Check.RANGE, _("No sensor measures %(value).3g.") % {"value": value})
        self.classes(version, row["probabilities"])
        if not all(one is not None and 0 <= one <= 1 for one in row["probabilities"].values()):
            raise Unfit(Check.OUTPUT, _("Its probabilities are none: they lie between 0 and 1."))


def _unknown(key: str, version: ModelVersion) -> str:
    return _("%(version)s takes no reading “%(key)s”.") % {"key": _clean(key), "version": version}


def _clean(text: str) -> str:
    return text[:60] if kinds.is_clean(text) else ascii(text)[1:61]
