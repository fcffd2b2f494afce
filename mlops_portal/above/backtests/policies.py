"""What may be done with a back-test, and why not; buttons and services ask the same functions."""

from __future__ import annotations

from django.utils.translation import gettext as _

from mlops_portal.above.backtests.models import BackTest
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import Verdict, verdict


def cancel_verdict(by: Person, test: BackTest) -> Verdict:
    if test.over:
        return Verdict(False, _("This back-test is over already."))
    return verdict(by, "backtest.run")


def delete_verdict(by: Person, test: BackTest) -> Verdict:
    if not test.over:
        return Verdict(False, _("This back-test is at work; cancel it first."))
    return verdict(by, "backtest.run")
