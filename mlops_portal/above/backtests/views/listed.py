"""The list of back-tests."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mlops_portal.above.backtests.selectors.backtest_words import outcome
from mlops_portal.above.backtests.selectors.backtests import backtests_all
from mlops_portal.above.backtests.transitions import Kind, State
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.shell.tables.columns import Column
from mlops_portal.foundation.shell.tables.filters import Choice
from mlops_portal.foundation.shell.tables.table import Table


@require_safe
@signed_in
def backtests(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "backtest.view")
    table = Table(
        request,
        backtests_all(),
        columns=[
            Column("side", _("Side by side"), template="backtests/_side_cell.html", exported=False),
            Column("name", _("Name"), sort="name", link=lambda test: reverse("backtest", args=[test.pk])),
            Column("kind", _("What was tried"), sort="kind", value=lambda test: test.get_kind_display()),
            Column("table", _("Table"), sort="table__name"),
            Column(
                "state",
                _("State"),
                sort="state",
                template="backtests/_state_cell.html",
                export=lambda test: test.get_state_display(),
            ),
            Column("outcome", _("Outcome"), value=outcome),
            Column("created_by", _("By"), sort="created_by__name"),
            Column("created_at", _("Started"), sort="created_at"),
        ],
        filters=[
            Choice("kind", _("What was tried"), Kind.choices),
            Choice("state", _("State"), State.choices),
        ],
        search=["name", "table__name"],
        default_sort=("-created_at", "-pk"),
        label=_("Back-tests"),
        empty=_("No back-tests yet"),
        empty_text=_("Try limits, strategies and triggers on the past here, before anything is switched on."),
        filename="backtests",
    )
    context = {"may_run": by.may("backtest.run")}
    return cast(HttpResponse, table.respond("backtests/backtests.html", context))  # or a CSV that streams
