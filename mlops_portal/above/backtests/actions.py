"""What can be done with a back-test."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from mlops_portal.above.backtests.models import BackTest
from mlops_portal.above.backtests.policies import cancel_verdict, delete_verdict
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import verdict
from mlops_portal.foundation.shell.registries import actions
from mlops_portal.foundation.shell.registries.actions import Offer


def backtest_offers(by: Person, test: BackTest) -> list[Offer]:
    if not test.over:
        allowed = cancel_verdict(by, test)
        url = reverse("backtest_cancel", args=[test.pk])
        return [Offer("cancel", _("Cancel"), url, bool(allowed), allowed.reason, icon="stop")]
    again, gone = verdict(by, "backtest.run"), delete_verdict(by, test)
    like = f"{reverse('backtest_new')}?like={test.pk}"
    return [
        Offer(
            "again",
            _("Try other choices"),
            like,
            bool(again),
            again.reason,
            "primary",
            "refresh",
            method="get",
        ),
        Offer(
            "delete",
            _("Delete"),
            reverse("backtest_delete", args=[test.pk]),
            bool(gone),
            gone.reason,
            icon="trash",
            confirm=_("The result goes with it. The log keeps that it was run, and with which choices."),
        ),
    ]


def register_offers() -> None:
    actions.register(BackTest, backtest_offers)
