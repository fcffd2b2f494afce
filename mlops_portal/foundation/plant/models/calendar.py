"""When work is done: the shifts of a site, and the days on which it or one line stands still."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.plant.models.place import Line, Site


class Shift(models.Model):
    """A shift in the site's local time; one that ends before it starts ends on the next day."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="shifts")
    name = models.CharField(_("Name"), max_length=40)
    starts = models.TimeField(_("Starts"))
    ends = models.TimeField(_("Ends"))
    weekdays = models.CharField(
        _("Weekdays"),
        max_length=7,
        default="1234567",
        help_text=_("The days on which it starts: 1 is Monday"),
    )

    class Meta:
        ordering = ["site", "starts"]
        constraints = [
            models.UniqueConstraint(fields=["site", "name"], name="shift_name_once"),
            models.CheckConstraint(condition=~Q(starts=models.F("ends")), name="shift_has_length"),
        ]

    def __str__(self) -> str:
        return self.name


class ClosedDay(models.Model):
    """A day without work, for the whole site or for one line."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="closed_days")
    line = models.ForeignKey(Line, models.CASCADE, null=True, blank=True, related_name="closed_days")
    day = models.DateField(_("Day"))
    reason = models.CharField(_("Reason"), max_length=120)

    class Meta:
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(
                fields=["line", "day"], condition=Q(line__isnull=False), name="closed_day_once_on_a_line"
            ),
            models.UniqueConstraint(
                fields=["site", "day"], condition=Q(line=None), name="closed_day_once_on_a_site"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.reason}"
