"""Where things happen: sites, lines, asset types, assets, and the edge nodes beside them."""

from __future__ import annotations

import zoneinfo

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.ledger.refs import Ref


def validate_time_zone(value: str) -> None:
    if value not in zoneinfo.available_timezones():
        raise ValidationError(
            _("“%(zone)s” is not a time zone; write for example Europe/Berlin."), params={"zone": value}
        )


class Place(models.Model):
    """What sites, lines, asset types, assets and nodes share: a name for people, a slug for addresses."""

    kind = ""
    name = models.CharField(_("Name"), max_length=80)
    slug = models.SlugField(_("Short name"), max_length=60, unique=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def ref(self, relation: str = "about") -> Ref:
        return Ref(self.kind, self.slug, relation)


class Site(Place):
    kind = "site"
    time_zone = models.CharField(
        _("Time zone"), max_length=60, default="UTC", validators=[validate_time_zone]
    )


class Line(Place):
    kind = "line"
    site = models.ForeignKey(Site, models.PROTECT, related_name="lines")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["site_id", "order", "name"]


class AssetType(Place):
    kind = "asset_type"

    class Meta:
        ordering = ["name"]


class Node(Place):
    """The computer beside an asset. Its key is its identity; it has none until it was enrolled."""

    kind = "node"
    line = models.ForeignKey(Line, models.PROTECT, related_name="nodes")
    public_key = models.CharField(
        _("Public key"), max_length=64, blank=True, help_text=_("Ed25519, 64 hex digits")
    )
    registered_at = models.DateTimeField()
    enrolled_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)
    replays = models.BooleanField(
        default=False, help_text=_("Sends past rows again, for any machine of its line")
    )

    class Meta:
        ordering = ["line", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["public_key"], condition=~Q(public_key=""), name="node_public_key_once"
            )
        ]


class Asset(Place):
    """One machine."""

    kind = "asset"
    line = models.ForeignKey(Line, models.PROTECT, related_name="assets", verbose_name=_("Line"))
    type = models.ForeignKey(AssetType, models.PROTECT, related_name="assets", verbose_name=_("Type"))
    node = models.ForeignKey(
        Node, models.PROTECT, null=True, blank=True, related_name="assets", verbose_name=_("Edge node")
    )
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["line__order", "name"]


class NodeSpan(models.Model):
    """A time in which a node served a machine and does no longer: what it sends late of it is its own."""

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="node_spans")
    node = models.ForeignKey(Node, models.CASCADE, related_name="node_spans")
    until = models.DateTimeField()

    class Meta:
        ordering = ["until"]

    def __str__(self) -> str:
        return f"{self.asset}: {self.node}"
