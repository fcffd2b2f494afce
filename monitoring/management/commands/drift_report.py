"""``manage.py drift_report``: what readings were like in any past span, beside what the version learned."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.registry.selectors import champion_for
from monitoring.reports.selectors.reports import version_named
from monitoring.reports.tasks.report import drift_report

COLUMNS = ("reading", "n", "mean", "learned_mean", "psi", "psi_limit", "ks", "ks_limit", "reason")


class Command(BaseCommand):
    help = "Report from stored counts how a machine's readings differed from what the version learned."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("asset", help="the machine's short name")
        parser.add_argument("--version", dest="number", metavar="MODEL/NUMBER", help="else the one that runs")
        parser.add_argument("--since", required=True, metavar="TIME", help="ISO 8601, UTC where without zone")
        parser.add_argument("--until", metavar="TIME", help="ISO 8601; else now")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        """Django's own --version gives way to the model's."""
        return super().create_parser(*args, **{**kwargs, "conflict_handler": "resolve"})

    def handle(self, *args: Any, **options: Any) -> None:
        asset = Asset.objects.select_related("line").filter(slug=options["asset"]).first()
        if asset is None:
            raise CommandError(_("There is no machine called %(asset)s.") % {"asset": options["asset"]})
        report = drift_report(
            asset=asset,
            version=_version(asset, options["number"]),
            since=_moment(options["since"]),
            until=_moment(options["until"]) if options["until"] else timezone.now(),
        )
        if options["json"]:
            self.stdout.write(json.dumps(report))
            return
        parts, rows = report["n"], report["rows"]
        self.stdout.write(f"{report['asset']}, {report['version']}: {parts} parts in {rows} rows")
        self.stdout.write("\t".join(COLUMNS))
        for row in report["readings"]:
            self.stdout.write("\t".join(_cell(row[column]) for column in COLUMNS))


def _cell(value: object) -> str:
    return "-" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)


def _version(asset: Asset, text: str | None) -> ModelVersion:
    if not text:
        running = champion_for(asset)
        if running is None:
            raise CommandError(
                _("No version runs on %(asset)s; name one with --version MODEL/NUMBER.") % {"asset": asset}
            )
        return running
    version = version_named(text)
    if version is None:
        raise CommandError(_("There is no version %(version)s.") % {"version": text})
    return version


def _moment(text: str) -> datetime:
    try:
        moment = parse_datetime(text) or parse_datetime(f"{text}T00:00:00")
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError(_("“%(text)s” is no time; write for example 2026-11-02T06:00.") % {"text": text})
    return (
        moment if timezone.is_aware(moment) else timezone.make_aware(moment, timezone.get_default_timezone())
    )
