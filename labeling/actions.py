"""What can be done with retrain runs."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from labeling.models import RetrainRun
from labeling.selectors.runs import run_verdict
from labeling.transitions import RunState
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import verdict
from mlops_portal.foundation.registry.models import RegisteredModel
from mlops_portal.foundation.shell.registries import actions
from mlops_portal.foundation.shell.registries.actions import Offer
from monitoring.models import Alert
from monitoring.transitions import AlertState


def run_offers(by: Person, run: RetrainRun) -> list[Offer]:
    allowed = run_verdict(by, run.model)
    offers = []
    if run.state == RunState.PROPOSED:
        offers.append(
            Offer(
                "start",
                _("Start it"),
                reverse("run_start", args=[run.pk]),
                allowed=bool(allowed),
                reason=allowed.reason,
                kind="primary",
                icon="play",
            )
        )
    if run.state in (RunState.PROPOSED, RunState.STARTED):
        offers.append(
            Offer(
                "cancel",
                _("Cancel it"),
                reverse("run_cancel", args=[run.pk]),
                allowed=bool(allowed),
                reason=allowed.reason,
                icon="stop",
                confirm=_("The step at work finishes, and nothing follows it. What was done is kept."),
            )
        )
    return offers


def alert_offers(by: Person, alert: Alert) -> list[Offer]:
    """Ask the line, retrain: what a model that no longer fits needs."""
    if alert.version is None or alert.state == AlertState.RESOLVED:
        return []
    return [*_ask(by, alert), *_retrain(by, alert, alert.version.model)]


def _retrain(by: Person, alert: Alert, model: RegisteredModel) -> list[Offer]:
    if not by.may("run.start"):
        return []
    allowed = run_verdict(by, model)
    url = f"{reverse('run_new')}?alert={alert.pk}"
    label = _("Propose to retrain")
    return [
        Offer("propose_run", label, url, bool(allowed), allowed.reason, icon="refresh", method="get"),
    ]


def _ask(by: Person, alert: Alert) -> list[Offer]:
    if not by.may("label.ask"):
        return []
    allowed = verdict(by, "label.ask", line=alert.line)
    return [
        Offer(
            "ask_labels",
            _("Ask for labels"),
            f"{reverse('label_ask')}?alert={alert.pk}",
            allowed=bool(allowed),
            reason=allowed.reason,
            icon="label",
            method="get",
        )
    ]


def register_label_offers() -> None:
    actions.register(Alert, alert_offers)


def register_run_offers() -> None:
    actions.register(RetrainRun, run_offers)
