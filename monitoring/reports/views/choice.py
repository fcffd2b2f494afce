"""What the page of drift reports is asked for: machine, version and span, all of it in the address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from mlops_portal.foundation.plant.models import Asset, Person
from mlops_portal.foundation.registry.models import ModelVersion
from monitoring.errors import NotASpan
from monitoring.models import DriftReport
from monitoring.reports.forms import SpanForm
from monitoring.reports.rules.reports import SPANS
from monitoring.reports.selectors.reports import (
    Question,
    machines_for,
    question_of,
    versions_on,
)

DEFAULT = "week"
LOCAL = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True, slots=True)
class Choice:
    """``span`` is empty where from and to are given; ``question`` is None where they do not fit, and the form
    says why."""

    machines: list[Asset]
    asset: Asset | None
    versions: list[ModelVersion]
    version: ModelVersion | None
    span: str
    form: SpanForm | None
    question: Question | None

    @property
    def when(self) -> dict[str, str]:
        """The span as the address has it."""
        if self.span or self.question is None:
            return {"span": self.span or DEFAULT}
        since, until = self.question.since, self.question.until
        open_end = self.question.key.endswith("/")
        return {"since": _local(since)} | ({} if open_end else {"until": _local(until)})

    @property
    def query(self) -> str:
        return urlencode(self._who | self.when)

    @property
    def _who(self) -> dict[str, str]:
        who = {"asset": self.asset.slug} if self.asset else {}
        return who | ({"version": named(self.version)} if self.version else {})

    def tabs(self, now: datetime) -> list[dict[str, Any]]:
        """Day, week, month, and from when to when."""
        names = {"day": _("Last day"), "week": _("Last week"), "month": _("Last 31 days")}
        made = [self._tab(names[key], key == self.span, {"span": key}) for key in SPANS]
        week = {"since": _local(now - timedelta(days=7)), "until": _local(now)}
        return [*made, self._tab(_("From … to"), not self.span, self.when if not self.span else week)]

    def _tab(self, label: str, active: bool, when: dict[str, str]) -> dict[str, Any]:
        return {"label": label, "url": f"?{urlencode(self._who | when)}", "active": active, "count": None}


def named(version: ModelVersion) -> str:
    return f"{version.model.slug}/{version.number}"


def _local(moment: datetime) -> str:
    return timezone.localtime(moment).strftime(LOCAL)


def chosen(person: Person, given: QueryDict, now: datetime) -> Choice:
    """The choice in an address. Without a machine it is the first one; a version of another machine gives way
    to the one that runs. Http404 for a machine that the person may not see."""
    every = list(machines_for(person))
    slug = given.get("asset", "")
    machines = [one for one in every if one.retired_at is None or one.slug == slug]
    asset = next((one for one in machines if one.slug == slug), None)
    if slug and asset is None:
        raise Http404
    asset = asset or next(iter(machines), None)
    versions = versions_on(asset) if asset else []
    wanted = given.get("version", "")
    version = next((one for one in versions if named(one) == wanted), next(iter(versions), None))
    if "since" in given or "until" in given:
        form = SpanForm(given)
        return Choice(machines, asset, versions, version, "", form, _question(form, now))
    span = given.get("span", "") if given.get("span") in SPANS else DEFAULT
    return Choice(machines, asset, versions, version, span, None, question_of(span=span, now=now))


def _question(form: SpanForm, now: datetime) -> Question | None:
    if not form.is_valid():
        return None
    try:
        return question_of(since=form.cleaned_data["since"], until=form.cleaned_data["until"], now=now)
    except NotASpan as error:
        form.add_error(None, error.sentence)
        return None


def choice_of(person: Person, report: DriftReport) -> Choice:
    """The choice that a report was asked with."""
    machines = [one for one in machines_for(person) if one.retired_at is None or one == report.asset]
    span = report.question if report.question in SPANS else ""
    ends = {"since": _local(report.since), "until": _local(report.until)}
    form = None if span else SpanForm(ends)
    asked = Question(report.question, report.since, report.until)
    versions = versions_on(report.asset)
    if report.version not in versions:
        versions.append(report.version)
    return Choice(machines, report.asset, versions, report.version, span, form, asked)
